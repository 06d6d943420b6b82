"""`regulars list` and `regulars show`: what there is, and what it says about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from regulars.cli.options import JsonOption, PartsOption, take_parts
from regulars.cli.places import known_names, scenario_file
from regulars.ground.shelf import scenario_files

if TYPE_CHECKING:
    from pathlib import Path

    from regulars.cli.parts import Kind

KINDS = ("strategies", "behaviours", "pricing", "recommenders", "scenarios", "datasets")


def list_(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar=f"[{'|'.join(KINDS)}]",
            show_default=False,
            help="Everything when left out.",
        ),
    ] = None,
    parts: PartsOption = None,
    json: JsonOption = False,
) -> None:
    """List the strategies, behaviours, pricing policies, recommenders, scenarios and datasets that there are."""
    from regulars.cli import say
    from regulars.ground.alike import nearest

    if what == "policies":  # until 0.3
        say.trouble("note: 'policies' are called 'pricing' now (the old name is taken until version 0.3)")
        what = "pricing"
    if what is not None and what not in KINDS:
        raise typer.BadParameter(
            f"{say.shortened(what)!r} is no kind; {nearest(what, KINDS)}", param_hint="'WHAT'"
        )
    take_parts(parts)
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
    if kind == "scenarios":
        return [{"name": name, **_about(file), "path": str(file)} for name, file in scenario_files().items()]
    if kind == "datasets":
        from regulars.panels.datasets import TITLES

        return [{"name": name, "title": title} for name, title in TITLES.items()]
    from regulars.cli.parts import KINDS as PARTS

    return PARTS[kind].listed()


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
            help="A strategy, behaviour, pricing policy, recommender or scenario, or the path of a scenario.",
        ),
    ],
    kind: Annotated[
        str | None,
        typer.Option(
            metavar="KIND",
            show_default=False,
            help="strategy, behaviour, pricing or recommender: which one is meant where several have this name.",
        ),
    ] = None,
    parameters: Annotated[
        bool,
        typer.Option(
            "--parameters", help="Of a scenario: every parameter by the name that --set and --over take."
        ),
    ] = False,
    parts: PartsOption = None,
    json: JsonOption = False,
) -> None:
    """Show what a part of a market does, its parameters and what it keeps, or what a scenario asks."""
    from regulars.cli import describe, say
    from regulars.scenario import load

    take_parts(parts)
    if found := _parts(name, kind):
        about = {**found[0].about(name.replace("-", "_")), "also": [other.one for other in found[1:]]}
        say.document(about) if json else _part(about)
        return
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


def _parts(name: str, kind: str | None) -> list[Kind]:
    """The kinds of parts that have this name, the one that is meant first; none where it is a scenario.

    Raises:
        RegularsError: there is nothing of this name, or no such kind; names the nearest.
    """
    from regulars.cli import say
    from regulars.cli.parts import KINDS as PARTS
    from regulars.cli.parts import named
    from regulars.ground.alike import nearest
    from regulars.ground.errors import RegularsError

    ones = {part.one: part for part in PARTS.values()}
    if kind is not None and kind not in ones:
        raise RegularsError(f"--kind {say.shortened(kind)}: no such kind of part; {nearest(kind, ones)}")
    if found := named(name.replace("-", "_")):
        wanted = [part for part in found if kind in (None, part.one)]
        if not wanted:
            raise RegularsError(f"{name}: no {kind} has this name, but a {found[0].one}")
        return [wanted[0], *(part for part in found if part is not wanted[0])]
    among = [part for part in PARTS.values() if kind in (None, part.one)]
    known = dict.fromkeys([other for part in among for other in part.names()])
    if kind is not None:
        raise RegularsError(f"{say.shortened(name)}: no {kind} has this name; {nearest(name, known)}")
    if not name.endswith(".toml") and name not in scenario_files() and "/" not in name:
        hint = nearest(name, [*known, *(file for file in scenario_files() if file not in known)])
        raise RegularsError(
            f"{say.shortened(name)}: no {', '.join(part.word for part in PARTS.values())} or scenario of this name; {hint}"
        )
    return []


def _part(about: dict[str, Any]) -> None:
    from regulars.cli import say
    from regulars.cli.describe import literal

    say.text(f"{about['name']} ({about['kind']})\n\n{about['title']}\n\n{about['what']}")
    if about.get("rule"):
        say.text(f"\n{about['rule']}")
    say.text("\nPARAMETERS")
    rows = []
    for row in about["parameters"]:
        default = "(needed)" if row["needed"] else literal(row["default"])
        bounds = row["bounds"] or (row["type"] if "|" in row["type"] else "")
        rows.append({**row, "default": default, "bounds": bounds})
    say.values(rows, "default")
    if about.get("state"):
        say.text("\nSTATE, ONE VALUE A CUSTOMER")
        say.table(about["state"], {"name": "name", "unit": "unit", "meaning": "meaning"})
    if about.get("columns"):
        say.text("\nWHAT IT KEEPS OF EACH CUSTOMER")
        each = {"name": "name", "each": "for each", "unit": "unit", "meaning": "meaning"}
        say.table(about["columns"], each)
    if "off" in about:
        off = ", ".join(f"{name} = {literal(value)}" for name, value in about["off"].items())
        say.text(f"\nOFF: {off or '(nothing to switch off)'}")
    if about.get("follows"):
        say.text(f"\nFOLLOWS: {', '.join(about['follows'])}")
    for kind, names in about.get("touches", {}).items():
        say.text(f"TOUCHES {kind}: {', '.join(names)}")
    for source in about["sources"]:
        say.text(f"SOURCE: {source}")
    for kind in about["also"]:
        say.text(f"\nA {kind} has the same name: regulars show {about['name']} --kind {kind}")


def _scenario(about: dict[str, Any]) -> None:
    from regulars.cli import say
    from regulars.cli.describe import literal
    from regulars.cli.systems.rows import named

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
    say.paragraph(f"SWITCHED ON: {', '.join(about['on']) or 'nothing'}")
    say.text("\nFIRMS")
    say.table(
        [{**f, "name": f["name"] + (" (focal)" if f["name"] == about["focal"] else ""), "does": literal(f["strategies"]), "pricing": f["pricing"] or "fixed"} for f in about["firms"]],
        {"name": "name", "price": "price", "cost": "cost", "quality": "quality", "pricing": "pricing", "does": "strategies"},
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
