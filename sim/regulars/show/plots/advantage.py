"""Where an arm pays: its advantage over one or two swept parameters, with the break-even line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.ground.lines import clean, short
from regulars.ground.numbers import brief, precise
from regulars.show.style import Sheet, drawn
from regulars.show.words import named

RESULTS = frozenset(
    {"point", "arm", "metric", "unit", "mean", "low", "high", "se", "p05", "p95", "replicates", "p_best"}
)


@dataclass(frozen=True)
class Swept:
    """A sweep made ready to draw: rows of one metric, and what to call things.

    `against`: the metric is a difference to the control, so that zero is break-even.
    """

    rows: pd.DataFrame
    over: tuple[str, ...]
    arms: tuple[str, ...]
    currency: str = ""
    what: str = "change of profit"
    against: bool = True
    labels: Mapping[str, str] = field(default_factory=dict)

    def label(self, name: str) -> str:
        """The parameter in words, with the unit where the caller gave one."""
        return self.labels.get(name, clean(" ".join(name.split(".")[-2:])))

    def of(self, arm: str) -> pd.DataFrame:
        """Rows of an arm, by the first parameter."""
        return self.rows[self.rows["arm"] == arm].sort_values(list(self.over), kind="stable")


def swept(
    table: pd.DataFrame,
    over: Sequence[str] | None = None,
    *,
    arms: Sequence[str] | None = None,
    metric: str = "incremental_profit",
    currency: str = "",
    labels: Mapping[str, str] | None = None,
) -> Swept:
    """Check a table of a sweep: one row a point and arm, with mean, low and high of the metric."""
    rows = table[table["metric"] == metric] if "metric" in table else table
    if "arm" not in rows:
        rows = rows.assign(arm="the programme")
    rows = rows[rows["arm"] != "control"].assign(arm=lambda r: r["arm"].astype(str))
    if not len(rows):
        raise RegularsError(f"the sweep has no rows of '{metric}': nothing to draw")
    names = (
        tuple(over) if over else tuple(c for c in rows.columns if c not in RESULTS and rows[c].nunique() > 1)
    )
    if len(names) not in (1, 2) or not set(names) <= set(rows.columns):
        raise RegularsError(
            f"a figure of a sweep shows one or two parameters, not {len(names)} ({', '.join(names)}): name them in `over`"
        )
    for end in ("low", "high"):
        if end not in rows:
            rows = rows.assign(**{end: np.nan})
    chosen = tuple(arms or dict.fromkeys(rows["arm"]))
    keep = (
        rows[rows["arm"].isin(chosen)]
        .groupby(["arm", *names], as_index=False, sort=False)[["mean", "low", "high"]]
        .mean()
    )
    unit = str(rows["unit"].iloc[0]) if "unit" in rows else "currency"
    what = "change of profit" if metric == "incremental_profit" else clean(metric)
    if unit != "currency":
        what, currency = f"{what}, {unit.replace('currency', currency or 'currency')}", ""
    against = metric.startswith("incremental_") or metric == "true_lift"
    return Swept(keep, names, chosen, currency, what, against, labels or {})


def crossings(x: np.ndarray, y: np.ndarray) -> list[float]:
    """Where a line through the points passes through zero, by straight lines between neighbours.

    Args:
        x: places of the points, rising, shape (n,).
        y: their heights, in the same shape.

    Returns:
        Places in the unit of x, rising.
    """
    found = []
    for k in range(len(x) - 1):
        if y[k] == 0 or y[k] * y[k + 1] < 0:
            found.append(float(x[k] if y[k] == 0 else x[k] + (x[k + 1] - x[k]) * y[k] / (y[k] - y[k + 1])))
    return found


def message(sweep: Swept) -> str:
    """From which value on the first arm pays, or in how many combinations; sure only where intervals exclude zero."""
    arm = sweep.arms[0]
    rows = sweep.of(arm)
    y, low, high = (rows[end].to_numpy(dtype=float) for end in ("mean", "low", "high"))
    if not sweep.against:
        return f"{named(arm)}: {sweep.what.split(',')[0]} runs from {precise(float(np.nanmin(y)))} to {precise(float(np.nanmax(y)))}"
    if np.isfinite(low).all() and ((low <= 0) & (high >= 0)).all():
        return f"{named(arm)} makes no sure difference anywhere: every interval includes zero"
    low, high = np.where(np.isfinite(low), low, y), np.where(np.isfinite(high), high, y)
    pays, loses, many = int((low > 0).sum()), int((high < 0).sum()), len(y)
    open_ = f"; {many - pays - loses} may be chance" if many > pays + loses else ""
    name = sweep.label(sweep.over[0]).split(",")[0]
    if len(sweep.over) == 2:
        if not pays:
            return f"{named(arm)} surely pays in none of {many} combinations and loses in {loses}{open_}"
        best = rows.iloc[int(np.nanargmax(y))]
        at = ", ".join(f"{sweep.label(n).split(',')[0]} = {short(best[n], 14)}" for n in sweep.over)
        return (
            f"{named(arm)} pays in {pays} of {many} combinations and loses in {loses}{open_}; most with {at}"
        )
    if many in (pays, loses):
        return f"{named(arm)} {'pays' if pays else 'loses'} at every {name} tried"
    x = rows[sweep.over[0]]
    if not pd.api.types.is_numeric_dtype(x) or not (
        _turns(x, y) and len(_turns(x, low)) <= 1 and len(_turns(x, high)) <= 1
    ):
        return f"{named(arm)} pays at {pays} of {many} values of {name} and loses at {loses}{open_}"
    return f"{named(arm)} {_threshold(x.to_numpy(dtype=float), y, low, high, name)}"


def _turns(x: pd.Series, y: np.ndarray) -> list[float]:
    return crossings(np.asarray(x, dtype=float), y)


def _threshold(x: np.ndarray, y: np.ndarray, low: np.ndarray, high: np.ndarray, name: str) -> str:
    """Where an arm that pays on one side of a value pays, loses, and where that may be chance."""
    (zero, *_), rises = crossings(x, y), y[-1] > y[0]
    gain, loss = crossings(x, low), crossings(x, high)
    above, below = ("above", "below") if rises else ("below", "above")
    told = [f"pays {above} a {name} of {brief(gain[0])}"] if gain else []
    told += [f"loses {below} {'one' if told else f'a {name}'} of {brief(loss[0])}"] if loss else []
    if gain and loss and brief(gain[0]) == brief(loss[0]):
        return told[0]
    return f"{' and '.join(told)}; on average it breaks even at {brief(zero)}"


@drawn
def draw(
    table: pd.DataFrame,
    over: Sequence[str] | None = None,
    *,
    arms: Sequence[str] | None = None,
    metric: str = "incremental_profit",
    currency: str = "",
    labels: Mapping[str, str] | None = None,
    title: bool = True,
) -> Sheet:
    """Advantage over one swept parameter as lines with bands, over two as a map of the first arm.

    Args:
        table: columns of the parameters, arm, metric, mean, low, high (95%), as of `lab.sweep`; arm and metric may be missing.
        over: one or two columns; all columns that vary and are no result when left out.
        arms: arms to draw, in this order; all when left out.
        metric: which metric.
        currency: label of the currency.
        labels: names of parameters with units, by column.
        title: whether the message stands above the figure.
    """
    from regulars.show.plots import advantage_lines, advantage_map

    sweep = swept(table, over, arms=arms, metric=metric, currency=currency, labels=labels)
    text = message(sweep) if title else ""
    return advantage_lines.draw(sweep, text) if len(sweep.over) == 1 else advantage_map.draw(sweep, text)
