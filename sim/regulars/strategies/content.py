"""Content (P9): texts, pictures and videos worth looking at, through social media, trade media or a platform of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

import numpy as np

from regulars.contract.aim import Aimed
from regulars.contract.strategy import State, Strategy
from regulars.ground.parameter import par
from regulars.kit.contact import CONTACT, Contact, ContactParameters
from regulars.world.benefits import Benefit
from regulars.world.calendar import due
from regulars.world.ledger import Account

if TYPE_CHECKING:
    from regulars.world.board import Round

SYSTEMS = {"P9": "tests/strategies/test_content.py::test_forms_and_outlets_do_different_things"}


class Form(NamedTuple):
    """What a form is like, as multiples of the parameters."""

    effect: float
    spread: float
    cost: float


class Outlet(NamedTuple):
    """What an outlet does: reach (probability), confidence (share of what is missing), cost (multiple)."""

    strangers: float
    acquaintances: float
    confidence: float
    cost: float


# strengths and weaknesses as the source documents have them; the sizes are assumptions
FORMS = {
    "text": Form(effect=0.6, spread=1.2, cost=0.3),  # spreads easily, attracts little
    "picture": Form(effect=0.8, spread=1.0, cost=0.6),  # quickly understood, says little
    "video": Form(effect=1.5, spread=1.0, cost=3.0),  # lively, dear to make
}
OUTLETS = {
    "social_media": Outlet(strangers=0.06, acquaintances=0.12, confidence=0.0, cost=1.0),  # spreads fast, proves nothing
    "trade_media": Outlet(strangers=0.01, acquaintances=0.05, confidence=0.05, cost=1.0),  # lends standing, goes not far
    "own_platform": Outlet(strangers=0.0, acquaintances=0.25, confidence=0.02, cost=2.0),  # binds, costs much
}  # fmt: skip


class Content(Strategy):
    """Publish something of use every few days, for all who see it.

    A piece reaches strangers (who do not know the firm) and acquaintances by its outlet and form, makes it known to
    strangers, and leaves warmth by its form. Trade media and a platform of one's own lend confidence. It costs to make, and
    may cost to show. Goodwill builds up from piece to piece and fades: with pieces every T days, seen with chance r,
    of effect e, it comes to r e half_life / (T ln 2), less what too much lately takes away.
    """

    class Parameters(Aimed, ContactParameters):
        """Form, outlet and rhythm."""

        # fmt: off
        audience: str = par("everybody", "", "", "whom the pieces are for: see docs/reference/audiences.md")
        form: Literal["text", "picture", "video"] = par("text", "", "", "form of the pieces", "source documents, P9")
        outlet: Literal["social_media", "trade_media", "own_platform"] = par("social_media", "", "", "where they appear", "source documents, P9")
        every: float = par(7.0, "days", "(0, 3660]", "time between two pieces")
        piece_cost: float = par(50.0, "currency per piece", "[0, inf)", "cost of making a piece, before what its form and outlet multiply it by", total=True)
        reach: float = par(1.0, "multiple", "[0, 1]", "part of the reach of form and outlet that the pieces get")
        cost: float = par(0.0, "currency per reader", "[0, inf)", "cost of every reader, such as paid reach")
        effect: float = par(0.08, "logits", "[-10, 10]", "pull of a piece that is seen, before what its form multiplies it by", "assumption")
        # fmt: on

    state: ClassVar[tuple[State, ...]] = CONTACT
    remembers: ClassVar[tuple[str, ...]] = ("next",)
    off: ClassVar[dict[str, Any]] = {"piece_cost": 0.0, "reach": 0.0, "cost": 0.0}
    sources: ClassVar[tuple[str, ...]] = (
        "Source documents, P9 (forms and outlets with their strengths and weaknesses; sizes assumed)",
        "Nerlove & Arrow 1962, Economica 29:129-142 (goodwill that builds up and fades)",
    )

    def start(self) -> None:
        """The first piece appears on the first day."""
        self.contact, self.next = Contact(self), np.zeros(1)

    def open(self, day: float) -> None:
        """Publish what is due."""
        rules, firm, c = self.parameters, self.firm, self.customers
        if not due(self.next, day, rules.every):
            return
        form, outlet = FORMS[rules.form], OUTLETS[rules.outlet]
        firm.books.spend(Account.COMMUNICATION, rules.piece_cost * form.cost * outlet.cost)
        who = np.flatnonzero(firm.audience(rules.audience, day))
        new = c.aware_from[who, firm.index] > day if c.has("aware_from") else np.zeros(who.size, np.bool_)
        for group, reach in ((who[new], outlet.strangers), (who[~new], outlet.acquaintances)):
            readers = self.contact.send(group, day, form.effect, 0.0, rules.reach * form.spread * reach)
            firm.books.spend(Account.COMMUNICATION, rules.cost * readers.size)
            firm.relations.deepen(Benefit.CONFIDENCE, readers, outlet.confidence, day)

    def appeal(self, round: Round) -> None:
        """Warmth pulls."""
        self.contact.pull(round)
