"""What parts of one's own are made of: strategies, pricing policies and recommenders, and what they declare and are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.ground.lazy import face

if TYPE_CHECKING:
    from regulars.contract.aim import Aimed
    from regulars.contract.pricing import PricingParameters, PricingPolicy
    from regulars.contract.process import Process, Section, section
    from regulars.contract.recommender import Catalogue, Context, History, Recommender
    from regulars.contract.strategy import Holding, State, Strategy
    from regulars.ground.chance import Chance
    from regulars.ground.kernel import kernel
    from regulars.ground.parameter import REQUIRED, ParameterSet, Problem, Spread, par
    from regulars.kit.contact import CONTACT, Contact, ContactParameters
    from regulars.kit.programme import Programme, ProgrammeParameters
    from regulars.world.benefits import Benefit
    from regulars.world.board import Board, Effect, Round
    from regulars.world.calendar import due
    from regulars.world.card import Payment
    from regulars.world.customers import Column, Customers
    from regulars.world.desk import Desk
    from regulars.world.events import Event
    from regulars.world.firms import Firm
    from regulars.world.ledger import Account, millionths
    from regulars.world.ports import (
        BrandImage,
        CategoryHabits,
        Complaints,
        PaidVisitors,
        Port,
        ProductRange,
        Relationships,
        ServingCost,
        Staffing,
    )

__all__ = [
    "CONTACT",
    "REQUIRED",
    "Account",
    "Aimed",
    "Benefit",
    "Board",
    "BrandImage",
    "Catalogue",
    "CategoryHabits",
    "Chance",
    "Column",
    "Complaints",
    "Contact",
    "ContactParameters",
    "Context",
    "Customers",
    "Desk",
    "Effect",
    "Event",
    "Firm",
    "History",
    "Holding",
    "PaidVisitors",
    "ParameterSet",
    "Payment",
    "Port",
    "PricingParameters",
    "PricingPolicy",
    "Problem",
    "Process",
    "ProductRange",
    "Programme",
    "ProgrammeParameters",
    "Recommender",
    "Relationships",
    "Round",
    "Section",
    "ServingCost",
    "Spread",
    "Staffing",
    "State",
    "Strategy",
    "due",
    "kernel",
    "millionths",
    "par",
    "section",
]
_HOMES = {
    **dict.fromkeys(("CONTACT", "Contact", "ContactParameters"), "regulars.kit.contact"),
    **dict.fromkeys(("REQUIRED", "ParameterSet", "Problem", "Spread", "par"), "regulars.ground.parameter"),
    **dict.fromkeys(("Board", "Effect", "Round"), "regulars.world.board"),
    **dict.fromkeys(("Catalogue", "Context", "History", "Recommender"), "regulars.contract.recommender"),
    **dict.fromkeys(("PricingPolicy", "PricingParameters"), "regulars.contract.pricing"),
    **dict.fromkeys(("Programme", "ProgrammeParameters"), "regulars.kit.programme"),
    **dict.fromkeys(("Holding", "State", "Strategy"), "regulars.contract.strategy"),
    **dict.fromkeys(("Process", "Section", "section"), "regulars.contract.process"),
    **dict.fromkeys(("Account", "millionths"), "regulars.world.ledger"),
    **dict.fromkeys(("Column", "Customers"), "regulars.world.customers"),
    **dict.fromkeys(
        (
            "BrandImage",
            "CategoryHabits",
            "Complaints",
            "PaidVisitors",
            "Port",
            "ProductRange",
            "Relationships",
            "ServingCost",
            "Staffing",
        ),
        "regulars.world.ports",
    ),
    "Aimed": "regulars.contract.aim",
    "Benefit": "regulars.world.benefits",
    "Chance": "regulars.ground.chance",
    "Desk": "regulars.world.desk",
    "Event": "regulars.world.events",
    "Firm": "regulars.world.firms",
    "Payment": "regulars.world.card",
    "due": "regulars.world.calendar",
    "kernel": "regulars.ground.kernel",
}
__getattr__, __dir__ = face("regulars.parts", _HOMES)
