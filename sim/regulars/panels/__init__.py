"""Reading logs of purchases: files of all kinds, tables in memory, and public datasets.

Nothing here imports pandas before it is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from regulars.panels.account import Account, Change, ColumnUse
    from regulars.panels.datasets import dataset
    from regulars.panels.named import resolve
    from regulars.panels.oddity import Oddity
    from regulars.panels.panel import Panel
    from regulars.panels.reader import read
    from regulars.panels.reading import Reading
    from regulars.panels.summaries import read_rfm, rfm

__all__ = [
    "Account",
    "Change",
    "ColumnUse",
    "Oddity",
    "Panel",
    "Reading",
    "dataset",
    "read",
    "read_rfm",
    "resolve",
    "rfm",
]
_HOMES = {
    "Account": "account", "Change": "account", "ColumnUse": "account", "Oddity": "oddity", "Panel": "panel", "Reading": "reading",
    "dataset": "datasets", "read": "reader", "read_rfm": "summaries", "resolve": "named", "rfm": "summaries",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import the public face at first use."""
    if name in _HOMES:
        import importlib

        return getattr(importlib.import_module(f"regulars.panels.{_HOMES[name]}"), name)
    raise AttributeError(
        f"module 'regulars.panels' has no attribute '{name}'; there are {', '.join(__all__)}"
    )


def __dir__() -> list[str]:
    """Names of the public face."""
    return sorted(__all__)
