"""What an answer stands on: the checks of the fit, what the log does not tell, and what has been published of what is uncertain."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from regulars.evidence.collection import collection
from regulars.ground.lines import phrase
from regulars.ground.numbers import date, number, precise
from regulars.lab.fitting.health import PASS, UNTRIED
from regulars.lab.fitting.identify import ASSUMED, UNIDENTIFIED, UNTOLD
from regulars.scenario.paths import plain_path

if TYPE_CHECKING:
    from regulars.evidence.published import PublishedEffect
    from regulars.show.reading import Reading

CHECK = re.compile(r"(PASS|REVIEW|FAIL|NOT TRIED) ([^:]+): (.*)", re.DOTALL)
SOURCES, EFFECTS = 2, 6  # told on the page; the appendix has all
WIDE, NARROW = 150, 84  # letters of a sentence, and of a source


@dataclass(frozen=True)
class Line:
    """One line of the fit: its grade or kind, what it is about, and a sentence."""

    kind: str
    name: str
    sentence: str


def checks(reading: Reading) -> list[Line]:
    """The health card of the fit."""
    found = (CHECK.match(line) for line in reading.comparison.scenario.spec.about.health)
    return [Line(*one.groups()) for one in found if one is not None]


def untold(reading: Reading, width: int = WIDE) -> list[Line]:
    """What the log does not tell: every line, cut to `width` letters."""
    lines = []
    for line in reading.comparison.scenario.spec.about.assumed:
        kind, _, rest = line.partition(": ")
        name, sep, value = rest.partition(" = ")
        if not sep:
            name, _, value = rest.partition(": ")
        lines.append(Line(kind, name, phrase(value.replace(", assumed", "", 1), width) if value else ""))
    return lines


def evidence_rows(reading: Reading) -> list[dict[str, str]]:
    """The published effects that bear on what is uncertain: the best of each input first, then the others, best grade first."""
    known = collection()
    used: dict[str, list[str]] = {}
    first: list[str] = []
    for name in uncertain(reading):
        path = _path(name)
        for k, effect in enumerate(known.about(path)):
            first += [effect] if k == 0 else []
            used.setdefault(effect, []).append(path)
    order = sorted(used, key=lambda name: (name not in first, known.effects[name].grade, used[name], name))
    return [_effect(name, known.effects[name], used[name]) for name in order]


def _path(name: str) -> str:
    """The path of a parameter; of the mean of a distribution that of the distribution, where something was published of that."""
    path = plain_path(name)
    whole = path.removesuffix(".mean")
    return whole if not collection().about(path) and collection().about(whole) else path


def _effect(name: str, effect: PublishedEffect, bears: Iterable[str]) -> dict[str, str]:
    return {
        "name": name, "for": ", ".join(dict.fromkeys(bears)), "grade": effect.grade, "measures": phrase(effect.measures, NARROW), "whole": effect.measures,
        "estimate": _estimate(effect), "source": phrase(effect.citation, NARROW), "citation": effect.citation,
    }  # fmt: skip


def _estimate(effect: PublishedEffect) -> str:
    if effect.estimate is None:
        return "sign only"
    error = f" ± {precise(effect.error)}" if effect.error is not None else ""
    return f"{precise(effect.estimate)}{error} {effect.unit}".strip()


def uncertain(reading: Reading) -> list[str]:
    """Names of what the scenario holds uncertain, one by one or together, what published priors say included."""
    comparison = reading.comparison
    if not comparison.inputs.empty:
        return list(dict.fromkeys(map(str, comparison.inputs["input"])))
    return list(dict.fromkeys([*comparison.scenario.spec.uncertainty, *comparison.scenario.spec.posterior]))


def unsourced(reading: Reading) -> list[str]:
    """What a scenario that was fitted to no log holds uncertain without a published effect behind it."""
    if reading.comparison.scenario.spec.about.health:
        return []
    return list(
        dict.fromkeys(path for path in map(_path, uncertain(reading)) if not collection().about(path))
    )


def rests(reading: Reading) -> list[str]:
    """How the numbers were made."""
    spec = reading.comparison.scenario.spec
    runs = f"{reading.replicates} paired replicates" if reading.replicates > 1 else "one replicate"
    sources = "; ".join(phrase(source, 70) for source in spec.about.sources[:SOURCES])
    more = len(spec.about.sources) - SOURCES
    sources += f"; and {more} more, listed in the appendix" if more > 0 else ""
    return [
        f"{spec.market.customers:,} simulated customers over {reading.days:,.0f} days from {date(1, reading.start)}, in {runs}.",
        "Every arm meets the same customers, moods and opportunities as the control, so what differs is caused by the arm."
        + pairing(reading),
        f"Sources of its numbers: {sources}." if sources else "The scenario names no source for its numbers.",
    ]


def pairing(reading: Reading) -> str:
    """What pairing is worth for the best arm, and whether replicates were added: told also where it is worth nothing."""
    added = reading.comparison.added
    more = (
        f" {added} of the {reading.replicates} replicates were added, as pairing widens the interval of an arm."
        if added
        else ""
    )
    gain = reading.comparison.pairing_gain()[reading.best] if reading.replicates > 1 else float("nan")
    if not math.isfinite(gain):
        return more
    if gain < 1.0:
        return f" Here pairing does not narrow the interval of the best arm (factor {number(gain)}).{more}"
    return f" This makes the interval of the best arm {number(gain)} times narrower.{more}"


def cannot(reading: Reading) -> list[str]:
    """What the comparison cannot tell."""
    from regulars.show.words import named

    about = reading.comparison.scenario.spec.about
    told = [about.limits] if about.limits else []
    behind = reading.replicates - reading.ahead(reading.best)
    if reading.replicates > 1 and 0 < behind and reading.profit(reading.best).mean > 0:
        told.insert(
            0,
            f"It is no sure thing: in {behind} of {reading.replicates} replicates {named(reading.best)} made no more than doing nothing.",
        )
    return [*told, _cover(reading)]


def _cover(reading: Reading) -> str:
    """What the intervals cover, and what not."""
    count = len(uncertain(reading))
    if reading.replicates < 2:
        return "How far chance alone could move these numbers: that takes more replicates."
    if count:
        return f"Intervals cover chance and the {count} parameter{'s' * (count > 1)} that the scenario calls uncertain; they do not cover a wrong model."
    return "Intervals cover chance among customers; they do not cover wrong parameters or a wrong model. Vary the assumptions before relying on it."


def message(found: list[Line], lacking: list[Line]) -> str:
    """How many checks passed, how many numbers are assumed, and how many things the log does not tell, in one sentence."""
    tried = [one for one in found if one.kind != UNTRIED]
    passed = sum(one.kind == PASS for one in tried)
    count = {kind: sum(one.kind == kind for one in lacking) for kind in UNTOLD}
    assumed = count[ASSUMED]
    told = f"{passed} of {len(tried)} checks of the fit pass" if tried else "The market was fitted to a log"
    told += f"; {assumed} number{'s are' if assumed != 1 else ' is'} assumed"
    return told + (f", {count[UNIDENTIFIED]} cannot be told from the log" if count[UNIDENTIFIED] else "")


def standing(reading: Reading) -> dict[str, Any]:
    """All of this for the page."""
    rows = evidence_rows(reading)
    found, lacking = checks(reading), untold(reading)
    return {
        "message": message(found, lacking), "checks": found, "untold": lacking, "evidence": rows[:EFFECTS], "more": max(len(rows) - EFFECTS, 0),
        "unsourced": unsourced(reading), "rests": rests(reading), "cannot": cannot(reading),
        "changed": reading.comparison.scenario.spec.about.changed,
    }  # fmt: skip
