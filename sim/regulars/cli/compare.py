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
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by",
            metavar="month|segment|COLUMN",
            show_default=False,
            help="Tell results by month, by segment (light, medium, heavy buyers; old and new), or by a column of customers such as "
            "price_sensitivity, in the terminal and in by_month.csv and by_segment.csv. May be given again.",
        ),
    ] = None,
    stores: Annotated[float, typer.Option(help="With --by: so many stores like this one, all alike.")] = 1.0,
    discount_rate: Annotated[
        float, typer.Option(help="With --by month: discount money by this share a year; 0: not discounted.")
    ] = 0.0,
    tornado: Annotated[
        str | None,
        typer.Option(
            metavar="one-at-a-time",
            show_default=False,
            help="Run every uncertain input at its 5th and 95th percentile, all others at their means, for the best arm; into tornado.csv.",
        ),
    ] = None,
    out: OutOption = Path("results"),
    report: Annotated[bool, typer.Option(help="Draw the figures and write report.html.")] = True,
    format_: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="csv,xlsx,pdf",
            show_default=False,
            help="Write the tables as CSV files or as a workbook as well, the report as PDF; one of them, or several with commas.",
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Compare the arms of a scenario with doing nothing, on the same customers, and write a report."""
    from regulars.cli import say, stop
    from regulars.cli.compare_parts import Parts
    from regulars.cli.places import scenario_file
    from regulars.cli.values import with_changes, with_said
    from regulars.lab.asked import asked
    from regulars.lab.compare import compare as measure
    from regulars.lab.output import whole_folder
    from regulars.lab.progress import Progress
    from regulars.lab.store import fill, folder_for, ready
    from regulars.scenario import load

    take_parts(parts)
    file = scenario_file(scenario)
    described = with_said(with_changes(load(file), set_, customers=customers), sure)
    formats, names = ready(arm_names(format_) or (), report), arm_names(arms)
    parts_asked = Parts.asked(by, stores, discount_rate, tornado, described)
    folder = folder_for(described, asked(described, names, replicates, seed, jobs), out)
    with whole_folder(folder, described.inputs) as draft:
        with Progress(f"compare {described.name}"[:40], "replicates", quiet=json) as progress:
            comparison = measure(
                described, replicates=replicates, arms=names, seed=seed, jobs=jobs, progress=progress,
                segments=parts_asked.columns,
            )  # fmt: skip
        tables_asked = parts_asked.tables(comparison, jobs, quiet=json)
        fill(comparison, draft, report, formats)
        for name, table in tables_asked.items():
            table.to_csv(draft / f"{name}.csv", index=False, float_format="%.10g")
    stop.leaves(f"the results are whole in {folder}")
    from regulars.show import held
    from regulars.show.reading import read

    reading = read(comparison)
    if json:
        say.document(
            {
                "scenario": described.name, "hash": described.hash, "focal": comparison.focal, "seed": comparison.seed,
                "replicates": comparison.replicates, "added": comparison.added, "pairing_gain": comparison.pairing_gain(), "currency": described.spec.market.currency, "folder": str(folder),
                "health": list(described.spec.about.wanting), "p_control_best": comparison.p_control_best(), "ranking": comparison.ranking(), "summary": comparison.summary(),
                "forecast": held.forecast(reading), "off_the_log": held.off_the_log(reading), **tables_asked,
            }
        )  # fmt: skip
        return
    from regulars.show import by_part, tables
    from regulars.show.hanging import worth_lines
    from regulars.show.standing import pairing

    say.drawn(tables.ranking(comparison))
    if off := held.warning(reading):
        say.paragraph(off)
    if worth := pairing(reading):
        say.paragraph(f"Arms and control meet the same customers.{worth}")
    for line in described.spec.about.wanting:
        say.paragraph(line, "the fit: ", 9)
    hangs = reading.hanging
    say.paragraph(hangs.note or f"{hangs.message}.")
    for line in hangs.assumed:
        say.paragraph(line)
    for line in worth_lines(reading, hangs)[:1]:
        say.paragraph(line)
    say.drawn(tables.attribution(comparison))
    for name, table in tables_asked.items():
        say.drawn(by_part.drawn(name, table, reading))
    say.text(f"\nresults: {folder}")
