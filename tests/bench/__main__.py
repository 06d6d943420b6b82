"""`python -m bench`: the reference model in every engine, round by round, then our larger workloads."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from bench import machine, ratios, table, workloads
from bench.floor import Floor, NotMeasured, build
from bench.rounds import C_VARIANTS, ENGINES, Reading, in_fresh_process, play


def positive(text: str) -> int:
    """A whole number of at least 1."""
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def sizes_of(text: str) -> list[int]:
    """Comma-separated numbers of customers."""
    return [positive(part) for part in text.split(",")]


def engines_of(text: str) -> list[str]:
    """Comma-separated engine names."""
    names = text.split(",")
    unknown = [name for name in names if name not in ENGINES]
    if unknown:
        raise argparse.ArgumentTypeError(f"unknown {', '.join(unknown)}: must be among {', '.join(ENGINES)}")
    return names


def arguments() -> argparse.Namespace:
    """What the command line asks for; --quick means small sizes and two rounds unless they are named."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--sizes", type=sizes_of, help="customers, comma-separated (1000,10000,100000)")
    parser.add_argument("--rounds", type=positive, help="interleaved rounds (5)")
    parser.add_argument("--engines", type=engines_of, default=list(ENGINES), help=",".join(ENGINES))
    parser.add_argument(
        "--quick", action="store_true", help="1000 and 10000 customers, 2 rounds, small workloads"
    )
    parser.add_argument("--no-workloads", action="store_true", help="leave our larger workloads out")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write every reading and figure there")
    asked = parser.parse_args()
    asked.sizes = asked.sizes or ([1_000, 10_000] if asked.quick else [1_000, 10_000, 100_000])
    asked.rounds = asked.rounds or (2 if asked.quick else 5)
    return asked


def compare(asked: argparse.Namespace, console: Console) -> tuple[list[Reading], dict[str, str]]:
    """Build the floor and play the rounds; readings, and why the missing engines are missing."""
    missing: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder, console.status("") as status:
        floor: Floor | None = None
        try:
            floor = build(Path(folder))
        except NotMeasured as reason:
            missing = {name: str(reason) for name in asked.engines if name in C_VARIANTS}
        readings = list(play(asked.engines, asked.sizes, asked.rounds, floor, missing, status.update))
    return readings, missing


def own_workloads(quick: bool, console: Console) -> list[dict]:
    """Each workload in a fresh process."""
    done = []
    with console.status("") as status:
        for name, settings in workloads.plan(quick):
            status.update(f"{name} {settings}")
            row = {"name": name, "arguments": settings}
            try:
                done.append({**row, "figures": in_fresh_process(name, **settings)})
            except NotMeasured as reason:
                done.append({**row, "not_measured": str(reason)})
    return done


def main() -> int:
    """Measure, print, write; 1 if our own engine or a workload of ours could not be measured."""
    asked = arguments()
    console = Console() if sys.stdout.isatty() else Console(width=130)
    about = machine.context()
    table.print_context(console, about)

    readings, missing = compare(asked, console)
    rows = ratios.summary(readings, asked.engines, asked.sizes)
    exponents = {engine: ratios.exponent(readings, engine) for engine in asked.engines}
    table.print_engines(console, rows, exponents)
    for engine, reason in missing.items():
        console.print(f"{ENGINES[engine]}: not measured: {reason}", markup=False)

    ours_asked = "ours" in asked.engines
    done = own_workloads(asked.quick, console) if ours_asked and not asked.no_workloads else []
    if done:
        table.print_workloads(console, done)
    if asked.json:
        report = {
            **about,
            "rows": [
                {k: v._asdict() if isinstance(v, ratios.Spread) else v for k, v in row.items()}
                for row in rows
            ],
            "exponents": exponents,
            "not_measured": missing,
            "readings": [vars(reading) for reading in readings],
            "workloads": done,
        }
        asked.json.write_text(json.dumps(report, indent=1) + "\n")
    return 1 if "ours" in missing or any("not_measured" in one for one in done) else 0


if __name__ == "__main__":
    sys.exit(main())
