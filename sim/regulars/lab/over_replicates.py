"""What replicates say together: means with their intervals, and when a programme has broken even."""

from __future__ import annotations

from typing import Any

import numpy as np


def break_even(gained: Any) -> float:
    """First day after a loss from which the cumulative gain stays at or above 0; 0 without a loss, NaN when never.

    gained: cumulative gain at the end of each day, shape (days,).
    """
    below = np.flatnonzero(np.asarray(gained) < 0)
    if below.size == 0:
        return 0.0
    last = int(below[-1])
    return float("nan") if last == len(gained) - 1 else float(last + 2)


def reach(count: float, of_one: bool) -> float:
    """Half of a 95% interval in standard deviations over `count` replicates: of one further market, or of the mean."""
    from scipy.special import stdtrit

    return float(stdtrit(count - 1, 0.975) * np.sqrt(1 / count + (1 if of_one else 0)))


def over_replicates(values: Any, of_one: bool) -> dict[str, float]:
    """Mean, its standard error, 95% interval (low, high) and 5 and 95% points (p05, p95) of a metric, in its unit.

    values: one a replicate; of_one: whether the interval is of one further market, or of the mean. NaN where there are too few.
    """
    nothing = float("nan")
    if len(values) == 0:
        return dict.fromkeys(("mean", "se", "low", "high", "p05", "p95"), nothing)
    mean = float(np.mean(values))
    if len(values) == 1:
        return {"mean": mean, "se": nothing, "low": nothing, "high": nothing, "p05": mean, "p95": mean}
    sd = float(np.std(values, ddof=1))
    half, se = sd * reach(len(values), of_one), sd / float(np.sqrt(len(values)))
    p05, p95 = (float(q) for q in np.quantile(values, [0.05, 0.95]))
    return {"mean": mean, "se": se, "low": mean - half, "high": mean + half, "p05": p05, "p95": p95}


def ratio_of_sums(gained: Any, spent: Any, of_one: bool) -> dict[str, float]:
    """What was gained over what was spent, both summed over replicates: the ratio (mean), its standard error and 95% interval.

    With R = sum y / sum x, deviations (y - R x) / mean(x) stand for those of the ratio (Cochran 1977, Sampling Techniques, 6.3).

    gained, spent: one a replicate, in currency units; of_one: as of `over_replicates`. NaN where nothing was spent in all.
    """
    if not spent.sum() > 0:
        return dict.fromkeys(("mean", "se", "low", "high"), float("nan"))
    ratio = float(gained.sum() / spent.sum())
    found = over_replicates(((gained - ratio * spent) / spent.mean()).to_numpy(), of_one)
    return {"mean": ratio, "se": found["se"], "low": ratio + found["low"], "high": ratio + found["high"]}
