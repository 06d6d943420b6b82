"""Values given on the command line: `--set NAME=VALUE` and `--over NAME=VALUES`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import typer

from regulars.ground.errors import RegularsError

if TYPE_CHECKING:
    from regulars.scenario import Scenario


def share(text: str | float) -> float:
    """A share as one writes it: 0.6, 60% or, with a decimal comma, 0,6."""
    word = str(text).strip()
    number = word.removesuffix("%").strip().replace(",", ".")
    try:
        value = float(number)
    except ValueError:
        raise typer.BadParameter(f"{word!r} is no share; write 0.6 or 60%") from None
    return value / 100 if word.endswith("%") else value


def pairs(texts: Sequence[str] | None, option: str, form: str) -> dict[str, str]:
    """Split each `name=value` at its first equals sign; a name given twice is refused."""
    split: dict[str, str] = {}
    for text in texts or ():
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise typer.BadParameter(f"{text!r} is not of the form {form}", param_hint=f"'{option}'")
        if name.strip() in split:
            raise typer.BadParameter(f"{name.strip()!r} is given twice", param_hint=f"'{option}'")
        split[name.strip()] = value.strip()
    return split


def changes(texts: Sequence[str] | None) -> dict[str, Any]:
    """The values of `--set` as TOML literals, bare words as strings."""
    from regulars.lab.design import literal

    read = {}
    for name, text in pairs(texts, "--set", "NAME=VALUE, as in market.customers=500").items():
        try:
            read[name] = literal(text)
        except RegularsError as error:
            raise RegularsError(f"--set {name}: {error}") from None
    return read


def with_changes(
    scenario: Scenario, texts: Sequence[str] | None, option: str = "--set", customers: int | None = None
) -> Scenario:
    """The scenario resized to so many customers, and with the values of an option, which it then says; a wrong one is told as such.

    What stays at its size when an option changes the number of customers is told on stderr.
    """
    from regulars.cli import say
    from regulars.scenario.size import note

    if customers is not None:
        scenario = _told_as("--customers", scenario, lambda here: here.resized(customers))
        scenario = _noted(scenario, [f"--customers {customers}"])
    wanted = changes(texts)
    if not wanted:
        return scenario
    changed = _told_as(option, scenario, lambda here: here.set(wanted))
    if told := note(scenario.spec, changed.spec):
        say.trouble(told)
    given = pairs(texts, option, "NAME=VALUE")
    return _noted(
        changed, [f"{name} = {value}" for name, value in given.items() if not name.startswith("about.")]
    )


def with_said(scenario: Scenario, texts: Sequence[str] | None) -> Scenario:
    """The scenario with what `--sure` says, which it then tells: what is sure may be a value that the file does not have."""
    from regulars.lab.said import with_sure

    return (
        _noted(with_sure(scenario, texts), [f"--sure {' '.join(text.split())}" for text in texts])
        if texts
        else scenario
    )


def _noted(scenario: Scenario, lines: list[str]) -> Scenario:
    """The scenario with what was given on the command line, which its texts do not know of."""
    return scenario.set({"about.changed": [*scenario.spec.about.changed, *lines]})


def _told_as(option: str, scenario: Scenario, change: Callable[[Scenario], Scenario]) -> Scenario:
    """A changed scenario; what is wrong is told as of an option and not as of a line of the file."""
    from regulars.ground.parameter import Problem

    with suppress(Problem):
        return change(scenario)
    try:
        return change(scenario.without_lines())
    except Problem as problem:
        raise RegularsError("\n".join(f"{option}: {line}" for line in str(problem).splitlines())) from None
