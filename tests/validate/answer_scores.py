"""What answers were worth: coverage of intervals, calibration of the chance of being best, regret of the decision, and the verdict.

A record is what `validate.answers` keeps of a world. The rule of the verdict stood before the study ran, and is not bent by what it finds.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

LEVELS = (0.5, 0.8, 0.95)
LEAST = 0.90  # share of 95% intervals that must surely hold the truth
SURE = 1.96  # standard errors
EDGES = (0.0, 0.05, 0.2, 0.5, 0.8, 0.95, 1.0)  # of stated chances
PASS, FAIL, OPEN = "PASS", "FAIL", "NOT SURE"
NOTHING = "nothing"
Record = dict[str, Any]


@dataclass(frozen=True)
class Share:
    """A share of `n` independent trials, with its 95% interval by Wilson's score."""

    value: float
    n: float
    low: float
    high: float


def wilson(hits: float, n: float, z: float = SURE) -> Share:
    """A share and its interval: (p + z2/2n +- z sqrt(p (1-p)/n + z2/4n2)) / (1 + z2/n) (Wilson 1927, JASA 22:209-212)."""
    p = hits / n
    middle, half = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return Share(p, n, float((middle - half) / (1 + z**2 / n)), float((middle + half) / (1 + z**2 / n)))


def clustered(hits: pd.Series, worlds: pd.Series) -> Share:
    """A share over programmes, of which those of one world tell nearly the same: n is what so many independent ones would be.

    n = p (1 - p) / var(mean of the worlds' shares), between the number of worlds and that of programmes (Kish 1965, Survey Sampling).
    """
    each = hits.astype(float).groupby(worlds).mean()
    p, n = float(hits.mean()), float(len(each))
    spread = float(each.var(ddof=1)) / n if n > 1 else 0.0
    if spread > 0:
        n = float(np.clip(p * (1 - p) / spread, n, len(hits)))
    return wilson(p * n, n)


