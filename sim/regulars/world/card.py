"""The store card: credit that a customer holds with one firm and that pays at the till.

All strategies of a firm that grant credit put it on the same card. Credit is used up at the next purchase, as far
as it goes. It may lapse when no new credit has come for a stated time. A customer with credit in hand saves money
by buying here now; one who looks ahead knows that the credit keeps, so that only the delay counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from regulars.ground import wide
from regulars.ground.kernel import kernel
from regulars.world.board import Effect
from regulars.world.events import CREDIT_LAPSED, CREDIT_USED
from regulars.world.ledger import MILLION, Account
from regulars.world.purse import Purse

if TYPE_CHECKING:
    from regulars.world.board import Round
    from regulars.world.firms import Firm

NEVER = np.inf


class Payment(StrEnum):
    """How a reward is paid."""

    CASH = "cash"
    CREDIT = "credit"  # on the store card
    KIND = "kind"  # something given or done at the purchase


class Card:
    """Store credit of one firm; balances are the firm's liability, to the millionth."""

    def __init__(self, firm: Firm, sources: int) -> None:
        self.firm = firm
        self.purse = Purse(sources, firm.customers.count)
        self.lapses = np.full(firm.customers.count, NEVER, np.float32)
        self.some = False
        self.used: NDArray[np.int64] | None = None  # at each purchase of the latest round

    def grant(
        self, strategy: str, customers: NDArray[Any], by_source: NDArray[np.int64], lapses: float
    ) -> None:
        """Put credit on the cards: `by_source[source, row]` millionths; it lapses at day `lapses`."""
        self.purse.add_all(customers, by_source)
        self.lapses[customers] = lapses
        self.some = True
        self.firm.books.reward(strategy, "liability", wide.totals(by_source))

    def open(self, day: float) -> None:
        """Take off what has lapsed; the reward is thereby taken back."""
        if not self.some or not np.isfinite(self.lapses).any():
            return
        late = np.flatnonzero(self.lapses <= day)
        if late.size:
            held = self.purse.held[:, late].copy()
            self.purse.empty(late)
            self.lapses[late] = NEVER
            self.firm.books.reward("card", "liability", [-lapsed for lapsed in wide.totals(held)])
            amounts = held.sum(axis=0)
            self.firm.event(CREDIT_LAPSED, "card", late[amounts > 0], day, amounts[amounts > 0] / MILLION)

    def appeal(self, round: Round) -> None:
        """Credit in hand pulls by what using it now is worth over keeping it."""
        if self.some:
            c, f = self.firm.customers, self.firm.index
            credit_pull(
                round.who,
                self.purse.held,
                c.basket,
                c.price_sensitivity,
                c.credit_weight,
                c.foresight,
                c.daily_discount,
                c.rate,
                float(self.firm.price),
                round.column(Effect.APPEAL, f),
            )

    def settle(self, round: Round) -> None:
        """Pay with credit at the till, as far as it goes."""
        self.used = None
        if not self.some:
            return
        rows = round.rows(self.firm.index)
        who = round.who[rows]
        used = np.minimum(self.purse.total(who), round.paid[rows])
        users = np.flatnonzero(used > 0)
        if users.size:
            self.used = used
            self.purse.take(who[users], used[users])
            self.firm.books.post(Account.LIABILITY, Account.CASH, wide.total(used))
            self.firm.event(CREDIT_USED, "card", who[users], round.day, used[users] / MILLION)

    def without_credit(self, round: Round) -> NDArray[np.int64]:
        """What was paid for each row of the round in other money than store credit, millionths."""
        paid = round.paid.copy()
        if self.used is not None:
            paid[round.rows(self.firm.index)] -= self.used
        return paid

    def state(self) -> dict[str, Any]:
        """Balances and when they lapse, for saving."""
        return {"held": self.purse.held, "lapses": self.lapses, "some": self.some}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take back what `state` gave."""
        self.purse.held[...] = saved["held"]
        self.lapses[...] = saved["lapses"]
        self.some = bool(saved["some"])


@kernel
def credit_pull(
    who: Any,
    held: Any,
    basket: Any,
    price_sensitivity: Any,
    credit_weight: Any,
    foresight: Any,
    daily_discount: Any,
    rate: Any,
    price: Any,
    appeal: Any,
) -> None:
    """Add to appeal[o] what using credit now is worth over using it at the next opportunity, logits."""
    for o in range(who.size):
        i = who[o]
        credit = np.int64(0)
        for s in range(held.shape[0]):
            credit += held[s, i]
        if credit > 0:
            money = min(credit * 1e-6, basket[i] * price)
            keeps = foresight[i] * daily_discount[i] ** (1.0 / max(rate[i], 1e-9))
            appeal[o] += price_sensitivity[i] / basket[i] * credit_weight[i] * money * (1.0 - keeps)
