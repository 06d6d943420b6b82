"""Tiers (P4): levels reached by spending, with discounts, service and status that make customers go on collecting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from regulars.contract.strategy import Holding, State
from regulars.ground.parameter import REQUIRED, ParameterSet, Problem, par
from regulars.kit.claw_back import ClawBack, ClawBackParameters, by_customer
from regulars.kit.programme import Programme, ProgrammeParameters
from regulars.kit.qualifying import Qualifying, enjoy
from regulars.kit.standing import Standing
from regulars.world.board import Effect
from regulars.world.calendar import DAYS_A_YEAR, periods, turns
from regulars.world.card import Payment
from regulars.world.events import Event
from regulars.world.ledger import millionths

if TYPE_CHECKING:
    from regulars.world.board import Round

SYSTEMS = {"P4": "tests/strategies/test_qualifying.py::test_keeping_a_level_pulls_too"}
LOOK = 28.0  # days after which customers look at their situation anew
NO_COLUMN = np.zeros(0)


class Level(ParameterSet):
    """One level, above the ground on which everybody starts."""

    # fmt: off
    name: str = par(REQUIRED, "", "", "name of the level")
    threshold: float = par(REQUIRED, "currency per period", "(0, inf)", "spending in a period that qualifies")
    discount: float = par(0.0, "share of list price", "[0, 1)", "price cut for members of the level")
    service: float = par(0.0, "performance", "[-10, 10]", "better experience of every purchase")
    status: float = par(0.0, "logits", "[0, 20]", "pull of the status itself, if nobody else had it", "Dreze & Nunes 2009")
    cost: float = par(0.0, "currency per purchase", "[0, inf)", "what the service costs the firm")
    # fmt: on


LEVELS = (
    Level(name="silver", threshold=250, discount=0.01),
    Level(name="gold", threshold=500, discount=0.03),
    Level(name="platinum", threshold=1000, discount=0.05),
)


class Tiers(Programme):
    """Spend so much in a period and rise to a level, kept until the end of the next period.

    Spending toward the next level, and toward keeping the present one, pulls (`kit.qualifying`). Status pulls less
    the more members have it: status_l * (1 - share of members at l or above) ** dilution, and more with elite levels
    below: times 1 + subordinate * (levels below l). A demotion takes it away and hurts besides, for a while.
    What is returned counts no more, against the spending of the period in which it comes back; a level reached within the
    period by what has come back is lost, one that stood when the period began is not.
    """

    class Parameters(ProgrammeParameters, ClawBackParameters):
        """Levels, periods, and what status and its loss do."""

        # fmt: off
        levels: tuple[Level, ...] = par(LEVELS, "", "", "levels from the lowest to the highest", "source documents, P4")
        period: float = par(364.0, "days", "(0, 3660]", "qualification period; periods follow the calendar")
        promotion: Literal["at_once", "at_end"] = par("at_once", "", "", "a level is reached as soon as the spending is, or at the end of the period")
        landing: Literal["free", "soft"] = par("free", "", "", "members who do not requalify fall as far as their spending says, or by one level")
        dilution: float = par(1.0, "exponent", "[0, 20]", "how status fades as more members have it; 0 for not at all", "Dreze & Nunes 2009 (sign; size assumed)")
        subordinate: float = par(0.2, "share", "[0, 5]", "status added by each elite level below", "Dreze & Nunes 2009 (sign; size assumed)")
        demotion_hurt: float = par(0.0, "multiple of the status lost", "[0, 20]", "aversion after a demotion, besides the loss itself", "Wagner, Hennig-Thurau & Rudolph 2009")
        hurt_half_life: float = par(182.0, "days", "(0, 36525]", "time in which half of the hurt is forgotten")
        # fmt: on

        @model_validator(mode="after")
        def _go_up(self) -> Tiers.Parameters:
            wrong = [
                (
                    ("levels", k + 1, "threshold"),
                    f"{b.threshold:g} is not above the {a.threshold:g} of '{a.name}' below it",
                )
                for k, (a, b) in enumerate(zip(self.levels, self.levels[1:], strict=False))
                if b.threshold <= a.threshold
            ]
            if wrong:
                raise Problem(wrong)
            return self

    parameters: Parameters
    foresees: ClassVar[bool] = True
    events: ClassVar[tuple[Event, ...]] = (
        Event("promote", "rose to a higher tier", "tier"),
        Event("demote", "fell to a lower tier", "tier"),
        Event("requalify", "keeps the tier for another period", "tier"),
    )
    state: ClassVar[tuple[State, ...]] = (
        State("spent", "i8", "millionths of the currency unit", "spending of this period"),
        State("level", "i1", "level", "present level; 0 for none"),
        State("assured", "i1", "level", "level held when the period began"),
        State("hurt", "f4", "logits", "aversion right after the latest demotion"),
        State("hurt_day", "f4", "day", "when that was"),
    )
    holdings: ClassVar[tuple[Holding, ...]] = (
        Holding("counting", "currency", "spending of this period"),
        Holding("reached", "currency", "spending that has earned the present level"),
    )
    earned_by: ClassVar[str] = "reached"
    remembers: ClassVar[tuple[str, ...]] = ("felt", "today", "back", "standing")
    off: ClassVar[dict[str, Any]] = {"levels": ()}
    sources: ClassVar[tuple[str, ...]] = (
        "Source documents, P4 (levels with rising rewards)",
        "Dreze & Nunes 2009, Journal of Consumer Research 35:890-905 (status and the size of the elite)",
        "Wagner, Hennig-Thurau & Rudolph 2009, Journal of Marketing 73(3):69-85 (demotion)",
        "Kopalle et al. 2012, Marketing Science 31:216-235 (pressure of tiers)",
    )

    def start(self) -> None:
        """Enrol, and let customers look at the levels."""
        super().start()
        self.derive()
        self.today = 0.0
        self.back = ClawBack(self.firm, self.parameters.clawback)
        self.standing = Standing(self.firm, self.title(), self.reached)
        self.look()

    def derive(self) -> None:
        """Arrays of the levels, the ground first."""
        levels = self.parameters.levels
        self.thresholds = np.array([a.threshold for a in levels], np.float64)
        self.discount, self.service, self.status = (
            np.array([0.0, *(getattr(a, name) for a in levels)]) for name in ("discount", "service", "status")
        )
        self.cost = np.array([0.0, *(a.cost for a in levels)])
        self.qualifying = Qualifying(self.firm, self.thresholds)
        self.felt = np.zeros(len(levels) + 1)

    def look(self) -> None:
        """Customers look at their situation anew: what each level is worth, and how likely it is to be reached."""
        self.felt = self.felt_status()
        c, period = self.customers, self.parameters.period
        saved = self.discount[:, None] * (c.price_sensitivity.astype(np.float64) * self.firm.price)
        self.qualifying.look(saved + self.felt[:, None], period, period - self.today % period)

    def sizes(self) -> NDArray[np.int64]:
        """Members now in the market by level, the ground first."""
        c = self.customers
        here = self.members() & (c.entry <= self.today) & (c.exit > self.today)
        return np.bincount(self.level[here], minlength=self.status.size)

    def felt_status(self) -> NDArray[Any]:
        """Pull of each level's status as its holders feel it now, logits, the ground first."""
        rules, sizes = self.parameters, self.sizes()
        exclusive = np.concatenate([[1.0], 1 - np.cumsum(sizes[:0:-1])[::-1] / max(sizes.sum(), 1)])
        below = np.maximum(np.arange(self.status.size) - 1, 0)
        return self.status * exclusive**rules.dilution * (1 + rules.subordinate * below)

    def yearly_benefit(self, customers: NDArray[Any]) -> NDArray[Any]:
        """What a year of membership is worth to each of `customers`, currency units."""
        worth = self.qualifying.whole_period(customers, self.parameters.period)
        return (
            worth
            / np.maximum(self.firm.baseline.money_weight(customers), 1e-12)
            * DAYS_A_YEAR
            / self.parameters.period
        )

    def open(self, day: float) -> None:
        """Status is what it is today; now and then customers look anew."""
        before, self.today = self.today, day
        self.take_back(day)
        if day // LOOK > before // LOOK or (day > 0 and turns(day, self.parameters.period)):
            self.look()
        elif self.status.any():
            self.felt = self.felt_status()

    def appeal(self, round: Round) -> None:
        """Perks of the level, hurt of the demoted, and the way up."""
        if not self.thresholds.size:
            return
        rules, q, f = self.parameters, self.qualifying, self.firm.index
        end = (periods(round.day, rules.period) + 1) * rules.period
        enjoy(
            round.who, round.time, float(end), self.member, self.level, self.spent, self.hurt, self.hurt_day,
            float(rules.hurt_half_life), rules.landing == "soft", self.felt, self.discount, self.service, self.thresholds,
            q.steps, q.pace, q.amount, q.interval, self.customers.foresight, round.column(Effect.APPEAL, f),
            round.column(Effect.PRICE_FACTOR, f) if self.discount.any() else NO_COLUMN,
            round.column(Effect.SERVICE, f) if self.service.any() else NO_COLUMN,
        )  # fmt: skip

    def settle(self, round: Round) -> None:
        """Pay for the perks, count the spending, promote."""
        self.invite(round)
        rows = round.rows(self.firm.index)
        rows = rows[self.member[round.who[rows]]]
        if not rows.size or not self.thresholds.size:
            return
        who = round.who[rows]
        if self.cost.any():
            self.reward(who, millionths(self.cost[self.level[who]]), self.reached, round.day, Payment.KIND)
        self.spent[who] += round.paid[rows]
        self.counting.add(who, round.paid[rows], round.source[rows])
        self.back.note(round, rows, who, round.paid[rows])
        if self.parameters.promotion == "at_once":
            earned = self.earned(who)
            rising = earned > self.level[who]
            self._promote(who[rising], earned[rising], round.day)

    def take_back(self, day: float) -> None:
        """What comes back today counts no more, and a level that it has brought is lost."""
        if not len(self.back):
            return
        back = self.back.due(day)
        who, amounts = by_customer(back["who"], back["amount"])
        self.spent[who] -= amounts
        self.counting.take(who, amounts)
        earned = np.maximum(self.earned(who), self.assured[who])
        falling = (earned < self.level[who]) & (self.customers.exit[who] > day)
        self._demote(who[falling], earned[falling], day, day)

    def earned(self, customers: NDArray[Any] | slice) -> NDArray[np.int8]:
        """Level that the spending of this period qualifies for."""
        return np.searchsorted(millionths(self.thresholds), self.spent[customers], side="right").astype(
            np.int8
        )

    def close(self, day: float) -> None:
        """Periods end; the benefits of levels that members hold are owed."""
        if turns(day + 1.0, self.parameters.period):
            self._end_period(day)
        self.standing.true_up(*self.benefits(day + 1.0))

    def benefits(self, moment: float) -> tuple[NDArray[Any], ...]:
        """Who holds a level, what its benefits cost at a purchase, purchases a day, and days until it ends."""
        c, period = self.customers, self.parameters.period
        who = np.flatnonzero((self.level > 0) & self.member & (c.exit > moment))
        level = self.level[who]
        each = self.discount[level] * c.basket[who] * self.firm.price + self.cost[level]
        left = (periods(moment, period) + 1) * period - moment + period * (self.earned(who) >= level)
        return who, each, self.qualifying.pace[who], left

    def _end_period(self, day: float) -> None:
        """Who does not requalify is demoted, and counting begins anew."""
        evening = day + 1.0
        rules, c = self.parameters, self.customers
        earned = self.earned(slice(None))
        if rules.landing == "soft":
            earned = np.maximum(earned, self.level - 1)
        here = self.member & (c.exit > day)
        rising, falling = (
            np.flatnonzero(here & (earned > self.level)),
            np.flatnonzero(here & (earned < self.level)),
        )
        kept = np.flatnonzero(here & (self.level > 0) & (earned == self.level))
        self.firm.event("requalify", self.title(), kept, day, self.level[kept])
        self._promote(rising, earned[rising], day)
        self._demote(falling, earned[falling], day, evening)
        self.assured[:] = self.level
        self._reach(np.flatnonzero(here & (self.level > 0) & (self.spent > 0)))
        self.spent[:] = 0
        self.counting.empty()

    def _reach(self, customers: NDArray[Any]) -> None:
        """What these customers have spent in this period is what has earned their level from now on."""
        self.reached.held[:, customers] = self.counting.held[:, customers]

    def _promote(self, customers: NDArray[Any], levels: NDArray[np.int8], day: float) -> None:
        """Rising heals what an earlier demotion hurt."""
        if customers.size:
            self.level[customers], self.hurt[customers] = levels, 0.0
            self._reach(customers)
            self.firm.event("promote", self.title(), customers, day, levels)

    def _demote(self, customers: NDArray[Any], levels: NDArray[np.int8], day: float, moment: float) -> None:
        """Falling hurts, from a moment on."""
        if customers.size:
            rules = self.parameters
            lost = np.maximum(self.felt[self.level[customers]] - self.felt[levels], 0)
            faded = self.hurt[customers] * 0.5 ** ((moment - self.hurt_day[customers]) / rules.hurt_half_life)
            self.hurt[customers] = faded + rules.demotion_hurt * lost
            self.hurt_day[customers], self.level[customers] = moment, levels
            self.firm.event("demote", self.title(), customers, day, levels)

    def revise(self) -> None:
        """Levels have changed: nobody is above the highest, and customers look anew."""
        self.derive()
        self.level[:] = np.minimum(self.level, self.thresholds.size)
        self.assured[:] = np.minimum(self.assured, self.level)
        self.look()

    def save(self) -> dict[str, Any]:
        """Arrays, and what customers know of their way to the levels."""
        return {**super().save(), **self.qualifying.state()}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take back what `save` gave."""
        super().restore(saved)
        self.qualifying.restore(saved)