def pairs(records: list[Record]) -> pd.DataFrame:
    """A row a programme of a world; money in shares of the firm's sales in the year; `reach` is t at 95% of so many replicates."""
    rows = [
        {"world": r["number"], "kind": r["kind"], "form": r["form"], "arm": arm, "reach": stats.t.ppf(0.975, r["replicates"] - 1), "free": r["replicates"] - 1,
         **{name: one[name] / r["sales"] for name in ("mean", "low", "high", "truth", "truth_se", "year")}}
        for r in records for arm, one in r["arms"].items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def held(table: pd.DataFrame, level: float, what: str = "truth") -> pd.Series:
    """Whether the interval of this level holds what was true; the 95% one was told, others are those of the same t distribution."""
    scale = stats.t.ppf(0.5 + level / 2, table["free"]) / table["reach"]
    low, high = (table["mean"] + scale * (table[end] - table["mean"]) for end in ("low", "high"))
    return (low <= table[what]) & (table[what] <= high)


def coverage(table: pd.DataFrame, level: float, what: str = "truth") -> Share:
    """The share of intervals of a level that hold what was true."""
    return clustered(held(table, level, what), table["world"])


def wanting(table: pd.DataFrame) -> float:
    """By what the 95% intervals would have to be multiplied for 95% of them to hold the truth."""
    half = np.where(table["truth"] > table["mean"], table["high"] - table["mean"], table["mean"] - table["low"])  # fmt: skip
    return float(np.quantile((table["truth"] - table["mean"]).abs() / half, 0.95))


def mean_over_worlds(values: pd.Series, worlds: pd.Series) -> tuple[float, float]:
    """A mean over programmes, and its standard error over worlds."""
    each = values.groupby(worlds).mean()
    return float(each.mean()), float(each.std(ddof=1) / np.sqrt(len(each))) if len(each) > 1 else float("nan")


@dataclass(frozen=True)
class Chances:
    """Chances of being best as they were stated, a row a world.

    stated: shape (worlds, choices), doing nothing first. best: index of what was truly best. replicates: behind each stated chance.
    """

    stated: np.ndarray[Any, Any]
    best: np.ndarray[Any, Any]
    replicates: int

    @property
    def happened(self) -> np.ndarray[Any, Any]:
        """1 for what was best, else 0."""
        return np.eye(self.stated.shape[1])[self.best]

    def brier(self) -> float:
        """Mean of the summed squares of stated less happened: 0 for who knows, 2 for who is surely wrong (Brier 1950)."""
        return float(((self.stated - self.happened) ** 2).sum(axis=1).mean())

    def brier_of_base_rates(self) -> float:
        """The same for who states how often each choice is best over all worlds."""
        return float(((self.happened.mean(axis=0) - self.happened) ** 2).sum(axis=1).mean())

    def z(self) -> float:
        """How far the Brier score lies above what the stated chances promise, in standard errors over worlds.

        If what is best comes with chances p, a world's score is 1 - sum p2 in the mean (Spiegelhalter 1986, Statistics in Medicine 5:421-433);
        for chances that are counted in R replicates that is (1 - sum of counted p2) (R + 1) / (R - 1), without bias.
        """
        score = ((self.stated - self.happened) ** 2).sum(axis=1)
        promised = (1 - (self.stated**2).sum(axis=1)) * (self.replicates + 1) / (self.replicates - 1)
        off = score - promised
        error = off.std(ddof=1) / np.sqrt(len(off)) if len(off) > 1 else 0.0
        return float(off.mean() / error) if error > 0 else 0.0


def chances(records: list[Record]) -> Chances:
    """Stated chances of being best, and what was."""
    stated = [[r["p_control"], *(one["p_best"] for one in r["arms"].values())] for r in records]
    best = [int(np.argmax([0.0, *(one["truth"] for one in r["arms"].values())])) for r in records]
    return Chances(np.array(stated), np.array(best), records[0]["replicates"])


def reliability(found: Chances) -> pd.DataFrame:
    """Stated chance against share truly best, by class of stated chance: columns low, high, n, stated, best, best_low, best_high."""
    p, y = found.stated.ravel(), found.happened.ravel()
    place = np.clip(np.searchsorted(EDGES, p, side="right") - 1, 0, len(EDGES) - 2)
    rows = []
    for k in range(len(EDGES) - 1):
        here = place == k
        if here.any():
            share = wilson(float(y[here].sum()), float(here.sum()))
            rows.append((EDGES[k], EDGES[k + 1], int(here.sum()), float(p[here].mean()), share.value, share.low, share.high))  # fmt: skip
    return pd.DataFrame(rows, columns=["low", "high", "n", "stated", "best", "best_low", "best_high"])


def decisions(records: list[Record]) -> pd.DataFrame:
    """What each world's decision earned, in shares of sales: columns decided, earned, oracle; doing nothing earns 0.

    The decision is the programme with the largest mean, where that is above 0. The oracle knows what is true.
    """
    rows = []
    for r in records:
        arm, one = max(r["arms"].items(), key=lambda item: item[1]["mean"])
        chosen, earned = (arm, one["truth"]) if one["mean"] > 0 else (NOTHING, 0.0)
        most = max(0.0, *(other["truth"] for other in r["arms"].values()))
        rows.append((r["number"], chosen, earned / r["sales"], most / r["sales"]))
    return pd.DataFrame(rows, columns=["world", "decided", "earned", "oracle"])


@dataclass(frozen=True)
class Check:
    """One check of the verdict: what was asked, what was found, and how it ended."""

    asked: str
    found: str
    grade: str


def verdict(records: list[Record]) -> list[Check]:
    """The checks, by the rule that stood before: see `RULE` of the page."""
    table, told = pairs(records), []
    for level in LEVELS:
        share = coverage(table, level)
        if level == LEVELS[-1]:
            grade = PASS if share.low >= LEAST else FAIL if share.high < level else OPEN
            asked = f"95% intervals surely hold the truth in {LEAST:.0%} of cases"
        else:
            grade = FAIL if share.high < level else PASS
            asked = f"{level:.0%} intervals do not surely hold it less often than that"
        wide = ", surely more often" if share.low > level else ""
        told.append(Check(asked, f"{share.value:.0%} [{share.low:.0%}, {share.high:.0%}]{wide}", grade))
    year = coverage(table, LEVELS[-1], "year")
    told.append(Check("95% intervals do not surely hold the one year that came less often than that", f"{year.value:.0%} [{year.low:.0%}, {year.high:.0%}]", FAIL if year.high < LEVELS[-1] else PASS))  # fmt: skip
    z = chances(records).z()
    told.append(Check("chances of being best are not surely overstated", f"Brier score {z:+.1f} standard errors above what they promise", FAIL if z > SURE else PASS))  # fmt: skip
    earned = decisions(records)["earned"]
    mean, error = float(earned.mean()), float(earned.std(ddof=1) / np.sqrt(len(earned))) if len(earned) > 1 else np.inf  # fmt: skip
    told.append(Check("to decide by the answer is not surely worse than to do nothing", f"{mean:+.2%} of sales (standard error {error:.2%})", FAIL if mean < -SURE * error else PASS))  # fmt: skip
    return told


def overall(checks: list[Check]) -> str:
    """The worst of all grades."""
    return next(grade for grade in (FAIL, OPEN, PASS) if any(check.grade == grade for check in checks))
