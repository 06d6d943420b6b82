"""Everything a scenario can say: its sections, their parameters, and how they must fit together."""

from __future__ import annotations

import datetime
import math
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import model_validator

from regulars.behavior.bond import Bond
from regulars.behavior.choice import Choice
from regulars.behavior.experience import Experience
from regulars.behavior.foresight import Foresight
from regulars.behavior.need import Need
from regulars.behavior.search import Search
from regulars.behavior.spending import Spending
from regulars.behavior.switching import Switching
from regulars.behavior.taste import Taste
from regulars.behavior.taste import problem as taste_problem
from regulars.behavior.turnover import Turnover
from regulars.contract import process
from regulars.contract.pricing import Pricing
from regulars.ground.alike import nearest
from regulars.ground.errors import counted, shown
from regulars.ground.parameter import REQUIRED, ParameterSet, Problem, par
from regulars.scenario import does, money, named
from regulars.scenario.about import About
from regulars.scenario.conduct import Strategies
from regulars.scenario.doubt import Correlation, Doubt
from regulars.scenario.published import Evidence
from regulars.world import network
from regulars.world.network import Network

CONTROL = "control"
FINEST = 24 * 60  # ticks that a day may have
MOST_TICKS = 1_000_000  # of a run; a century of hours are 876,600
MOST_DAILY = 10_000  # opportunities of a customer; one in nine seconds


class MarketSize(ParameterSet):
    """How large, how long, in which money."""

    customers: int = par(1000, "customers", "[1, 100000000]", "customers at the start")
    days: float = par(364.0, "days", "(0, 36525]", "length of the run")
    tick: float = par(
        1.0,
        "days",
        "(0, 366]",
        "length of a step: whole days, or an even part of one; results do not depend on it",
    )
    start: datetime.date = par(datetime.date(2024, 1, 1), "date", "", "first day")
    currency: str = par("currency", "", "", "label of the currency unit")
    seed: int = par(1, "", "[0, 18446744073709551615]", "seed of all draws")
    focal: str = par("", "", "", "firm whose arms are compared; the first one written when left out")
    window: float = par(
        28.0,
        "days",
        "(0, 3660]",
        "window at the end in which a customer counts as kept, won or lost, and within which a purchase counts as moved in time",
    )

    def odd_times(self) -> list[tuple[tuple[str, str], str]]:
        """What is wrong with the length of the run or of a tick: (path, message)."""
        wrong = []
        if not self.days.is_integer():
            near = f"{math.floor(self.days) or 1} or {math.ceil(self.days)}" if self.days > 1 else "1"
            wrong.append(
                (("market", "days"), f"{self.days:g} will not do: a run lasts whole days, such as {near}")
            )
        part = 1.0 / self.tick
        if self.tick >= 1 and not self.tick.is_integer():
            wrong.append(
                (("market", "tick"), f"{self.tick:g} will not do: a tick of more than a day has whole days")
            )
        if self.tick < 1 and (part > FINEST or abs(part - round(part)) > 1e-6 * part):
            told = "a tick of less than a day goes into the day evenly, such as 0.5, 0.25 or 1/24, down to a minute"
            wrong.append((("market", "tick"), f"{self.tick:g} will not do: {told}"))
        return wrong


