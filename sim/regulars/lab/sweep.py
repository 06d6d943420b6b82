"""Sweeps: the arms of a scenario compared at every point of a design, on paired customers.

Every finished point is kept under `<out>/points/`, named by a hash of its resolved scenario, of the arms, replicates
and seed, and of the code and packages that made it. A sweep that was interrupted, or one with more points, takes what
is there and computes the rest; the result has the same bytes either way.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regulars.ground.alike import nearest
from regulars.ground.calls import optional_call, well_called
from regulars.ground.errors import RegularsError, is_ours, shown
from regulars.lab import parcel, workers
from regulars.lab.asked import Asked, asked, whole
from regulars.lab.design import LARGEST, Axis, axis, column, grid, hypercube
from regulars.lab.misfits import fits_together
from regulars.lab.output import whole_folder
from regulars.lab.points import Kept, Point, key_of
from regulars.lab.store import LONGEST_NAME, environment, out_folder
from regulars.lab.swept import Sweep
from regulars.scenario import Scenario, as_scenario
from regulars.scenario.declared import by_path
from regulars.scenario.names import meant

if TYPE_CHECKING:
    import pandas as pd

DESIGNS = ("grid", "lhs")
COLUMNS = ("arm", "metric", "unit", "mean", "low", "high", "se")
SHOWN = 10  # problems told at once


@dataclass(frozen=True)
class Failure:
    """Why a point has no result; `ours` when that is a fault of the program."""

    message: str
    ours: bool


@well_called
def sweep(
    scenario: Scenario | str | Path | Mapping[str, Any],
    over: Mapping[str, Any],
    design: str = "grid",
    points: int | None = None,
    replicates: int = 5,
    jobs: int | None = None,
    out: Path | str | None = None,
    *,
    arms: Sequence[str] | None = None,
    seed: int | None = None,
    fresh: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Sweep:
    """Compare the arms with the control at every point of a design.

    Args:
        scenario: a `Scenario`, a path or a table.
        over: values by name of a declared parameter: text (`2:7`, `0.1:0.5:0.1`, `0.1:0.5#9`, `a,b`) or a list.
            `arms.*.strategies...` means the strategy in every arm that has it.
        design: `grid` (every combination) or `lhs` (a Latin hypercube of `points` points, drawn from the seed).
        points: size of the hypercube.
        replicates: independent populations per point, the same ones at every point.
        jobs: processes, one point at a time each; all cores when left out. Results do not depend on it.
        out: folder of results; nothing is written when left out.
        arms: names of the arms; all when left out.
        seed: seed of all draws; the scenario's own when left out.
        fresh: compute every point anew, even where a result is kept.
        progress: called as `progress(done, total)`.

    Returns:
        A table of every arm and metric at every point, with intervals over replicates.

    Raises:
        RegularsError: for unknown names and values out of bounds at any point, before anything runs.
    """
    scenario = as_scenario(scenario)
    optional_call("progress", progress)
    how = asked(scenario, arms, replicates, seed, jobs)
    axes = _axes(scenario, over, design, points)
    rows = grid(axes) if design == "grid" else hypercube(axes, points or 1, how.seed)
    told = {"arms": list(how.arms), "replicates": how.replicates, "seed": how.seed}
    parts = parcel.told()
    plan = _plan(scenario, rows, how.arms, {**told, "parts": parts} if parts else told)
    described = {
        "scenario": scenario.name, "scenario_hash": scenario.hash, "focal": scenario.focal, "design": design,
        "over": {a.name: a.described() for a in axes}, "points": len(plan), **told,
    }  # fmt: skip
    names = [a.name for a in axes]

    kept = Kept(None if out is None else out_folder(out) / "points", fresh)

    def compute() -> tuple[pd.DataFrame, dict[str, Any]]:
        results = _compute(plan, kept, how, progress)
        status = [_status(point, results[point.key]) for point in plan]
        rests_on = {**environment(), "parts": parts}
        return _table(names, plan, results), {**described, "environment": rests_on, "status": status}

    folder = None
    if out is None:
        table, manifest = compute()
    else:
        name = hashlib.blake2b(
            json.dumps(described, sort_keys=True, default=str).encode(), digest_size=4
        ).hexdigest()
        folder = out_folder(out) / f"{scenario.name[:LONGEST_NAME]}-sweep-{name}"
        with whole_folder(folder, scenario.inputs) as draft:
            table, manifest = compute()
            _fill(draft, scenario, table, manifest)
    return Sweep(scenario, tuple(names), table, manifest, folder, kept.damaged)


def _axes(scenario: Scenario, over: Mapping[str, Any], design: str, points: int | None) -> list[Axis]:
    if not isinstance(design, str) or design not in DESIGNS:
        raise RegularsError(f"design = {shown(design)} will not do: {nearest(str(design), DESIGNS)}")
    if design == "lhs":
        whole("points", points, 1, LARGEST)
    if design == "grid" and points is not None:
        raise RegularsError(
            "points belongs to design = 'lhs'; in a grid give the number with the range, as in 0.1:0.5#9"
        )
    if not isinstance(over, Mapping) or not over:
        raise RegularsError(
            "nothing to sweep over: name parameters and their values in a table, as in {'firms.0.price': '0.8:1.2#5'}"
        )
    known = {path: p.value for path, p in by_path(scenario.spec).items()}
    axes, wrong = [], []
    for name, values in over.items():
        try:
            place = meant(scenario.spec, name)[0]
            now = known.get(place.path, place.value)
            if place.path[0] == "about":
                raise RegularsError(
                    f"{name}: this is a text for people, on which no result depends; sweep over a number"
                )
            if place.path not in known and not isinstance(now, (bool, int, float, str)):
                raise RegularsError(f"{name}: this is a whole table; name one of its parameters")
            axes.append(axis(name, values, now, design == "grid"))
        except RegularsError as error:
            wrong.append(str(error))
    if wrong:
        raise RegularsError("\n".join(wrong))
    return axes


def _plan(
    scenario: Scenario, rows: list[dict[str, Any]], arms: Sequence[str], asked: Mapping[str, Any]
) -> list[Point]:
    """All points with their scenarios, each checked with every arm; every wrong value is told once."""
    bare = scenario.without_lines()  # no line of the file holds these values
    plan: list[Point] = []
    wrong: dict[str, None] = {}
    for number, values in enumerate(rows):
        try:
            here = bare.set(values)
            fits_together(here, arms, asked["seed"], asked["replicates"])
        except RegularsError as error:
            wrong |= dict.fromkeys(str(error).splitlines())
            continue
        plan.append(Point(number, values, here, key_of(here, asked)))
    if wrong:
        more = f"\n... and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
        raise RegularsError("\n".join(list(wrong)[:SHOWN]) + more)
    return plan


def _compute(
    plan: Sequence[Point], kept: Kept, how: Asked, progress: Callable[[int, int], None] | None
) -> dict[str, Any]:
    """Rows of every point by key; a `Failure` where a point failed."""
    results: dict[str, Any] = {}
    todo: dict[str, Point] = {}
    for point in plan:
        if (rows := kept.find(point.key)) is not None:
            results[point.key] = rows
        else:
            todo.setdefault(point.key, point)
    if progress is not None:
        progress(len(results), len(results) + len(todo))
    total = len(results) + len(todo)
    tasks = [
        (p.key, p.scenario.table, p.scenario.path, how.arms, how.seed, how.replicates) for p in todo.values()
    ]
    sizes = [point.scenario.spec.market for point in todo.values()]
    work = sum(size.customers * size.days for size in sizes) * (len(how.arms) + 1) * how.replicates
    with workers.results(
        _outcome, tasks, workers.processes(how.jobs, len(tasks), work), ordered=False
    ) as found:
        for key, result in found:
            if not isinstance(result, Failure):
                kept.keep(todo[key], result)
            results[key] = result
            if progress is not None:
                progress(len(results), total)
    return results


def _outcome(
    key: str, table: dict[str, Any], path: Path | None, arms: tuple[str, ...], seed: int, replicates: int
) -> tuple[str, Any]:
    """Compare at one point: its rows, or what went wrong."""
    from regulars.lab.compare import compare

    try:
        summary = compare(
            Scenario(table, path), replicates=replicates, arms=arms, seed=seed, jobs=1
        ).summary()
    except Exception as error:
        told = str(error) if isinstance(error, RegularsError) else f"{type(error).__name__}: {error}"
        return key, Failure(told, is_ours(error))
    rows = summary[list(COLUMNS)].to_dict("records")
    return key, [{name: None if value != value else value for name, value in row.items()} for row in rows]


def _status(point: Point, result: Any) -> dict[str, Any]:
    told = {
        "point": point.number,
        "key": point.key,
        "scenario_hash": point.scenario.hash,
        "values": point.values,
    }
    return (
        {
            **told,
            "status": "failed",
            "message": result.message,
            "fault": "program" if result.ours else "input",
        }
        if isinstance(result, Failure)
        else {**told, "status": "done"}
    )


def _table(names: list[str], plan: Sequence[Point], results: Mapping[str, Any]) -> pd.DataFrame:
    import pandas as pd

    rows = []
    kinds = {name: column([point.values[name] for point in plan]) for name in names}
    for k, point in enumerate(plan):
        values = {name: levels[k] for name, levels in kinds.items()}
        found = results[point.key]
        rows += (
            [] if isinstance(found, Failure) else [{"point": point.number, **values, **row} for row in found]
        )
    table = pd.DataFrame(rows, columns=["point", *names, *COLUMNS])
    return table.astype(dict.fromkeys(("mean", "low", "high", "se"), "float64"))


def _fill(folder: Path, scenario: Scenario, table: pd.DataFrame, manifest: dict[str, Any]) -> None:
    (folder / "scenario.toml").write_text(scenario.toml(), encoding="utf-8")
    table.to_parquet(folder / "points.parquet", index=False)
    text = json.dumps(manifest, indent=2, default=str) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8")
