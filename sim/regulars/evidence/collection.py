"""All published effects and priors, read from the files of `data`: one file a topic, the folder is the list."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from regulars.evidence.published import PublishedEffect, PublishedPrior
from regulars.ground.alike import nearest
from regulars.ground.errors import RegularsError
from regulars.ground.parameter import Problem

DATA = Path(__file__).with_name("data")
ASSUMPTION = "assumption"


@dataclass(frozen=True)
class Collection:
    """Published effects and priors by name, and the topic (the file) of each."""

    effects: dict[str, PublishedEffect]
    priors: dict[str, PublishedPrior]
    topics: dict[str, str]

    def effect(self, name: str) -> PublishedEffect:
        """The published effect of this name.

        Errors: there is none; names the nearest.
        """
        if name not in self.effects:
            raise RegularsError(f"{name}: no published effect of this name; {nearest(name, self.effects)}")
        return self.effects[name]

    def about(self, parameter: str) -> dict[str, PublishedEffect]:
        """The published effects that bear on a parameter, the best grade first; of a list or section also those of its parts."""
        found = {
            name: effect
            for name, effect in self.effects.items()
            if any(one == parameter or one.startswith(f"{parameter}.") for one in effect.bears_on)
        }
        return dict(sorted(found.items(), key=lambda item: item[1].grade))

    def priors_of(self, parameter: str) -> dict[str, PublishedPrior]:
        """The priors of a parameter; of a list or section also those of its parts."""
        return {
            name: prior
            for name, prior in self.priors.items()
            if prior.parameter == parameter or prior.parameter.startswith(f"{parameter}.")
        }


@cache
def collection(folder: Path = DATA) -> Collection:
    """All that the files of a folder hold.

    Errors: a file that is no TOML, a value that will not do, a name that is there twice, a prior that rests on an effect that is
    not there; names the file and the place.
    """
    effects: dict[str, PublishedEffect] = {}
    priors: dict[str, PublishedPrior] = {}
    topics: dict[str, str] = {}
    for file in sorted(folder.glob("*.toml")):
        try:
            with file.open("rb") as opened:
                table = tomllib.load(opened)
            _take(table, file.stem, effects, priors, topics)
        except (tomllib.TOMLDecodeError, Problem) as error:
            raise RegularsError(f"{file}: {error}") from None
    lost = [
        ((f"priors.{name}", "rests_on"), f"no published effect is called {one}; {nearest(one, effects)}")
        for name, prior in priors.items()
        for one in prior.rests_on
        if one not in effects
    ]
    if lost:
        raise Problem(lost)
    return Collection(effects, priors, topics)


def evidence_of(parameter: str, folder: Path = DATA) -> list[str]:
    """The published effects that bear on a parameter, with their grades: `last-gap (B)`; the best grade first."""
    found = collection(folder).about(parameter)
    return [f"{name} ({effect.grade})" for name, effect in found.items()]


def behind(parameter: str, source: str, is_number: bool) -> str:
    """What stands behind the value of a parameter, in a few words: published effects, else its source, else that it is assumed.

    Args:
        parameter: its path.
        source: what is declared of it.
        is_number: whether it is one; a word or a switch without a source is a choice, and nothing stands behind it.
    """
    effects = evidence_of(parameter)
    if effects:
        return f"evidence: {', '.join(effects)}"
    return source or (ASSUMPTION if is_number else "")


def _take(
    table: dict[str, Any], topic: str, effects: dict[str, Any], priors: dict[str, Any], topics: dict[str, str]
) -> None:
    """Read one file into what has been read before."""
    kinds: tuple[tuple[str, Any, dict[str, Any]], ...] = (
        ("effects", PublishedEffect, effects),
        ("priors", PublishedPrior, priors),
    )
    if other := set(table) - {name for name, *_ in kinds}:
        raise Problem([((other.pop(),), "a file of evidence has the tables 'effects' and 'priors'")])
    for kind, made, known in kinds:
        for name, one in table.get(kind, {}).items():
            if name in topics:
                raise Problem([((kind, name), f"this name is taken in {topics[name]}.toml")])
            known[name] = made.read(one, (kind, name))
            topics[name] = topic
