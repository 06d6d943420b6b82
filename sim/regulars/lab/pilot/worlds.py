"""Worlds in which a pilot could take place: what treated customers and those held out bring, and what the programme earns in the end.

A replicate of a comparison holds the same customers twice, with the programme and without it. Of a pilot, those treated are taken from
the one and those held out from the other, so that what a pilot sees differs between worlds by what is uncertain, and within a
world by which customers chance assigns. Customers do not influence those of the other group (ADR 27).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from regulars.ground.errors import RegularsError
from regulars.lab.asked import Asked
from regulars.lab.misfits import fits_together
from regulars.lab.pilot.takings import MEASURES, Takings
from regulars.lab.uncertainty import drawn_and_told, is_in_doubt
from regulars.lab.workers import enough_memory, processes, results
from regulars.market.pairing import Lockstep
from regulars.scenario import CONTROL, Scenario

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
WEEK = 7


@dataclass(frozen=True)
class Worlds:
    """What a pilot of one arm would meet, over replicates.

    Attributes:
        scenario: of which.
        arm: that is tried.
        seen: a row a replicate, length in `weeks` and `measure`; per customer over those weeks `effect` (mean with the programme less mean
            without), `sd_treated`, `sd_held_out`, `sd_effect` (standard deviations between customers, the last of the customers' own
            differences), `drift` (mean without the programme in as many weeks after these, less that in these) and `members_gap` (mean
            of members less that of others, with the programme); the last two NaN where there is none.
        gains: by arm that one may choose, cumulative incremental profit of the whole market, currency units, shape (replicates, days).
        inputs: what was drawn: columns ``replicate``, ``input``, ``value``, ``source``.
        participants: customers who are in the market on the first day, on average.
    """

    scenario: Scenario
    arm: str
    seen: pd.DataFrame
    gains: dict[str, Floats]
    inputs: pd.DataFrame
    participants: float

    @property
    def replicates(self) -> int:
        """How many worlds there are."""
        return len(next(iter(self.gains.values())))

    def at(self, weeks: int, measure: str) -> pd.DataFrame:
        """The rows of `seen` of one length and measure, in order of replicate."""
        rows = self.seen[(self.seen["weeks"] == weeks) & (self.seen["measure"] == measure)]
        return rows.sort_values("replicate").reset_index(drop=True)

    def gain(self, day: int) -> pd.DataFrame:
        """Incremental profit of each arm from its first day to the end of day `day`, a row a replicate, a column an arm."""
        import pandas as pd

        return pd.DataFrame({arm: rows[:, day - 1] for arm, rows in self.gains.items()})


def ready(scenario: Scenario, how: Asked) -> None:
    """Refuse, before anything runs, what no pilot could be tried in.

    Raises:
        RegularsError: nothing is uncertain, uncertain values do not go together, or arms would make other customers.
    """
    if not is_in_doubt(scenario):
        raise RegularsError(
            f'{scenario.name}: nothing is uncertain here, so that a pilot has nothing to tell; write priors = "published" in [evidence], '
            "which draws what is assumed from the published priors, or say in [uncertainty] how far values may be off, "
            'such as "choice.price_sensitivity" = 0.5 (a standard error) or "foresight.present_bias" = { prior = "present-bias" }, or '
            "fit the market to a log, which writes it (`regulars evidence` lists the published priors)"
        )
    fits_together(scenario, how.arms, how.seed, how.replicates)


def simulate(
    scenario: Scenario,
    arm: str,
    weeks: Sequence[int],
    how: Asked,
    progress: Callable[[int, int], None] | None = None,
) -> Worlds:
    """Simulate worlds for pilots of an arm.

    Args:
        scenario: that is `ready`.
        arm: that is tried, one of `how.arms`.
        weeks: lengths of pilots.
        how: arms that one may choose afterwards, replicates, seed and processes.
        progress: called as `progress(done, total)` after each replicate.
    """
    import pandas as pd

    markets, size = len(how.arms) + 1, scenario.spec.market
    workers = processes(how.jobs, how.replicates, size.customers * size.days * markets * how.replicates)
    tasks = ((scenario, arm, how.arms, tuple(weeks), how.seed, number) for number in range(how.replicates))
    parts: list[dict[str, Any]] = []
    with enough_memory(scenario, markets), results(world, tasks, workers) as found:
        for part in found:
            parts.append(part)
            if progress is not None:
                progress(len(parts), how.replicates)
    return Worlds(
        scenario,
        arm,
        pd.DataFrame([row for part in parts for row in part["seen"]]),
        {name: np.array([part["gains"][name] for part in parts]) for name in how.arms},
        pd.DataFrame([row for part in parts for row in part["inputs"]]),
        float(np.mean([part["participants"] for part in parts])),
    )


def world(
    scenario: Scenario, arm: str, arms: tuple[str, ...], weeks: tuple[int, ...], seed: int, number: int
) -> dict[str, Any]:
    """One world: control and arms in lockstep, takings by customer in the control and in the arm that is tried."""
    here, known = drawn_and_told(scenario, seed, number)
    here = here.set({"market.tick": 1.0})  # paired day by day, however long a tick
    control = here.arm(CONTROL).market(seed=seed, replicate=number, log="memory")
    others = {
        name: here.arm(name).market(
            seed=seed, replicate=number, against=control, log="memory" if name == arm else "totals"
        )
        for name in arms
    }
    focal, both = control.names.index(here.focal), Lockstep(control, others)
    days = {day for w in weeks for day in (w * WEEK, 2 * w * WEEK) if day <= control.ticks}
    without, treated = (Takings(market, focal, days) for market in (control, others[arm]))
    gains: dict[str, list[float]] = {name: [] for name in arms}
    for tick in range(control.ticks):
        both.step()
        for takings in (without, treated):
            takings.add(tick + 1)
        base = control.ledger.profit(focal)
        for name, market in others.items():
            gains[name].append(market.ledger.profit(focal) - base)
    people = np.asarray(control.customers.entry <= 0.0)
    seen = [{"replicate": number, **row} for w in weeks for row in _rows(without, treated, people, w)]
    both.close()
    inputs = [{"replicate": number, **row} for row in known]
    return {"seen": seen, "gains": gains, "inputs": inputs, "participants": int(people.sum())}


def _rows(without: Takings, treated: Takings, people: NDArray[np.bool_], weeks: int) -> list[dict[str, Any]]:
    """What is seen of each measure in a pilot of so many weeks."""
    day = weeks * WEEK
    apart, mine = without.at(day), treated.at(day)
    later = without.at(2 * day) if 2 * day in without.days else None
    members, rows = treated.members(day)[people], []
    for measure in MEASURES:
        y, x = mine[measure][people], apart[measure][people]
        drift = np.nan if later is None else float((later[measure][people] - 2 * x).mean())
        some = bool(members.any() and not members.all())
        rows.append(
            {
                "weeks": weeks, "measure": measure, "effect": float((y - x).mean()), "sd_treated": float(y.std(ddof=1)),
                "sd_held_out": float(x.std(ddof=1)), "sd_effect": float((y - x).std(ddof=1)), "drift": drift,
                "members_gap": float(y[members].mean() - y[~members].mean()) if some else np.nan,
            }
        )  # fmt: skip
    return rows
