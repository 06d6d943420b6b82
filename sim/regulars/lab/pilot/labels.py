"""What a plan of a pilot and an updated answer say of themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.ground.label import Label, counted
from regulars.ground.numbers import interval, number, percent, unit_of
from regulars.scenario import CONTROL

if TYPE_CHECKING:
    from regulars.lab.pilot.planning import Pilot
    from regulars.lab.pilot.updating import Updated

NOTHING = "doing nothing"


def choice(arm: str) -> str:
    """An arm, or doing nothing, in words."""
    return NOTHING if arm == CONTROL else arm


def of_pilot(plan: Pilot) -> Label:
    """Designs, that which is worth most first."""
    unit = unit_of(plan.scenario.spec.market.currency)
    rows = [
        (
            f"{row['weeks']} weeks, {row['treated']:,} + {row['held_out']:,}, {row['measure']}", percent(row["assurance"]), percent(row["changes"]),
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
            number(row["after"], sign=True, plain=True), interval(row["after_low"], row["after_high"], plain=True), percent(row["p_best_after"]),
        )
        for row in updated.answer.to_dict("records")
    ]  # fmt: skip
    told = f"Choose {choice(updated.choice_after)} (before: {choice(updated.choice_before)})."
    return Label(
        f"Answer after a pilot of {updated.arm!r}",
        (counted(updated.replicates, "replicate"), f"worth {updated.effective:.0f} after weighting"),
        ("arm", f"before, {unit}", "95% interval", f"after, {unit}", "95% interval", "best with"),
        rows,
        (told, *updated.notes),
    )  # fmt: skip
