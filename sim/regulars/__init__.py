"""Regulars: a wind tunnel for customer loyalty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regulars.ground.moved import install

if TYPE_CHECKING:
    from regulars.lab.compare import compare
    from regulars.lab.comparison import Comparison
    from regulars.lab.fit import fit
    from regulars.lab.sweep import sweep
    from regulars.market import Lockstep, Market
    from regulars.scenario import Scenario, load

__version__ = "0.1.0"
__all__ = ["Comparison", "Lockstep", "Market", "Scenario", "__version__", "compare", "fit", "load", "sweep"]

_HOMES = {
    "Comparison": "regulars.lab.comparison",
    "Lockstep": "regulars.market",
    "Market": "regulars.market",
    "Scenario": "regulars.scenario",
    "compare": "regulars.lab.compare",
    "fit": "regulars.lab.fit",
    "load": "regulars.scenario",
    "sweep": "regulars.lab.sweep",
}


install()  # names that modules had before


def __getattr__(name: str) -> Any:
    """Import the public face at first use, so that `import regulars` and `--help` stay fast."""
    if name in _HOMES:
        import importlib

        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'regulars' has no attribute '{name}'; there are {', '.join(__all__)}")


def __dir__() -> list[str]:
    """Names of the public face."""
    return sorted(__all__)
