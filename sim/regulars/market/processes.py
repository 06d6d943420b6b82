"""The processes of a market: behaviours and forces that are parts of the day, in the order in which they take part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regulars.behavior.availability import Availability
from regulars.behavior.handling import Serving
from regulars.behavior.image import Image
from regulars.behavior.lease import Lease
from regulars.behavior.loyalty import Loyalty
from regulars.behavior.norm import Norm
from regulars.behavior.platform import Platform
from regulars.behavior.portability import Porting
from regulars.behavior.relationship import Relationship
from regulars.behavior.shelves import Shelves
from regulars.behavior.shopping import Shopping
from regulars.behavior.situation import Occasion
from regulars.behavior.staff import Staff
from regulars.behavior.subscription import Subscribing
from regulars.behavior.talk import Talking
from regulars.behavior.voice import Voicing
from regulars.world.process import Process

if TYPE_CHECKING:
    from regulars.market.market import Market
    from regulars.scenario import Spec

PROCESSES: tuple[type[Process], ...] = (
    Lease,
    Staff,
    Availability,
    Platform,
    Image,
    Shopping,
    Shelves,
    Porting,
    Subscribing,
    Serving,
    Relationship,
    Loyalty,
    Voicing,
    Occasion,
    Norm,
    Talking,
)


def wanted(spec: Spec) -> list[type[Process]]:
    """The processes that a scenario switches on."""
    return [kind for kind in PROCESSES if kind.wanted(spec)]


def start(market: Market) -> dict[str, Process]:
    """Make the processes of a market, by the name of their section."""
    spec: Any = market.scenario.spec
    return {kind.section: kind(market, getattr(spec, kind.section, None)) for kind in wanted(spec)}
