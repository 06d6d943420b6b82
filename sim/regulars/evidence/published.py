"""What a published effect and a prior made of published effects say: the schema of the files in `data`."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import model_validator

from regulars.ground.parameter import REQUIRED, ParameterSet, Problem, par
from regulars.ground.prior import Law, law, problem

GRADES = {
    "A": "several field studies, or a meta-analysis of what people did, agree on the size within a factor of two",
    "B": "one or two field studies identify the size; it may differ elsewhere",
    "C": "the sign is well founded; the size comes from what people say, from one setting, from trade counts, or is derived",
    "D": "nobody has measured it, or the number has not been checked: an assumption",
}
CHECKED = {
    "abstract": "the abstract or a copy of the source was read",
    "summary": "an account of the source by others was read: a press release, a trade paper, another study",
    "not checked": "quoted from memory or from notes; nothing may be tested against it",
}
STRENGTHS = {
    "good": "several field studies agree",
    "fair": "one or two field studies",
    "weak": "signs only; the width is a judgement",
    "none": "no study: borrowed from a neighbour, and wide",
}
Design = Literal[
    "meta-analysis", "randomised field trial", "quasi-experiment", "structural model", "panel", "survey", "laboratory",
    "industry count", "accounts", "auctions", "none",
]  # fmt: skip


class PublishedEffect(ParameterSet):
    """One published number, or a sign where no number could be read: how it was found, how well, and what it bears on."""

    # fmt: off
    measures: str = par(REQUIRED, "", "", "what was measured, in words")
    estimate: float | None = par(None, "unit of the effect", "", "the number; none where only its sign was read")
    unit: str = par("", "", "", "unit of the estimate")
    standard_error: float | None = par(None, "unit of the effect", "[0, inf)", "sampling error of the estimate")
    interval: tuple[float, float] | None = par(None, "unit of the effect", "", "its 95% interval, where that is what was published")
    between: float | None = par(None, "unit of the effect", "[0, inf)", "standard deviation of true effects between studies or markets: how far a new market may be from the estimate")
    between_from: Literal["reported", "derived", "judgement", ""] = par("", "", "", "where that comes from")
    studies: str = par("", "", "", "how much was looked at: studies, estimates, customers")
    design: Design = par(REQUIRED, "", "", "how it was found")
    place: str = par("", "", "", "where, and in which trade")
    years: str = par("", "", "", "when")
    citation: str = par(REQUIRED, "", "", "the source in full")
    read_at: str = par("", "", "", "where it was read")
    checked: Literal["abstract", "summary", "not checked"] = par(REQUIRED, "", "", "what of the source was read")
    grade: Literal["A", "B", "C", "D"] = par(REQUIRED, "", "", "how far the number can be trusted, from A to D")
    weakness: str = par("", "", "", "why it may not hold for another market")
    bears_on: tuple[str, ...] = par((), "", "", "parameters on which it bears, by their path without a name of a firm or arm")
    patterns: tuple[str, ...] = par((), "", "", "what of a simulated market it bears on, in words, where no single parameter makes it")
    conversion: str = par("", "", "", "how it becomes a number of the parameter's unit")
    # fmt: on

    @model_validator(mode="after")
    def _fits_together(self) -> PublishedEffect:
        wrong = []
        if self.interval is not None and not self.interval[0] < self.interval[1]:
            wrong.append((("interval",), f"{self.interval[0]:g} is not below {self.interval[1]:g}"))
        if self.interval is not None and self.standard_error is not None:
            wrong.append((("interval",), "a standard error is there already; give one of the two"))
        if self.estimate is None and (self.error is not None or self.between is not None):
            wrong.append((("estimate",), "there is a spread and no number that it belongs to"))
        if self.estimate is None and self.grade in "AB":
            wrong.append((("grade",), f"{self.grade} is for a size, and there is no number: C at most"))
        if self.checked == "not checked" and self.grade != "D":
            wrong.append((("grade",), f"{self.grade}, and the number has not been checked: that is D"))
        if (self.between is not None) != bool(self.between_from):
            wrong.append(
                (("between_from",), "say where the spread between studies comes from, and only then")
            )
        if wrong:
            raise Problem(wrong)
        return self

    @property
    def error(self) -> float | None:
        """Standard error of the estimate; that of an interval is its width over 2 x 1.96."""
        if self.interval is not None:
            return (self.interval[1] - self.interval[0]) / (2 * 1.959964)
        return self.standard_error

    @property
    def spread(self) -> float | None:
        """How far a new market may be from the estimate: sampling error and spread between studies together; None when unknown."""
        known = [part for part in (self.error, self.between) if part is not None]
        return math.hypot(*known) if known else None


class PublishedPrior(ParameterSet):
    """What to believe of a parameter of a market that nobody has measured: a distribution made of published effects."""

    # fmt: off
    parameter: str = par(REQUIRED, "", "", "the parameter, by its path without a name of a firm or arm")
    setting: str = par("", "", "", "kind of market for which it is; any when empty")
    family: Literal["fixed", "uniform", "normal", "lognormal", "beta", "one of"] = par(REQUIRED, "", "", "family of distributions; `one of` for a choice between forms")
    mean: float = par(0.0, "unit of the prior", "", "mean for a new market")
    sd: float = par(0.0, "unit of the prior", "[0, inf)", "standard deviation for a new market: sampling error and spread between markets together")
    low: float | None = par(None, "unit of the prior", "", "end that it does not pass")
    high: float | None = par(None, "unit of the prior", "", "end that it does not pass")
    customers_sd: float | None = par(None, "unit of the prior", "[0, inf)", "standard deviation between the customers of one market, which belongs into the parameter's own distribution")
    stated_sd: float | None = par(None, "unit of the prior", "[0, inf)", "standard deviation around a value that a scenario states itself, where that says more than that nothing is known")
    values: tuple[str, ...] = par((), "", "", "forms that the parameter may have, one of them true of a market (family `one of`)")
    weights: tuple[float, ...] = par((), "", "[0, inf)", "how likely each of them is, up to a common factor")
    acts_with: str = par("", "", "", "another parameter without which it does nothing: where that is 0 everywhere, it is not in doubt")
    goes_with: str = par("", "", "", "another prior's parameter with which it is correlated")
    correlation: float = par(0.0, "", "(-1, 1)", "correlation of the normal draws behind the two")
    unit: str = par("", "", "", "unit, where the prior is not of the parameter itself")
    conversion: str = par("", "", "", "how the parameter follows from it, where it is not of the parameter itself")
    rests_on: tuple[str, ...] = par((), "", "", "published effects that it is made of, by name")
    reasoning: str = par(REQUIRED, "", "", "how it was made of them")
    strength: Literal["good", "fair", "weak", "none"] = par(REQUIRED, "", "", "how well it is founded")
    # fmt: on

    @model_validator(mode="after")
    def _fits_together(self) -> PublishedPrior:
        wrong = []
        if (self.family == "one of") != bool(self.values) or len(self.weights) != len(self.values):
            wrong.append(
                (
                    ("values",),
                    "a prior of the family 'one of' has values with a weight each, and no other has",
                )
            )
        elif not self.values and (told := problem(self.family, self.mean, self.sd, *self.ends)):
            wrong.append((("sd",), told))
        if bool(self.goes_with) != bool(self.correlation):
            wrong.append((("correlation",), "say what it goes with and how closely, or neither"))
        if bool(self.rests_on) == (self.strength == "none"):
            wrong.append((("strength",), "a prior rests on published effects, or its strength is 'none'"))
        if bool(self.unit) != bool(self.conversion):
            wrong.append(
                (
                    ("conversion",),
                    "a prior of something else than the parameter needs its unit and how to convert it",
                )
            )
        if wrong:
            raise Problem(wrong)
        return self

    @property
    def ends(self) -> tuple[float, float]:
        """What the prior does not pass; infinite where nothing is told."""
        return (-math.inf if self.low is None else self.low, math.inf if self.high is None else self.high)

    def words(self) -> str:
        """The distribution in words: `beta, mean 0.45, sd 0.25`, or the forms with their chances."""
        if self.values:
            whole = sum(self.weights)
            return ", ".join(
                f"{one} {w / whole:.0%}" for one, w in zip(self.values, self.weights, strict=True)
            )
        return f"{self.family}, mean {self.mean:g}, sd {self.sd:g}"

    @property
    def law(self) -> Law:
        """Values of the prior for standard normal draws."""
        return law(self.family, self.mean, self.sd, *self.ends)
