"""`python -m mutants`: a reproducible sample of small mistakes in every room, each tried against the tests of its room."""

import argparse
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from threading import Lock

from mutants import report
from mutants.choose import Case, chosen, digest, watched
from mutants.places import Mutant
from mutants.sample import room_of, sample
from mutants.trial import Record, Tree, Verdict

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "sim" / "regulars"
KEPT = ROOT / "build" / "mutants"


def arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m mutants", description=__doc__)
    parser.add_argument(
        "rooms", nargs="*", help="rooms or files of the package (all): measures, world/purse.py"
    )
    parser.add_argument("--count", type=int, default=500, help="mutants (500)")
    parser.add_argument("--seed", type=int, default=1, help="which sample (1)")
    parser.add_argument("--workers", type=int, default=2, help="mutants tried at once (2)")
    parser.add_argument(
        "--at-least", type=float, default=97.0, help="percent to be noticed, or status 1 (97)"
    )
    parser.add_argument("--kinds", default="", help="mistakes of some kinds only: argument swap,min and max")
    parser.add_argument("--tests", default="", help="folders of tests (all), for a quick try: own,strategies")
    parser.add_argument("--list", action="store_true", help="show the sample and try nothing")
    return parser.parse_args(words)


def folders_for(mutants: Sequence[Mutant], asked: str = "") -> set[str]:
    """Folders of tests that mutants are tried with: all, or those asked for; `own` is those of their rooms."""
    tests = {path.parent.name for path in (ROOT / "tests").glob("*/test_*.py")} - {Path(__file__).parent.name}
    rooms = {room_of(mutant.file) for mutant in mutants} if "own" in asked.split(",") else set()
    own = rooms | {f"{room}s" for room in rooms}
    return tests & {*asked.split(","), *own} if asked else tests


def try_all(
    mutants: Sequence[Mutant], tests: dict[str, list[Case]], record: Record, workers: int
) -> dict[str, Verdict]:
    """Verdicts on all mutants by key; what is known already is not tried again."""
    done: dict[str, Verdict] = {}
    open_: list[tuple[Mutant, str]] = []
    for mutant in mutants:
        files = sorted({ROOT / test.file for test in tests[mutant.key]})
        against = digest(files)
        known = record.known(mutant, against)
        if known is None:
            open_.append((mutant, against))
        else:
            done[mutant.key] = known
    trees: SimpleQueue[Tree] = SimpleQueue()
    for k in range(min(workers, len(open_))):
        trees.put(Tree(ROOT, PACKAGE, KEPT / f"tree-{k}"))
    begun, one_at_a_time = time.monotonic(), Lock()

    def one(job: tuple[Mutant, str]) -> None:
        mutant, against = job
        tree = trees.get()
        try:
            verdict = tree.try_out(mutant, tests[mutant.key], against)
        finally:
            trees.put(tree)
        with one_at_a_time:
            record.add(verdict)
            done[mutant.key] = verdict
            told = f"{time.monotonic() - begun:6.0f} s {len(done):4} of {len(mutants)} {verdict.outcome:<9}"
            print(f"{told} {mutant.file}:{mutant.line} {mutant.operator}", flush=True)

    with ThreadPoolExecutor(max(1, workers)) as pool:
        list(pool.map(one, open_))
    return done


def main() -> int:
    """Draw the sample, try it, tell; 1 when too few were noticed."""
    asked = arguments()
    known, kinds = report.equivalents(), filter(None, asked.kinds.split(","))
    drawn = sample(PACKAGE, asked.count, asked.seed, asked.rooms, kinds)
    mutants = [mutant for mutant in drawn if report.name(mutant) not in known]
    if asked.list or not mutants:
        for mutant in mutants:
            print(f"{mutant.file}:{mutant.line} {mutant.operator}: {mutant.was!r} -> {mutant.now!r}")
        return 0 if mutants else 2
    KEPT.mkdir(parents=True, exist_ok=True)
    folders = watched(
        ROOT, PACKAGE, KEPT / "watched", folders_for(mutants, asked.tests), print, asked.workers
    )
    tests = {mutant.key: chosen(mutant, folders) for mutant in mutants}
    verdicts = try_all(mutants, tests, Record(KEPT / "verdicts.jsonl"), asked.workers)
    for mutant in mutants:
        if not report.score([verdicts[mutant.key]])[0]:
            text = (PACKAGE / mutant.file).read_text(encoding="utf-8")
            print("\n" + report.survivor(mutant, verdicts[mutant.key], text))
    print("\n" + "\n".join(report.by_room(mutants, verdicts)))
    noticed, all_of_them = report.score(verdicts[m.key] for m in mutants)
    return 0 if 100 * noticed >= asked.at_least * all_of_them else 1


if __name__ == "__main__":
    sys.exit(main())
