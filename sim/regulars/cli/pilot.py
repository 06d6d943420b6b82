"""`regulars pilot`: a randomised test that is worth its cost, or the advice to decide now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from regulars.cli.options import (
    CustomersOption,
    JobsOption,
    JsonOption,
    PartsOption,
    ScenarioArgument,
    SeedOption,
    SetOption,
    SureOption,
    arm_names,
    take_parts,
)
from regulars.cli.values import share as as_share

if TYPE_CHECKING:
    from regulars.lab.pilot.planning import Pilot


def pilot(
    scenario: ScenarioArgument,
    arm: Annotated[
        str, typer.Option("--arm", metavar="NAME", show_default=False, help="The arm that is tried.")
    ],
    measure: Annotated[
        str, typer.Option(metavar="contribution|spending|purchases", show_default=False, help="What is compared, per customer; the best of them when left out.")
    ] = "",
    weeks: Annotated[
        str | None, typer.Option(metavar="4,8,13", show_default=False, help="Lengths to try; 4, 8, 13 and 26 weeks when left out.")
    ] = None,
    take: Annotated[
        str | None,
        typer.Option(metavar="500,2000", show_default=False, help="Numbers of participants to try; a tenth, a quarter, half and all when left out."),
    ] = None,
    share: Annotated[
        float, typer.Option(parser=as_share, metavar="SHARE", help="Of participants, who are held out: 0.5 or 50%.")
    ] = 0.5,
    population: Annotated[
        int | None,
        typer.Option(min=1, show_default=False, help="Customers of the firm's market, for which those simulated stand; all money is then for that many."),
    ] = None,
    cost_setup: Annotated[
        float, typer.Option("--cost-setup", min=0.0, help="What the pilot costs once, besides what the programme books.")
    ] = 0.0,
    cost_customer: Annotated[
        float, typer.Option("--cost-customer", min=0.0, help="What it costs for each participant.")
    ] = 0.0,
    choices: Annotated[
        str | None,
        typer.Option(metavar="A,B", show_default=False, help="Arms that may be chosen afterwards, besides doing nothing; the tested one when left out."),
    ] = None,
    replicates: Annotated[int, typer.Option(min=1, help="Worlds in which designs are tried.")] = 100,
    customers: CustomersOption = None,
    set_: SetOption = None,
    sure: SureOption = None,
    parts: PartsOption = None,
    seed: SeedOption = None,
    jobs: JobsOption = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIRECTORY", show_default=False, help="Write the designs, what simpler looks would say, and the scenario into this folder."),
    ] = None,
    json: JsonOption = False,
) -> None:  # fmt: skip
    """Propose a randomised pilot of an arm, tell what it is worth, or say that it is better to decide now.

    Designs are tried in worlds drawn from what the scenario says is uncertain. `regulars update` gives the answer once the pilot is over.
    """
    from contextlib import ExitStack

    from regulars.cli import say
    from regulars.cli.places import scenario_file
    from regulars.cli.values import with_changes, with_said
    from regulars.lab.output import whole_folder
    from regulars.lab.pilot.designs import Designs
    from regulars.lab.pilot.planning import pilot as plan
    from regulars.lab.progress import Progress
    from regulars.scenario import load

    take_parts(parts)
    described = with_said(with_changes(load(scenario_file(scenario)), set_, customers=customers), sure)
    designs = Designs(
        weeks=whole_numbers(weeks, "--weeks"), customers=whole_numbers(take, "--take"), share=share, measure=measure,
        set_up=cost_setup, per_customer=cost_customer, population=population,
    )  # fmt: skip
    with ExitStack() as files, Progress(f"pilot {described.name}"[:40], "worlds", quiet=json) as progress:
        draft = None if out is None else files.enter_context(whole_folder(out, described.inputs))
        found = plan(
            described, arm, designs, choices=arm_names(choices), replicates=replicates, seed=seed, jobs=jobs, progress=progress
        )  # fmt: skip
        if draft is not None:
            found.fill(draft)
    if json:
        say.document(
            {
                "scenario": described.name, "arm": found.arm, "replicates": found.replicates, "seed": found.seed, "population": found.population,
                "currency": described.spec.market.currency, "now": found.now, "expected": found.expected, "recommended": found.best,
                "value_se": found.net_error, "designs": found.designs, "trap": found.trap,
            }
        )  # fmt: skip
        return
    _tell(found)
    if out is not None:
        say.text(f"\nresults: {out}")


def _tell(found: Pilot) -> None:
    """What to do, the designs, and what simpler looks would say."""
    from regulars.cli import say
    from regulars.ground.numbers import unit_of
    from regulars.show import pilots

    for line in pilots.proposal(found):
        say.paragraph(line)
    say.text()
    heads = pilots.DESIGN_HEADS
    say.table(pilots.design_rows(found), heads, tuple(name for name in heads if name != "measure"))
    first = found.designs.iloc[0]
    say.text(
        f"\nMoney in {unit_of(found.scenario.spec.market.currency)}, for {found.population:,} customers over {found.scenario.spec.market.days:g} days."
    )
    say.text(
        f"\nWhat simpler looks at {first['weeks']} weeks of it would say, {first['measure']} per customer:"
    )
    say.table(
        pilots.trap_rows(found.trap),
        pilots.TRAP_HEADS,
        tuple(name for name in pilots.TRAP_HEADS if name != "way"),
    )
    say.text()
    for line in (pilots.MISSES, pilots.INTERFERENCE):
        say.paragraph(line)


def whole_numbers(text: str | None, option: str) -> tuple[int, ...]:
    """Whole numbers written `4,8`; none when left out."""
    found = []
    for word in (text or "").split(","):
        if text is None or not word.strip():
            continue
        try:
            found.append(int(word.strip()))
        except ValueError:
            raise typer.BadParameter(
                f"{word.strip()!r} is no whole number; write them as in 4,8,13", param_hint=f"'{option}'"
            ) from None
    if text is not None and not found:
        raise typer.BadParameter("names no number; write them as in 4,8,13", param_hint=f"'{option}'")
    return tuple(found)
