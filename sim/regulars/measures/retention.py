"""Retention from a log: cohorts, churn between windows, survival, and the time between purchases."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from regulars.ground.errors import RegularsError
from regulars.measures.log import check_length, window
from regulars.world.calendar import end_of, period_of, periods

SYSTEMS = {"M20": "tests/measures/test_retention.py::test_survival_against_exponential_lives"}


def cohort_retention(
    purchases: pd.DataFrame,
    *,
    period: float,
    start: float = 0.0,
    end: float | None = None,
    firm: str | None = None,
) -> pd.DataFrame:
    """Share of each cohort that buys in the k-th period of its own tenure.

    Cohorts gather customers by the period of their first purchase; tenure runs from each customer's own first purchase,
    so that period 0 is as long for all (its share is 1). Cells that not all of the cohort were watched through are NaN.
    In a log that starts in mid-life the first cohorts hold old customers: begin with a later ``start``, which leaves out
    those who bought before.

    Args:
        purchases: the log.
        period: length of a period, in the unit of time of the log.
        start: customers who bought before are left out.
        end: end of observation; by default after the last purchase.
        firm: purchases of this firm only (first purchase there, too).

    Returns:
        A table by start of the cohort: ``customers`` and one column per period of tenure 0, 1, ..., a share from 0 to 1.

    Raises:
        RegularsError: a period that is not above 0, or a firm without a purchase in the log; as ``window``.
    """
    check_length("period", period)
    table = _of_firm(purchases, firm)
    end = end_of(table["time"], end)
    table = window(table, None, end)
    first = table.groupby("customer")["time"].min()
    first = first[first >= start]
    if first.empty:
        return pd.DataFrame({"customers": pd.Series(dtype=int)}).rename_axis("cohort")
    born = table["customer"].map(first)
    table, born = table[born.notna()], born.dropna()
    tenure, cohort = period_of(table["time"] - born, period), period_of(first - start, period)
    seen = pd.DataFrame({"customer": table["customer"], "tenure": tenure}).drop_duplicates()
    active = seen.groupby([seen["customer"].map(cohort), "tenure"]).size().unstack(fill_value=0)
    length = periods(end - start, period)
    size = cohort.value_counts().sort_index()
    active = active.reindex(index=size.index, columns=range(max(length, 1)), fill_value=0)
    share = active.div(size, axis=0)
    k = np.arange(share.shape[1])
    # the youngest of a cohort was born just before its end
    complete = size.index.to_numpy()[:, None] + k[None, :] + 2 <= length
    share = share.where(complete)
    share.insert(0, "customers", size)
    share.index = pd.Index(start + share.index.to_numpy() * period, name="cohort")
    return share.rename_axis(columns=None)


def calendar_cohorts(
    purchases: pd.DataFrame,
    *,
    start: dt.date,
    period: str = "month",
    end: float | None = None,
    firm: str | None = None,
) -> pd.DataFrame:
    """Share of each cohort that buys in the k-th calendar period after the one of its first purchase.

    The table of web and shop analytics. Period 0 is that of the first purchase, of which late comers have only a part; its share is
    1. In a log that starts in mid-life the first cohorts hold old customers, who stay longer than new ones.

    Args:
        purchases: the log, time in days.
        start: calendar date of time 0.
        period: ``week`` (Monday to Sunday), ``month``, ``quarter`` or ``year``.
        end: end of observation, in days; by default after the last purchase. A period that it cuts off is left out.
        firm: purchases of this firm only (first purchase there, too).

    Returns:
        A table by first day of the cohort's period: ``customers`` and one column per period 0, 1, ..., a share from 0 to 1; NaN where
        the log has ended.

    Raises:
        RegularsError: another ``period``, or a firm without a purchase in the log; as ``window``.
    """
    frequencies = {"week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}
    if period not in frequencies:
        raise RegularsError(f"period={period!r}: choose one of {', '.join(frequencies)}")
    table = _of_firm(purchases, firm)
    end = end_of(table["time"], end)
    table = window(table, None, end)
    day_one = pd.Timestamp(start).normalize()

    def number(day: pd.Series | float) -> NDArray[np.int64]:
        """Calendar periods since that of time 0."""
        dates = pd.DatetimeIndex(day_one + pd.to_timedelta(np.floor(np.atleast_1d(day)), unit="D"))
        ordinal = dates.to_period(frequencies[period]).astype("int64")
        return np.asarray(ordinal - day_one.to_period(frequencies[period]).ordinal, dtype=np.int64)

    seen = pd.DataFrame({"customer": table["customer"].to_numpy(), "period": number(table["time"])})
    seen = seen.drop_duplicates()
    # the first period that the log does not hold to its end
    cut = int(number(np.ceil(end))[0])
    seen = seen[seen["period"] < cut]
    born = seen.groupby("customer")["period"].transform("min")
    active = seen.groupby([born.rename("cohort"), seen["period"] - born]).size().unstack(fill_value=0)
    size = active[0] if len(active) else pd.Series(dtype=int)
    active = active.reindex(
        columns=range(max(cut - int(size.index.min()), 1)) if len(size) else [], fill_value=0
    )
    share = active.div(size, axis=0)
    share = share.where(size.index.to_numpy()[:, None] + share.columns.to_numpy()[None, :] < cut)
    share.insert(0, "customers", size)
    first = day_one.to_period(frequencies[period])
    share.index = pd.Index([(first + int(k)).start_time.date() for k in size.index], name="cohort")
    return share.rename_axis(columns=None)


def churn(purchases: pd.DataFrame, *, at: float, length: float) -> pd.DataFrame:
    """What became of each firm's buyers of [at - length, at) in the equally long window after.

    The longer the window, the less of the churn is chance alone: light buyers skip a window without having left.

    Args:
        purchases: the log.
        at: where the first window ends and the second begins, in the unit of time of the log.
        length: of each window, in the same unit.

    Returns:
        A table by ``firm``: ``buyers``; shares that sum to 1, ``kept``, ``to_rivals`` (bought from others only) and ``silent``
        (bought from nobody); ``churn`` = 1 - kept, with its ``standard_error`` (binomial, customers independent).

    Raises:
        RegularsError: a length that is not above 0; as ``window``.
    """
    check_length("length", length)
    before = window(purchases, at - length, at)[["customer", "firm"]].drop_duplicates()
    after = window(purchases, at, at + length)[["customer", "firm"]].drop_duplicates()
    kept = (
        before.merge(after.assign(kept=True), on=["customer", "firm"], how="left")["kept"].notna().to_numpy()
    )
    active = before["customer"].isin(after["customer"]).to_numpy()
    fate = pd.DataFrame(
        {"firm": before["firm"].to_numpy(), "kept": kept, "to_rivals": active & ~kept, "silent": ~active}
    )
    shares = fate.groupby("firm")[["kept", "to_rivals", "silent"]].mean().astype(float)
    shares.insert(0, "buyers", fate.groupby("firm").size())
    shares["churn"] = 1 - shares["kept"]
    shares["standard_error"] = np.sqrt(shares["churn"] * shares["kept"] / shares["buyers"])
    return shares.sort_values("buyers", ascending=False, kind="stable")


def survival(
    purchases: pd.DataFrame, *, silent: float, end: float | None = None, firm: str | None = None
) -> pd.DataFrame:
    """Kaplan-Meier estimate of how long customers stay, from first to last purchase: S(t) = prod over t_i <= t of (1 - gone_i / at_risk_i).

    A log does not show leaving: a customer counts as gone after the last purchase if at least ``silent`` passed since,
    otherwise as still there (censored at the last purchase). Too short a silence counts slow buyers as gone.
    Source: Kaplan & Meier (1958), JASA 53, 457-481; standard errors after Greenwood (1926).

    Args:
        purchases: the log.
        silent: silence after which a customer counts as gone, in the unit of time of the log.
        end: end of observation; by default after the last purchase.
        firm: purchases of this firm only.

    Returns:
        A table by ``time`` since the first purchase, at which somebody goes: ``at_risk`` and ``gone``, customers; ``survival``, the
        share that stays longer, and its ``standard_error``.

    Raises:
        RegularsError: a silence that is not above 0, or a firm without a purchase in the log; as ``window``.
    """
    check_length("silent", silent)
    table = _of_firm(purchases, firm)
    end = end_of(table["time"], end)
    table = window(table, None, end)
    times = table.groupby("customer")["time"].agg(["min", "max"])
    stay = (times["max"] - times["min"]).to_numpy(dtype=float)
    gone = (end - times["max"]).to_numpy(dtype=float) >= silent
    moments, place = np.unique(stay, return_inverse=True)
    events = np.bincount(place, weights=gone, minlength=len(moments))
    ended = np.bincount(place, minlength=len(moments))
    at_risk = ended[::-1].cumsum()[::-1]
    curve = np.cumprod(1 - events / np.maximum(at_risk, 1))
    left = at_risk * (at_risk - events)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(np.where(left > 0, events / np.where(left > 0, left, 1.0), 0.0))
    frame = {
        "time": moments,
        "at_risk": at_risk.astype(int),
        "gone": events.astype(int),
        "survival": curve,
        "standard_error": curve * np.sqrt(greenwood),
    }
    result = pd.DataFrame(frame)
    return result[result["gone"] > 0].reset_index(drop=True)


def interpurchase_times(
    purchases: pd.DataFrame,
    *,
    start: float | None = None,
    end: float | None = None,
    firm: str | None = None,
) -> pd.Series:
    """Time from each purchase to the customer's next one.

    Only completed gaps are seen: frequent buyers give most of them, and long gaps are cut off by the end of the log.

    Args:
        purchases: the log.
        start: first moment of the window; open by default.
        end: end of the window (not included); open by default.
        firm: purchases of this firm only.

    Returns:
        One gap per pair of purchases, in the unit of time of the log, indexed by ``customer``.

    Raises:
        RegularsError: a firm without a purchase in the log; as ``window``.
    """
    table = window(_of_firm(purchases, firm), start, end)
    ordered = table.sort_values(["customer", "time"], kind="stable")
    gaps = ordered.groupby("customer")["time"].diff()
    found = pd.Series(gaps.to_numpy(dtype=float), index=pd.Index(ordered["customer"], name="customer"))
    return found.dropna().rename("interpurchase_time")


def gap_summary(gaps: pd.Series) -> pd.Series:
    """How interpurchase times are spread.

    Args:
        gaps: of ``interpurchase_times``.

    Returns:
        ``n``; ``mean`` and ``median``, in the unit of time of the gaps; ``variation``, standard deviation over mean (1 where purchases
        come by chance alone, less where they are regular). NaN where there are none.
    """
    mean = float(gaps.mean()) if len(gaps) else float("nan")
    spread = float(gaps.std(ddof=0)) if len(gaps) else float("nan")
    middle = float(gaps.median()) if len(gaps) else float("nan")
    variation = spread / mean if mean > 0 else float("nan")
    return pd.Series({"n": float(len(gaps)), "mean": mean, "median": middle, "variation": variation})


def _of_firm(purchases: pd.DataFrame, firm: str | None) -> pd.DataFrame:
    table = window(purchases)
    if firm is None:
        return table
    part = table[table["firm"] == firm]
    if part.empty and len(table):
        raise RegularsError(
            f"no purchases of {firm!r}; the log has {', '.join(sorted(set(table['firm']))[:8])}"
        )
    return part
