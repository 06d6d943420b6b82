"""Planning a pilot: designs tried in worlds that the scenario thinks possible, and the one that is worth most, if any."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.ground.attributes import Known
from regulars.ground.calls import optional_call, well_called
from regulars.ground.errors import RegularsError
from regulars.ground.label import Label, Labelled
from regulars.lab.asked import Asked, asked
from regulars.lab.decision.regression import Floats, enough, needed
from regulars.lab.pilot.designs import Designs
from regulars.lab.pilot.power import standard_errors, told_by
from regulars.lab.pilot.trap import trap
from regulars.lab.pilot.worlds import WEEK, Worlds, ready, simulate
from regulars.lab.pilot.worth import error_of, worth
from regulars.lab.said import with_sure
from regulars.lab.uncertainty import drawn_and_told
from regulars.scenario import CONTROL, Scenario, as_scenario

if TYPE_CHECKING:
    import pandas as pd

USUAL = 100  # replicates
FIRST = 5  # replicates from which it is seen which inputs vary, before anything runs


@dataclass(frozen=True, repr=False)
class Pilot(Labelled, Known):
    """Result of `pilot`: what designs are worth.

    Attributes:
        scenario: of which.
        arm: that is tried.
        replicates: worlds in which the designs were tried.
        seed: of the draws.
        population: customers of the firm's market on the first day; all money is for that many.
        designs: a row a design, that which is worth most first: ``weeks``, ``treated`` and ``held_out`` (customers), ``measure``; in its unit
            ``median_effect``, ``se``, ``detectable``; ``power`` at the median effect, ``assurance``, ``changes`` (chances); in currency units
            ``value`` (expected value of sample information), ``waiting`` (earnings put off while it runs), ``trial`` (earnings from those treated, at most what is put off),
            ``costs`` (set-up and customers), and ``net`` = value - waiting + trial - costs.
        now: what to choose without a pilot: an arm, or `control` for doing nothing.
        expected: incremental profit of that choice over the run, currency units.
        net_error: standard error of the value of the first design.
        trap: what simpler comparisons would have said in the place of the first design.
    """

    scenario: Scenario
    arm: str
    replicates: int
    seed: int
    population: int
    designs: pd.DataFrame
    now: str
    expected: float
    net_error: float
    trap: pd.DataFrame

    @property
    def best(self) -> dict[Any, Any] | None:
        """The design that is worth most, a row of `designs`; None where none is worth its cost."""
        first: dict[Any, Any] = self.designs.iloc[0].to_dict()
        return first if first["net"] > 0 else None

    @well_called
    def write(self, folder: str | Path) -> Path:
        """Write the designs and what simpler comparisons would say as CSV, with the scenario as it was resolved.

        Args:
            folder: in which there is nothing but what was written so before.

        Raises:
            RegularsError: it cannot be written, or holds what is not ours.
        """
        from regulars.lab.output import whole_folder

        with whole_folder(folder, self.scenario.inputs) as draft:
            self.fill(draft)
        return Path(folder)

    def fill(self, folder: Path) -> None:
        """Write the same into a folder that is there."""
        (folder / "scenario.toml").write_text(self.scenario.toml(), encoding="utf-8")
        self.designs.to_csv(folder / "designs.csv", index=False)
        self.trap.to_csv(folder / "trap.csv", index=False)

    def _label(self) -> Label:
        from regulars.lab.pilot.labels import of_pilot

        return of_pilot(self)


@well_called
def pilot(
    scenario: Scenario | str | Any,
    arm: str,
    designs: Designs | None = None,
    choices: Sequence[str] | None = None,
    replicates: int = USUAL,
    seed: int | None = None,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    sure: Sequence[str] = (),
) -> Pilot:
    """Propose a randomised pilot of an arm, or to decide now.

    Customers who are in the market on the first day are assigned by chance. Designs are tried in worlds drawn from `[uncertainty]`,
    `[posterior]` and `[evidence]`; after the pilot the arm is introduced for the rest of the run, or not.

    Args:
        scenario: a `Scenario`, a path or a table, with something in doubt.
        arm: that is tried.
        designs: to try, see `Designs`; the usual ones when left out.
        choices: arms that may be chosen afterwards, besides doing nothing; the arm alone when left out.
        replicates: worlds.
        seed: of all draws; the scenario's own when left out.
        jobs: processes; as many as are worthwhile when left out. Results do not depend on it.
        progress: called as `progress(done, total)` after each world.
        sure: what you know better than what is assumed, as of `compare`, such as ``margin = 0.31``.

    Raises:
        RegularsError: there is no such arm, nothing is uncertain, or designs or replicates will not do; before anything runs.
    """
    scenario = with_sure(as_scenario(scenario), sure)
    optional_call("progress", progress)
    how = asked(scenario, (arm,) if choices is None else choices, replicates, seed, jobs)
    if arm not in how.arms:
        how = asked(scenario, (arm, *how.arms), replicates, seed, jobs)
    tried = designs or Designs()
    lengths = tried.lengths(scenario)
    tried.sizes(tried.population or scenario.spec.market.customers)
    ready(scenario, how)
    _enough(scenario, how)
    worlds = simulate(scenario, arm, lengths, how, progress)
    inputs = values_of(worlds)
    there = tried.population or round(worlds.participants)
    table = _tried(worlds, inputs, tried, lengths, there)
    first: Any = table.iloc[0]
    seen, se = _seen(worlds, first)
    scale = there / worlds.participants
    later = worlds.gain(_days(scenario) - int(first["weeks"]) * WEEK).to_numpy() * scale
    means = worlds.gain(_days(scenario)).mean() * scale
    now = str(means.idxmax()) if means.max() > 0 else CONTROL
    return Pilot(
        scenario, arm, how.replicates, how.seed, there, table, now, max(float(means.max()), 0.0),
        error_of(inputs, seen["effect"].to_numpy(), se, later, how.seed), trap(seen, se, how.seed),
    )  # fmt: skip


def values_of(worlds: Worlds) -> Floats:
    """Values of the uncertain inputs that vary, shape (replicates, inputs).

    Errors: replicates are too few for so many inputs.
    """
    table = worlds.inputs.pivot(index="replicate", columns="input", values="value").sort_index()
    table = table.loc[:, table.nunique() > 1]
    _refuse_few(worlds.replicates, table.shape[1])
    return table.to_numpy(np.float64)


def _enough(scenario: Scenario, how: Asked) -> None:
    """Refuse too few replicates before anything runs, as far as the first of them tell how many inputs vary."""
    seen: dict[str, set[float]] = {}
    for number in range(min(FIRST, how.replicates)):
        for row in drawn_and_told(scenario, how.seed, number)[1]:
            seen.setdefault(row["input"], set()).add(row["value"])
    _refuse_few(how.replicates, sum(len(values) > 1 for values in seen.values()))


def _refuse_few(replicates: int, inputs: int) -> None:
    if not enough(replicates, inputs):
        raise RegularsError(
            f"replicates = {replicates} are too few to tell what {inputs} uncertain inputs do; ask for {needed(inputs)} or more "
            f"(replicates = {needed(inputs)}, --replicates {needed(inputs)})"
        )


def _days(scenario: Scenario) -> int:
    return int(scenario.spec.market.days)


def _seen(worlds: Worlds, design: Any) -> tuple[pd.DataFrame, Floats]:
    """What a design would see in each world, and with which standard error."""
    seen = worlds.at(int(design["weeks"]), str(design["measure"]))
    sd = seen["sd_treated"].to_numpy(), seen["sd_held_out"].to_numpy()
    return seen, standard_errors(*sd, int(design["treated"]), int(design["held_out"]))


def _tried(
    worlds: Worlds, inputs: Floats, tried: Designs, lengths: Sequence[int], there: int
) -> pd.DataFrame:
    """All designs with what they see, are worth and cost, that which is worth most first.

    What the treated bring counts at most as what waiting puts off: the programme ends for them with the pilot, and what they are still owed
    then (a fee paid for a year, levels reached) is not simulated. So no pilot is worth more than its information.
    """
    import pandas as pd

    days, scale = _days(worlds.scenario), there / worlds.participants
    now = _best(worlds.gain(days)) * scale
    rows = []
    for w in lengths:
        later = worlds.gain(days - w * WEEK) * scale
        waiting = now - _best(later)
        each = float(worlds.gain(w * WEEK)[worlds.arm].mean()) / worlds.participants
        for treated, held_out in tried.sizes(there):
            trial = min(each * treated, waiting)
            costs = tried.set_up + tried.per_customer * (treated + held_out)
            for measure in tried.measures():
                here = {"weeks": w, "treated": treated, "held_out": held_out, "measure": measure}
                seen, se = _seen(worlds, here)
                effect = seen["effect"].to_numpy()
                told, known = told_by(effect, se), worth(inputs, effect, se, later.to_numpy())
                rows.append(
                    {
                        **here, "median_effect": float(np.median(effect)), "se": told.se, "power": told.at_median,
                        "assurance": told.assurance, "detectable": told.detectable, "changes": known.changes,
                        "value": known.value, "waiting": waiting, "trial": trial, "costs": costs,
                        "net": known.value - waiting + trial - costs,
                    }
                )  # fmt: skip
    table = pd.DataFrame(rows)
    return table.sort_values("net", ascending=False, kind="stable", ignore_index=True)


def _best(gains: pd.DataFrame) -> float:
    """What the best choice earns on average, doing nothing among them."""
    return max(float(gains.mean().max()), 0.0)
