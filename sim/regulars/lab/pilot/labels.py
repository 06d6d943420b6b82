"""What a plan of a pilot and an updated answer say of themselves."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from regulars.ground.label import Label, counted
from regulars.ground.numbers import chance, interval, number, percent, unit_of
from regulars.lab.pilot.weighing import spread_is_known
from regulars.scenario import CONTROL

if TYPE_CHECKING:
    from regulars.lab.pilot.planning import Pilot
    from regulars.lab.pilot.updating import Updated

NOTHING = "doing nothing"
CANNOT = "cannot be said"
CONTRADICTED = "No verdict: the pilot contradicts what was thought possible."
TOO_FEW = "No verdict: too few replicates are left to tell what to choose."


def choice(arm: str) -> str:
    """An arm, or doing nothing, in words."""
    return NOTHING if arm == CONTROL else arm


def range_after(low: float, high: float) -> str:
    """An interval over weighted replicates, which may be worth too few for one."""
    return interval(low, high, plain=True) if math.isfinite(low) and math.isfinite(high) else CANNOT


def chance_of(share: float, worth: float) -> str:
    """A chance counted in replicates that are worth so many of equal weight: nothing finer than one of them can be told."""
    return chance(share, round(worth)) if spread_is_known(worth) else CANNOT


def verdict(updated: Updated) -> str:
    """What to choose now, or why nobody can tell."""
    if updated.verdict is None:
        return CONTRADICTED if updated.contradicted else TOO_FEW
    before, after = choice(updated.choice_before), choice(updated.verdict)
    return f"Choose {after} (before: {before})."


def of_pilot(plan: Pilot) -> Label:
    """Designs, that which is worth most first."""
    unit = unit_of(plan.scenario.spec.market.currency)
    rows = [
        (
            f"{row['weeks']} weeks, {row['treated']:,} + {row['held_out']:,}, {row['measure']}", percent(row["assurance"]), chance(row["changes"], plan.replicates),
            number(row["value"], plain=True), number(row["net"], sign=True, plain=True),
        )
        for row in plan.designs.to_dict("records")
    ]  # fmt: skip
    best = plan.best
    told = (
        f"Without a pilot: {choice(plan.now)}. "
        + ("No design is worth what it costs: decide now." if best is None else "The first design is worth its cost.")
    )  # fmt: skip
    return Label(
        f"Pilot of {plan.arm!r}",
        (counted(len(plan.designs), "design"), counted(plan.replicates, "world"), f"seed {plan.seed}"),
        ("design (treated + held out)", "assurance", "changes the choice", f"information, {unit}", f"net value, {unit}"),
        rows,
        (told,),
    )  # fmt: skip


def of_update(updated: Updated) -> Label:
    """Each arm before and after the pilot."""
    unit = unit_of(updated.scenario.spec.market.currency)
    rows = [
        (
            str(row["arm"]), number(row["before"], sign=True, plain=True), interval(row["before_low"], row["before_high"], plain=True),
            number(row["after"], sign=True, plain=True), range_after(row["after_low"], row["after_high"]), chance_of(row["p_best_after"], updated.effective),
        )
        for row in updated.answer.to_dict("records")
    ]  # fmt: skip
    return Label(
        f"Answer after a pilot of {updated.arm!r}",
        (counted(updated.replicates, "replicate"), f"worth {updated.effective:.0f} after weighting"),
        ("arm", f"before, {unit}", "95% interval", f"after, {unit}", "95% interval", "best with"),
        rows,
        (verdict(updated), *updated.notes),
    )  # fmt: skip
