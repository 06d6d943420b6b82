"""What a pilot has taught, for the next comparison: the scenario with draws of its uncertain values after the pilot.

Each draw is a row of `[posterior]`: values of one replicate, taken about as often as its weight says. Of values that are one of several
(`values` of `[uncertainty]`) the weights are those after the pilot; how they go together with the other values is not kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from regulars.ground.output import SIGN, signed
from regulars.lab.doubted import Doubted
from regulars.lab.pilot.weighing import Floats, drawn_again
from regulars.lab.uncertainty import drawn, uncertain_values
from regulars.scenario import Scenario
from regulars.scenario.declared import by_path
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
    worlds = [drawn(scenario, seed, number) for number in range(len(weight))]
    taken = drawn_again(weight, seed)
    draws = {
        name: [float(scenario.value(name)), *(float(worlds[k].value(name)) for k in taken)]
        for name in _numbers(scenario, lines)
    }
    told = {name: doubt.model_dump(exclude_defaults=True) or 0.0 for name, doubt in scenario.spec.uncertainty.items()}  # fmt: skip
    for line in lines:
        if line.doubt.values:
            seen = [world.value(line.parameters[0].name) for world in worlds]
            share = [sum(w for w, one in zip(weight, seen, strict=True) if one == value) for value in line.doubt.values]  # fmt: skip
            told[line.name] = {"values": list(line.doubt.values), "weights": [float(s) for s in share]}
    # what is known within some width has been learned about since: its draws stand for it, and a statement would go before them
    sure = [one.text() for one in scenario.spec.evidence.statements().values() if one.within is None]
    return Carried(scenario.set({"posterior": {}, "uncertainty": told, "evidence.sure": sure}), draws)


def _numbers(scenario: Scenario, lines: Sequence[Doubted]) -> list[str]:
    """Names of all uncertain numbers, one for each value that a line moves; that of a distribution is its mean."""
    known = {path: p.name for path, p in by_path(scenario.spec).items()}
    fitted = [meant(scenario.spec, name)[0].path for name in scenario.spec.posterior]
    own = [p.name for line in lines if not line.doubt.values for p in line.parameters]
    return list(dict.fromkeys([*own, *(known.get((*path, "mean"), known[path]) for path in fitted)]))
