"""Draws of all fitted and assumed values together, in which what is derived is derived anew.

The likelihood's curvature makes the draws (Laplace's approximation); where it is flat, weak priors of the laws leave them wide. The
level of sales is no unknown: the log shows it. So the mean rate of a draw is the one that, with the leaving of that draw,
sells what the log sold; in a log of several firms it stays.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from regulars.ground.chance import Chance, purpose
from regulars.ground.errors import RegularsError
from regulars.lab.fitting.assumed import draws_assumed
from regulars.lab.fitting.known import FIT, Known
from regulars.lab.fitting.level import sales_of_one
from regulars.laws.choice_mixture import spread_of
from regulars.world.calendar import DAYS_A_YEAR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from regulars.lab.fitting.choice import Chosen
    from regulars.lab.fitting.identify import Finding
    from regulars.lab.fitting.need import Life
    from regulars.laws.fitted import Joint

DRAWS = 200
PAIRS = 10  # of draws in a block: half as many as a comparison has replicates when nothing is said
Array = NDArray[Any]


def posterior(life: Life, chosen: Chosen, spec: Mapping[str, Any], findings: Sequence[Finding], seed: int) -> dict[str, list[float]]:  # fmt: skip
    """By dotted name the estimate and `DRAWS` draws; names are those of the scenario `spec`."""
    found: dict[str, Array] = {}
    if life.joint is not None and spec["need"]["process"] != "calendar":
        found |= _of_life(life, spec, _draws(life.joint, "life", seed))
    if chosen.joint is not None:
        found |= _of_choice(chosen.joint, spec, _draws(chosen.joint, "choice", seed))
    found |= draws_assumed(findings, found, spec, lambda name: _normal(1, name, seed)[:, 0])
    return {name: [float(v) for v in values] for name, values in found.items() if np.isfinite(values).all()}


def told_by_log(life: Life, chosen: Chosen, spec: Mapping[str, Any], findings: Sequence[Finding], seed: int) -> list[str]:  # fmt: skip
    """Dotted names of the values in doubt that the log has told; the other draws are of what is assumed."""
    told = {f.name for f in findings if f.name and f.source == "fitted"}
    if life.joint is not None and spec["need"]["process"] != "calendar":
        told |= {*_of_life(life, spec, _draws(life.joint, "life", seed))}
    if chosen.joint is not None:
        told |= {*_of_choice(chosen.joint, spec, _draws(chosen.joint, "choice", seed))}
    only = [f for f in findings if f.source == "assumed"]
    return sorted(told - {*draws_assumed(only, {}, spec, lambda name: _normal(1, name, seed)[:, 0])})


def write_draws(draws: Mapping[str, Sequence[float]], file: Path, known: Known | None = None) -> None:
    """Write draws as a Parquet table: `draw` 0 is the estimate; what the fit leaves for the next one goes with it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from regulars.ground.output import TABLE

    rows = len(next(iter(draws.values()), ()))
    table = pa.table({"draw": pa.array(range(rows), pa.int32()), **{name: pa.array(v, pa.float64()) for name, v in draws.items()}})  # fmt: skip
    told = {TABLE: b"posterior"} if known is None else {TABLE: b"posterior", FIT: known.text()}
    pq.write_table(table.replace_schema_metadata(told), file)


def draws_beside(scenario: Path) -> Path:
    """The file of the draws of a scenario, beside it.

    Raises:
        RegularsError: where the scenario's name does not end in ``.toml``, so that its draws would be those of another.
    """
    if scenario.suffix.lower() != ".toml":
        raise RegularsError(
            f"{scenario}: the name of a scenario ends in .toml; write it as {scenario.name}.toml"
        )
    return scenario.with_name(f"{scenario.stem}.posterior.parquet")


def _normal(k: int, name: str, seed: int) -> Array:
    """Standard normal draws [DRAWS, k] that have the means and the quantiles of a normal law.

    Half of them are the negatives of the others; their sizes are one from each of DRAWS / 2 equally likely stretches, in an order, and
    with signs, of chance. Left to chance, 200 draws would put the 5% point a seventh of a standard error off. So it is in each block of
    2 PAIRS draws, too: a comparison takes the first ones, and by chance those of a value had .4 to 1.7 of its standard error (now .85 to 1.2).
    """
    from scipy.special import ndtri

    free = np.column_stack(
        [Chance(seed, 0).normal(purpose("posterior", f"{name} {i}"), np.arange(DRAWS // 2)) for i in range(k)]
    )
    blocks = np.abs(free).reshape(-1, PAIRS, k)
    stretch = blocks.argsort(axis=1).argsort(axis=1)  # of PAIRS equally likely ones, in each block
    part = np.take_along_axis(blocks, stretch.argsort(axis=1), axis=1).argsort(axis=0).argsort(axis=0)
    rank = (stretch * len(blocks) + np.take_along_axis(part, stretch, axis=1)).reshape(-1, k)
    half = np.sign(free) * ndtri(0.5 + (rank + 0.5) / DRAWS)
    return np.stack([half, -half], axis=1).reshape(DRAWS, k)


def _draws(joint: Joint, name: str, seed: int) -> tuple[Joint, Array]:
    """The joint law, and its centre and draws [1 + DRAWS, K]."""
    return joint, np.vstack([joint.centre, joint.draws(_normal(len(joint.names), name, seed))])


def _of_life(life: Life, spec: Mapping[str, Any], drawn: tuple[Joint, Array]) -> dict[str, Array]:
    """Spread of rates; with a law of arrivals, leaving, and the mean rate that goes with it."""
    joint, draws = drawn
    column = dict(zip(joint.names, draws.T, strict=True))
    need, turnover = spec["need"], spec["turnover"]
    found = {"need.shape": need["shape"] * np.exp(column["shape"] - column["shape"][0])}
    if life.law is None or not life.law.hazard:
        return found
    hazard = np.minimum(np.exp(column["hazard"]), 100 / DAYS_A_YEAR)
    spread = np.exp(column["hazard_shape"]) if "exit_shape" in turnover else np.full(len(draws), np.inf)
    sold = np.array(
        [sales_of_one(replace(life.law, hazard=float(h), hazard_shape=float(s)), life) for h, s in zip(hazard, spread, strict=True)]
    )  # fmt: skip
    found["turnover.exit_rate"] = hazard * DAYS_A_YEAR
    if "exit_shape" in turnover:
        found["turnover.exit_shape"] = spread
    found["need.mean"] = need["mean"] * sold[0] / sold
    return found


def _of_choice(joint: Joint, spec: Mapping[str, Any], drawn: tuple[Joint, Array]) -> dict[str, Array]:
    """Tastes, inertia and price sensitivity."""
    _, draws = drawn
    column = dict(zip(joint.names, draws.T, strict=True))
    shapes = {
        name.removeprefix("shape "): np.exp(v) for name, v in column.items() if name.startswith("shape ")
    }
    total = np.sum(list(shapes.values()), axis=0)
    found = {"taste.concentration": total}
    for firm in spec["firms"]:
        found[f"firms.{firm['name']}.share"] = shapes[firm["name"]] / total
    if "inertia" in column:
        found["switching.relation"] = np.maximum(column["inertia"], 0.0)
    if "price" in column:
        mean = np.maximum(-column["price"], 1e-6)
        found["choice.price_sensitivity.mean" if "price spread" in column else "choice.price_sensitivity"] = (
            mean
        )
        if "price spread" in column:
            found["choice.price_sensitivity.sd"] = mean * [spread_of(v) for v in column["price spread"]]
    return found
