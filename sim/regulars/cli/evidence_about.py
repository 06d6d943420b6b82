"""What `regulars evidence NAME` is about: an effect, a prior, a topic, a parameter, or a word of a source."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from regulars.evidence.published import PublishedEffect, PublishedPrior


def about(name: str) -> dict[str, Any]:
    """What a name stands for, as a table: its kind, and the effects and priors to tell.

    Errors: it is none; names the nearest.
    """
    from regulars.cli.say import shortened
    from regulars.evidence.collection import collection
    from regulars.ground.alike import nearest
    from regulars.ground.errors import RegularsError
    from regulars.scenario.paths import every_path, plain_path

    found = collection()
    dashed = name.replace("_", "-")
    name = dashed if dashed in found.effects or dashed in found.priors else name
    if name in found.effects:
        return {
            "kind": "effect",
            "name": name,
            "effects": [told_effect(name, found.effects[name])],
            "priors": [],
        }
    if name in found.priors:
        return {
            "kind": "prior",
            "name": name,
            "effects": [],
            "priors": [told_prior(name, found.priors[name])],
        }
    if name in set(found.topics.values()):
        here = [one for one, topic in found.topics.items() if topic == name]
        effects = [told_effect(one, found.effects[one]) for one in here if one in found.effects]
        priors = [told_prior(one, found.priors[one]) for one in here if one in found.priors]
        return {"kind": "topic", "name": name, "effects": effects, "priors": priors}
    paths, path = every_path(), plain_path(name)
    path = (
        f"strategies.{path.replace('-', '_')}"
        if _holds(paths, f"strategies.{path.replace('-', '_')}")
        else path
    )
    if not _holds(paths, path):
        if effects := [
            told_effect(one, effect) for one, effect in found.effects.items() if _speaks_of(effect, name)
        ]:
            return {"kind": "word", "name": name, "effects": effects, "priors": []}
        known = (*found.effects, *found.priors, *found.topics.values(), *paths)
        raise RegularsError(
            f"{shortened(name)}: no published effect, prior, topic or parameter of this name, and no source says it; {nearest(path, known)}"
        )
    effects = [told_effect(one, effect) for one, effect in found.about(path).items()]
    priors = [told_prior(one, prior) for one, prior in found.priors_of(path).items()]
    meaning = (paths[path].description or "") if path in paths else ""
    told = {"kind": "parameter", "name": path, "meaning": meaning, "assumption": not effects}
    return {**told, "effects": effects, "priors": priors}


def _speaks_of(effect: PublishedEffect, word: str) -> bool:
    """Whether a word of three letters or more, such as the name of an author, stands in its source, its place or what was measured."""
    text = " ".join((effect.citation, effect.place, effect.measures))
    return len(word.strip()) > 2 and word.strip().casefold() in text.casefold()


def _holds(paths: Iterable[str], path: str) -> bool:
    """Whether a path is a parameter, or a table of parameters."""
    return any(one == path or one.startswith(f"{path}.") for one in paths)


def told_effect(name: str, effect: PublishedEffect) -> dict[str, Any]:
    """An effect as a table for machines."""
    from regulars.evidence.collection import collection

    own = effect.model_dump()
    return {
        "name": name,
        "topic": collection().topics[name],
        **own,
        "error": effect.error,
        "spread": effect.spread,
    }


def told_prior(name: str, prior: PublishedPrior) -> dict[str, Any]:
    """A prior as a table for machines."""
    from regulars.evidence.collection import collection

    return {"name": name, "topic": collection().topics[name], **prior.model_dump(), "words": prior.words()}