class Offer(ParameterSet):
    """What every firm offers."""

    arms_may_change: ClassVar[bool] = True
    read_before: ClassVar[tuple[str, ...]] = ("like", "count")
    name: str = par(REQUIRED, "", "", "name of the firm, without a dot")
    price: float = par(1.0, "currency per unit", "[0, inf)", "list price")
    base_price: float = par(
        0.0,
        "currency per unit",
        "[0, inf)",
        "price at which `share` and `appeal` hold: only what is asked above or below it counts",
    )
    cost: float = par(0.0, "currency per unit", "[0, inf)", "cost of goods")
    share: float = par(
        1.0,
        "weight",
        "(0, inf)",
        "taste weight: its market share when all else is equal, up to a common factor",
    )
    appeal: float = par(
        0.0, "logits", "[-50, 50]", "pull of the firm on everybody, beyond taste, price and quality"
    )
    quality: float = par(0.5, "performance", "[-10, 10]", "mean performance of a purchase")
    failure: float = par(0.0, "probability", "[0, 1]", "chance that a purchase goes wrong")
    severity: float = par(0.5, "performance", "[0, 10]", "performance lost when it does")
    service: float = par(
        0.0,
        "performance",
        "[-10, 10]",
        "service besides the goods: expected beforehand, felt at every purchase",
    )
    hours: float = par(0.0, "hours", "[0, 1000]", "time that a purchase takes the customer, way included")
    effort: float = par(0.0, "effort", "[0, 1000]", "effort of a purchase, weighed by choice.effort_weight")
    risk: float = par(
        0.0, "uncertainty", "[0, 1000]", "uncertainty felt before a purchase, weighed by choice.risk_weight"
    )
    availability: float = par(1.0, "probability", "[0, 1]", "chance that what is wanted is there")
    known: float | None = par(
        None,
        "probability",
        "[0, 1]",
        "chance of knowing this firm on entering the market; turnover.aware when left out",
    )
    brand: float = par(0.0, "", "[0, 1]", "how premium the brand is: rewards that look cheaper cost it image")
    online: bool = par(False, "", "", "whether orders come in online, so that every customer is identified")
    position: float = par(0.5, "distance", "[0, 1]", "place on the line (hotelling tastes only)")
    rent: float = par(0.0, "currency per day", "[0, inf)", "fixed cost of the place", total=True)


class _Conduct(ParameterSet):
    """What every firm does."""

    strategies: Strategies = par(Strategies({}), "", "", "what the firm does to keep its customers, by name")
    pricing: Pricing = par(
        Pricing(),
        "",
        "",
        "how the firm sets its price: the kind of a pricing policy and its parameters; fixed when empty",
    )
    stacking: Literal["all", "best"] = par(
        "all",
        "",
        "",
        "whether discounts of several strategies add up on one bill, or only the best of them counts",
    )


class FirmOffer(_Conduct, Offer):
    """One firm; what processes have it say beside this comes with `whole_spec`."""


class Arm(ParameterSet):
    """One alternative for the focal firm."""

    description: str = par("", "", "", "what the arm is, in words")
    strategies: Strategies = par(
        Strategies({}), "", "", "strategies of the focal firm in this arm, added to those it has"
    )
    set: dict[str, Any] = par({}, "", "", "values of the scenario replaced in this arm, by dotted name")


class Choices(ParameterSet):
    """What customers need, like and choose, whatever processes there are."""

    read_before: ClassVar[tuple[str, ...]] = ("extends", "firm_defaults")
    about: About = par(About(), "", "", "what the scenario is for")
    market: MarketSize = par(MarketSize(), "", "", "size, length, money")
    need: Need = par(Need(), "", "", "when customers meet an opportunity")
    taste: Taste = par(Taste(), "", "", "what customers like")
    choice: Choice = par(Choice(), "", "", "how they choose")
    spending: Spending = par(Spending(), "", "", "how much they buy")
    switching: Switching = par(Switching(), "", "", "what changing firm costs them")
    experience: Experience = par(Experience(), "", "", "what a purchase does to satisfaction")
    bond: Bond = par(Bond(), "", "", "what satisfaction does to loyalty")
    search: Search = par(Search(), "", "", "whether they look around")


