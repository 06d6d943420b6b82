"""The page of a fit: first whether it may be trusted, then what that rests on, what was found, and how the log was read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from regulars.ground.lines import clean
from regulars.ground.numbers import count, percent, precise
from regulars.lab.fitting.health import FAIL, PASS, REVIEW, Check, worst
from regulars.lab.fitting.holdout import laws_of
from regulars.laws.of_log import law_class
from regulars.show.fitness import FAR, message, ordered, score
from regulars.show.html import rendered
from regulars.show.inline import inline_svg
from regulars.show.inspection import facts, log_parts
from regulars.show.plots import tracking

if TYPE_CHECKING:
    from regulars.lab.fit import Fitted

OUTCOME = {PASS: "yes", REVIEW: "", FAIL: "no"}


def fit_html(fitted: Fitted) -> str:
    """The page as text; the same fit gives the same bytes."""
    moments = ordered(fitted.moments)
    return rendered(
        "fit.html.jinja",
        {"clean": clean, "precise": precise, "score": score, "figure": figure, "error": _error},
        title=fitted.scenario.spec.about.title or fitted.panel.name,
        outcome=OUTCOME[worst(fitted.health)],
        verdict=verdict(fitted.health),
        facts=facts(fitted.panel),
        health=fitted.health,
        far=FAR,
        moments={"message": message(fitted.moments), "rows": moments},
        holdout=_holdout(fitted),
        recovery=_recovery(fitted),
        changes=_changes(fitted),
        estimates=_estimates(fitted.estimates),
        identified=fitted.identified,
        log=log_parts(fitted.panel),
    )


def verdict(checks: tuple[Check, ...]) -> str:
    """What a card says in one sentence: whether to use the market, and what stands against it."""
    failed, looked = ([c.name for c in checks if c.grade == grade] for grade in (FAIL, REVIEW))
    passed = sum(c.grade == PASS for c in checks)
    tried = passed + len(failed) + len(looked)
    if failed:
        return f"Do not rely on this market yet: {_listed(failed)} {'fails' if len(failed) == 1 else 'fail'}"
    if looked:
        return f"Usable with care: {passed} of {tried} checks pass; read what is said of {_listed(looked)}"
    return f"The fitted market passes all {tried} checks that were made"


def figure(check: Check) -> str:
    """The number of a check, as people read it; nothing where it was not tried."""
    if not np.isfinite(check.number):
        return ""
    return count(check.number) if check.unit == "count" else percent(check.number, digits=1)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _error(se: float) -> str:
    return precise(se) if np.isfinite(se) else ""


def _holdout(fitted: Fitted) -> dict[str, Any] | None:
    """The forecast of the end of the log: the picture week by week, and totals beside those of plain forecasts."""
    table, weeks = fitted.holdout, fitted.weeks
    if table is None or weeks is None:
        return None
    step = float(weeks.attrs["step"])
    words = {"law": "the market", "counted": "purchases"}
    if not weeks["forecast"].any():  # shorter than a day
        return {
            "message": "What was predicted for the end of the log",
            "figure": "",
            "days": 0,
            "table": _forecasts(table),
        }
    drawn = tracking.draw(weeks, title=False, step="week" if step == 7 else "day", days=step, **words)
    return {
        "message": tracking.sentence(weeks, **words), "figure": Markup(inline_svg(drawn, "holdout")),
        "days": f"{float(weeks['forecast'].sum()) * step:g}", "table": _forecasts(table),
    }  # fmt: skip


def _forecasts(table: pd.DataFrame) -> dict[str, Any]:
    laws = laws_of(table)
    columns = ("observed", "market", *laws, "as_before")
    rows = [(row["quantity"], [_error(row[name]) for name in columns]) for row in table.to_dict("records")]
    by_law = [f"by the {law_class(law).title}" for law in laws]
    return {"heads": ["held out", "came", "predicted by the market", *by_law, "as before"], "rows": rows}


def _recovery(fitted: Fitted) -> dict[str, Any] | None:
    table = fitted.recovery
    if table is None:
        return None
    told = next((c.sentence for c in fitted.health if c.name == "recovery"), "")
    rows = [
        (row["parameter"], [*(_error(row[name]) for name in ("truth", "mean", "bias", "sd")), percent(row["covered"]), count(row["fits"])])
        for row in table.to_dict("records")
    ]  # fmt: skip
    heads = [
        "parameter",
        "true",
        "mean of fits",
        "bias",
        "spread of fits",
        "90% intervals that include it",
        "fits",
    ]
    return {"message": told[:1].upper() + told[1:], "table": {"heads": heads, "rows": rows}}


def _changes(fitted: Fitted) -> dict[str, Any] | None:
    """The market before beside this one."""
    table = fitted.changes
    if table is None:
        return None
    far = [str(row["parameter"]) for row in table.to_dict("records") if abs(row["z"]) > FAR]
    told = f"{len(table) - len(far)} of {len(table)} estimates are within the error of those before"
    rows = [
        (row["parameter"], [*(_error(row[name]) for name in ("before", "se_before", "now", "se_now")), score(row["z"]), _error(row["pooled"])])
        for row in table.to_dict("records")
    ]  # fmt: skip
    heads = [
        "parameter",
        "before",
        "standard error",
        "now",
        "standard error",
        "change in standard errors",
        "pooled",
    ]
    return {
        "message": told + (f"; changed: {_listed(far)}" if far else ""),
        "table": {"heads": heads, "rows": rows},
        "said": fitted.changed,
    }


def _estimates(table: pd.DataFrame) -> dict[str, Any]:
    fitted, assumed = (int((table["source"] == source).sum()) for source in ("fitted", "assumed"))
    return {"message": f"{fitted} numbers are fitted, {assumed} assumed", "rows": table.to_dict("records")}
