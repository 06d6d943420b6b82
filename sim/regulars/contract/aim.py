"""Whom a strategy addresses: the parameter, and what is wrong with an audience before anything runs (see `world.audience`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import field_validator

from regulars.contract.strategy import Strategy, names
from regulars.ground.alike import nearest
from regulars.ground.errors import shown
from regulars.ground.parameter import ParameterSet, Problem, par
from regulars.world import audience
from regulars.world.audience import no_members


def problem(name: str) -> str:
    """What is wrong with the name of an audience, and of a programme in it; empty when nothing is."""
    kind, _, what = name.partition(":")
    if kind == "members" and what and what not in names():
        return f"{shown(name)} is no audience: no strategy is called {shown(what)}; {nearest(what, names())}"
    return audience.problem(name)


class Aimed(ParameterSet):
    """Parameters of a strategy that addresses an audience."""

    audience: str = par("identified", "", "", "whom the firm addresses: see docs/reference/audiences.md")

    @field_validator("audience")
    @classmethod
    def _known(cls, name: str) -> str:
        if told := problem(name):
            raise Problem([((), told)])
        return name


def misfits(
    strategies: Mapping[str, tuple[type[Strategy], Any]],
) -> list[tuple[tuple[str | int, ...], str]]:
    """Which audiences are nobody at a firm that does just these things (class and parameters by name): (path, message)."""
    segments = [name for kind, parameters in strategies.values() for name in kind.segments(parameters)]
    wrong: list[tuple[tuple[str | int, ...], str]] = []
    for own, (_, parameters) in strategies.items():
        for path, aimed in _aims(parameters, (own,)):
            kind, _, what = aimed.partition(":")
            told = ""
            if kind == "members" and what:
                told = no_members(what, {name: kind for name, (kind, _) in strategies.items()}, _has_members)
            elif kind == "segment" and what not in segments:
                told = f"nothing that this firm does finds a segment {shown(what)}; {nearest(what, segments)}"
                told = (
                    told
                    if segments
                    else "nothing that this firm does finds segments (information_system does)"
                )
            if told:
                wrong.append((path, f"{shown(aimed)} is nobody: {told}"))
    return wrong


def _aims(table: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """All audiences that parameters name, with their places."""
    if isinstance(table, Aimed):
        yield (*path, "audience"), table.audience
    if isinstance(table, ParameterSet):
        for name in type(table).model_fields:
            yield from _aims(getattr(table, name), (*path, name))
    elif isinstance(table, tuple):
        for number, item in enumerate(table):
            yield from _aims(item, (*path, number))


def _has_members(kind: type[Strategy]) -> bool:
    return kind.members is not Strategy.members
