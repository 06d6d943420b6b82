"""Surprise and delight (P15): many small things that nobody expects, which must be renewed because people get used to them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regulars.contract.strategy import State, Strategy
from regulars.ground.parameter import ParameterSet, par
from regulars.world.board import Effect
from regulars.world.card import Payment
from regulars.world.fading import faded, toward_one
from regulars.world.ledger import Account, millionths

if TYPE_CHECKING:
    from regulars.world.board import Round

SYSTEMS = {"P15": "tests/strategies/test_surprise.py::test_a_surprise_repeated_is_none"}


class Surprise(Strategy):
    """Visitors meet touches out of a catalogue: one that they do not know delights them, the others do nothing.

    A customer knows the share k of the catalogue. A touch drawn at random is new with probability 1 - k, and the
    visit is better by size (1 - k); after it k is k + (1 - k) / touches. With `renewed` touches a day replaced by new
    ones, k fades by half every touches ln 2 / renewed days. What is expected of the next visit is up to the customer:
    expectations follow experience (`[experience]`), so that delight which stays the same becomes routine, and its end a
    disappointment.
    """

    class Parameters(ParameterSet):
        """The catalogue, what a touch does, and what it costs."""

        # fmt: off
        touches: int = par(100, "touches", "[1, 100000]", "touches in the catalogue", "source documents, P15 (the hotel with over 100)")
        renewed: float = par(0.2, "touches per day", "[0, 100000]", "touches replaced by new ones", "source documents, P15 (added and changed every day; pace assumed)")
        chance: float = par(1.0, "probability per visit", "[0, 1]", "chance that a visit has a touch")
        size: float = par(0.2, "performance", "[-10, 10]", "how much better a visit is with a touch that is new", "assumption")
        lifts: float = par(0.0, "logits", "[0, 20]", "pull of looking forward to the next touch, on those who have met one, at full novelty", "assumption")
        cost: float = par(1.0, "currency per touch", "[0, inf)", "cost of a touch", "assumption")
        design: float = par(20.0, "currency per new touch", "[0, inf)", "cost of thinking of a new one", "assumption", total=True)
        # fmt: on

    state: ClassVar[tuple[State, ...]] = (
        State("familiar", "f4", "0..1", "share of the catalogue known after the latest touch"),
        State("met", "f4", "days", "when that was"),
    )
    off: ClassVar[dict[str, Any]] = {"size": 0.0, "lifts": 0.0, "cost": 0.0, "design": 0.0}
    sources: ClassVar[tuple[str, ...]] = (
        "Source documents, P15 (a hotel with over 100 surprises, added to every day)",
        "Oliver, Rust & Varki 1997, Journal of Retailing 73:311-336 (customer delight)",
        "Rust & Oliver 2000, Journal of the Academy of Marketing Science 28:86-94 (delight raises the bar)",
    )

    def known(self, customers: NDArray[Any], time: Any) -> NDArray[np.float64]:
        """Share of the catalogue that each of `customers` knows at `time` (days)."""
        rules = self.parameters
        half_life = rules.touches * math.log(2.0) / rules.renewed if rules.renewed else 0.0
        return faded(self.familiar[customers], self.met[customers], time, half_life)

    def touched(self, round: Round) -> NDArray[np.bool_]:
        """Which opportunities, should they end here, have a touch."""
        u = self.firm.chance.uniform(self.purpose("touch"), round.who, round.occasion)
        return np.asarray(u < self.parameters.chance)

    def appeal(self, round: Round) -> None:
        """What awaits, and what is looked forward to by those who have met a touch before."""
        rules, f = self.parameters, self.firm.index
        if not (rules.size or rules.lifts):
            return
        new = 1.0 - self.known(round.who, round.time)
        if rules.size:
            round.column(Effect.SERVICE, f)[:] += rules.size * new * self.touched(round)
        if rules.lifts:
            round.column(Effect.APPEAL, f)[:] += rules.lifts * new * (self.familiar[round.who] > 0)

    def settle(self, round: Round) -> None:
        """Touches are met, and paid for."""
        rules, rows = self.parameters, round.rows(self.firm.index)
        rows = rows[self.touched(round)[rows]]
        if rows.size:
            who, time = round.who[rows], round.time[rows]
            self.familiar[who] = toward_one(self.known(who, time), 1.0 / rules.touches)
            self.met[who] = time
            self.reward(round.who[rows], millionths(rules.cost), round.source[rows], round.day, Payment.KIND)

    def close(self, day: float) -> None:
        """New touches have to be thought of."""
        rules = self.parameters
        if rules.design and rules.renewed:
            self.firm.books.spend(Account.STAFF, rules.design * rules.renewed)
