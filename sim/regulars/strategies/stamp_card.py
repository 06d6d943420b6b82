"""A stamp card: visits are counted, not money, and a full card brings something free ("every tenth coffee")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from regulars.contract.strategy import State
from regulars.ground.kernel import kernel
from regulars.ground.parameter import Problem, par
from regulars.kit.claw_back import BalanceParameters
from regulars.kit.collecting import opportunity_discount
from regulars.kit.collector import Collector
from regulars.kit.limits import LimitParameters, enough
from regulars.kit.programme import ProgrammeParameters
from regulars.kit.redeeming import HORIZON, after_delay, split, visit
from regulars.world.calendar import is_whole, whole_lots
from regulars.world.events import Event
from regulars.world.ledger import MILLION, millionths

if TYPE_CHECKING:
    from regulars.world.board import Round

NO_TALK = np.zeros(2), np.zeros(2, np.int64), 0, np.zeros(0, np.int16), np.zeros(0, np.int16)


class StampCard(Collector):
    """Give a stamp for a purchase, whatever it comes to, and something free or cheaper for a full card.

    The reward is had at the purchase that brings the last stamp. Progress pulls as with points (`kit.collecting`);
    how often a purchase brings a stamp is foreseen from a customer's usual basket and pace.
    """

    class Parameters(ProgrammeParameters, BalanceParameters, LimitParameters):
        """Stamps, what a full card brings, and how long they last."""

        # fmt: off
        stamps: int = par(10, "stamps", "[1, 10000]", "stamps of a full card")
        head_start: int = par(0, "stamps", "[0, 9999]", "stamps that are on the card already when it is handed out", "Nunes & Dreze 2006")
        every_card: bool = par(False, "", "", "whether every new card has the head start, not only the first one")
        one_a_day: bool = par(False, "", "", "whether a customer gets one stamp a day at most")
        reward: Literal["item", "share", "amount"] = par("item", "", "", "what a full card brings: items for free, a share off the purchase, or an amount off it")
        size: float = par(1.0, "items, share or currency", "[0, inf)", "how much of it: units of what is sold, a share from 0 to 1, or currency units; 0 for no card at all")
        up_to: float = par(0.0, "currency", "[0, inf)", "most that it may be worth, as a free item up to a value; 0 for no limit")
        valid: float = par(0.0, "days", "[0, 36525]", "validity of a stamp after the end of its lot period; 0 for ever")
        lot: float = par(91.0, "days", "[1, 3660]", "stamps of one such calendar period expire together")
        card_days: float = par(0.0, "days", "[0, 36525]", "days after its first stamp on which a card lapses with all that is on it; 0 for never")
        redemption_rate: float = par(1.0, "probability", "[0, 1]", "chance, per visit with a full card, of getting round to it")
        progress_perception: float = par(0.0, "logits", "[0, 50]", "pull of the share of the card that is filled, at its end, whatever is left to do", "Nunes & Dreze 2006; Kivetz et al. 2006")
        # fmt: on

        @model_validator(mode="after")
        def _make_sense(self) -> StampCard.Parameters:
            wrong: list[tuple[tuple[str | int, ...], str]] = []
            if self.head_start >= self.stamps:
                told = f"{self.head_start} stamps to begin with fill a card of {self.stamps} all alone; give fewer"
                wrong.append((("head_start",), told))
            if self.reward == "share" and self.size > 1:
                wrong.append((("size",), f"{self.size:g} is no share of a purchase: it is 1 at most"))
            if not is_whole(self.valid, self.lot):
                told = f"{self.valid:g} days is no whole number of lots of {self.lot:g} days; {whole_lots(self.valid, self.lot)}"
                wrong.append((("valid",), told))
            if wrong:
                raise Problem(wrong)
            return self

        @property
        def most(self) -> float:
            """Most that a reward may be worth, currency units."""
            return self.up_to or np.inf

        @property
        def life(self) -> float:
            """Days that progress lasts, 0 for ever: those of a stamp, on average, or of a card."""
            stamp = self.valid + self.lot / 2 if self.valid else 0.0
            return min((days for days in (stamp, self.card_days) if days), default=0.0)

    parameters: Parameters
    remembers: ClassVar[tuple[str, ...]] = ("head",)
    events: ClassVar[tuple[Event, ...]] = (Event("redeem", "redeemed a full card", "stamps"),)
    state: ClassVar[tuple[State, ...]] = (
        State("stamps", "i8", "millionths of a stamp", "stamps held"),
        State("since", "i4", "day", "day of the first stamp of the card; -1: none yet", -1),
        State("last", "i4", "day", "latest day with a stamp", -1),
        State("came", "?", "yes/no", "has had the head start of the first card"),
    )
    off: ClassVar[dict[str, Any]] = {"size": 0.0}
    sources: ClassVar[tuple[str, ...]] = (
        "Kivetz, Urminsky & Zheng 2006, Journal of Marketing Research 43:39-58 (a cafe card of ten; goal gradient)",
        "Nunes & Dreze 2006, Journal of Consumer Research 32:504-512 (a car wash card with a head start: endowed progress)",
        "Hartmann & Viard 2008, Quantitative Marketing and Economics 6:109-137 (buy ten, get one free: incentives by frequency)",
    )

    def start(self) -> None:
        """Hand out the cards, and let customers look at them."""
        super().start()
        rules = self.parameters
        self.aim = np.zeros(self.customers.count, np.int16)  # a full card is all there is to aim for
        self.begin(self.stamps, rules.lot, (rules.valid,), 0)

    @property
    def given_on_joining(self) -> float:
        """Stamps that are on the first card already."""
        return float(self.parameters.head_start) if self.parameters.size > 0 else 0.0

    def look(self) -> None:
        """Customers look at the rules in force anew: what a full card is worth, and how far it is."""
        rules, c, everyone = self.parameters, self.customers, np.arange(self.customers.count)
        self.head = self.given_on_joining if rules.every_card else 0.0
        usual = c.basket.astype(np.float64) * self.firm.price
        p, delta = self.firm.baseline.purchase_probability(everyone), opportunity_discount(c)
        earned = self._stamps_a_purchase(p, usual)
        needed = np.full(c.count, rules.stamps - self.head)
        worth = self._worth(usual) * after_delay(rules.redemption_rate, p, delta)
        worth *= self.firm.baseline.money_weight(everyone) * c.present_bias
        worth[(earned <= 0) | (needed > earned * p * c.rate.astype(np.float64) * HORIZON)] = 0.0
        if not worth.any():
            self.collecting.forget()
            self.earned[:], self.each[:], self.worths[:] = 0.0, 0.0, 0.0
            return
        self.collecting.look(p, delta, needed, earned, worth, rules.life)
        self.earned[:] = earned
        self.each[:] = np.where(worth > 0, self._outlay(usual) / rules.stamps, 0.0)
        self.worths[:] = np.where(worth > 0, self._worth(usual) / rules.stamps, 0.0)

    @property
    def points_per_unit(self) -> float:
        """Stamps that a currency unit spent brings, on average over customers."""
        usual = float((self.customers.basket * self.firm.price).mean())
        return float(self.earned.mean()) / usual if usual > 0 else 0.0

    def needed(self) -> NDArray[Any]:
        """Stamps of a full card, for those to whom one is worth anything."""
        return np.where(self.each > 0, float(self.parameters.stamps), np.inf)

    def days_left(self, moment: float) -> NDArray[Any]:
        """Days that stamps still last, and the card with them."""
        left = super().days_left(moment)
        if self.parameters.card_days <= 0:
            return left
        card = np.where(
            self.since >= 0, self.since + self.parameters.card_days - moment, self.parameters.card_days
        )
        return np.minimum(left, np.maximum(card, 0.0)[:, None])

    def open(self, day: float) -> None:
        """Stamps and cards lapse, customers come and go."""
        self.today = day
        self.limits.open(day)
        begun = self.book.open(day)
        self.take_back(day)
        self.since[self.stamps == 0] = -1
        if self.parameters.card_days > 0:
            late = np.flatnonzero(
                (self.stamps > 0) & (self.since >= 0) & (day - self.since >= self.parameters.card_days)
            )
            self.book.lapse(late, day)
            self.since[late] = -1
            self._new_card(late)
        self.turnover()
        if begun:
            self.look()

    def appeal(self, round: Round) -> None:
        """Progress toward a full card pulls, where a purchase brings a stamp now."""
        rules, member = self.parameters, self.limits.pulled(self.member)
        if rules.size <= 0:
            return
        if rules.one_a_day:
            member = member.copy()
            member[round.who] &= self.last[round.who] < np.floor(round.time)
        self.collecting.pull(
            round, member, self.stamps, self.book.lots, int(self.book.first[1]), self.narrow, self.head, 1.0,
            rules.progress_perception,
        )  # fmt: skip

    def settle(self, round: Round) -> None:
        """Buyers get their stamps, and those whose card is full what it brings."""
        self.invite(round)
        rules, chance = self.parameters, self.firm.chance
        if rules.size <= 0:
            return
        rows = round.rows(self.firm.index)
        earned = np.zeros(len(round), np.int64)
        stamp(
            rows, round.who, round.time, round.paid, self.member, millionths(rules.least), rules.one_a_day, self.since, self.last, earned
        )  # fmt: skip
        times, gained = np.zeros((2, rows.size), np.int64)
        full = visit(
            rows, round.who, round.occasion, earned, round.source, self.member, 1.0, 0, *NO_TALK, *self.book.room, 1, self.waiting.today,
            self.waiting.total, self.aim, self.narrow, np.array([rules.stamps * MILLION]), rules.redemption_rate, 1, self.purpose("visit"),
            chance.key_a, chance.key_b, times, gained,
        )  # fmt: skip
        self.back.note(round, rows, round.who[rows], gained)
        if full:
            self._redeem(round, rows[self.limits.allowed(round.who[rows], times, round.day) > 0])

    def _redeem(self, round: Round, rows: NDArray[Any]) -> None:
        """Take the full cards, give what they bring, booked by what earned the stamps, and hand out new ones."""
        who = round.who[rows]
        amounts = np.full(rows.size, self.parameters.stamps * MILLION, np.int64)
        by_source = self.book.redeem(who, amounts, self.narrow[who])
        self.firm.event("redeem", self.title(), who, round.day, amounts / MILLION)
        outlay = millionths(self._outlay(round.paid[rows] / MILLION))
        self.reward(who, split(outlay, by_source), None, round.day)
        self.since[who] = np.where(self.stamps[who] > 0, np.floor(round.time[rows]), -1)
        self._new_card(who)

    def _new_card(self, customers: NDArray[Any]) -> None:
        if self.head > 0:
            self.endow(customers)

    def _worth(self, paid: NDArray[Any]) -> NDArray[Any]:
        """What a full card is worth at purchases that come to `paid`, currency units."""
        rules = self.parameters
        worth = {"item": self.firm.price * np.ones_like(paid), "share": paid, "amount": np.ones_like(paid)}
        whole = rules.size * worth[rules.reward]
        return np.minimum(whole, rules.most if rules.reward == "item" else np.minimum(paid, rules.most))

    def _outlay(self, paid: NDArray[Any]) -> NDArray[Any]:
        """What a full card costs the firm at purchases that come to `paid`, currency units: goods at their cost."""
        worth = self._worth(paid)
        if self.parameters.reward != "item":
            return worth
        return worth * (self.firm.cost / self.firm.price) if self.firm.price > 0 else 0.0 * worth

    def _stamps_a_purchase(self, p: NDArray[Any], usual: NDArray[Any]) -> NDArray[Any]:
        """Part of the purchases of each customer that bring a stamp, when they usually come to `usual` (currency)."""
        rules, firm = self.parameters, self.firm
        part = np.ones(usual.size)
        if rules.one_a_day:
            daily = self.customers.rate.astype(np.float64) * p
            part = firm.baseline.visit_probability(np.arange(usual.size)) / np.maximum(daily, 1e-12)
        part = part * enough(usual, rules.least, firm.model.scenario.spec.spending.variation)
        return np.where(usual > 0, part, 0.0)

    def revise(self) -> None:
        """Customers look at the changed rules."""
        self.look()
        self.estimate(self.today)


@kernel
def stamp(
    rows: Any, who: Any, time: Any, paid: Any, member: Any, least: Any, one_a_day: Any, since: Any, last: Any, earned: Any
) -> None:  # fmt: skip
    """A stamp for every purchase of a member that comes to `least` millionths, at most one a day where the rules say so."""
    for k in range(rows.size):
        row = rows[k]
        i, today = who[row], np.int32(np.floor(time[row]))
        if not member[i] or paid[row] <= 0 or paid[row] < least or (one_a_day and last[i] >= today):
            continue
        if since[i] < 0:
            since[i] = today
        last[i] = today
        earned[row] = MILLION
