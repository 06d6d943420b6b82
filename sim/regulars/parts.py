"""What parts of one's own are made of: strategies, pricing policies and recommenders, and what they declare and are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.ground.lazy import face

if TYPE_CHECKING:
    from regulars.ground.chance import Chance
    from regulars.ground.kernel import kernel
    from regulars.ground.parameter import REQUIRED, ParameterSet, Problem, Spread, par
    from regulars.world.audience import Aimed
    from regulars.world.board import Board, Round
    from regulars.world.calendar import due
    from regulars.world.contact import CONTACT, Contact, ContactParameters
    from regulars.world.customers import Customers
    from regulars.world.desk import Desk
    from regulars.world.firms import Firm
    from regulars.world.policy import Policy, PolicyParameters
    from regulars.world.process import Process
    from regulars.world.programme import Programme, ProgrammeParameters
    from regulars.world.recommender import Catalogue, Context, History, Recommender
    from regulars.world.strategy import State, Strategy

__all__ = [
    "CONTACT",
    "REQUIRED",
    "Aimed",
    "Board",
    "Catalogue",
    "Chance",
    "Contact",
    "ContactParameters",
    "Context",
    "Customers",
    "Desk",
    "Firm",
    "History",
    "ParameterSet",
    "Policy",
    "PolicyParameters",
    "Problem",
    "Process",
    "Programme",
    "ProgrammeParameters",
    "Recommender",
    "Round",
    "Spread",
    "State",
    "Strategy",
    "due",
    "kernel",
    "par",
]
_HOMES = {
    **dict.fromkeys(("CONTACT", "Contact", "ContactParameters"), "regulars.world.contact"),
    **dict.fromkeys(("REQUIRED", "ParameterSet", "Problem", "Spread", "par"), "regulars.ground.parameter"),
    **dict.fromkeys(("Board", "Round"), "regulars.world.board"),
    **dict.fromkeys(("Catalogue", "Context", "History", "Recommender"), "regulars.world.recommender"),
    **dict.fromkeys(("Policy", "PolicyParameters"), "regulars.world.policy"),
    **dict.fromkeys(("Programme", "ProgrammeParameters"), "regulars.world.programme"),
    **dict.fromkeys(("State", "Strategy"), "regulars.world.strategy"),
    "Aimed": "regulars.world.audience",
    "Chance": "regulars.ground.chance",
    "Customers": "regulars.world.customers",
    "Desk": "regulars.world.desk",
    "Firm": "regulars.world.firms",
    "Process": "regulars.world.process",
    "due": "regulars.world.calendar",
    "kernel": "regulars.ground.kernel",
}
__getattr__, __dir__ = face("regulars.parts", _HOMES)
