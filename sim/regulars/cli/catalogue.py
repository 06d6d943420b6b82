"""`regulars list` and `regulars show`: what there is, and what it says about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from regulars.cli.options import JsonOption
from regulars.cli.places import known_names, scenario_file
from regulars.ground.shelf import scenario_files

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ("strategies", "pricing", "scenarios", "datasets")


def list_(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="[strategies|pricing|scenarios|datasets]",
            show_default=False,
            help="Everything when left out.",
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """List the strategies, pricing policies, scenarios and datasets that there are."""
    from regulars.cli import say

    if what == "policies":  # until 0.3
        say.trouble("note: 'policies' are called 'pricing' now (the old name is taken until version 0.3)")
        what = "pricing"
    if what is not None and what not in KINDS:
        raise typer.BadParameter(f"{what!r} is none of {', '.join(KINDS)}", param_hint="'WHAT'")
    found = {kind: _listed(kind) for kind in KINDS if what in (None, kind)}
    if json:
        say.document(found)
        return
    for number, (kind, rows) in enumerate(found.items()):
        if len(found) > 1:
            say.text(("\n" if number else "") + kind.upper())
        if rows:
            say.table(rows, {"name": "name", "title": "what it is"})
        else:
            say.text(f"no {kind} here" + (" (no folder 'scenarios')" if kind == "scenarios" else ""))


def _listed(kind: str) -> list[dict[str, Any]]:
    if kind == "strategies":
        from regulars.cli.describe import first_line
        from regulars.contract.strategy import find, names

        return [{"name": name, "title": first_line(find(name).__doc__)} for name in names()]
    if kind == "pricing":
        from regulars.cli.describe import first_line
        from regulars.contract import pricing

        return [{"name": name, "title": first_line(pricing.find(name).__doc__)} for name in pricing.names()]
    if kind == "scenarios":
        return [{"name": name, **_about(file), "path": str(file)} for name, file in scenario_files().items()]
    from regulars.panels.datasets import TITLES

    return [{"name": name, "title": title} for name, title in TITLES.items()]


def _about(file: Path) -> dict[str, str]:
    from regulars.ground.errors import RegularsError
    from regulars.scenario import load

    try:
        about = load(file).spec.about
    except RegularsError:
        return {"title": "(has problems: see `regulars check`)", "question": ""}
    return {"title": about.title or about.question, "question": about.question}


def show(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            show_default=False,
            autocompletion=known_names,
            help="A strategy, a pricing policy, a scenario, or the path of one.",
        ),
    ],
    parameters: Annotated[
        bool,
        typer.Option(
            "--parameters", help="Of a scenario: every parameter by the name that --set and --over take."
        ),
    ] = False,
    json: JsonOption = False,
) -> None:
    """Show what a strategy or a pricing policy does and which parameters it has, or what a scenario asks."""
    from regulars.cli import describe, say
    from regulars.contract import pricing
    from regulars.contract.strategy import names
    from regulars.ground.alike import nearest
    from regulars.ground.errors import RegularsError
    from regulars.scenario import load

    strategies, policies = names(), pricing.names()
    if (plain := name.replace("-", "_")) in (*strategies, *policies):
        about = describe.strategy(plain) if plain in strategies else describe.pricing(plain)
        say.document(about) if json else _strategy(about)
        return
    known = dict.fromkeys([*strategies, *policies, *scenario_files()])
    if not name.endswith(".toml") and name not in scenario_files() and "/" not in name:
        raise RegularsError(
            f"{say.shortened(name)}: no strategy, pricing policy or scenario of this name; {nearest(name, known)}"
        )
    file = scenario_file(name)
    scenario = load(file)
    about = describe.scenario(scenario, file)
    if json:
        say.document({**about, "parameters": describe.values(scenario)} if parameters else about)
    elif parameters:
        say.text(
            f"{about['name']}: names that --set and --over take (a distribution also by its numbers, NAME.mean, NAME.sd ...)"
        )
        say.values(
            [{**row, "value": describe.literal(row["value"])} for row in describe.values(scenario)], "value"
        )
    else:
        _scenario(about)


def _strategy(about: dict[str, Any]) -> None:
    from regulars.cli import say
    from regulars.cli.describe import literal

    say.text(f"{about['name']}\n\n{about['title']}\n\n{about['what']}\n\nPARAMETERS")
    rows = []
    for row in about["parameters"]:
        default = "(needed)" if row["needed"] else literal(row["default"])
        bounds = row["bounds"] or (row["type"] if "|" in row["type"] else "")
        rows.append({**row, "default": default, "bounds": bounds})
    say.values(rows, "default")
    if about.get("state"):
        say.text("\nSTATE, ONE VALUE A CUSTOMER")
        say.table(about["state"], {"name": "name", "unit": "unit", "meaning": "meaning"})
    if "off" in about:
        off = ", ".join(f"{name} = {literal(value)}" for name, value in about["off"].items())
        say.text(f"\nOFF: {off or '(nothing to switch off)'}")
    for source in about["sources"]:
        say.text(f"SOURCE: {source}")


def _scenario(about: dict[str, Any]) -> None:
    from regulars.cli import say
    from regulars.cli.describe import literal
    from regulars.cli.rows import named

    market = about["market"]
    say.paragraph(f"{about['title'] or about['name']}  ({about['path']})")
    for label, key in (("QUESTION", "question"), ("EXPECTED", "expected"), ("LIMITS", "limits")):
        say.text()
        say.paragraph(f"{label}: {about[key] or '(the scenario does not say)'}")
    if about["systems"]:
        say.text()
        say.paragraph(f"SHOWS: {', '.join(named(about['systems']))}")
    say.text(
        f"\nMARKET: {market['customers']:,} customers, {market['days']:g} days from {market['start']}, money in {market['currency']}"
    )
    say.text("\nFIRMS")
    say.table(
        [{**f, "name": f["name"] + (" (focal)" if f["name"] == about["focal"] else ""), "does": literal(f["strategies"])} for f in about["firms"]],
        {"name": "name", "price": "price", "cost": "cost", "quality": "quality", "does": "strategies"},
        ("price", "cost", "quality"),
    )  # fmt: skip
    say.text(f"\nARMS OF {about['focal']}, each against doing nothing")
    for arm in about["arms"]:
        say.paragraph(f"{arm['name']}: {arm['description'] or '(not described)'}", "  ", 6)
        for name, value in {**arm["strategies"], **arm["set"]}.items():
            say.paragraph(f"{name} = {literal(value)}", "      ", 10)
    if not about["arms"]:
        say.text("  none")
    if about["sources"]:
        say.text("\nSOURCES")
    for source in about["sources"]:
        say.paragraph(source, "  - ")
