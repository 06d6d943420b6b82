"""Holding a scenario against what has been published: every yardstick on every arm, in some replicates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from regulars.ground.calls import optional_call, well_called
from regulars.lab.asked import asked
from regulars.lab.misfits import fits_together
from regulars.lab.uncertainty import drawn
from regulars.lab.yardstick import NO_MECHANISM, Held, PairedRun, Sums, Yardstick, find, held, names
from regulars.market.pairing import Lockstep
from regulars.scenario import CONTROL, Scenario, as_scenario

FEW = 4  # replicates


@well_called
def hold(
    scenario: Scenario | str | Any,
    replicates: int = FEW,
    arms: Sequence[str] | None = None,
    seed: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Held]:
    """Hold the arms of a scenario against published patterns, on paired customers.

    A yardstick for which no arm has a mechanism is told once, with the reason; neither pass nor fail.

    Args:
        scenario: a `Scenario`, a path or a table.
        replicates: independent populations (and draws of uncertain parameters); the error of a simulated value is over them.
        arms: names of the arms; all of the scenario when left out.
        seed: seed of all draws; the scenario's own when left out.
        progress: called as `progress(done, total)` after each replicate.

    Raises:
        RegularsError: for options that make no sense and arms that would make other customers, before anything runs.
    """
    scenario = as_scenario(scenario)
    optional_call("progress", progress)
    how = asked(scenario, arms, replicates, seed, 1)
    fits_together(scenario, how.arms, how.seed, how.replicates)
    rods = [find(name) for name in names()]
    lacking = {arm: [rod.missing(scenario.arm(arm)) for rod in rods] for arm in how.arms}
    wanted = [(arm, k) for arm in how.arms for k in range(len(rods)) if not lacking[arm][k]]
    seen: dict[tuple[str, int], list[Sums]] = {pair: [] for pair in wanted}
    for number in range(how.replicates if wanted else 0):
        _one(scenario, how.seed, number, rods, seen)
        if progress is not None:
            progress(number + 1, how.replicates)
    found: list[Held] = []
    for k, rod in enumerate(rods):
        here = [arm for arm in how.arms if (arm, k) in seen]
        found += [held(rod, arm, seen[arm, k]) for arm in here]
        if not here:
            found.append(_without(rod, [lacking[arm][k] for arm in how.arms]))
    return found


def _one(
    scenario: Scenario,
    seed: int,
    number: int,
    rods: Sequence[Yardstick],
    seen: dict[tuple[str, int], list[Sums]],
) -> None:
    """One replicate: control and arms in lockstep, all of their opportunities in memory."""
    here = drawn(scenario, seed, number).set({"market.tick": 1.0})
    options = {"seed": seed, "replicate": number, "log": "memory"}
    control = here.arm(CONTROL).market(**options)
    arms = dict.fromkeys(arm for arm, _ in seen)
    others = {arm: here.arm(arm).market(against=control, **options) for arm in arms}
    both = Lockstep(control, others).run()
    for arm, market in others.items():
        run = PairedRun(here.arm(arm), market, control)
        for one, k in seen:
            if one == arm:
                seen[one, k].append(rods[k].measure(run))
    both.close()


def _without(rod: Yardstick, reasons: Sequence[str]) -> Held:
    """A yardstick that no arm has a mechanism for."""
    published, nan = rod.published, float("nan")
    why = "; ".join(dict.fromkeys(reasons)) or "the scenario has no arms"
    return Held(
        rod.title_of_file(), rod.title, "", rod.effect, published.grade, float(published.estimate or 0.0),
        float(published.spread or 0.0), nan, nan, NO_MECHANISM, why,
    )  # fmt: skip
