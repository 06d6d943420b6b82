"""A market fitted anew beside the one before: each estimate then and now, the change in standard errors, and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from regulars.lab.fitting.identify import Finding
    from regulars.lab.fitting.known import Known
    from regulars.panels.panel import Panel

WITHIN = 2.0  # standard errors of the difference up to which a change is within its error
LOGS = ("need.", "turnover.", "taste.")  # what the laws take as logarithms
NEWCOMERS = "newcomers"  # label of the rate at which they come
WINDOW = "in the window of the log"  # of a unit: the estimate grows with the length of the log


def changes(
    known: Known, log: Panel, findings: Sequence[Finding], alone: Mapping[str, Finding]
) -> pd.DataFrame:
    """Columns parameter, unit, before, se_before, now, se_now, z, pooled, se_pooled: what both fits estimated.

    now: what the new log says by itself. z: the change in standard errors of the difference, for logs of other days. pooled:
    what the market has where both were pooled, else missing. What counts over the whole log is told for the length of the new one.
    """
    import pandas as pd

    before = {str(row["parameter"]): row for row in known.rows if row["source"] == "fitted"}
    rows = []
    for f in findings:
        old, now = before.get(f.label), alone.get(f.label, f)
        if (
            old is None
            or f.source != "fitted"
            or now.se is None
            or not np.isfinite([now.se, old["se"]]).all()
        ):
            continue
        scale = log.days / known.days if WINDOW in f.unit else 1.0
        was, error = scale * float(old["estimate"]), scale * float(old["se"])
        z = _change(was, error, now.estimate, now.se, f.name.startswith(LOGS))
        here = f.label in alone
        rows.append(
            (
                f.label,
                f.unit,
                was,
                error,
                now.estimate,
                now.se,
                z,
                f.estimate if here else np.nan,
                f.se if here else np.nan,
            )
        )
    names = ["parameter", "unit", "before", "se_before", "now", "se_now", "z", "pooled", "se_pooled"]
    return pd.DataFrame(rows, columns=names)


def _change(was: float, error: float, now: float, se: float, logs: bool) -> float:
    """The change in standard errors of the difference, on the scale on which the parameter is about normal."""
    if logs and was > 0 and now > 0:
        was, error, now, se = float(np.log(was)), error / was, float(np.log(now)), se / now
    both = float(np.hypot(error, se))
    return (now - was) / both if both > 0 else 0.0


def in_words(
    table: pd.DataFrame, known: Known, findings: Sequence[Finding], why_alone: str, refused: Sequence[str]
) -> tuple[str, ...]:
    """How the two markets were put together, and each change in a sentence."""
    told = [why_alone] if why_alone else [
        f"the new log begins after the one before ended ({known.log}): what both tell is pooled, each weighed by its precision; customers "
        "of both logs are taken as different people, so the errors come out somewhat small"
    ]  # fmt: skip
    told += [f"not pooled: {why}" for why in refused]
    for row in table.to_dict("records"):
        z = abs(row["z"])
        how = "within its error" if z <= WITHIN else f"{z:.1f} standard errors, more than chance"
        has = "" if np.isnan(row["pooled"]) else f"; pooled {row['pooled']:.3g}"
        if not np.isnan(row["pooled"]) and not min(row["before"], row["now"]) <= row["pooled"] <= max(
            row["before"], row["now"]
        ):
            has += ", which moves with the others that are pooled"
        told.append(f"{row['parameter']} {row['before']:.3g} -> {row['now']:.3g}: {how}{has}")
    before = {str(row["parameter"]): row for row in known.rows}
    if NEWCOMERS in before and all(f.label != NEWCOMERS for f in findings):
        rate = float(before[NEWCOMERS]["estimate"])
        told.append(
            f"{NEWCOMERS}: {rate:.3g} of the starting customers per year before, none are seen now, so that nobody comes to this market; a short log cannot tell: --set turnover.entry_rate={rate:.3g} keeps those of before"
        )
    sources = {str(row["parameter"]): str(row["source"]) for row in known.rows}
    for f in findings:
        was = sources.get(f.label)
        if was is not None and {was, f.source} == {"fitted", "assumed"}:
            told.append(f"{f.label}: {was} before, {f.source} now")
    return tuple(told)


def standing_alone(known: Known, log: Panel) -> str:
    """Why a new log is not pooled with what was known before; nothing where it is."""
    if known.one_firm != log.one_firm:
        return "one log is one firm's, the other holds several: the new log stands alone"
    if known.currency != (log.currency or ""):
        return f"the money of one is {known.currency or 'without a name'}, of the other {log.currency or 'without a name'}: the new log stands alone"
    later = known.before(log)
    if later is None:
        return "without dates in both logs it cannot be told whether they overlap: the new log stands alone"
    if not later:
        return f"the new log begins on {log.start}, before the other ended ({known.end}): purchases in both would count twice, so the new log stands alone"
    return ""
