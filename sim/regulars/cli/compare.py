"""`regulars compare`: every arm against doing nothing, on paired worlds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from regulars.cli.options import (
    ArmsOption,
    CustomersOption,
    JobsOption,
    JsonOption,
    OutOption,
    PartsOption,
    ReplicatesOption,
    ScenarioArgument,
    SeedOption,
    SetOption,
    SureOption,
    arm_names,
    take_parts,
)


def compare(
    scenario: ScenarioArgument,
    replicates: ReplicatesOption = 20,
    arms: ArmsOption = None,
    customers: CustomersOption = None,
    set_: SetOption = None,
    sure: SureOption = None,
    parts: PartsOption = None,
    seed: SeedOption = None,
    jobs: JobsOption = None,
    out: OutOption = Path("results"),
    report: Annotated[bool, typer.Option(help="Draw the figures and write report.html.")] = True,
    json: JsonOption = False,
) -> None:
    """Compare the arms of a scenario with doing nothing, on the same customers, and write a report."""
    from regulars.cli import say, stop
    from regulars.cli.places import scenario_file
    from regulars.cli.values import with_changes
    from regulars.lab.asked import asked
    from regulars.lab.compare import compare as measure
    from regulars.lab.output import whole_folder
    from regulars.lab.progress import Progress
    from regulars.lab.said import with_sure
    from regulars.lab.store import fill, folder_for
    from regulars.scenario import load

    take_parts(parts)
    file = scenario_file(scenario)
    described = with_sure(with_changes(load(file), set_, customers=customers), sure or ())
    names = arm_names(arms)
    folder = folder_for(described, asked(described, names, replicates, seed, jobs), out)
    with whole_folder(folder, described.inputs) as draft:
        with Progress(f"compare {described.name}"[:40], "replicates", quiet=json) as progress:
            comparison = measure(
                described, replicates=replicates, arms=names, seed=seed, jobs=jobs, progress=progress
            )
        fill(comparison, draft, report)
    stop.leaves(f"the results are whole in {folder}")
    if json:
        say.document(
            {
                "scenario": described.name, "hash": described.hash, "focal": comparison.focal, "seed": comparison.seed,
                "replicates": replicates, "currency": described.spec.market.currency, "folder": str(folder),
                "health": list(described.spec.about.health), "p_control_best": comparison.p_control_best(), "ranking": comparison.ranking(), "summary": comparison.summary(),
            }
        )  # fmt: skip
        return
    from regulars.show import tables

    say.drawn(tables.ranking(comparison))
    for line in described.spec.about.health:
        say.paragraph(line, "the fit: ", 9)
    from regulars.show.hanging import worth_lines
    from regulars.show.reading import read

    reading = read(comparison)
    hangs = reading.hanging
    say.paragraph(hangs.note or f"{hangs.message}.")
    for line in hangs.assumed:
        say.paragraph(line)
    for line in worth_lines(reading, hangs)[:1]:
        say.paragraph(line)
    say.drawn(tables.attribution(comparison))
    say.text(f"\nresults: {folder}")
