"""`regulars evidence`: what has been published of customers, how well, and what is known of a parameter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from regulars.cli.evidence_about import about, told_effect
from regulars.cli.options import ArmsOption, CustomersOption, JsonOption
from regulars.cli.places import scenario_names
from regulars.cli.yardsticks import held_against

if TYPE_CHECKING:
    from regulars.evidence.published import PublishedEffect

SIGN = "sign only"
NO_SOURCE = "assumption: no source"


def _known(incomplete: str) -> Iterable[str]:
    from regulars.evidence.collection import collection

    found = collection()
    return [name for name in (*found.effects, *found.priors) if name.startswith(incomplete)]


def _grades(text: str | None) -> tuple[str, ...] | None:
    from regulars.evidence.published import GRADES

    if text is None:
        return None
    grades = tuple(letter.strip().upper() for letter in text.split(",") if letter.strip())
    if not grades or set(grades) - set(GRADES):
        raise typer.BadParameter(
            f"'{text}' is no grade; there are {', '.join(GRADES)}", param_hint="'--grade'"
        )
    return grades


NamesArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[NAME...]",
        show_default=False,
        autocompletion=_known,
        help="A published effect, a prior, a topic such as 'price', a parameter such as foresight.present_bias, or a word of a source such as the name of an author.",
    ),
]
GradeOption = Annotated[
    str | None,
    typer.Option("--grade", metavar="A,B", show_default=False, help="Only effects of these grades, A to D."),
]
CheckOption = Annotated[
    str | None,
    typer.Option(
        "--check",
        metavar="SCENARIO",
        show_default=False,
        autocompletion=scenario_names,
        help="Hold the arms of a scenario against published patterns: which pass, which fail, and which nothing could bring about.",
    ),
]
FewOption = Annotated[
    int | None,
    typer.Option(min=2, show_default=False, help="With --check: independent populations; 4 when left out."),
]


def evidence(
    names: NamesArgument = None,
    grade: GradeOption = None,
    check: CheckOption = None,
    replicates: FewOption = None,
    customers: CustomersOption = None,
    arms: ArmsOption = None,
    json: JsonOption = False,
) -> None:
    """Tell what has been published of how customers behave: how large, how sure, and which parameters it bears on.

    Named as a parameter, it tells what is known of that one, and which prior is made of it; a number that nothing published
    stands behind is an assumption. With --check it holds a scenario against published patterns.
    """
    from regulars.cli import say
    from regulars.evidence.collection import collection

    if check is not None:
        if names or grade is not None:
            raise typer.BadParameter("goes with no name and no --grade", param_hint="'--check'")
        held_against(check, replicates, customers, arms, json)
        return
    for option, value in (("--replicates", replicates), ("--customers", customers), ("--arms", arms)):
        if value is not None:
            raise typer.BadParameter("goes with --check only", param_hint=f"'{option}'")
    grades, found = _grades(grade), collection()
    if names and grades:
        raise typer.BadParameter("chooses from the list and goes with no name", param_hint="'--grade'")
    if not names:
        asked = {
            name: effect for name, effect in found.effects.items() if not grades or effect.grade in grades
        }
        say.document([told_effect(name, effect) for name, effect in asked.items()]) if json else _list(asked)
        return
    told = [about(name) for name in names]
    if json:
        say.document(told)
        return
    for number, one in enumerate(told):
        say.text() if number else None
        _print(one)


def _size(one: dict[str, Any]) -> str:
    """An estimate with its standard error, such as `0.938 (0.0171)`."""
    if one["estimate"] is None:
        return SIGN
    error = f" ({one['error']:.3g})" if one["error"] is not None else ""
    return f"{one['estimate']:.3g}{error}"


def _list(asked: dict[str, PublishedEffect]) -> None:
    from regulars.cli import say
    from regulars.evidence.published import GRADES

    rows = [told_effect(name, effect) for name, effect in asked.items()]
    for topic in dict.fromkeys(row["topic"] for row in rows):
        part = [row for row in rows if row["topic"] == topic]
        say.text(f"{'' if part[0] is rows[0] else chr(10)}{topic.upper()}")
        cells = [
            {
                "name": r["name"],
                "size": _size(r),
                "grade": r["grade"],
                "bears_on": "\n".join((*r["bears_on"], *(f"({one})" for one in r["patterns"]))),
            }
            for r in part
        ]
        headings = {
            "name": "effect",
            "size": "estimate (standard error)",
            "grade": "grade",
            "bears_on": "bears on",
        }
        say.table(cells, headings)
    say.text(f"\n{len(rows)} published effects; `regulars evidence NAME` tells one in full")
    for letter, meaning in GRADES.items():
        say.paragraph(meaning, f"{letter}  ")


def _print(about: dict[str, Any]) -> None:
    from regulars.cli import say

    if about["kind"] == "parameter":
        say.paragraph(f"{about['name']}" + (f": {about['meaning']}" if about["meaning"] else ""))
        if not about["effects"]:
            say.text(f"  {NO_SOURCE}")
    for number, one in enumerate((*about["effects"], *about["priors"])):
        say.text() if number or about["kind"] == "parameter" else None
        _effect(one) if "measures" in one else _prior(one)


def _effect(one: dict[str, Any]) -> None:
    from regulars.cli import say
    from regulars.evidence.published import CHECKED, GRADES

    say.text(f"{one['name']}  (effect, {one['topic']})")
    say.paragraph(one["measures"], "    ")
    between = f"{one['between']:.3g}, {one['between_from']}" if one["between"] is not None else "unknown"
    lines = {
        "estimate": f"{_size(one)} {one['unit']}".rstrip(),
        "95%": f"{one['interval'][0]:g} to {one['interval'][1]:g}" if one["interval"] else "",
        "between": f"{between} (standard deviation between studies or markets)"
        if one["estimate"] is not None
        else "",
        "studies": one["studies"],
        "design": one["design"],
        "place": ", ".join(part for part in (one["place"], one["years"]) if part),
        "source": one["citation"],
        "read": f"{CHECKED[one['checked']]}" + (f" ({one['read_at']})" if one["read_at"] else ""),
        "grade": f"{one['grade']}: {GRADES[one['grade']]}",
        "weakness": one["weakness"],
        "bears on": ", ".join(one["bears_on"]),
        "pattern": "; ".join(one["patterns"]),
        "becomes": one["conversion"],
    }
    _lines(lines)


def _prior(one: dict[str, Any]) -> None:
    from regulars.cli import say
    from regulars.evidence.published import STRENGTHS

    say.text(f"{one['name']}  (prior, {one['topic']})")
    ends = [
        f"from {one['low']:g}" if one["low"] is not None else "",
        f"to {one['high']:g}" if one["high"] is not None else "",
    ]
    family = f"{one['words']} {' '.join(filter(None, ends))}".rstrip()
    lines = {
        "of": one["parameter"] + (f", {one['setting']}" if one["setting"] else ""),
        "prior": family + (f" ({one['unit']})" if one["unit"] else ""),
        "customers": f"sd {one['customers_sd']:g} between the customers of one market"
        if one["customers_sd"] is not None
        else "",
        "becomes": one["conversion"],
        "goes with": f"{one['goes_with']}, correlation {one['correlation']:g}" if one["goes_with"] else "",
        "write": ""
        if one["unit"] or one["values"]
        else f'{_quoted(one)} = {{ prior = "{one["name"]}" }} in [uncertainty]',
        "rests on": ", ".join(one["rests_on"]),
        "reasoning": one["reasoning"],
        "strength": f"{one['strength']}: {STRENGTHS[one['strength']]}",
    }
    _lines(lines)


def _quoted(one: dict[str, Any]) -> str:
    """The parameter of a prior as `[uncertainty]` names it; one of a strategy is that of an arm."""
    path = one["parameter"]
    return f'"arms.*.{path}"' if path.startswith("strategies.") else f'"{path}"'


def _lines(lines: dict[str, str]) -> None:
    from regulars.cli import say

    for label, text in lines.items():
        if text:
            say.paragraph(text, f"    {label:<10}", 14)
