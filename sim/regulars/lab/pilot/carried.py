"""What a pilot has taught, for the next comparison: the scenario with draws of its uncertain values after the pilot.

Each draw is a row of `[posterior]`: values of one replicate, taken about as often as its weight says. Of values that are one of several
(`values` of `[uncertainty]`) the weights are those after the pilot; how they go together with the other values is not kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from regulars.ground.output import SIGN, signed
from regulars.lab.pilot.weighing import Floats, drawn_again
from regulars.lab.uncertainty import drawn, uncertain_values
from regulars.scenario import Scenario
from regulars.scenario.declared import declared
from regulars.scenario.names import meant


@dataclass(frozen=True)
class Carried:
    """A scenario after a pilot.

    Attributes:
        scenario: without draws.
        draws: of each uncertain number by dotted name: the value that stands in the scenario, and then one a replicate.
    """

    scenario: Scenario
    draws: dict[str, list[float]]

    def whole(self) -> Scenario:
        """The scenario with its draws."""
        return self.scenario.set({"posterior": self.draws}) if self.draws else self.scenario

    def text(self, draws: str) -> str:
        """The scenario as signed TOML that finds its draws in a file of this name beside it."""
        import tomllib

        import tomli_w

        table = tomllib.loads(self.scenario.toml())
        table["posterior"] = {"file": draws} if self.draws else {}
        head = f"# {SIGN}{'0' * 16}\n# After a pilot; {draws} moves with it.\n"
        return signed(f"{head}{tomli_w.dumps(table)}")

    def write(self, file: Path, draws: Path, name: str) -> None:
        """Write the scenario into a file, and its draws into another, which it knows by `name`."""
        from regulars.lab.fitting.posterior import write_draws

        file.write_bytes(self.text(name).encode())
        write_draws(self.draws, draws)


def carried(scenario: Scenario, seed: int, weight: Floats) -> Carried:
    """The scenario as its uncertain values are known after a pilot.

    Args:
        scenario: before the pilot.
        seed: of the draws of its replicates.
        weight: of each replicate, shape (replicates,).
    """
    lines = uncertain_values(scenario, far=0.0)
    numbers = [p.name for line in lines if not line.doubt.values for p in line.parameters]
    known = {p.path: p.name for p in declared(scenario.spec).values()}
    fitted = [meant(scenario.spec, name)[0].path for name in scenario.spec.posterior]
    names = dict.fromkeys([*numbers, *(_number(known, path) for path in fitted)])
    chosen = [line for line in lines if line.doubt.values]
    values: dict[str, list[float]] = {name: [_value(scenario, name)] for name in names}
    seen: dict[str, list[Any]] = {line.name: [] for line in chosen}
    worlds = [drawn(scenario, seed, number) for number in range(len(weight))]
    for world in worlds:
        for line in chosen:
            seen[line.name].append(world.value(line.parameters[0].name))
    for k in drawn_again(weight, seed):
        for name in names:
            values[name].append(_value(worlds[k], name))
    doubts = {
        f'uncertainty."{line.name}".weights': [
            float(weight[np.array([one == value for one in seen[line.name]])].sum())
            for value in line.doubt.values
        ]
        for line in chosen
    }
    return Carried(_with_weights(scenario, doubts), values)


def _with_weights(scenario: Scenario, doubts: dict[str, list[float]]) -> Scenario:
    """The scenario without draws, and with other weights of values that are one of several."""
    table = dict(scenario.resolved()["uncertainty"])
    for key, weights in doubts.items():
        name = key.removeprefix('uncertainty."').removesuffix('".weights')
        table[name] = {"values": list(table[name]["values"]), "weights": weights}
    lines = {name: _line(doubt) for name, doubt in table.items()}
    return scenario.set({"posterior": {}, "uncertainty": lines})


def _line(doubt: Any) -> Any:
    """A line of `[uncertainty]` as one writes it, without what is left out."""
    usual = {"sd": 0.0, "family": "", "low": None, "high": None, "prior": "", "values": (), "weights": ()}
    return {k: v for k, v in dict(doubt).items() if k not in usual or v not in (usual[k], list(usual[k]) if isinstance(usual[k], tuple) else usual[k])}  # fmt: skip


def _number(known: dict[Any, str], path: Any) -> str:
    """The dotted name of the one number at a path; that of a distribution is its mean."""
    return known.get((*path, "mean"), known[path])


def _value(scenario: Scenario, name: str) -> float:
    return float(scenario.value(name))
