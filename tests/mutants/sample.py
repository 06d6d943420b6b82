"""Which mutants are tried: a sample that depends on the seed and the code alone, with every room in it.

What is no mistake is not drawn: words for people, types, fractions in drawings (`places`), and what `equivalent.toml` names.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from mutants.places import Mutant, read

FEWEST = 5  # mutants of a room
HALL = "(top)"  # files that lie in no room


def room_of(file: str) -> str:
    """The room of a file, the first folder of its path."""
    return file.split("/")[0] if "/" in file else HALL


def files_of(package: Path, rooms: Iterable[str] = ()) -> list[str]:
    """Source files of a package, those of some rooms (or files) only where any are named."""
    files = sorted(path.relative_to(package).as_posix() for path in package.rglob("*.py"))
    wanted = set(rooms)
    return [file for file in files if not wanted or {room_of(file), file} & wanted]


def sample(
    package: Path, count: int, seed: int, rooms: Iterable[str] = (), kinds: Iterable[str] = ()
) -> list[Mutant]:
    """About `count` mutants, by file and place: each line that can go wrong is as likely as any other in its room.

    Rooms share the mutants out in proportion to such lines, and have at least `FEWEST`, or all that there are. `kinds`
    leaves out all but some operators.
    """
    asked = set(kinds)
    lines: dict[str, dict[tuple[str, int], list[Mutant]]] = defaultdict(lambda: defaultdict(list))
    texts = {file: (package / file).read_text(encoding="utf-8") for file in files_of(package, rooms)}
    for file in texts:
        for mutant in read(package, file):
            if not asked or mutant.operator in asked:
                lines[room_of(file)][file, mutant.line].append(mutant)
    taken: list[Mutant] = []
    for room, wanted in shares({room: len(found) for room, found in lines.items()}, count).items():
        picked: list[Mutant] = []
        for found in sorted(lines[room].values(), key=lambda found: drawn(seed, *found)):
            valid = (m for m in sorted(found, key=lambda m: drawn(seed, m)) if m.can_be_read(texts[m.file]))
            picked += [m for m in [next(valid, None)] if m is not None]
            if len(picked) == wanted:
                break
        taken += picked
    return sorted(taken, key=lambda m: (m.file, m.start, m.now))


def shares(lines: dict[str, int], count: int) -> dict[str, int]:
    """Mutants of each room, in proportion to its lines, by largest remainder, none below the least."""
    least = {room: min(FEWEST, n) for room, n in lines.items()}
    exact = {room: max(count * n / sum(lines.values()), least[room]) for room, n in lines.items()}
    whole = {room: min(int(part), lines[room]) for room, part in exact.items()}
    for room in sorted(exact, key=lambda room: (int(exact[room]) - exact[room], room)):
        if sum(whole.values()) < count and whole[room] < lines[room]:
            whole[room] += 1
    return whole


def drawn(seed: int, *mutants: Mutant) -> int:
    """The draw of a mutant, or of all those of a line: of the seed, the file and the words, so that it stays when lines move."""
    told = [f"{m.file}|{m.function}|{m.was}|{m.now}" for m in mutants]
    return int.from_bytes(
        hashlib.blake2b("|".join([str(seed), *told]).encode(), digest_size=8).digest(), "big"
    )
