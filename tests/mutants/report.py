"""What is told at the end: the score of each room, and every mutant that lived."""

import difflib
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from mutants.places import Mutant
from mutants.sample import room_of
from mutants.trial import KILLED, TIMEOUT, Verdict

LEFT_OUT = "left out: words for people, types, fractions in drawings (margins, shades, sizes), and what equivalent.toml names"
EQUIVALENT = Path(__file__).with_name("equivalent.toml")


def equivalents(file: Path = EQUIVALENT) -> set[tuple[str, str, str, str]]:
    """(file, function, was, now) of mutants that somebody has shown to be as right as the code."""
    told = tomllib.loads(file.read_text(encoding="utf-8")).get("mutant", [])
    for one in told:
        if not one["why"].strip():
            raise ValueError(f"{file.name}: {one['file']}: say why it makes no difference")
    return {(one["file"], one["function"], one["was"], one["now"]) for one in told}


def name(mutant: Mutant) -> tuple[str, str, str, str]:
    """What `equivalents` calls a mutant."""
    return mutant.file, mutant.function, mutant.was, mutant.now


def score(verdicts: Iterable[Verdict]) -> tuple[int, int]:
    """How many were noticed, and how many there were."""
    outcomes = [verdict.outcome for verdict in verdicts]
    return sum(outcome in (KILLED, TIMEOUT) for outcome in outcomes), len(outcomes)


def by_room(mutants: Iterable[Mutant], verdicts: Mapping[str, Verdict]) -> list[str]:
    """A line for each room and one for all."""
    rooms: dict[str, list[Verdict]] = defaultdict(list)
    for mutant in mutants:
        rooms[room_of(mutant.file)].append(verdicts[mutant.key])
    rows = [*sorted(rooms.items()), ("all rooms", [v for found in rooms.values() for v in found])]
    lines = [f"{'room':<14}{'mutants':>9}{'noticed':>9}{'share':>8}{'out of time':>13}"]
    for room, found in rows:
        noticed, all_of_them = score(found)
        late = sum(v.outcome == TIMEOUT for v in found)
        share = f"{noticed / all_of_them:.0%}" if all_of_them else "-"
        lines.append(f"{room:<14}{all_of_them:>9}{noticed:>9}{share:>8}{late:>13}")
    return [*lines, LEFT_OUT]


def survivor(mutant: Mutant, verdict: Verdict, text: str, prefix: str = "sim/regulars/") -> str:
    """A mutant that lived: where, what was tried, and the change as a diff of its lines."""
    old, new = (t.splitlines() for t in (text, mutant.applied(text)))
    change = [
        line
        for line in difflib.unified_diff(old, new, lineterm="", n=0)
        if not line.startswith(("---", "+++", "@@"))
    ]
    head = f"{prefix}{mutant.file}:{mutant.line} {mutant.operator}, {verdict.outcome} ({verdict.tests} tests)"
    return "\n".join([head, *(f"    {line}" for line in change)])
