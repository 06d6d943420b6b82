"""`regulars migrate`: rewrite files that use names of the version before."""

from __future__ import annotations

import re
import tomllib
import warnings
from pathlib import Path
from typing import Annotated

import typer

from regulars.cli.options import JsonOption
from regulars.ground.alike import changed
from regulars.ground.errors import RegularsError

NEW = re.compile(
    r'\s*(.*\bon"? = true|\[\w+\])?'
)  # a line that is put in: a switch, its section, or an empty one


def migrate(
    files: Annotated[
        list[Path],
        typer.Argument(
            exists=True,
            dir_okay=False,
            show_default=False,
            help="Scenarios (.toml) and parts (.py) to rewrite.",
        ),
    ],
    check: Annotated[
        bool,
        typer.Option("--check", help="Only say what would change; the exit status is 1 if anything would."),
    ] = False,
    json: JsonOption = False,
) -> None:
    """Rewrite scenarios and parts of your own so that they use the names of this version.

    Comments and layout stay as they are. A scenario says the same before and after, or is left alone and named.
    """
    from regulars.cli import say

    rewritten: dict[str, list[str]] = {}
    left = 0
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
            made = migrated(text, file)
        except (RegularsError, ValueError) as error:  # no UTF-8, no TOML, or one that says two things
            told = str(error)
            say.trouble(told if str(file) in told else f"{file}: {told}")
            left += 1
            continue
        if made != text:
            rewritten[str(file)] = _changes(text.splitlines(), made.splitlines())
            if not check:
                from regulars.ground.output import whole_file

                with whole_file(file, overwrite=True) as draft:
                    draft.write_text(made, encoding="utf-8")
    if json:
        say.document({"changed": rewritten, "written": not check})
    else:
        for name, lines in rewritten.items():
            say.text(f"{name}: {len(lines)} {'line' if len(lines) == 1 else 'lines'}")
            for line in lines:
                say.text(f"  {line}")
        if not rewritten and not left:
            say.text("nothing to change")
        if left:
            say.text(f"{left} of {len(files)} {'file was' if left == 1 else 'files were'} left as they are")
    if left or (check and rewritten):
        raise typer.Exit(say.WRONG)


def _changes(before: list[str], after: list[str]) -> list[str]:
    """The lines that are others, and those that are new; lines that stay hold the rest in place."""
    told: list[str] = []
    for gone, come in changed(before, after):
        told += _in_place(gone, come)
    return told


def _in_place(gone: list[str], come: list[str]) -> list[str]:
    """What became of some lines: line by line, and before them what was written in (a switch, or its section)."""
    told: list[str] = []
    rest = list(gone)
    for number, new in enumerate(come):
        more = len(come) - number > len(rest)
        if more and (not rest or NEW.fullmatch(new)):
            told += [f"+ {new.strip()}"] if new.strip() else []
        else:
            told.append(f"{rest.pop(0).strip()} -> {new.strip()}")
    return told


def migrated(text: str, file: Path) -> str:
    """The text of a file with the names of today.

    Raises:
        RegularsError: for a file of another kind, and a scenario that would not say the same.
    """
    from regulars.cli.rewriting import part_now, scenario_now

    if file.suffix == ".py":
        from regulars.cli.moved_imports import imports_now
        from regulars.world.firms import MOVED as OF_FIRM

        for old, now in OF_FIRM.items():
            called = r"(?=\()" if "." in now else r"\b(?!\()"  # a method behind a door, or a number
            text = re.sub(rf"(\bfirm|\bfirms\[\w+\])\.{old}{called}", rf"\g<1>.{now}", text)
        return imports_now(part_now(text))
    if file.suffix != ".toml":
        raise RegularsError(f"{file}: only scenarios (.toml) and parts (.py) can be rewritten")
    from regulars.scenario.renamed import up_to_date

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        before = up_to_date(tomllib.loads(text))
    made = scenario_now(text)
    if before != tomllib.loads(made):
        raise RegularsError(
            f"{file}: rewriting it would change what it says; rename by hand what `regulars check` names"
        )
    return made
