"""Plans of pilots and answers after them, in words and rows: what to do first, then why."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from regulars.ground.numbers import brief, chance, interval, money, percent, precise
from regulars.lab.pilot.labels import CANNOT, chance_of, choice, range_after, verdict
from regulars.lab.pilot.takings import MEASURES

if TYPE_CHECKING:
    import pandas as pd

    from regulars.lab.pilot.planning import Pilot
    from regulars.lab.pilot.updating import Updated

CLEAR = 2.0  # standard errors
MOST = 8  # uncertain inputs told one by one
INTERFERENCE = (
    "Treated customers and those held out are taken not to influence one another; where customers talk, or goods run out, a pilot by "
    "shop or by region is needed."
)
MISSES = "The measure holds what a till and a card can tell; messages, staff, rewards in kind and points that are out are in the money, not in it."


def proposal(plan: Pilot) -> list[str]:
    """What to do, in sentences: a pilot and its design, or to decide now."""
    first: Any = plan.designs.iloc[0]
    currency = plan.scenario.spec.market.currency
    now = f"Without a pilot the choice is {choice(plan.now)}" + (
        f", which is expected to earn {money(plan.expected, currency, plain=True)} over the run."
        if plan.expected
        else "."
    )
    if plan.best is None:
        told = f"Decide now: no design that was tried is worth what it costs. The best comes to {money(first['net'], currency, sign=True, plain=True)}."
        if not plan.designs["value"].max() > 0:
            told = "Decide now: no outcome of a pilot would change the choice, as far as these worlds tell."
        return [told, now]
    lines = [
        f"Try {plan.arm} on {first['treated']:,} customers for {first['weeks']} weeks, hold {first['held_out']:,} out, assigned by chance among "
        f"{plan.population:,}, and compare {MEASURES[first['measure']][1]}.",
        f"This is worth {money(first['net'], currency, sign=True, plain=True)}: information {money(first['value'], currency, plain=True)}, earnings put off "
        f"{money(-first['waiting'], currency, sign=True, plain=True)}, those treated meanwhile {money(first['trial'], currency, sign=True, plain=True)}, costs of the pilot "
        f"{money(-first['costs'], currency, sign=True, plain=True)}.",
        f"It changes the choice with a chance of {chance(first['changes'], plan.replicates)}. It tells the effect from none with a chance of "
        f"{percent(first['assurance'])} on average over all effects that are possible ({percent(first['power'])} at the median one, "
        f"{_amount(first['median_effect'], first['measure'])} per customer); what it finds with 80% is {_amount(first['detectable'], first['measure'])}.",
        now,
    ]  # fmt: skip
    if first["net"] < CLEAR * plan.net_error:
        lines.append(
            f"{plan.replicates} worlds tell the value of information to {money(plan.net_error, currency, plain=True)} only (standard error); more replicates "
            "tell whether the pilot pays."
        )
    return lines


def design_rows(plan: Pilot) -> list[dict[str, str]]:
    """Each length and size with the measure that is best for it, in order of length and size."""
    table = plan.designs.drop_duplicates(["weeks", "treated", "held_out"]).sort_values(
        ["weeks", "treated"], kind="stable"
    )
    first = plan.designs.index[0]
    rows = []
    for place, row in zip(table.index, table.to_dict("records"), strict=True):
        spent = row["costs"] + row["waiting"] - row["trial"]
        rows.append(
            {
                "weeks": f"{row['weeks']}", "customers": f"{row['treated']:,} + {row['held_out']:,}", "measure": str(row["measure"]),
                "detectable": precise(row["detectable"], plain=True), "power": percent(row["power"]), "assurance": percent(row["assurance"]),
                "changes": chance(row["changes"], plan.replicates), "value": brief(row["value"], plain=True), "spent": brief(spent, plain=True),
                "net": brief(row["net"], sign=True, plain=True) + (" <" if place == first and row["net"] > 0 else ""),
            }
        )  # fmt: skip
    return rows


DESIGN_HEADS = {
    "weeks": "weeks", "customers": "treated + held out", "measure": "measure", "detectable": "detectable effect", "power": "power",
    "assurance": "assurance", "changes": "changes the choice", "value": "information", "spent": "cost", "net": "net value",
}  # fmt: skip
TRAP_HEADS = {
    "way": "what one looks at", "mean": "says, on average", "range": "in 90% of worlds", "bias": "too much by", "wrong": "wrong sign in",
}  # fmt: skip


def trap_rows(table: pd.DataFrame) -> list[dict[str, str]]:
    """What each way of looking at a pilot says."""
    return [
        {
            "way": str(row["way"]), "mean": precise(row["mean"], plain=True), "range": interval_of(row["low"], row["high"]),
            "bias": "" if row["way"] == "truth" else precise(row["bias"], plain=True),
            "wrong": "" if row["way"] == "truth" else percent(row["wrong_sign"]),
        }
        for row in table.to_dict("records")
    ]  # fmt: skip


def interval_of(low: float, high: float) -> str:
    """Two ends with three digits each."""
    return f"{precise(low, plain=True)} to {precise(high, plain=True)}"


def conclusion(updated: Updated) -> list[str]:
    """What to do after a pilot, in sentences; no verdict where its outcome is no ground for one, but why, and what to do about it."""
    found, notes = updated.outcome, list(updated.notes)
    reach = 1.959964 * found.variance**0.5
    seen = (
        f"The pilot found {precise(found.difference, plain=True)} per customer (95% interval {interval_of(found.difference - reach, found.difference + reach)}) with "
        f"{found.treatment.customers:,} customers treated and {found.holdout.customers:,} held out."
    )
    if updated.verdict is None:
        return [f"{verdict(updated)} {notes[0]}", seen, *notes[1:]]
    worth = f"{updated.replicates} replicates are worth {updated.effective:.0f} after weighting."
    return [_changed(updated), seen, *_standing(updated), *(notes or [worth])]


def _changed(updated: Updated) -> str:
    """The choice, and whether it is another one than before."""
    before, after = choice(updated.choice_before), choice(updated.choice_after)
    if before == after:
        return f"Choose {after}: the pilot does not change it."
    return f"Choose {after}; before the pilot it was {before}."


def _standing(updated: Updated) -> list[str]:
    """How sure the choice is, and what it earns."""
    after, currency = choice(updated.choice_after), updated.scenario.spec.market.currency
    best: Any = updated.answer[updated.answer["arm"] == updated.choice_after].iloc[0]
    lines = [
        f"{after[0].upper()}{after[1:]} is best with {chance_of(best['p_best_after'], updated.effective)} "
        f"(before {chance_of(best['p_best_before'], updated.replicates)})."
    ]
    if best["arm"] != "control":
        lines.append(
            f"It is expected to earn {money(best['after'], currency, sign=True, plain=True)} more than nothing (95% interval "
            f"{range_after(best['after_low'], best['after_high'])})."
        )
    return lines


ANSWER_HEADS = {
    "arm": "arm", "before": "before", "before_range": "95% interval", "p_before": "best with", "after": "after", "after_range": "95% interval",
    "p_after": "best with",
}  # fmt: skip
INPUT_HEADS = {"input": "what is not known", "before": "before (sd)", "after": "after (sd)"}


def answer_rows(updated: Updated) -> list[dict[str, str]]:
    """Each arm before and after the pilot."""
    return [
        {
            "arm": choice(str(row["arm"])), "before": brief(row["before"], sign=True, plain=True),
            "before_range": interval(row["before_low"], row["before_high"], plain=True), "p_before": chance_of(row["p_best_before"], updated.replicates),
            "after": brief(row["after"], sign=True, plain=True), "after_range": range_after(row["after_low"], row["after_high"]),
            "p_after": chance_of(row["p_best_after"], updated.effective),
        }
        for row in updated.answer.to_dict("records")
    ]  # fmt: skip


def input_rows(updated: Updated) -> list[dict[str, str]]:
    """Uncertain inputs before and after the pilot, those that it moved most first."""
    return [
        {
            "input": str(row["input"]),
            **{when: f"{precise(row[f'mean_{when}'], plain=True)} ({_spread(row[f'sd_{when}'])})" for when in ("before", "after")},
        }
        for row in updated.inputs.head(MOST).to_dict("records")
    ]  # fmt: skip


def _spread(sd: float) -> str:
    return precise(sd, plain=True) if math.isfinite(sd) else CANNOT


def _amount(value: float, measure: str) -> str:
    unit, _ = MEASURES[measure]
    return f"{precise(value, plain=True)}{' purchases' if unit == 'purchases' else ''}"
