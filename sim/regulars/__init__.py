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
    from regulars.lab.pilot.designs import Designs
    from regulars.lab.pilot.planning import Pilot, pilot
    from regulars.lab.pilot.trial import simulate_pilot
    from regulars.lab.pilot.updating import Updated, update
    from regulars.lab.sweep import sweep
    from regulars.lab.swept import Sweep
    from regulars.market import Lockstep, Market
    from regulars.panels.panel import Panel
    from regulars.scenario import Scenario, load

__version__ = "0.2.0"
__all__ = [
    "Comparison",
    "Designs",
    "Fitted",
    "Lockstep",
    "Market",
    "Panel",
    "Pilot",
    "RegularsError",
    "Scenario",
    "Sweep",
    "Updated",
    "__version__",
    "compare",
    "fit",
    "laws",
    "load",
    "measures",
    "minds",
    "panels",
    "parts",
    "pilot",
    "plain",
    "register",
    "show",
    "simulate_pilot",
    "sweep",
    "update",
]

_HOMES = {
    "Comparison": "regulars.lab.comparison",
    "Designs": "regulars.lab.pilot.designs",
    "Fitted": "regulars.lab.fit",
    "Lockstep": "regulars.market",
    "Market": "regulars.market",
    "Panel": "regulars.panels.panel",
    "Pilot": "regulars.lab.pilot.planning",
    "RegularsError": "regulars.ground.errors",
    "Scenario": "regulars.scenario",
    "Sweep": "regulars.lab.swept",
    "Updated": "regulars.lab.pilot.updating",
    "compare": "regulars.lab.compare",
    "fit": "regulars.lab.fit",
    "laws": "regulars.laws",
    "load": "regulars.scenario",
    "measures": "regulars.measures",
    "minds": "regulars.minds",
    "panels": "regulars.panels",
    "parts": "regulars.parts",
    "pilot": "regulars.lab.pilot.planning",
    "plain": "regulars.plain",
    "register": "regulars.contract.registering",
    "show": "regulars.show",
    "simulate_pilot": "regulars.lab.pilot.trial",
    "sweep": "regulars.lab.sweep",
    "update": "regulars.lab.pilot.updating",
}
install()  # names that modules had before
__getattr__, __dir__ = face("regulars", _HOMES, ("__version__",))
