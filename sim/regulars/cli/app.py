"""The commands and their help. Nothing heavy is imported here, so that `--help` answers at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from regulars import __version__
from regulars.cli.catalogue import list_, show
from regulars.cli.check import check
from regulars.cli.compare import compare
from regulars.cli.doctor import doctor
from regulars.cli.evidence import evidence
from regulars.cli.fit import fit
from regulars.cli.inspect import inspect
from regulars.cli.migrate import migrate
from regulars.cli.new import new_behaviour, new_pricing, new_recommender, new_scenario, new_strategy
from regulars.cli.pilot import pilot
from regulars.cli.run import run
from regulars.cli.say import CODES, told
from regulars.cli.schema import schema
from regulars.cli.sweep import sweep
from regulars.cli.systems.command import systems
from regulars.cli.update import update

SETTINGS = {"help_option_names": ["-h", "--help"]}
PLAIN: dict[str, Any] = {
    "rich_markup_mode": None,
    "no_args_is_help": True,
    "epilog": CODES,
    "context_settings": SETTINGS,
}

app = typer.Typer(name="regulars", pretty_exceptions_enable=False, **PLAIN)
new = typer.Typer(name="new", help="Start a part or a scenario of your own.", **PLAIN)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"regulars {__version__}")
        raise typer.Exit


@app.callback()
def regulars(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """A wind tunnel for customer loyalty: compare what firms do to keep their customers, on paired worlds."""


COMMANDS: dict[str, tuple[Callable[..., None], str]] = {
    "list": (list_, "What there is to run, and to run it on."),
    "show": (show, "What a part does, what a scenario asks."),
    "check": (check, "What is wrong with a scenario, unrun."),
    "run": (run, "One market, once: each firm's books."),
    "compare": (compare, "Every arm against doing nothing; a report."),
    "sweep": (sweep, "A comparison at every point of a design."),
    "pilot": (pilot, "A randomised test that is worth its cost."),
    "update": (update, "The answer once a pilot is over."),
    "inspect": (inspect, "How a log is read, what is odd about it."),
    "fit": (fit, "A market from a log of purchases."),
    "evidence": (evidence, "What has been published, and how well."),
    "systems": (systems, "What is promised, and what proves it."),
    "migrate": (migrate, "Files with names of the version before."),
    "schema": (schema, "JSON schema of scenarios, for editors."),
    "doctor": (doctor, "What is installed here, and whether it works."),
}
NEW: dict[str, tuple[Callable[..., None], str]] = {
    "strategy": (new_strategy, "A strategy, its test and its scenario."),
    "behaviour": (new_behaviour, "A behaviour and its test."),
    "pricing": (new_pricing, "A pricing policy and its test."),
    "recommender": (new_recommender, "A recommender and its test."),
    "scenario": (new_scenario, "A scenario."),
}
for group, commands in ((app, COMMANDS), (new, NEW)):
    for name, (command, short) in commands.items():
        group.command(name, short_help=short, epilog=CODES, context_settings=SETTINGS)(told(command))
app.add_typer(new)
