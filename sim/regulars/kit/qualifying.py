"""Qualifying for a level by the spending of a period: what the next purchase is worth on the way there, or to stay.

The level at the end of the period is all that counts, and it brings U_l logits over the next period: with n opportunities a
period, base purchase probability p and perks worth u_l logits at each purchase, U_l = n log(1 + p (exp u_l - 1)), times
what the wait leaves of it. With N purchases of mean amount still to come, a customer who has spent x values that as

    W(x) = log E exp U(level at the end) = U_0 + log(1 + sum_l [exp(U_l - U_0) - exp(U_(l-1) - U_0)] P(N >= k_l(x))),

k_l(x) being the purchases still missing for level l; for one level log(1 + (exp R - 1) P(reach)). A purchase now is worth
phi * [W(x + a) - W(x)]. This is the log-sum recursion of `foresight` in closed form. Keeping a level needs no rule of its own.

N is binomial over the calendar dates that are left, or Poisson where opportunities come by chance. For sure dates,
purchases of one size and no discounting that is exact. Elsewhere it approximates: chance arrivals are weighed as if
they were choices (against the exact recursion, P(reach) is off by 0.01 for a level worth 2 logits and 28 to 52 expected
opportunities, by 0.1 for one worth 5); amounts are taken at their mean; the wait discounts the level as a whole; perks
that a promotion brings for what is left of this period are not counted. P(N >= k) is exact up to k = 32, then by
the cube-root formulas of Wilson & Hilferty (1931, PNAS 17:684-688) and Camp & Paulson (1951, Biometrika 38:228-235),
right to 3 in 10,000.

Sources: Kopalle et al. 2012, Marketing Science 31:216-235 (both rewards and tiers show points pressure); Lewis 2004, JMR
41:281-292 (dynamic programming of a programme with a deadline).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from regulars.ground.kernel import kernel
from regulars.world.calendar import NEARLY

if TYPE_CHECKING:
    from regulars.world.firms import Firm

EXACT = 32  # purchases up to which the Poisson sum is taken
LARGEST = 300.0  # logits: the most that levels can differ in worth
LEAST = math.exp(-LARGEST)


class Qualifying:
    """What every customer makes of the levels of a programme.

    Args:
        firm: whose programme it is.
        thresholds: spending in a period that each level needs, currency units, going up.
    """

    def __init__(self, firm: Firm, thresholds: NDArray[Any]) -> None:
        count = firm.customers.count
        self.firm, self.thresholds = firm, np.asarray(thresholds, np.float64)
        self.steps = np.zeros((count, self.thresholds.size))  # exp(U_l - U_0) - exp(U_(l-1) - U_0)
        self.pace = np.zeros(count)  # purchases a day, were there no programmes
        need = firm.model.scenario.spec.need
        self.interval = (
            float(need.interval) if need.process == "calendar" else 0.0
        )  # days between two sure dates; 0 for chance
        self.amount = np.ones(count)  # spending of an average purchase

    def look(self, perks: NDArray[Any], period: float, wait: float) -> None:
        """Customers look at their situation anew.

        perks (levels + 1, customers): what a level is worth at a purchase, logits; period: days; wait: days until it counts.
        """
        c, everyone = self.firm.customers, np.arange(self.firm.customers.count)
        p, rate = self.firm.baseline.purchase_probability(everyone), c.rate.astype(np.float64)
        discount = c.daily_discount.astype(np.float64)
        faded = -np.log(discount) * period
        left = discount**wait * np.where(faded > 1e-9, -np.expm1(-faded) / np.maximum(faded, 1e-300), 1.0)
        worth = rate * period * np.log1p(p * np.expm1(perks)) * left * c.present_bias
        self.steps = np.diff(np.exp(np.clip(worth - worth[0], -LARGEST, LARGEST)), axis=0).T.copy()
        self.pace = p * rate
        self.amount = np.maximum(c.basket.astype(np.float64) * self.firm.price, 1e-12)

    def whole_period(self, customers: NDArray[Any], period: float) -> NDArray[Any]:
        """What a period that has just begun is worth to each of `customers`, logits."""
        out = np.zeros(len(customers))
        period_worth(
            customers, self.thresholds, self.steps, self.pace, self.amount, self.interval, float(period), out
        )
        return out

    def state(self) -> dict[str, Any]:
        """How customers see the levels, for saving."""
        return {"steps": self.steps, "pace": self.pace, "amount": self.amount}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take back what `state` gave."""
        for name in self.state():
            setattr(self, name, np.array(saved[name]))


