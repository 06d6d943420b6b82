"""By which clock customers buy: by chance, in a rhythm of their own, or at fixed dates; the likelihood of the gaps decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

GAIN = 10.0  # log-likelihood that a rhythm must win over chance before it is believed
STAGES = (1, 2, 3, 4, 6, 9, 14, 20)
OFTEN = 0.25  # purchases a day of a purchase's buyer, beyond which days, not moments, are what customers have
FEWEST = 30  # gaps
COARSE = 8.0  # days


@dataclass(frozen=True)
class Rhythm:
    """How purchases follow one another.

    kind: ``poisson``, ``erlang`` (regular, with `stages`), ``calendar`` (every `interval` days, kept with chance `attendance`).
    gain: log-likelihood over chance.
    """

    kind: str = "poisson"
    stages: int = 1
    interval: float = 1.0
    attendance: float = 1.0
    spread: float = 0.0
    gain: float = 0.0

    def sentence(self) -> str:
        """The rhythm in words."""
        won = f"log-likelihood of the gaps {self.gain:,.0f} above that of purchases by chance"
        if self.kind == "calendar" and self.interval == 1:
            return "customers buy on most days, so that each day is an opportunity kept or not (daily calendar); purchases by chance would put several on one day"
        if self.kind == "calendar":
            return f"purchases come at regular intervals of {self.interval:g} days, as by contract or subscription, kept with chance {self.attendance:.2f} ({won})"
        if self.kind == "erlang":
            return f"purchases are more regular than chance (Poisson): gaps of {self.stages} Erlang stages ({won})"
        return "purchases come by chance at each customer's own rate (Poisson)"


def rhythm(purchases: pd.DataFrame, days: float) -> Rhythm:
    """The rhythm of a dated log with one row per purchase: columns customer, time (days)."""
    ordered = purchases.sort_values(["customer", "time"], kind="stable")
    who = np.unique(ordered["customer"].to_numpy(), return_inverse=True)[1]
    time = ordered["time"].to_numpy(float)
    gaps, owner = _gaps(who, np.floor(time))
    if len(gaps) < FEWEST:
        return Rhythm()
    chance = _by_chance(gaps, owner)
    dated = _dates(gaps, days)
    if dated is not None and dated[0] > chance + GAIN:
        return Rhythm("calendar", interval=dated[1], attendance=dated[2], gain=dated[0] - chance)
    size = np.bincount(who).astype(float)
    if float(np.average(size, weights=size)) / days > OFTEN and not (time % 1).any():
        mean, spread = _attended(who, np.floor(time), days)
        return Rhythm("calendar", interval=1.0, attendance=mean, spread=spread)
    stages, gain = _stages(*_gaps(who, time), clock=bool((time % 1).any()))
    return Rhythm("erlang", stages=stages, gain=gain) if stages > 1 and gain > GAIN else Rhythm()


def _gaps(who: NDArray[Any], time: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Gaps between purchases of a customer, above 0, and the customers' numbers."""
    same = who[1:] == who[:-1]
    gaps, owner = np.diff(time)[same], who[1:][same]
    keep = gaps > 0
    return gaps[keep], np.unique(owner[keep], return_inverse=True)[1]


def _stages(gaps: NDArray[Any], owner: NDArray[Any], clock: bool) -> tuple[int, float]:
    """Erlang stages of the gaps, and the log-likelihood that they win over chance.

    Of n gaps that add up to G, the shares g/G are Dirichlet(k, ..., k) for k stages, whatever the customer's rate and however
    soon the log ends. Without clock times a day is too coarse for those who buy more often than once in `COARSE` days.
    """
    from scipy.special import gammaln

    n, total = np.bincount(owner).astype(float), np.bincount(owner, weights=gaps)
    used = (n >= 2) & (clock | (total > COARSE * n))
    inside = used[owner]
    logs = float(np.log(gaps[inside] / total[owner[inside]]).sum())
    n = n[used]
    if n.sum() < FEWEST:
        return 1, 0.0
    value = {k: float((gammaln(k * n) - n * gammaln(k)).sum()) + (k - 1) * logs for k in STAGES}
    best = max(STAGES, key=lambda k: value[k])
    return best, value[best] - value[1]


def _by_chance(gaps: NDArray[Any], owner: NDArray[Any]) -> float:
    """Log-likelihood of gaps by chance, at gamma rates, at its maximum: Gamma(r+n) / Gamma(r)  a^r / (a+G)^(r+n) a customer."""
    from scipy.optimize import minimize
    from scipy.special import gammaln

    n, total = np.bincount(owner).astype(float), np.bincount(owner, weights=gaps)

    def cost(theta: NDArray[Any]) -> float:
        r, a = np.exp(theta)
        return -float((gammaln(r + n) - gammaln(r) + r * np.log(a) - (r + n) * np.log(a + total)).sum())

    bounds = [(-3.0, 5.0), (-8.0, 14.0)]
    return -float(minimize(cost, np.array([0.0, np.log(gaps.mean())]), method="L-BFGS-B", bounds=bounds).fun)


def _dates(gaps: NDArray[Any], days: float) -> tuple[float, float, float] | None:
    """Log-likelihood, interval and chance of keeping a date, when purchases stand at multiples of an interval.

    A gap is j intervals with chance (1-q)^(j-1) q, spread evenly over the days about them that a month or a weekend may
    move it, or anything at all with a small chance.
    """
    values, often = np.unique(gaps, return_counts=True)
    interval = float(values[np.argmax(often)])
    if interval < 3:
        return None
    near = np.abs(gaps - interval) <= 0.1 * interval
    interval = float(np.round(gaps[near].mean(), 2))
    best: tuple[float, float, float] | None = None
    for loose in (0, 1, 2):
        if 2 * loose + 1 > interval / 2:
            break
        j = np.maximum(np.round(gaps / interval), 1)
        on = np.abs(gaps - j * interval) <= loose + 0.5
        if on.mean() < 0.8:
            continue
        off = max(1 - float(on.mean()), 1e-3)
        q = min(float(1 / j[on].mean()), 1 - 1e-4)
        value = np.where(
            on, np.log1p(-off) + (j - 1) * np.log1p(-q) + np.log(q / (2 * loose + 1)), np.log(off / days)
        )
        if best is None or value.sum() > best[0]:
            best = float(value.sum()), interval, q
    return best


def _attended(who: NDArray[Any], day: NDArray[Any], days: float) -> tuple[float, float]:
    """Mean and standard deviation over customers of the chance to buy on a day, from first to last purchase."""
    _, start, size = np.unique(who, return_index=True, return_counts=True)
    first, last = day[start], day[start + size - 1]
    length = np.maximum(last - first, 1.0)
    long = size > 2
    p = np.minimum((size[long] - 1) / length[long], 1.0)
    mean = float(np.average(p, weights=length[long]))
    chance = float(np.mean(p * (1 - p) / length[long]))
    return mean, float(np.sqrt(max(np.average((p - mean) ** 2, weights=length[long]) - chance, 1e-6)))
