"""`regulars check`: what is wrong with a scenario, without running it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from regulars.cli.options import CustomersOption, JsonOption, PartsOption, SetOption, take_parts
from regulars.cli.places import scenario_names

if TYPE_CHECKING:
    from regulars.cli.problems import Wrong
    from regulars.scenario import Scenario


def check(
    scenarios: Annotated[
        list[str],
        typer.Argument(
            metavar="SCENARIO...",
            show_default=False,
            autocompletion=scenario_names,
            help="Files, or names of scenarios.",
        ),
    ],
    customers: CustomersOption = None,
    set_: SetOption = None,
    parts: PartsOption = None,
    json: JsonOption = False,
) -> None:
    """Check scenarios without running them.

    Every wrong value is told with its line, unit and bounds, every unknown name with the nearest right one.
    """
    from regulars.cli import say
    from regulars.cli.places import scenario_file
    from regulars.cli.problems import Wrong, problems_of
    from regulars.ground.errors import RegularsError
    from regulars.scenario.idle import notes

    take_parts(parts)
    results: list[dict[str, Any]] = []
    for name in scenarios:
        file, scenario = None, None
        try:
            file = scenario_file(name)
            scenario, problems = problems_of(file, set_, customers)
        except RegularsError as error:
            problems = [Wrong(message=str(error).removeprefix(f"{file or say.shortened(name)}: "))]
        if not json:
            _tell(name, scenario, problems)
        whole_one = scenario if scenario is not None and not problems else None
        found = notes(whole_one) if whole_one is not None else []
        for note in found if not json else ():
            say.trouble(f"note: {say.shortened(name)}: {note}")
        told = [problem.told() for problem in problems]
        whole = whole_one.hash if whole_one is not None else None
        results.append(
            {"scenario": name, "file": file and str(file), "hash": whole, "problems": told, "notes": found}
        )
    fine = not any(result["problems"] for result in results)
    if json:
        say.document({"fine": fine, "scenarios": results})
    if not fine:
        raise typer.Exit(say.WRONG)


def _tell(name: str, scenario: Scenario | None, problems: list[Wrong]) -> None:
    from regulars.cli import say
    from regulars.ground.label import counted

    for problem in problems:
        say.text(f"{say.shortened(name)}{problem}")
    if scenario is not None and not problems:
        spec = scenario.spec
        arms = f"arms {', '.join(spec.arms)}" if spec.arms else "no arms"
        size = f"{counted(len(spec.firms), 'firm')}, {counted(spec.market.customers, 'customer')}, {spec.market.days:g} days"
        say.text(f"{name}: fine ({size}, {arms})")