@kernel(inline=True)
def cube_root(k: Any, mean: Any, dates: Any) -> Any:
    """P(N >= k) for k above 0, approximately; see the module."""
    if dates == 0:
        z = 3.0 * math.sqrt(k) * (np.cbrt(mean / k) - 1.0 + 1.0 / (9.0 * k))
    elif k > dates:
        z = -40.0
    else:
        p = mean / dates
        a, b = 1.0 / (9.0 * (dates - k + 1.0)), 1.0 / (9.0 * k)
        r = np.cbrt(k * (1.0 - p) / (p * (dates - k + 1.0)))
        z = -((1.0 - b) * r - 1.0 + a) / math.sqrt(b * r * r + a)
    return 0.5 * math.erfc(-z * 0.7071067811865476)


@kernel(inline=True)
def progress_worth(
    amount: Any, mean: Any, dates: Any, steps: Any, thresholds: Any, spent: Any, assured: Any, i: Any
) -> Any:
    """W(x + a) - W(x) and W(x) - U_0 of a customer who has spent x, logits; levels below `assured` are safe anyway.

    mean: purchases expected; dates: over how many dates they can come, 0 when they come by chance.
    """
    now, then = 1.0, 1.0
    p = min(mean / dates, 1.0 - 1e-12) if dates > 0 else 0.0
    odds = p / (1.0 - p)
    growth = (dates + 1) * odds if dates > 0 else mean  # term j+1 over term j: growth / (j+1) - odds
    sd = math.sqrt(mean * (1.0 - p))
    fewer, term, j = (
        0.0,
        -1.0,
        0,
    )  # chances of fewer than j purchases, and of j: carried on from level to level
    for level in range(thresholds.size):
        step = steps[i, level]
        missing = thresholds[level] - spent
        k = missing / amount
        if k > mean + 8.0 * sd + 12.0:
            break
        if missing <= 0.0 or level < assured or k < mean - 6.5 * sd - 3.0:
            now += step
            then += step
            continue
        k = max(math.ceil(k - 1e-6), 1)
        if k > EXACT:
            now += step * cube_root(k, mean, dates)
            then += step * cube_root(k - 1, mean, dates)
            continue
        if term < 0.0:
            term = math.exp(dates * math.log1p(-p) if dates > 0 else -mean)
        while j < k - 1:
            fewer += term
            j += 1
            term *= growth / j - odds
        now += step * max(1.0 - fewer - term, 0.0)
        then += step * max(1.0 - fewer, 0.0)
    now, then = (
        max(now, LEAST),
        max(then, LEAST),
    )  # what is left of 1 after a level that nobody wants may round to 0
    return (math.log(then / now) if then != now else 0.0), math.log(now)


@kernel(inline=True)
def dates_left(end: Any, time: Any, interval: Any) -> Any:
    """Calendar dates after `time` and before `end`; 0 when opportunities come by chance."""
    return max(math.ceil((end - time) / interval - NEARLY) - 1, 0) if interval > 0.0 else 0


@kernel
def period_worth(
    customers: Any, thresholds: Any, steps: Any, pace: Any, amount: Any, interval: Any, period: Any, out: Any
) -> None:
    """W(0) - U_0 of a whole period, logits."""
    dates = dates_left(period, -interval, interval)
    for k in range(customers.size):
        i = customers[k]
        out[k] = progress_worth(amount[i], pace[i] * period, dates, steps, thresholds, 0.0, 0, i)[1]


@kernel
def enjoy(
    who: Any, time: Any, end: Any, member: Any, level: Any, spent: Any, hurt: Any, hurt_day: Any, half_life: Any, soft: Any, felt: Any, discount: Any, service: Any, thresholds: Any,
    steps: Any, pace: Any, amount: Any, interval: Any, foresight: Any, appeal: Any, price_factor: Any, performance: Any,
) -> None:  # fmt: skip
    """Perks, hurt and progress of the members who meet an opportunity; `end` of the period, days."""
    for o in range(who.size):
        i = who[o]
        if not member[i]:
            continue
        now = np.int64(level[i])
        pull = felt[now]
        if hurt[i] > 0.0:
            pull -= hurt[i] * 0.5 ** ((time[o] - hurt_day[i]) / half_life)
        if foresight[i] > 0.0:
            dates = dates_left(end, time[o], interval)
            mean = pace[i] * (dates * interval if interval > 0.0 else max(end - time[o], 0.0))
            spending = amount[i] * (1.0 - discount[now])
            assured = now - 1 if soft else 0
            pull += (
                foresight[i]
                * progress_worth(spending, mean, dates, steps, thresholds, spent[i] * 1e-6, assured, i)[0]
            )
        appeal[o] += pull
        if price_factor.size:
            price_factor[o] *= 1.0 - discount[now]
        if performance.size:
            performance[o] += service[now]
