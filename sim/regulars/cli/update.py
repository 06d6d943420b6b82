"""`regulars update`: the answer on all arms once the outcome of a pilot is known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from regulars.cli.options import (
    ArmsOption,
    CustomersOption,
    JobsOption,
    JsonOption,
    OverwriteOption,
    PartsOption,
    ScenarioArgument,
    SeedOption,
    SetOption,
    SureOption,
    arm_names,
    take_parts,
)

if TYPE_CHECKING:
    from regulars.lab.pilot.updating import Updated


def update(
    scenario: ScenarioArgument,
    pilot: Annotated[
        Path,
        typer.Option(
            "--pilot", metavar="FILE.csv", show_default=False,
            help="The outcome: a row a customer (customer, group, value) or a row a group (group, customers, mean, sd); groups are treatment and holdout.",
        ),
    ],
    weeks: Annotated[int, typer.Option(min=1, show_default=False, help="How long the pilot took.")],
    arm: Annotated[
        str, typer.Option("--arm", metavar="NAME", show_default=False, help="The arm that it tried; may be left out where there is one.")
    ] = "",
    measure: Annotated[
        str, typer.Option(metavar="contribution|spending|purchases", help="What the values are, per customer over the pilot.")
    ] = "contribution",
    arms: ArmsOption = None,
    replicates: Annotated[int, typer.Option(min=2, help="Independent populations and draws of what is uncertain.")] = 200,
    customers: CustomersOption = None,
    set_: SetOption = None,
    sure: SureOption = None,
    parts: PartsOption = None,
    seed: SeedOption = None,
    jobs: JobsOption = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE.toml", show_default=False, help="Write the scenario as it is known after the pilot, its draws beside it."),
    ] = None,
    overwrite: OverwriteOption = False,
    json: JsonOption = False,
) -> None:  # fmt: skip
    """Weigh what is uncertain by the outcome of a pilot, and give the answer as it is now: before and after, and what to choose."""
    from regulars.cli import say
    from regulars.cli.places import scenario_file
    from regulars.cli.values import with_changes, with_said
    from regulars.ground.output import place_for
    from regulars.lab.fitting.posterior import draws_beside
    from regulars.lab.pilot.updating import chosen
    from regulars.lab.pilot.updating import update as weigh
    from regulars.lab.progress import Progress
    from regulars.scenario import load

    take_parts(parts)
    described = with_said(with_changes(load(scenario_file(scenario)), set_, customers=customers), sure)
    if out is not None:
        for place in (out, draws_beside(out)):  # refused before anything runs
            place_for(place, [*described.inputs, pilot], overwrite)
    with Progress(f"update {described.name}"[:40], "replicates", quiet=json) as progress:
        found = weigh(
            described, pilot, chosen(arm, described), weeks, measure, arms=arm_names(arms), replicates=replicates, seed=seed, jobs=jobs,
            progress=progress,
        )  # fmt: skip
    if out is not None:
        found.write(out, overwrite)
    if json:
        say.document(
            {
                "scenario": described.name, "arm": found.arm, "weeks": weeks, "measure": measure, "replicates": found.replicates,
                "currency": described.spec.market.currency, "difference": found.outcome.difference, "se": found.outcome.variance**0.5,
                "verdict": found.verdict, "contradicted": found.contradicted, "effective": found.effective, "surprise": found.surprise, "choice_before": found.choice_before,
                "choice_after": found.choice_after, "notes": list(found.notes), "answer": found.answer, "inputs": found.inputs,
                "out": None if out is None else str(out),
            }
        )  # fmt: skip
        return
    _tell(found)
    if out is not None:
        say.text(f"\nscenario after the pilot: {out}")


def _tell(found: Updated) -> None:
    """What to choose now, each arm before and after, and what was learned."""
    from regulars.cli import say
    from regulars.ground.numbers import unit_of
    from regulars.show import pilots

    market = found.scenario.spec.market
    for line in pilots.conclusion(found):
        say.paragraph(line)
    say.text()
    say.table(
        pilots.answer_rows(found), pilots.ANSWER_HEADS, tuple(n for n in pilots.ANSWER_HEADS if n != "arm")
    )
    say.text(
        f"\nIncremental profit of {market.customers:,} customers over {market.days:g} days, {unit_of(market.currency)}.\n"
    )
    say.table(pilots.input_rows(found), pilots.INPUT_HEADS, ("before", "after"))
