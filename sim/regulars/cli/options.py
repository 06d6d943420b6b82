"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from regulars.cli.places import scenario_names


def _folder(text: str | Path) -> Path:
    """A folder of results; an empty name would be the current folder, and results would lie about there."""
    if not str(text):
        raise typer.BadParameter("the name of a folder is empty")
    if Path(text).exists() and not Path(text).is_dir():
        raise typer.BadParameter(f"'{text}' is a file; results need a folder")
    return Path(text)


ScenarioArgument = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO",
        show_default=False,
        autocompletion=scenario_names,
        help="A .toml file, or the name of one in scenarios/.",
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        show_default=False,
        help="Replace a value of the scenario, as in --set market.customers=500. A number, a string, true, false, "
        "a list or an inline table as in TOML; a bare word is a string. May be given again.",
    ),
]
SureOption = Annotated[
    list[str] | None,
    typer.Option(
        "--sure",
        metavar="STATEMENT",
        show_default=False,
        help='What you know better than what is assumed, as in --sure "margin = 0.31", "margin = 0.31 within 0.02" (19 times in 20) or '
        "foresight: it is set and no longer drawn, or only so far. May be given again.",
    ),
]
CustomersOption = Annotated[
    int | None,
    typer.Option(
        min=1,
        show_default=False,
        help="A market of this many customers, with rent, visitors on sale and other totals in proportion.",
    ),
]
SeedOption = Annotated[
    int | None,
    typer.Option(
        min=0, max=2**64 - 1, show_default=False, help="Seed of all draws; the scenario's own when left out."
    ),
]
PartsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--parts",
        metavar="FILE.py",
        show_default=False,
        help="A file of Python with parts of your own (strategies, behaviours, pricing policies, recommenders), which is run. May be given again.",
    ),
]
JobsOption = Annotated[
    int | None,
    typer.Option(min=1, show_default=False, help="Processes; as many as are worthwhile when left out."),
]
ReplicatesOption = Annotated[int, typer.Option(min=1, help="Independent populations.")]
ArmsOption = Annotated[
    str | None, typer.Option(metavar="A,B", show_default=False, help="Arms to compare; all when left out.")
]
OutOption = Annotated[Path, typer.Option(parser=_folder, metavar="DIRECTORY", help="Folder of results.")]
OverwriteOption = Annotated[
    bool,
    typer.Option(
        "--overwrite", help="Replace a file that regulars did not write, or that was changed; never an input."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on stdout, nothing else.")]


def take_parts(files: list[str] | None) -> None:
    """Run files of parts, so that scenarios may name what they define."""
    if files:
        from regulars.contract.registering import register_file

        for file in files:
            register_file(file)


def arm_names(text: str | None) -> tuple[str, ...] | None:
    """Names written `a,b`; None for all."""
    return None if text is None else tuple(name.strip() for name in text.split(",") if name.strip())