class Spec(Choices):
    """Everything a scenario can say, but for the sections of processes, which come with `whole_spec`."""

    if TYPE_CHECKING:  # sections of processes

        def __getattr__(self, name: str) -> Any: ...

    network: Network = par(Network(), "", "", "who talks to whom")
    foresight: Foresight = par(Foresight(), "", "", "how they value what is to come")
    turnover: Turnover = par(Turnover(), "", "", "who enters and leaves")
    firms: tuple[FirmOffer, ...] = par(REQUIRED, "", "", "the firms of the market")
    arms: dict[str, Arm] = par({}, "", "", "alternatives that are compared with doing nothing")
    uncertainty: dict[str, Doubt] = par(
        {}, "", "", "standard errors of values, by dotted name: drawn anew in each replicate"
    )
    correlations: tuple[Correlation, ...] = par((), "", "", "which uncertain values go together")
    evidence: Evidence = par(Evidence(), "", "", "what is taken from published evidence")
    posterior: dict[str, tuple[float, ...]] = par(
        {},
        "",
        "",
        "what is known of values together: by dotted name the estimate and then draws, one row a replicate; or `file`, a Parquet table of them",
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Spec:
        if wrong := self._too_much():
            raise Problem(wrong)
        names = [firm.name for firm in self.firms]
        wrong += self.market.odd_times()
        if not names:
            raise Problem([(("firms",), "a market needs at least one firm")])
        for f, name in enumerate(names):
            if name in names[:f]:
                wrong.append((("firms", f, "name"), f"{shown(name)} is the name of another firm already"))
        if self.market.focal and self.market.focal not in names:
            wrong.append(
                (
                    ("market", "focal"),
                    f"no firm is called {shown(self.market.focal)}; {nearest(self.market.focal, names)}",
                )
            )
        if self.taste.kind == "normal" and (text := taste_problem(self.taste, len(names))):
            wrong.append((("taste", "correlations"), text))
        if self.search.on and not self.experience.on:
            wrong.append(
                (("search", "on"), "commitment comes from satisfaction: set experience.on = true as well")
            )
        if self.bond.on and not self.experience.on:
            wrong.append(
                (("bond", "on"), "the bond comes from satisfaction: set experience.on = true as well")
            )
        wrong += network.problems(self.network, self.market.customers)
        for kind in process.every():
            wrong += kind.problems(self)
        wrong += self._unsaid()
        wrong += money.problems(self)
        for name, doubt in self.uncertainty.items():
            if doubt.sd < 0:
                told = f"{doubt.sd:g} is no standard error: it must be 0 or above"
                wrong.append((("uncertainty", name), told))
        lengths = {len(draws) for draws in self.posterior.values()}
        if len(lengths) > 1 or (lengths and min(lengths) < 2):
            told = (
                "every value needs the same number of draws, after its estimate, so that they belong together"
            )
            wrong.append((("posterior",), told))
        if CONTROL in self.arms:
            wrong.append(
                (("arms", CONTROL), f"'{CONTROL}' is the name of doing nothing; call the arm something else")
            )
        wrong += named.problems(self) + does.problems(self)
        if wrong:
            raise Problem(wrong)
        return self

    @property
    def on(self) -> frozenset[str]:
        """Names of the processes that the scenario switches on."""
        return frozenset(kind.title() for kind in process.every() if kind.wanted(self))

    def _unsaid(self) -> list[tuple[tuple[str | int, ...], str]]:
        """What sections that are on do not say and have to."""
        return [
            ((name, needed), f"[{name}] is on and does not say this, which has no usual value; write one")
            for name in type(self).model_fields
            if isinstance(section := getattr(self, name), ParameterSet) and getattr(section, "on", False)
            for needed in section.says_when_on
            if needed not in section.model_fields_set
        ]

    def _too_much(self) -> list[tuple[tuple[str | int, ...], str]]:
        """What would never end: very many ticks, or opportunities."""
        wrong: list[tuple[tuple[str | int, ...], str]] = []
        days, tick, daily = self.market.days, self.market.tick, self.need.mean_per_day()
        if days / tick > MOST_TICKS:
            told = f"{days:g} days are {counted(days / tick)} ticks of {tick:g} days; at most {MOST_TICKS:,} are possible"
            wrong.append((("market", "tick"), told))
        if daily > MOST_DAILY:
            told = f"{counted(daily)} opportunities a customer and day are too many; at most {MOST_DAILY:,} are possible"
            wrong.append((("need", "interval" if self.need.process == "calendar" else "mean"), told))
        return wrong
