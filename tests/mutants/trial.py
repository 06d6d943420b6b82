"""One mutant, tried: written into a copy of the package, and its tests run against that copy."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from mutants.choose import Case, duration
from mutants.places import Mutant

KILLED, SURVIVED, TIMEOUT, UNTESTED = "killed", "survived", "timeout", "untested"
PATIENCE = 3.0  # times the seconds that the tests took when they were watched
START, COMPILING = 30.0, 120.0  # seconds on top: to start, and to compile loops anew
MEMORY = 8 * 2**20  # kilobytes: a loop that never ends may also never stop growing
BROKEN = (2, 3, 4)  # exit status of pytest: it could not begin, as something cannot be imported


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant: outcome, the test that noticed, how many were to be run, and the hash of their files."""

    key: str
    outcome: str
    by: str = ""
    tests: int = 0
    against: str = ""


class Tree:
    """A copy of the package for one worker; mutants are written there, never into the working tree."""

    def __init__(self, root: Path, package: Path, place: Path) -> None:
        self.root, self.package, self.place = root, package, place
        shutil.rmtree(place / package.name, ignore_errors=True)
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(package, place / package.name, ignore=ignore)

    def try_out(self, mutant: Mutant, tests: Sequence[Case], against: str) -> Verdict:
        """Run the tests against the mutant."""
        if not tests:
            return Verdict(mutant.key, UNTESTED, against=against)
        original = self.package / mutant.file
        self._place_of(mutant.file).write_text(
            mutant.applied(original.read_text(encoding="utf-8")), encoding="utf-8"
        )
        limit = START + PATIENCE * duration(tests) + (COMPILING if mutant.kernel else 0.0)
        names = [test.name for test in tests]
        try:
            status, said = self._run(names, limit)
        finally:
            shutil.copy2(original, self._place_of(mutant.file))
        if status in BROKEN and self._run(["--collect-only", *names], limit)[0] != 0:
            raise RuntimeError(
                f"these tests cannot begin, even without a mistake in the code: {said[-2000:]}"
            )
        outcome = {0: SURVIVED, None: TIMEOUT}.get(status, KILLED)
        by = next(
            (line.split()[1] for line in said.splitlines() if line.startswith(("FAILED", "ERROR "))), ""
        )
        return Verdict(mutant.key, outcome, by, len(tests), against)

    def _place_of(self, file: str) -> Path:
        """Where a file is to be written: without what Python compiled of it, as two changes within a second look alike."""
        target = self.place / self.package.name / file
        for compiled in (target.parent / "__pycache__").glob(f"{target.stem}.*.pyc"):
            compiled.unlink()
        return target

    def _run(self, names: Sequence[str], limit: float) -> tuple[int | None, str]:
        """Exit status (None: out of time) and output of pytest."""
        env = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(self.place), str(self.root / "tests")]),
            "XDG_CACHE_HOME": str(self.place / "cache"),
            "HYPOTHESIS_STORAGE_DIRECTORY": str(self.place / "hypothesis"),
            "OMP_NUM_THREADS": "1",
        }
        call = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-x",
            "-p",
            "no:cacheprovider",
            "--tb=no",
            "--no-header",
        ]
        bounded = ["sh", "-c", f'ulimit -v {MEMORY}; exec "$@"', "sh"]
        process = subprocess.Popen(
            [*bounded, *call, "-rfE", "--hypothesis-seed=0", *names],
            cwd=self.root, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip
        try:
            said, _ = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.communicate()
            return None, ""
        return process.returncode, said


class Record:
    """Verdicts of all runs so far, one line of JSON each; the latest about a mutant counts."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.verdicts: dict[str, Verdict] = {}
        for line in file.read_text(encoding="utf-8").splitlines() if file.is_file() else ():
            verdict = Verdict(**json.loads(line))
            self.verdicts[verdict.key] = verdict

    def known(self, mutant: Mutant, against: str) -> Verdict | None:
        """What is known of a mutant; one that lived is tried again when tests have changed since."""
        verdict = self.verdicts.get(mutant.key)
        stands = verdict is not None and (verdict.outcome in (KILLED, TIMEOUT) or verdict.against == against)
        return verdict if stands else None

    def add(self, verdict: Verdict) -> None:
        """Keep a verdict at once, so that a run that is cut off goes on where it was."""
        self.verdicts[verdict.key] = verdict
        with self.file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(asdict(verdict)) + "\n")
