"""Points (P3): earned by purchases, reviews and shares, valid for a while, redeemed for goods, coupons or services."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from regulars.contract.strategy import State
from regulars.ground.parameter import Problem, par
from regulars.kit.claw_back import BalanceParameters
from regulars.kit.collector import Collector
from regulars.kit.limits import LimitParameters
from regulars.kit.programme import ProgrammeParameters
from regulars.kit.redeeming import (
    CATALOGUE,
    ROUNDING,
    Reward,
    split,
    visit,
    what_to_aim_for,
)
from regulars.world.board import Effect
from regulars.world.calendar import begun, is_whole, whole_lots
from regulars.world.events import Event
from regulars.world.ledger import MILLION, MOST, millionths

if TYPE_CHECKING:
    from regulars.world.board import Round

SYSTEMS = {
    "P3": (
        "tests/strategies/test_points.py::test_reviews_and_shares",
        "tests/strategies/test_points.py::test_expiry_and_leaving",
        "tests/strategies/test_points_progress.py::test_goal_gradient_and_reset",
    ),
}
NEVER = 2**62  # points that nobody holds


class Points(Collector):
    """Collect points with purchases, reviews and shares, and redeem them for rewards from a catalogue.

    Progress toward the reward that suits a customer best pulls (`kit.collecting`); breakage emerges from points
    that expire, customers who leave and customers who do not get round to redeeming.
    """

    class Parameters(ProgrammeParameters, BalanceParameters, LimitParameters):
        """Earning, validity, redeeming, and how rules change over time."""

        # fmt: off
        per_unit: float = par(1.0, "points per currency unit spent", "[0, inf)", "points earned by a purchase", "source documents, P3")
        earns_on: Literal["everything", "own_money"] = par("everything", "", "", "what earns points: all that is paid at the till, or without what is paid with store credit")
        rounding: Literal["none", "down", "nearest"] = par("none", "", "", "how the points of a purchase become whole points; most programmes round down")
        pending: float = par(0.0, "days", "[0, 366]", "days before points from a purchase can be used, as until the right to return has ended; part of a day counts as a day")
        review_points: float = par(10.0, "points", "[0, inf)", "points earned by a review", "source documents, P3")
        share_points: float = par(5.0, "points", "[0, inf)", "points earned by a share", "source documents, P3")
        review_rate: float = par(0.05, "per purchase", "[0, 1]", "chance that a purchase is followed by a review")
        share_rate: float = par(0.03, "per purchase", "[0, 1]", "chance that a purchase is followed by a share")
        most_talk: int = par(3, "per customer and lot", "[0, 32767]", "reviews, and shares, of a customer that earn points within one lot period")
        purchase_valid: float = par(364.0, "days", "[0, 36525]", "validity of points from purchases; 0 for ever", "source documents, P3 (1 year)")
        review_valid: float = par(91.0, "days", "[0, 36525]", "validity of points from reviews; 0 for ever", "source documents, P3 (3 months)")
        share_valid: float = par(182.0, "days", "[0, 36525]", "validity of points from shares; 0 for ever", "source documents, P3 (6 months)")
        lot: float = par(91.0, "days", "[1, 3660]", "points earned within one such calendar period expire together, a validity after its end")
        rewards: tuple[Reward, ...] = par(CATALOGUE, "", "", "what points buy")
        talk_buys_services: bool = par(False, "", "", "whether points from reviews and shares buy services too", "source documents, P3")
        redemption_rate: float = par(0.8, "probability", "[0, 1]", "chance, per visit with enough points, of getting round to redeeming")
        hassle: float = par(0.0, "currency", "[0, inf)", "trouble of a redemption to the customer", "Stourm, Bradlow & Fader 2015")
        most_rewards: int = par(1, "per visit", "[1, 1000000]", "rewards redeemed at one visit, at most")
        coupon_days: float = par(0.0, "days", "[0, 3660]", "days after which a coupon lapses when no new one comes; 0 for never")
        reward_taste: float = par(0.3, "", "[0, 5]", "spread of the worth of a reward between customers (coefficient of variation, lognormal)")
        endowed: float = par(0.0, "points", "[0, inf)", "points given on joining: a head start", "Nunes & Dreze 2006")
        endowed_again: bool = par(False, "", "", "whether every new card has the head start, not only the first one")
        progress_perception: float = par(0.0, "logits", "[0, 50]", "pull of the share of the distance that is covered, at its end, whatever is left to do", "Nunes & Dreze 2006; Kivetz et al. 2006")
        changes: tuple[tuple[float, float], ...] = par((), "(day, points per unit)", "", "rule changes: from which day a purchase earns how much")
        events: tuple[tuple[float, float, float], ...] = par((), "(first day, last day, factor)", "", "point events: purchases from the first to the last day earn that many times the points")
        # fmt: on

        @model_validator(mode="after")
        def _make_sense(self) -> Points.Parameters:
            wrong: list[tuple[tuple[str | int, ...], str]] = []
            for name in ("purchase_valid", "review_valid", "share_valid"):
                days = getattr(self, name)
                if not is_whole(days, self.lot):
                    told = f"{days:g} days is no whole number of lots of {self.lot:g} days; {whole_lots(days, self.lot)}"
                    wrong.append(((name,), told))
            if 0 < self.purchase_valid < self.pending:
                told = f"points that are valid for {self.purchase_valid:g} days and wait for {self.pending:g} can never be used"
                wrong.append((("pending",), told))
            for k, (day, per_unit) in enumerate(self.changes):
                if per_unit < 0 or (k and day <= self.changes[k - 1][0]):
                    told = f"({day:g}, {per_unit:g}): days must go up, and points per unit are at least 0"
                    wrong.append((("changes", k), told))
            for k, (start, end, factor) in enumerate(self.events):
                if end < start or factor < 0:
                    told = f"({start:g}, {end:g}, {factor:g}): wanted first day, last day not before it, factor >= 0"
                    wrong.append((("events", k), told))
            if self.endowed_again and any(0 < r.points <= self.endowed for r in self.rewards):
                told = (
                    f"{self.endowed:g} points on every new card pay for a reward all alone, again and again"
                )
                wrong.append((("endowed",), told))
            for k, reward in enumerate(self.rewards):
                if not reward.outlay * self.most_rewards <= MOST / MILLION:
                    told = f"{self.most_rewards} at one visit would cost {reward.outlay * self.most_rewards:g}, above {MOST / MILLION:.4g}"
                    wrong.append((("rewards", k), told))
            if wrong:
                raise Problem(wrong)
            return self

        def rate(self, day: float) -> float:
            """Points per currency unit in force on a day, without events."""
            return next((rate for since, rate in reversed(self.changes) if since <= day), self.per_unit)

        def factor(self, day: float) -> float:
            """What events multiply points by on a day."""
            today = math.floor(day)
            return math.prod(factor for start, end, factor in self.events if start <= today <= end)

        @property
        def wait(self) -> int:
            """Whole days before points from a purchase can be used."""
            return begun(self.pending, 1.0)

    parameters: Parameters
    events: ClassVar[tuple[Event, ...]] = (Event("redeem", "redeemed points", "points"),)
    remembers: ClassVar[tuple[str, ...]] = ("rate", "head", "prices", "chatter", "talk_points", "serves")
    state: ClassVar[tuple[State, ...]] = (
        State("points", "i8", "millionths of a point", "points held"),
        State("favourite", "i2", "reward", "reward aimed for, by number in the catalogue; -1: none", -1),
        State("reviews", "i2", "reviews", "reviews of this lot period that earned points"),
        State("shares", "i2", "shares", "shares of this lot period that earned points"),
        State("treat", "f4", "performance", "services redeemed, to be enjoyed at the next purchase"),
        State("came", "?", "yes/no", "has had the points given on joining"),
    )
    off: ClassVar[dict[str, Any]] = {"per_unit": 0.0, "review_points": 0.0, "share_points": 0.0, "endowed": 0.0}  # fmt: skip
    sources: ClassVar[tuple[str, ...]] = (
        "Source documents, P3 (1 point a unit for 1 year, 10 a review for 3 months, 5 a share for 6 months)",
        "Kivetz, Urminsky & Zheng 2006, Journal of Marketing Research 43:39-58 (goal gradient)",
        "Nunes & Dreze 2006, Journal of Consumer Research 32:504-512 (endowed progress)",
        "Stourm, Bradlow & Fader 2015, Journal of Marketing Research 52:253-267 (redemption, transaction cost)",
        "Hartmann & Viard 2008, Quantitative Marketing and Economics 6:109-137 (incentives by frequency)",
    )

    def start(self) -> None:
        """Open the book, enrol, and let customers look at the catalogue."""
        super().start()
        rules = self.parameters
        validities = (rules.purchase_valid, rules.review_valid, rules.share_valid)
        self.begin(self.points, rules.lot, validities, rules.wait)

    @property
    def given_on_joining(self) -> float:
        """Points of the head start."""
        return self.parameters.endowed

    def look(self) -> None:
        """Customers look at the rules in force anew: what to aim for, and what progress toward it is worth."""
        rules = self.parameters
        self.rate, self.head = rules.rate(self.today), rules.endowed if rules.endowed_again else 0.0
        self.prices = np.append(millionths([r.points for r in rules.rewards]), NEVER)
        self.outlays = millionths([r.outlay for r in rules.rewards]).tolist()
        self.chatter = np.array([rules.review_rate, rules.share_rate])
        self.talk_points = millionths([rules.review_points, rules.share_points])
        self.serves = any(r.kind == "service" and r.service for r in rules.rewards)
        ways = (self.rate, rules.review_points, rules.share_points, rules.endowed)
        if not rules.rewards or not (any(ways) or self.points.any()):
            self.collecting.forget()
            self.earned[:], self.each[:], self.worths[:] = 0.0, 0.0, 0.0
            return
        aims = what_to_aim_for(self.firm, rules, self.rate, self.head)
        self.favourite[:], self.narrow[:] = aims.favourite, aims.narrow
        self.earned[:] = aims.earned
        self.each[:] = np.array([*(r.outlay / r.points for r in rules.rewards), 0.0])[aims.favourite]
        self.worths[:] = np.array([*(r.worth / r.points for r in rules.rewards), 0.0])[aims.favourite]
        life = rules.purchase_valid + rules.lot / 2 if rules.purchase_valid else 0.0
        self.collecting.look(aims.p, aims.delta, aims.needed, aims.earned, aims.worth, life)

    @property
    def points_per_unit(self) -> float:
        """Points that a currency unit spent earns today."""
        return float(self.rate)

    def needed(self) -> NDArray[Any]:
        """Points of the favourite."""
        return np.where(self.favourite < 0, np.inf, self.prices[self.favourite] / MILLION)

    def open(self, day: float) -> None:
        """Points expire, customers come and go, rules change."""
        self.today = day
        self.waiting.open(day)
        self.limits.open(day)
        begun = self.book.open(day)
        self.take_back(day)
        if begun:
            self.reviews[:], self.shares[:] = 0, 0
        self.turnover()
        if begun or self.parameters.rate(day) != self.rate:
            self.look()

    def appeal(self, round: Round) -> None:
        """Progress toward a reward pulls; services redeemed await."""
        rules = self.parameters
        self.collecting.pull(
            round, self.limits.pulled(self.member), self.points, self.book.lots, int(self.book.first[1]), self.narrow, self.head,
            rules.factor(round.day), rules.progress_perception,
        )  # fmt: skip
        if self.serves:
            round.column(Effect.SERVICE, self.firm.index)[:] += self.treat[round.who]

    def settle(self, round: Round) -> None:
        """Buyers earn points, some review and share, and some redeem."""
        self.invite(round)
        rules, chance = self.parameters, self.firm.chance
        rows = round.rows(self.firm.index)
        times, gained = np.zeros((2, rows.size), np.int64)
        if self.serves:
            self.treat[round.who[rows]] = 0.0
        own = rules.earns_on == "own_money" and self.firm.has_card
        money = self.firm.card.without_credit(round) if own else round.paid
        if rules.least > 0:
            money = np.where(round.paid >= millionths(rules.least), money, 0)
        redeeming = visit(
            rows, round.who, round.occasion, money, round.source,
            self.member, self.rate * rules.factor(round.day), ROUNDING.index(rules.rounding), self.chatter, self.talk_points, rules.most_talk, self.reviews, self.shares, *self.book.room, int(self.book.first[1]),
            self.waiting.today, self.waiting.total, self.favourite, self.narrow, self.prices, rules.redemption_rate, rules.most_rewards, self.purpose("visit"),
            chance.key_a, chance.key_b, times, gained,
        )  # fmt: skip
        if redeeming < 0:
            self.book.refuse()
        self.back.note(round, rows, round.who[rows], gained)
        if redeeming:
            times = self.limits.allowed(round.who[rows], times, round.day)
            here = np.flatnonzero(times)
            self._redeem(round.who[rows[here]], times[here], round.day)

    def _redeem(self, who: NDArray[Any], times: NDArray[np.int64], day: float) -> None:
        """Take the points, and give the rewards, booked by what earned the points."""
        rules, amounts = self.parameters, times * self.prices[self.favourite[who]]
        by_source = self.book.redeem(who, amounts, self.narrow[who])
        self.firm.event("redeem", self.title(), who, day, amounts / MILLION)
        wanted = self.favourite[who]
        for number in np.unique(wanted):
            reward, mine = rules.rewards[number], np.flatnonzero(wanted == number)
            paid = split(times[mine] * self.outlays[number], by_source[:, mine])
            paid_as = "credit" if reward.kind == "coupon" else "cash"
            self.reward(who[mine], paid, None, day, paid_as, rules.coupon_days)
            if reward.kind == "service":
                self.treat[who[mine]] += reward.service
        if rules.endowed_again:
            self.endow(who)

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take back what `save` gave; in version 0.1 the chances of a review and a share had another name."""
        super().restore({"chatter": saved["talk"], **saved} if "talk" in saved else saved)

    def revise(self) -> None:
        """Customers look at the changed rules."""
        self.waiting.last(self.parameters.wait)
        self.look()
        self.estimate(self.today)
