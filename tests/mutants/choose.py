"""Which tests a mutant has to pass: those of its room that execute its line first, the fastest before the others.

Every folder of tests is watched once (`watch`), again when one of its files has changed, and what it says is kept. A
mutant is tried by tests that execute the line, as many as fit the limits, and then by tests of the same files. A line may
be executed by hundreds of tests, so three orders take turns: tests that go through little else, which are about it;
tests of its room's folder; and tests of others. In the latter two every file has its turn before any has its second, the
fastest test of each first, and other parameters of a test come after all others. For compiled loops the tests of a few
loops only go first, then those that hold all loops against their twin in plain Python. What no test executes in its own
process is tried by the tests of the room: they may start others.
"""

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from itertools import zip_longest
from pathlib import Path
from typing import Any

import coverage

from mutants.places import Mutant
from mutants.sample import room_of
from mutants.watch import OUT

MOST_TESTS, MOST_SECONDS = 100, 40.0
FEW = 4  # compiled loops of a test that is about them
TWIN = "plain"  # tests that hold compiled loops against the same day in plain Python


@dataclass(frozen=True)
class Case:
    """A test: its name to pytest and the seconds that it takes, without and with the fixtures that it shares."""

    name: str
    seconds: float
    fixtures: dict[str, float]

    @property
    def alone(self) -> float:
        """Seconds when it runs by itself."""
        return self.seconds + sum(self.fixtures.values())

    @property
    def file(self) -> str:
        """File of the test, relative to the root."""
        return self.name.split("::")[0]


@dataclass
class Folder:
    """What was seen of one folder of tests."""

    name: str
    place: Path
    package: Path  # of the code, as it was when the tests were watched
    _contexts: dict[str, dict[int, list[str]]] = field(default_factory=dict, repr=False)

    @cached_property
    def told(self) -> Any:
        """What the plugin wrote."""
        return json.loads((self.place / "tests.json").read_text(encoding="utf-8"))

    @cached_property
    def tests(self) -> list[Case]:
        """Tests that pass, the fastest first."""
        found = [
            Case(name, about["seconds"], {f: self.told["fixtures"].get(f, 0.0) for f in about["fixtures"]})
            for name, about in self.told["tests"].items()
            if about["passed"]
        ]
        return sorted(found, key=lambda test: (test.alone, test.name))

    @cached_property
    def data(self) -> coverage.CoverageData:
        """Lines by test."""
        data = coverage.CoverageData(str(self.place / "lines.coverage"))
        data.read()
        return data

    @cached_property
    def _breadth(self) -> dict[str, int]:
        """How many files each context goes through."""
        with sqlite3.connect(self.place / "lines.coverage") as lines:
            asked = "select context, count(*) from line_bits join context on context.id = context_id group by context"
            return dict(lines.execute(asked).fetchall())

    def breadth(self, test: Case) -> int:
        """How many files a test goes through: with few of them it is about these."""
        return sum(self._breadth.get(context, 0) for context in {test.name, *test.fixtures})

    def loops(self, test: Case) -> int:
        """How many compiled loops a test goes through: with few of them it is about these."""
        contexts = {test.name, *test.fixtures}
        return len({name for context in contexts for name in self.told["kernels"].get(context, ())})

    def executing(self, mutant: Mutant) -> set[str]:
        """Contexts, tests or fixtures, that execute the mutant's statement, or its file where that is not known."""
        module, kernels = module_of(mutant.file), self.told["kernels"].items()
        if mutant.kernel and mutant.function:
            return {context for context, names in kernels if f"{module}:{mutant.function}" in names}
        by_line = self._lines(mutant.file)
        first, last = mutant.lines
        own = {context for line in range(first, last + 1) for context in by_line.get(line, ())}
        if mutant.function and self.as_it_was(mutant):
            return own
        compiled = {context for context, names in kernels if any(n.startswith(f"{module}:") for n in names)}
        return compiled | {context for contexts in by_line.values() for context in contexts}

    def as_it_was(self, mutant: Mutant) -> bool:
        """Whether the mutant's file is the one that the tests were watched with."""
        return self.told["sources"].get(mutant.file) == mutant.source

    def _lines(self, file: str) -> dict[int, list[str]]:
        if file not in self._contexts:
            self._contexts[file] = self.data.contexts_by_lineno(str(self.package / file))
        return self._contexts[file]


