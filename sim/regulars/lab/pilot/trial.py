"""A pilot carried out in a market of which everything is known, for teaching and for tests of the method itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.ground.calls import well_called
from regulars.ground.chance import Chance, purpose
from regulars.ground.errors import RegularsError
from regulars.lab.asked import asked, whole
from regulars.lab.misfits import fits_together
from regulars.lab.pilot.designs import Designs
from regulars.lab.pilot.outcome import HOLDOUT, TREATMENT
from regulars.lab.pilot.takings import Takings, measure_named
from regulars.lab.pilot.worlds import WEEK
from regulars.market.pairing import Lockstep
from regulars.scenario import CONTROL, Scenario, as_scenario

if TYPE_CHECKING:
    import pandas as pd

ASSIGNED = purpose("pilot", "assignment")
FEWEST = 2


@well_called
def simulate_pilot(
    scenario: Scenario | str | Any,
    arm: str,
    weeks: int,
    treated: int,
    held_out: int,
    measure: str = "contribution",
    seed: int | None = None,
) -> pd.DataFrame:
    """What a pilot finds in a market whose values are those of the scenario, nothing in doubt.

    Participants are assigned by chance among those who are in the market on the first day.

    Args:
        scenario: the truth: a `Scenario`, a path or a table.
        arm: that is tried.
        weeks: how long.
        treated: how many customers get the programme.
        held_out: how many do not.
        measure: "contribution", "spending" or "purchases".
        seed: of all draws, who takes part included; the scenario's own when left out.

    Returns:
        A row a participant: `customer`, `group` ("treatment" or "holdout"), `value` over the pilot in the unit of the measure; as `update` takes it.

    Raises:
        RegularsError: there is no such arm or measure, or there are not so many customers.
    """
    import pandas as pd

    truth = as_scenario(scenario)
    truth = truth.set({"uncertainty": {}, "correlations": [], "posterior": {}, "market.tick": 1.0})
    how = asked(truth, (arm,), 1, seed, 1)
    day = Designs(weeks=(whole("weeks", weeks, 1, 10**6),)).lengths(truth)[0] * WEEK
    sizes = [whole(name, n, FEWEST, 10**9) for name, n in (("treated", treated), ("held_out", held_out))]
    measure_named(measure)
    fits_together(truth, how.arms, how.seed, 1)
    control = truth.arm(CONTROL).market(seed=how.seed, log="memory")
    tried = truth.arm(arm).market(seed=how.seed, against=control, log="memory")
    people = np.flatnonzero(control.customers.entry <= 0.0)
    if sum(sizes) > len(people):
        raise RegularsError(
            f"treated + held_out = {sum(sizes):,}: only {len(people):,} customers are in this market on the first day"
        )
    both, focal = Lockstep(control, {arm: tried}), control.names.index(truth.focal)
    without, mine = (Takings(market, focal, {day}) for market in (control, tried))
    for tick in range(day):
        both.step()
        without.add(tick + 1)
        mine.add(tick + 1)
    taken = people[np.argsort(Chance(how.seed).uniform(ASSIGNED, people), kind="stable")[: sum(sizes)]]
    values = [mine.at(day)[measure][taken[: sizes[0]]], without.at(day)[measure][taken[sizes[0] :]]]
    both.close()
    group = np.repeat([TREATMENT, HOLDOUT], sizes)
    return pd.DataFrame({"customer": taken, "group": group, "value": np.concatenate(values)})
