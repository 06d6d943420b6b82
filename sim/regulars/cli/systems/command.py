"""`regulars systems`: what is promised, where it lives, which scenario shows it and which test proves it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from regulars.cli.options import JsonOption

if TYPE_CHECKING:
    from regulars.cli.systems.promises import Promise

ELSEWHERE = "in the repository"
PROVED = "proved in the repository"


def _known(incomplete: str) -> Iterable[str]:
    from regulars.cli.systems.rows import rows

    return [id_ for id_ in rows() if id_.startswith(incomplete.upper())]


def systems(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ROW...]",
            show_default=False,
            autocompletion=_known,
            help="Rows such as M5 or P3, told in full; a letter stands for all of its kind.",
        ),
    ] = None,
    missing: Annotated[
        bool,
        typer.Option("--missing", help="Only rows that lack something; exit code 1 when there are any."),
    ] = False,
    unproved: Annotated[
        bool,
        typer.Option(
            "--unproved",
            help="Only rows whose tests have not run and passed with the code as it is; exit code 1 when there are any.",
        ),
    ] = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="The whole table as the page docs/reference/systems.md.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """List the systems of customer loyalty that are here: the code, a scenario and a proof of each.

    Nothing of this is kept by hand: modules, scenarios and tests declare which rows they carry, show and prove.
    """
    from regulars.cli import say
    from regulars.cli.systems.promises import gathered
    from regulars.cli.systems.rows import chosen

    wanted = [row.id for row in chosen(names)]
    found, unknown = gathered()
    for line in unknown:
        say.trouble(f"{line} is no row of the table")
    if markdown:
        _page(found, names or missing or unproved or json)
        return
    asked = [found[id_] for id_ in wanted if not missing or found[id_].missing]
    if unproved:
        asked = [one for one in asked if one.proved is False]
    if json:
        say.document([one.told() for one in asked])
    elif missing:
        _lacking(asked, len(wanted))
    elif unproved:
        _waiting(asked, len(wanted))
    elif names:
        for number, one in enumerate(asked):
            _whole(one, first=not number)
    else:
        _table(asked)
    if (missing or unproved) and asked:
        raise typer.Exit(say.WRONG)


def _page(found: dict[str, Promise], more: object) -> None:
    from regulars.cli import say
    from regulars.cli.systems.page import page

    if more:
        raise typer.BadParameter(
            "prints the whole page and goes with nothing else", param_hint="'--markdown'"
        )
    say.text(page(found).rstrip("\n"))


def _table(asked: list[Promise]) -> None:
    from regulars.cli import say
    from regulars.cli.systems.rows import KINDS, SCENARIO_IS_CODE

    for kind in dict.fromkeys(one.row.kind for one in asked):
        part = [one for one in asked if one.row.kind == kind]
        say.text(f"{'' if part[0] is asked[0] else chr(10)}{KINDS[kind].upper()}")
        headings = {"id": "row", "title": "what", "code": "code", "scenario": "scenario", "proof": "proof"}
        if kind in SCENARIO_IS_CODE:
            del headings["code"]
        say.table([_cells(one) for one in part], headings)
    if asked[0].proofs is not None:
        whole = sum(not one.missing for one in asked)
        say.text(f"\n{whole} of {len(asked)} rows have code, scenario, proof and documentation")
        say.text(_proved(asked, sum(bool(one.proved) for one in asked), len(asked)))


def _cells(one: Promise) -> dict[str, str]:
    return {
        "id": one.row.id,
        "title": one.row.title,
        "code": _stacked(one.code, "sim/regulars/", "regulars/", ".py"),
        "scenario": ELSEWHERE if one.scenarios is None else _stacked(one.scenarios, "scenarios/", ".toml"),
        "proof": PROVED if one.proofs is None else _stacked(one.proofs, "tests/"),
    }


def _stacked(files: Iterable[str], *common: str) -> str:
    """Files below one another, without the folders and endings that they have in common."""
    lines = []
    for file in files:
        for part in common:
            file = file.removeprefix(part).removesuffix(part)
        lines.append(file)
    return "\n".join(lines) or "-"


def _lacking(asked: list[Promise], of: int) -> None:
    from regulars.cli import say

    if not asked:
        say.text("nothing is missing")
        return
    lines = []
    for one in asked:
        lost = f" (not there: {', '.join(one.lost)})" if one.lost else ""
        parts = [part + (lost if part == "proof" else "") for part in one.missing]
        lines.append({"id": one.row.id, "title": one.row.title, "missing": ", ".join(parts)})
    say.table(lines, {"id": "row", "title": "what", "missing": "missing"})
    say.text(f"\n{len(asked)} of {of} rows lack something")


def _waiting(asked: list[Promise], of: int) -> None:
    from regulars.cli import say

    lines = [
        {"id": one.row.id, "test": test, "why": why}
        for one in asked
        for test, why in {**dict.fromkeys(one.lost, "is not there"), **(one.unproved or {})}.items()
    ]
    if lines:
        say.table(lines, {"id": "row", "test": "test", "why": "why not"})
    say.text("\n" + _proved(asked, of - len(asked), of))


def _proved(looked_at: list[Promise], proved: int, of: int) -> str:
    """How many rows are proved; where no test has ever run, as in a fresh checkout, nothing is known of any."""
    if looked_at and not any(one.tried for one in looked_at) and not proved:
        return "which rows are proved is not known here yet: `make test` runs their tests and writes it down"
    return f"{proved} of {of} rows are proved: all their tests ran and passed with the code as it is (`make test`)"


def _whole(one: Promise, first: bool) -> None:
    from regulars.cli import say
    from regulars.cli.systems.promises import PAGE
    from regulars.cli.systems.rows import SCENARIO_IS_CODE

    row = one.row
    say.text(f"{'' if first else chr(10)}{row.id}  {row.title}" + (f"  {row.term}" if row.term else ""))
    say.paragraph(row.meaning, "    ")
    scenarios = [ELSEWHERE] if one.scenarios is None else _titled(one.scenarios)
    parts = {
        "code": () if row.kind in SCENARIO_IS_CODE else one.code,
        "scenario": scenarios,
        "proof": [PROVED] if one.proofs is None else one.proofs,
        "not there": one.lost,
        "unproved": [f"{test} {why}" for test, why in (one.unproved or {}).items()],
        "page": [f"{PAGE.as_posix()}, line {one.documented}"] if one.documented else (),
        "source": row.source.split("; "),
        "missing": one.missing,
    }
    for name, lines in parts.items():
        for number, line in enumerate(lines):
            say.paragraph(line, f"    {'' if number else name:<11}", 15)


def _titled(scenarios: dict[str, str]) -> list[str]:
    return [f"{file}  {title}".rstrip() for file, title in scenarios.items()]
