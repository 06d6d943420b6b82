"""What shows that each system works: the code that carries it, a scenario, a test, a line of documentation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from regulars.cli.systems import declarations, proofs
from regulars.cli.systems.rows import SCENARIO_IS_CODE, Row, rows
from regulars.ground.shelf import checkout

PAGE = Path("docs", "reference", "systems.md")
PACKAGE = Path(__file__).absolute().parents[2]


@dataclass(frozen=True)
class Promise:
    """All that is declared about one row, by paths from the root of the source; None where there is no source to look in."""

    row: Row
    code: tuple[str, ...]
    scenarios: dict[str, str] | None
    proofs: tuple[str, ...] | None
    lost: tuple[str, ...] = ()
    documented: int | None = None
    unproved: dict[str, str] | None = None  # tests that have not passed with the code as it is, and why not

    @property
    def proved(self) -> bool | None:
        """Whether all its tests have run and passed with the code as it is; None where there is no source to look in."""
        return None if self.unproved is None else bool(self.proofs) and not self.unproved and not self.lost

    @property
    def tried(self) -> bool:
        """Whether any of its tests has ever run here."""
        waiting = self.unproved or {}
        return len(waiting) < len(self.proofs or ()) or any(why != proofs.NEVER for why in waiting.values())

    @property
    def missing(self) -> tuple[str, ...]:
        """What the row still lacks, of `code`, `scenario`, `proof` and `documentation`, as far as can be seen here."""
        in_source = self.proofs is not None
        lacks = {
            "code": not self.code and self.row.kind not in SCENARIO_IS_CODE,
            "scenario": self.scenarios is not None and not self.scenarios,
            "proof": in_source and (not self.proofs or bool(self.lost)),
            "documentation": in_source and not self.documented,
        }
        return tuple(part for part, lacking in lacks.items() if lacking)

    def told(self) -> dict[str, Any]:
        """As a table for machines."""
        return {
            "id": self.row.id,
            "title": self.row.title,
            "term": self.row.term,
            "meaning": self.row.meaning,
            "source": self.row.source,
            "code": list(self.code),
            "scenarios": None if self.scenarios is None else list(self.scenarios),
            "proofs": None if self.proofs is None else list(self.proofs),
            "tests_not_there": list(self.lost),
            "proved": self.proved,
            "unproved": self.unproved,
            "documentation": f"{PAGE.as_posix()}:{self.documented}" if self.documented else None,
            "missing": list(self.missing),
        }


def gathered() -> tuple[dict[str, Promise], list[str]]:
    """What is declared about every row by id, and what is declared for rows that there are not, as `FILE: ID`."""
    root = checkout()
    home = root or PACKAGE.parent
    code = declarations.in_code(PACKAGE)
    scenarios = declarations.in_scenarios(root / "scenarios") if root else {}
    tests = declarations.in_tests(root / "tests") if root else {}
    page = declarations.on_page(root / PAGE) if root else {}

    def short(file: Path) -> str:
        return file.relative_to(home).as_posix()

    found = {}
    every = {test for one in code.values() for several in one.values() for test in several}
    every |= {short(file) for files in tests.values() for file in files}
    waiting = proofs.unproved(root, sorted(every)) if root else {}
    for id_, row in rows().items():
        modules = code.get(id_, {})
        shown = {short(file): title for file, title in scenarios.get(id_, {}).items()}
        named = dict.fromkeys(test for several in modules.values() for test in several)
        named |= dict.fromkeys(short(file) for file in tests.get(id_, ()))
        there = tuple(test for test in named if root and declarations.is_there(root, test))
        found[id_] = Promise(
            row,
            tuple(shown) if row.kind in SCENARIO_IS_CODE else tuple(short(file) for file in modules),
            shown if root else None,
            there if root else None,
            tuple(test for test in named if root and test not in there),
            page.get(id_),
            {test: why for test, why in waiting.items() if test in there} if root else None,
        )
    declared = {**code, **scenarios, **tests}
    unknown = [
        f"{short(file)}: {id_}"
        for id_ in declared
        if id_ not in found
        for files in (code, scenarios, tests)
        for file in files.get(id_, ())
    ]
    return found, sorted(unknown)
