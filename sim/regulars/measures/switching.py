"""Switching between firms: from one purchase to the next, and from one period to the next."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.measures.log import check_length, window
from regulars.measures.repeat_buying import counts, successive

NONE = "none"
CUSTOMERS, CATEGORY = "new or lost customers", "more or less of the category"


def switching_matrix(
    purchases: pd.DataFrame,
    *,
    start: float | None = None,
    end: float | None = None,
    as_counts: bool = False,
) -> pd.DataFrame:
    """P(next purchase is of the column's firm | this one is of the row's), or the counts.

    Where customers differ in taste, the matrix shows more loyalty than any of them has: see ``laws.repeat_rates``.

    Args:
        purchases: the log, in order within each customer.
        start: first moment of the window; open by default.
        end: end of the window (not included); open by default.
        as_counts: pairs of purchases in place of chances.

    Returns:
        A table, shape (firms, firms), by the firm ``from`` which and ``to`` which: chances from 0 to 1, rows sum to 1, those without a
        next purchase are NaN; or numbers of pairs.
    """
    part = window(purchases, start, end)
    firms = part["firm"].value_counts(sort=True).index
    before, after = successive(part)
    table = pd.crosstab(
        pd.Categorical(before, categories=list(firms)),
        pd.Categorical(after, categories=list(firms)),
        dropna=False,
    )
    table = table.reindex(index=list(firms), columns=list(firms), fill_value=0)
    table = table.rename_axis(index="from", columns="to")
    if as_counts:
        return table
    total = table.sum(axis=1).astype(float)
    return table.div(total.where(total > 0), axis=0)


def switching_flows(
    purchases: pd.DataFrame, *, at: float, length: float, of: str = "purchases"
) -> pd.DataFrame:
    """What moved between firms from [at - length, at) to [at, at + length): rows lose, columns gain.

    Within each customer, what some firms lose is matched in proportion with what others gain; the rest went to or came from
    ``none`` (the customer bought less or more of the category). The diagonal is what stayed. Much of it is chance: stationary
    customers with irregular purchases show flows both ways that cancel. Read the net.
    Source: gain-loss analysis as in Ehrenberg (1988), Repeat-Buying.

    Args:
        purchases: the log.
        at: where the first window ends and the second begins, in the unit of time of the log.
        length: of each window, in the same unit.
        of: ``purchases``, or ``amount`` for money.

    Returns:
        A table, shape (firms + 1, firms + 1), the last row and column ``none``, in purchases or money. Row sums are each firm's before,
        column sums those after.

    Raises:
        RegularsError: a length that is not above 0, another ``of``; as ``window``.
    """
    return _flows(purchases, at, length, of)[0]


def gain_loss(
    purchases: pd.DataFrame, firm: str, *, at: float, length: float, of: str = "purchases"
) -> pd.DataFrame:
    """A firm's gains from and losses to each rival between two equally long windows, and what came and went otherwise.

    Source: gain-loss analysis as in Ehrenberg (1988), Repeat-Buying.

    Args:
        purchases: the log.
        firm: whose gains and losses.
        at: where the first window ends and the second begins, in the unit of time of the log.
        length: of each window, in the same unit.
        of: ``purchases``, or ``amount`` for money.

    Returns:
        A table by rival, then ``new or lost customers`` (who bought nothing from anybody in one of the windows) and ``more or less
        of the category`` (who bought in both): ``gained``, ``lost`` and ``net``, in purchases or money, and ``fair_share``, what the
        rival would have of the losses if they fell by the rivals' sizes before; a loss far above it means closer competition.
        The nets sum to the firm's change.

    Raises:
        RegularsError: a firm that sold nothing in either window; as ``switching_flows``.
    """
    flow, comers, goers = _flows(purchases, at, length, of)
    if firm not in flow.index:
        known = ", ".join(map(str, flow.index[:-1])) or "no firm"
        raise RegularsError(f"no purchases of {firm!r} in the two windows; there is {known}")
    rivals = [f for f in flow.index if f not in (firm, NONE)]
    new, gone = float(comers[firm]), float(goers[firm])
    to: Any = flow[firm].astype(float)  # by where from
    off: Any = flow.loc[firm].astype(float)  # by where to
    gained = [*to.loc[rivals], new, float(to.loc[NONE]) - new]
    lost = [*off.loc[rivals], gone, float(off.loc[NONE]) - gone]
    table = pd.DataFrame({"gained": gained, "lost": lost}, index=pd.Index([*rivals, CUSTOMERS, CATEGORY]))
    table["net"] = table["gained"] - table["lost"]
    size = flow.loc[rivals].sum(axis=1)
    to_rivals = float(table["lost"].loc[rivals].sum())
    table["fair_share"] = (to_rivals * size / size.sum()).reindex(table.index) if size.sum() else np.nan
    return table.rename_axis("rival")


def _flows(
    purchases: pd.DataFrame, at: float, length: float, of: str
) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Flows between firms and ``none``; of those from and to none, what new customers brought and lost ones took, by firm."""
    check_length("length", length)
    before = counts(purchases, at - length, at, of)
    after = counts(purchases, at, at + length, of)
    firms = list(dict.fromkeys([*before.columns, *after.columns]))
    people = before.index.union(after.index)
    x = before.reindex(index=people, columns=firms, fill_value=0).to_numpy(dtype=float)
    y = after.reindex(index=people, columns=firms, fill_value=0).to_numpy(dtype=float)
    down, up = np.maximum(x - y, 0), np.maximum(y - x, 0)
    lost, won = down.sum(axis=1), up.sum(axis=1)
    larger = np.maximum(np.maximum(lost, won), 1e-12)
    size = len(firms)
    flow = np.zeros((size + 1, size + 1))
    flow[:size, :size] = (down / larger[:, None]).T @ up
    flow[:size, size] = (down * (1 - won / larger)[:, None]).sum(axis=0)
    flow[size, :size] = (up * (1 - lost / larger)[:, None]).sum(axis=0)
    flow[np.arange(size), np.arange(size)] += np.minimum(x, y).sum(axis=0)
    names = [*firms, NONE]
    table = pd.DataFrame(flow, index=pd.Index(names, name="from"), columns=pd.Index(names, name="to"))
    comers = pd.Series(y[~people.isin(before.index)].sum(axis=0), index=firms)
    goers = pd.Series(x[~people.isin(after.index)].sum(axis=0), index=firms)
    return table, comers, goers
