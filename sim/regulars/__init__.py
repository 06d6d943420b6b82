"""Regulars: a wind tunnel for customer loyalty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.ground.lazy import face
from regulars.ground.moved import install

if TYPE_CHECKING:
    from regulars import laws, measures, minds, panels, parts, plain, show
    from regulars.contract.registering import register
    from regulars.ground.errors import RegularsError
    from regulars.lab.compare import compare
    from regulars.lab.comparison import Comparison
    from regulars.lab.fit import Fitted, fit
    from regulars.lab.sweep import sweep
    from regulars.lab.swept import Sweep
    from regulars.market import Lockstep, Market
    from regulars.panels.panel import Panel
    from regulars.scenario import Scenario, load

__version__ = "0.2.0"
__all__ = [
    "Comparison",
    "Fitted",
    "Lockstep",
    "Market",
    "Panel",
    "RegularsError",
    "Scenario",
    "Sweep",
    "__version__",
    "compare",
    "fit",
    "laws",
    "load",
    "measures",
    "minds",
    "panels",
    "parts",
    "plain",
    "register",
    "show",
    "sweep",
]

_HOMES = {
    "Comparison": "regulars.lab.comparison",
    "Fitted": "regulars.lab.fit",
    "Lockstep": "regulars.market",
    "Market": "regulars.market",
    "Panel": "regulars.panels.panel",
    "RegularsError": "regulars.ground.errors",
    "Scenario": "regulars.scenario",
    "Sweep": "regulars.lab.swept",
    "compare": "regulars.lab.compare",
    "fit": "regulars.lab.fit",
    "laws": "regulars.laws",
    "load": "regulars.scenario",
    "measures": "regulars.measures",
    "minds": "regulars.minds",
    "panels": "regulars.panels",
    "parts": "regulars.parts",
    "plain": "regulars.plain",
    "register": "regulars.contract.registering",
    "show": "regulars.show",
    "sweep": "regulars.lab.sweep",
}
install()  # names that modules had before
__getattr__, __dir__ = face("regulars", _HOMES, ("__version__",))
