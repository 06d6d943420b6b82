"""`regulars doctor`: whether what is installed here is what regulars needs, and whether it works."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from regulars.cli.options import JsonOption

if TYPE_CHECKING:
    from regulars.cli.installed import Package


def doctor(json: JsonOption = False) -> None:
    """Say what is installed, what is missing and how to get it, and run a tiny market.

    Exit code 0 when everything that is required is here and works, 1 otherwise.
    """
    from regulars.cli import machine, say
    from regulars.cli.installed import packages

    asked = packages()
    lacking = [package.name for package in asked if package.trouble and not package.extra]
    found = {
        "python": machine.safely(machine.python),
        "market": {"trouble": "not tried"} if lacking else machine.safely(machine.market),
        "compiler_cache": machine.safely(machine.compiler_cache),
        "cores": machine.safely(machine.cores),
        "chinese": machine.safely(machine.chinese),
        "gcc": machine.safely(machine.gcc),
        "datasets": machine.safely(machine.datasets),
    }
    wrong = [f"{name}: {found[name]['trouble']}" for name in ("python", "market") if found[name]["trouble"]]
    if lacking:
        wrong.insert(0, f"required packages are missing or broken: {', '.join(lacking)}")
    if not asked:
        wrong.insert(
            0,
            "regulars was found but never installed, so it is not known what it needs: install it with pip",
        )
    if json:
        from regulars import __version__

        told = [package.told() for package in asked]
        say.document({"regulars": __version__, **found, "packages": told, "wrong": wrong, "fine": not wrong})
    else:
        _tell(found, asked)
        say.text("" if wrong else "\nEverything that is required is here and works.")
    for line in wrong:
        say.trouble(line)
    if wrong:
        raise typer.Exit(say.WRONG)


WORDS = {
    "python": "{version} ({implementation}; {wanted} is wanted), {executable}, {platform}",
    "market": "twenty customers lived for a week in {seconds} seconds",
    "compiler_cache": "{folder}, owned by {owner}, {bytes:,} bytes, can be written to",
    "cores": "{usable} of {there}",
    "chinese": "{font}, for Chinese words in figures",
    "gcc": "{program}",
    "datasets": "{count} that packages ship can be read",
}


def _tell(found: dict[str, dict[str, Any]], asked: list[Package]) -> None:
    from regulars import __version__
    from regulars.cli import say
    from regulars.cli.installed import command

    say.text(f"{'regulars':<16} {__version__}")
    for name, words in WORDS.items():
        say.text(f"{name.replace('_', ' '):<16} {found[name]['trouble'] or words.format(**found[name])}")
    for name, why in found["datasets"].get("lacking", {}).items():
        say.text(f"  {name}: {why}")
    for extra in dict.fromkeys(package.extra for package in asked):
        of = [package for package in asked if package.extra == extra]
        say.text(f"\npackages{f' for [{extra}]' if extra else ''}")
        for package in of:
            state = package.trouble or "fine"
            say.text(f"  {package.name:<20} {package.version or '-':<14} {package.wanted:<14} {state}")
        if lacking := [package for package in of if package.trouble]:
            say.text(f"  get them: {command(lacking)}")
