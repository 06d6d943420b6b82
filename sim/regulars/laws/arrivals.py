"""Customers who come, buy and quietly leave while one firm's log is kept: who was there, who came, who is still there.

Two kinds of customers stand in such a log. Those who were there when it began bought before, unseen; their clock starts with
the log. Those who came later are seen from their first purchase on. Both buy at their own gamma rates and leave at their own
gamma hazards (Pareto/NBD: Schmittlein, Morrison & Colombo 1987, Management Science 33:1-24). A customer with purchases on
x days t_1..t_x of a log of T days, with rate l and hazard m, has the likelihood (e^l - 1 for l where a day may hold several)

was there:  l^x / (l+m) [m e^-(l+m)t_x + l e^-(l+m)T]
came:       l^(x-1) / (l+m) [m e^-(l+m)(t_x-t_1) + l e^-(l+m)(T-t_1)] / c,  newcomers come evenly until day c, with a purchase
or, unless that is less likely, the first line's with the log's beginning put to the day they came, averaged over [0, t_1]: newcomers
who come unseen and wait for their first purchase, as those of a market do; each over the chance to be seen at all,

mixed by the share of those seen who were there, and averaged over rates and hazards on a fixed grid of their logarithms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from regulars.ground.errors import RegularsError
from regulars.laws.arrivals_likelihood import Surface
from regulars.laws.fitted import Fit, Joint

Array = NDArray[Any]
MOST = 2_500  # histories that the likelihood looks at; of more, every so many-th
ALIKE = 12.0  # shape beyond which hazards are as good as the same for all
SHAPES = (0.02, 60.0)  # between which shapes are sought
NAMES = ("rate", "shape", "hazard", "hazard_shape", "there")
PRIOR = (1.0, 1.0, 1.0, 1.0, 2.0)  # doubt about each of them before the log is seen: logarithms, and a logit
TOLD_APART = 2.0  # log-likelihood by which newcomers must look as if they came with a purchase; else they are as a market's
FEW = 1e-6  # chance of seeing nobody new for so long, below which newcomers are taken to have stopped


@dataclass(frozen=True)
class Arrivals:
    """A firm's customers over time; rates and hazards a day.

    Attributes:
        rate: mean purchase rate over customers, a day.
        shape: gamma shape r of the rates.
        hazard: mean hazard of leaving, a day; 0 where nobody leaves.
        hazard_shape: gamma shape s of the hazards; infinite where all have the same.
        starters: customers who were there on day 0, those who never bought in the log included.
        newcomers: customers who come, a day.
        until: day from which nobody new comes.
        days: length of the log.
        waits: whether newcomers come unseen and wait for their first purchase, or come with it.
    """

    rate: float
    shape: float
    hazard: float
    hazard_shape: float
    starters: float
    newcomers: float
    until: float
    days: float
    waits: bool = False

    def stays(self, t: Array | float) -> Array:
        """Share of customers who have not left after t days."""
        t = np.asarray(t, dtype=float)
        if not np.isfinite(self.hazard_shape):
            return np.exp(-self.hazard * t)
        return np.exp(-self.hazard_shape * np.log1p(self.hazard * t / self.hazard_shape))

    def spent(self, t: Array | float) -> Array:
        """Expected days that a customer is there in the first t days (by Gauss-Legendre)."""
        node, weight = np.polynomial.legendre.leggauss(40)
        t = np.asarray(t, dtype=float)[..., None]
        return (self.stays(t * (node + 1) / 2) * weight * t / 2).sum(axis=-1)

    def there(self, day: Array | float) -> Array:
        """Expected customers who are there on a day."""
        day = np.asarray(day, dtype=float)
        late = np.maximum(day - self.until, 0.0)
        return self.starters * self.stays(day) + self.newcomers * (self.spent(day) - self.spent(late))

    @property
    def a_day(self) -> float:
        """Purchases on a day on which somebody buys: l / (1 - e^-l), both averaged over customers; a log by day shows days."""
        return float(self.rate / -np.expm1(-self.shape * np.log1p(self.rate / self.shape)))

    def purchases(self, start: float, end: float) -> float:
        """Expected days with purchases, summed over customers, from day `start` to `end`, first ones included."""
        grid = np.linspace(start, end, 101)
        there = np.trapezoid(self.there(grid), grid)
        bought = float(self.rate * there) / self.a_day
        if self.waits:
            return bought
        come = max(min(end, self.until) - min(start, self.until), 0.0)
        return float(bought + self.newcomers * come)


def fit_arrivals(histories: pd.DataFrame, days: float) -> Fit[Arrivals]:
    """Maximum likelihood of who was there, who came and who left.

    Args:
        histories: one row per customer: ``purchases`` x >= 1, ``first`` and ``last`` day of purchase, 0 <= first <= last < days.
        days: length T of the log.

    Returns:
        Estimates of rate, shape, hazard, hazard_shape and the share of those seen who were there at the start, with standard
        errors, and jointly the logarithms of the first four and the logit of the last.

    Raises:
        RegularsError: when nobody bought twice.
    """
    x, first, last = (histories[name].to_numpy(float) for name in ("purchases", "first", "last"))
    if x.max(initial=0) < 2:
        raise RegularsError("nobody bought twice: rates and leaving cannot be told apart")
    until = _until(first, days)
    every = max(int(np.ceil(len(x) / MOST)), 1)
    order = np.lexsort((x, first))[::every]
    x, first, last = x[order], first[order], last[order]
    rate = float((x.sum() - len(x)) / (len(x) * days / 2) + 1e-9)
    bounds = [(np.log(0.1 / days), np.log(5.0)), (np.log(SHAPES[0]), np.log(SHAPES[1])), (np.log(0.02 / days), 0.0), (np.log(0.05), np.log(ALIKE)), (-12.0, 12.0)]  # fmt: skip
    begin = [np.array([np.log(rate), 0.0, np.log(h / days), 0.5, share]) for share, h in ((-2.0, 0.3), (2.0, 1.0))]  # fmt: skip
    surface = Surface(x, first, last, days, until, waits=False)
    theta, value = surface.maximum(begin, bounds)
    waits = False
    if until == days:  # of a cohort the first purchase is all that is known of its coming
        other = Surface(x, first, last, days, until, waits=True)
        again, higher = other.maximum([theta], bounds)
        if higher > value - TOLD_APART:
            surface, theta, value, waits = other, again, higher, True
    return _told(surface, theta, value, len(histories), until, waits, bounds)


def _told(
    surface: Surface,
    theta: Array,
    value: float,
    people: int,
    until: float,
    waits: bool,
    bounds: list[tuple[float, float]],
) -> Fit[Arrivals]:
    """The fit in the words of the law: who was there and who came, of all `people` seen."""
    low, high = (np.array(ends) for ends in zip(*bounds, strict=True))
    held = (theta < low + 1e-6) | (theta > high - 1e-6)
    rho = float(1 / (1 + np.exp(-theta[4])))
    of_there, of_came = surface.seen(theta)
    nobody, alike = (
        bool(held[2] and theta[2] < high[2] - 1e-3),
        bool(held[3] and theta[3] > low[3] + 1e-3),
    )
    # where nobody leaves there are no hazards that could differ
    covariance = (
        surface.covariance(theta, held, np.array(PRIOR))
        if nobody
        else surface.doubt(theta, held, np.array(PRIOR), bounds)
    )
    rate, shape, hazard, spread = (float(value) for value in np.exp(theta[:4]))
    law = Arrivals(
        rate, shape, 0.0 if nobody else hazard, np.inf if nobody or alike else spread, rho * people / of_there,
        (1 - rho) * people / (of_came * until), until, surface.days, waits,
    )  # fmt: skip
    errors = np.sqrt(np.diag(covariance)) * np.append(np.exp(theta[:4]), rho * (1 - rho))
    told = dict(zip(NAMES, map(float, errors), strict=True))
    notes = (
        [f"1 in {ceil_of(people, len(surface.x))} of {people:,} customers was looked at"]
        if len(surface.x) < people
        else []
    )
    if nobody:
        notes.append("hardly anybody leaves within the log: nobody is taken to leave")
    elif alike:
        notes.append("customers do not differ in how soon they leave: all have the same hazard")
    if held[1]:
        notes.append(
            f"the spread of rates stands at the {'lower' if theta[1] < 0 else 'upper'} end of the search: the log does not tell it"
        )
    estimates = {
        "rate": rate,
        "shape": shape,
        "hazard": law.hazard,
        "hazard_shape": law.hazard_shape,
        "there": rho,
    }
    joint = Joint(NAMES, theta, covariance)
    return Fit(law, estimates, told, value, people, tuple(notes), joint)


def ceil_of(people: int, sample: int) -> int:
    """Every how many-th of the people was taken."""
    return int(np.ceil(people / sample))


def _until(first: Array, days: float) -> float:
    """Day from which nobody new comes: the end of the log, unless nobody was new for longer than chance allows."""
    last = float(first.max()) + 1
    return last if len(first) * np.log(last / days) < np.log(FEW) else days
