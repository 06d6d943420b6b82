"""What an answer hangs on: a tornado over all uncertain inputs, values at which the answer turns, and where its interval comes from."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from regulars.lab.decision.regression import Floats, regress, resamples

CHANCE = "chance"  # the source of what no input explains: which customers, which moods
CLEAR = 2.0  # standard errors from 0 at which a slope is told from none
ENDS = (0.05, 0.95)  # quantiles of an input between which the tornado swings


def tornado(inputs: pd.DataFrame, effect: Floats) -> pd.DataFrame:
    """How far each uncertain input moves an effect, the others as they are, the largest swing first.

    The effect is regressed on all inputs together: effect = a + sum_j b_j x_j.

    Args:
        inputs: a row a replicate, a column an input, in the unit of the input.
        effect: of an arm against the control, shape (replicates,), e.g. incremental profit in currency units.

    Returns:
        A row an input: `input`; `low`, `high`, its 5% and 95% quantiles; `at_low`, `at_high`, the mean effect there; `swing` =
        at_high - at_low, and `se`, its standard error, in units of the effect; `clear`, whether |swing| exceeds two of them;
        `turns_at`, the value of the input at which the mean effect is 0, with `turns_low`, `turns_high`, its 95% interval (Fieller
        1954, Journal of the Royal Statistical Society B 16:175-185): NaN where the slope is not clear, or where that value lies outside
        of all that was drawn; `pays`, "above" or "below" that value, or "".
    """
    values = inputs.to_numpy(np.float64)
    found, centre = regress(values, effect), float(np.mean(effect))
    noise = math.sqrt(max(found.variance - found.explained, 0.0) / len(effect))
    rows = []
    for j, name in enumerate(inputs.columns):
        x = values[:, j]
        sd = float(x.std(ddof=1)) if len(x) > 1 else 0.0
        slope, error = (float(s) / sd if sd > 0 else 0.0 for s in (found.slopes[j], found.errors[j]))
        low, high = (float(q) for q in np.quantile(x, ENDS))
        clear = abs(slope) > CLEAR * error > 0
        turns, turns_low, turns_high = (
            _turning(float(x.mean()), centre, slope, noise, error) if clear else (math.nan,) * 3
        )
        if not x.min() <= turns <= x.max():
            turns = turns_low = turns_high = math.nan
        rows.append(
            {
                "input": name, "low": low, "high": high, "at_low": centre + slope * (low - float(x.mean())),
                "at_high": centre + slope * (high - float(x.mean())), "swing": slope * (high - low),
                "se": error * (high - low), "clear": clear, "turns_at": turns, "turns_low": turns_low,
                "turns_high": turns_high, "pays": "" if math.isnan(turns) else "above" if slope > 0 else "below",
            }
        )  # fmt: skip
    table = pd.DataFrame(rows)
    return (
        table.sort_values("swing", key=np.abs, ascending=False, kind="stable", ignore_index=True)
        if rows
        else table
    )


def _turning(
    middle: float, centre: float, slope: float, noise: float, error: float
) -> tuple[float, float, float]:
    """Where centre + slope (x - middle) is 0, with the ends of Fieller's 95% interval (unbounded ends are infinite).

    noise, error: standard errors of centre and slope, which are independent as inputs are taken from their mean.
    """
    t = 1.959964
    a, b, c = slope**2 - (t * error) ** 2, centre * slope, centre**2 - (t * noise) ** 2
    at = middle - centre / slope
    inside = b * b - a * c
    if a <= 0 or inside < 0:
        return at, -math.inf, math.inf
    ends = sorted(middle - (b + sign * math.sqrt(inside)) / a for sign in (-1.0, 1.0))
    return at, ends[0], ends[1]


def sources(inputs: pd.DataFrame, groups: Mapping[str, str], effect: Floats, seed: int = 0) -> pd.DataFrame:
    """Where the spread of an effect between replicates comes from, by group of inputs and chance.

    With v(u) the variance that the inputs of the groups u explain together, the share of group g is its Shapley value, the mean of
    v(u + g) - v(u) over all orders in which groups can be added; what all groups together do not explain is chance. The
    shares add up to 1 (Owen 2014, SIAM/ASA Journal on Uncertainty Quantification 2:245-251).

    Args:
        inputs: a row a replicate, a column an input.
        groups: the group of each input, such as "log" or "behaviour".
        effect: shape (replicates,).
        seed: of the resamples of replicates from which the standard errors come.

    Returns:
        A row a source: `source`, `share` (0 to 1), `se`.
    """
    names = list(dict.fromkeys(groups[name] for name in inputs.columns))
    values = inputs.to_numpy(np.float64)
    columns = [np.flatnonzero([groups[name] == group for name in inputs.columns]) for group in names]
    shares = _shapley(values, columns, effect)
    again = [_shapley(values[rows], columns, effect[rows]) for rows in resamples(len(effect), seed)]
    return pd.DataFrame({"source": [*names, CHANCE], "share": shares, "se": np.std(again, axis=0)})


def _shapley(values: Floats, columns: Sequence[np.ndarray], effect: Floats) -> Floats:
    """Shares of the groups, and of chance, in the variance of the effect."""
    count = len(columns)
    explained: dict[frozenset[int], float] = {frozenset(): 0.0}
    variance = float(np.var(effect, ddof=1))
    if variance == 0:
        return np.array([*np.zeros(count), 1.0])
    for size in range(1, count + 1):
        for chosen in itertools.combinations(range(count), size):
            of = np.concatenate([columns[g] for g in chosen])
            share = regress(values[:, of], effect).explained / variance
            smaller = (explained[frozenset(chosen) - {g}] for g in chosen)
            explained[frozenset(chosen)] = max(share, *smaller)  # to know more never explains less
    shares = np.zeros(count)
    for g in range(count):
        others = [k for k in range(count) if k != g]
        for size in range(count):
            weight = math.factorial(size) * math.factorial(count - size - 1) / math.factorial(count)
            for chosen in itertools.combinations(others, size):
                shares[g] += weight * (explained[frozenset({*chosen, g})] - explained[frozenset(chosen)])
    return np.array([*shares, 1.0 - explained[frozenset(range(count))]])
