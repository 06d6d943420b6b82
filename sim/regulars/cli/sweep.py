"""`regulars sweep`: a comparison at every point of a design."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    arm_names,
    take_parts,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regulars.lab.swept import Sweep


def sweep(
    scenario: ScenarioArgument,
    over: Annotated[
        list[str],
        typer.Option(
            metavar="NAME=VALUES",
            show_default=False,
            help="A parameter and its values: 2:7 whole numbers, 0.1:0.5:0.1 steps, 0.1:0.5#9 points, a,b,c a list. May be given again.",
        ),
    ],
    design: Annotated[
        str, typer.Option(metavar="grid|lhs", help="Every combination, or a Latin hypercube.")
    ] = "grid",
    points: Annotated[
        int | None, typer.Option(min=1, show_default=False, help="Size of the hypercube.")
    ] = None,
    replicates: ReplicatesOption = 5,
    arms: ArmsOption = None,
    customers: CustomersOption = None,
    set_: SetOption = None,
    parts: PartsOption = None,
    seed: SeedOption = None,
    jobs: JobsOption = None,
    out: OutOption = Path("results"),
    fresh: Annotated[
        bool,
        typer.Option("--fresh/--resume", help="Compute every point anew, or take those that are finished."),
    ] = False,
    json: JsonOption = False,
) -> None:
    """Compare the arms at every point of a grid or a Latin hypercube over any parameters."""
    from regulars.cli import say, stop
    from regulars.cli.places import scenario_file
    from regulars.cli.values import pairs, with_changes
    from regulars.lab.progress import Progress
    from regulars.lab.sweep import sweep as measure
    from regulars.scenario import load
    from regulars.scenario.size import CUSTOMERS, staying, totals

    if design not in ("grid", "lhs"):
        raise typer.BadParameter(f"{design!r} is neither grid nor lhs", param_hint="'--design'")
    if (design == "lhs") != (points is not None):
        raise typer.BadParameter(
            "--points N goes with --design lhs, and only with it", param_hint="'--points'"
        )
    take_parts(parts)
    wanted = pairs(over, "--over", "NAME=VALUES, as in firms.0.price=0.8:1.2#5")
    described = with_changes(load(scenario_file(scenario)), set_, customers=customers)
    if CUSTOMERS in wanted and (left := totals(described.spec)):
        say.trouble(f"at every number of customers {staying(left)}")
    stop.leaves(stop.POINTS)
    with Progress(f"sweep {described.name}"[:40], "points", quiet=json) as progress:
        result = measure(
            described, wanted, design, points, replicates, jobs, out,
            arms=arm_names(arms), seed=seed, fresh=fresh, progress=progress,
        )  # fmt: skip
    stop.leaves(f"the results are whole in {result.folder}")
    if result.damaged:
        say.trouble(
            f"{result.damaged} kept points were not as they had been written; they were computed anew"
        )
    if json:
        say.document({**result.manifest, "folder": str(result.folder), "table": result.table})
    else:
        _tell(result)
        say.text(f"\nresults: {result.folder}")
    if result.failed:
        for number, why in list(result.failed.items())[:10]:
            say.trouble(f"point {number} failed: {why}")
        raise typer.Exit(say.OURS if result.at_fault else say.WRONG)


def _tell(result: Sweep) -> None:
    """Incremental profit of the best arm at every point."""
    from regulars.cli import say
    from regulars.ground.numbers import interval, number

    rows = []
    for best in result.best().to_dict("records"):
        values = {
            name: best[name] if isinstance(best[name], str) else f"{best[name]:g}" for name in result.over
        }
        figures = {
            "gain": number(best["mean"], sign=True, plain=True),
            "range": interval(best["low"], best["high"], plain=True),
        }
        rows.append({**values, "arm": best["arm"], **figures})
    headings = {
        **short_names(result.over),
        "arm": "best arm",
        "gain": "incremental profit",
        "range": "95% interval",
    }
    shown = rows[:50]
    say.table(shown, headings, (*result.over, "gain", "range"))
    if len(rows) > len(shown):
        say.text(f"... and {len(rows) - len(shown)} more points in points.parquet")
    say.text(f"\nMoney in {result.scenario.spec.market.currency}, against doing nothing at the same point.")


def short_names(names: Sequence[str]) -> dict[str, str]:
    """The last two steps of each dotted name, or all of it where that would be ambiguous."""
    tails = [".".join(name.split(".")[-2:]) for name in names]
    return {name: tail if tails.count(tail) == 1 else name for name, tail in zip(names, tails, strict=True)}