def module_of(file: str) -> str:
    """Dotted name of a file of the package."""
    return "regulars." + file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def chosen(mutant: Mutant, folders: Iterable[Folder]) -> list[Case]:
    """Tests to try a mutant with, in order; empty when nothing executes it."""
    folders, room = list(folders), room_of(mutant.file)
    own_folders = (room, f"{room}s")  # tests of `scenario` lie in `scenarios`
    hits: dict[bool, list[Case]] = {True: [], False: []}  # by whether they are of the room
    near: dict[bool, list[Case]] = {True: [], False: []}
    for folder in folders:
        contexts = folder.executing(mutant)
        own = [t for t in folder.tests if t.name in contexts or contexts & t.fixtures.keys()]
        files = {test.file for test in own}
        hits[folder.name in own_folders] += own
        near[folder.name in own_folders] += [
            test for test in folder.tests if test.file in files and test not in own
        ]
    ordered, rest = (alternating(*map(file_by_file, some.values())) for some in (hits, near))
    if not ordered:
        return within_limits(
            file_by_file([test for f in folders if f.name in own_folders for test in f.tests])
        )
    breadth = {test.name: folder.breadth(test) for folder in folders for test in folder.tests}
    narrow = others_last(sorted(ordered, key=lambda test: (breadth[test.name], test.alone, test.name)))
    ordered = list({test.name: test for test in alternating(narrow, ordered)}.values())
    if mutant.kernel:
        loops = {test.name: folder.loops(test) for folder in folders for test in folder.tests}
        ordered.sort(key=lambda test: (loops[test.name] > FEW, test.name.split("/")[1] != TWIN))
    return within_limits(ordered + rest)


def file_by_file(tests: Iterable[Case]) -> list[Case]:
    """The fastest test of every file, then the second of every file, and so on; faster files before others."""
    turn: dict[str, int] = defaultdict(int)
    placed = []
    for test in others_last(sorted(tests, key=lambda t: (t.alone, t.name))):
        turn[test.file] += 1
        placed.append((turn[test.file], test.alone, test.name, test))
    return others_last([test for *_, test in sorted(placed, key=lambda place: place[:3])])


def others_last(tests: Iterable[Case]) -> list[Case]:
    """Of a test with several parameters the first ones, then the second ones, and so on; otherwise in the same order."""
    times: dict[str, int] = defaultdict(int)
    placed = []
    for test in tests:
        function = test.name.split("[")[0]
        times[function] += 1
        placed.append((times[function], test))
    return [test for _, test in sorted(placed, key=lambda place: place[0])]


def alternating(one: Sequence[Case], other: Sequence[Case]) -> list[Case]:
    """One of these, one of those."""
    return [test for pair in zip_longest(one, other) for test in pair if test is not None]


def within_limits(tests: Iterable[Case]) -> list[Case]:
    """The first tests that fit the limits of number and time; one at least."""
    taken: list[Case] = []
    for test in tests:
        if len(taken) == MOST_TESTS:
            break
        if not taken or duration([*taken, test]) <= MOST_SECONDS:
            taken.append(test)
    return taken


def duration(tests: Iterable[Case]) -> float:
    """Seconds of tests that run one after another, each shared fixture once."""
    fixtures: dict[str, float] = {}
    own = 0.0
    for test in tests:
        own += test.seconds
        fixtures |= test.fixtures
    return own + sum(fixtures.values())


def watched(
    root: Path, package: Path, kept: Path, names: Iterable[str], say: Callable[[str], Any], workers: int = 1
) -> list[Folder]:
    """What was seen of folders of tests; folders that have changed since are watched anew."""

    def one(name: str) -> Folder:
        place = kept / name
        now = digest(sorted((root / "tests" / name).rglob("*.py")))
        seen = place / "digest"
        if not seen.is_file() or seen.read_text() != now:
            say(f"watching tests/{name}")
            watch(root, package, place, name)
            seen.write_text(now)
        return Folder(name, place, package)

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(one, sorted(names)))


def watch(root: Path, package: Path, place: Path, name: str) -> None:
    """Run the tests of a folder under observation."""
    env = {
        **os.environ,
        OUT: str(place),
        "PYTHONPATH": os.pathsep.join([str(package.parent), str(root / "tests")]),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(place / "hypothesis"),
    }
    call = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "mutants.watch",
        "-p",
        "no:cacheprovider",
        "-m",
        "not slow",
    ]
    subprocess.run(
        [*call, f"tests/{name}"],
        cwd=root,
        env=env,
        check=False,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    told = json.loads((place / "tests.json").read_text(encoding="utf-8"))
    told["sources"] = {
        path.relative_to(package).as_posix(): digest([path]) for path in sorted(package.rglob("*.py"))
    }
    (place / "tests.json").write_text(json.dumps(told, indent=0), encoding="utf-8")


def digest(files: Iterable[Path]) -> str:
    """Hash of the contents of files."""
    total = hashlib.blake2b(digest_size=8)
    for file in files:
        total.update(file.read_bytes())
    return total.hexdigest()
