"""What to do next, as far as a comparison tells: decide, ask, or measure."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from regulars.ground.numbers import interval, money
from regulars.lab.decision.information import EVERYTHING
from regulars.lab.decision.regression import needed
from regulars.lab.fitting.health import FAIL, REVIEW
from regulars.show.hanging import sides
from regulars.show.reading import Reading
from regulars.show.standing import checks
from regulars.show.words import named, outcome
from regulars.world.calendar import DAYS_A_YEAR

if TYPE_CHECKING:
    from regulars.scenario import Scenario

MOST = 4  # steps on the first page
MATTERS = 0.01  # of the change of profit, from which it is worth to be told what knowing is worth


def next_steps(reading: Reading) -> list[str]:
    """Sentences, the most urgent first."""
    state = outcome(reading)
    if state == "single":
        return ["Run it again with 20 replicates or more: one history decides nothing (`--replicates 20`)."]
    found = checks(reading)
    failed, looked = ([one.name for one in found if one.kind == grade] for grade in (FAIL, REVIEW))
    steps = [f"Settle first what the checks of the fit found: {', '.join(failed)}."] if failed else []
    steps += [_decide(reading, state), *_find_out(reading)]
    if looked:
        steps.append(f"Read what the checks of the fit say of {' and of '.join(looked[:2])}.")
    if not reading.comparison.doubtful:
        steps.append(
            "Say how sure you are of what matters, under [uncertainty]: this interval holds chance only."
        )
    return steps[:MOST]


def _decide(reading: Reading, state: str) -> str:
    best = named(reading.best, 40)
    if state == "yes":
        return f"Start {best} for all but a random tenth of the customers, who show what it brings."
    turns = next(iter(sides(reading.hanging)), "")
    if state == "no" or reading.comparison.p_control_best() > 0.5:
        if turns:
            return f"Start none of these arms, unless you know better: {best} comes out above doing nothing {turns}, on average."
        return "Start none of these arms as they are."
    words = shlex.join(["regulars", "pilot", source(reading.comparison.scenario), "--arm", reading.best])
    return f"Decide nothing yet: try {best} on a random part of the customers. `{words}` says which test is worth its cost."


def source(scenario: Scenario) -> str:
    """The file of a scenario as one types it where it lies."""
    return scenario.path.name if scenario.path else f"{scenario.name}.toml"


def _find_out(reading: Reading) -> list[str]:
    """Which input to learn, where that is worth something for sure; or how many replicates tell."""
    found = reading.hanging
    if found.worth is None:
        inputs = reading.comparison.inputs
        wanted = 0 if inputs.empty else needed(int(inputs["input"].nunique()))
        if reading.replicates >= wanted:
            return []
        return [
            f"Run {wanted} replicates (`--replicates {wanted}`): they tell what the answer hangs on, and what knowing it is worth."
        ]
    yearly = DAYS_A_YEAR / reading.days
    for row in found.worth.to_dict("records"):
        value, error = row["value"] * yearly, row["se"] * yearly
        if row["kind"] == "input" and value > max(
            2 * error, MATTERS * abs(reading.profit(reading.best).mean)
        ):
            span = interval(max(value - 1.96 * error, 0.0), value + 1.96 * error)
            return [
                f"Find out {row['what']}: knowing it is worth up to {money(value, reading.currency)} a year (95% interval {span})."
            ]
        if row["what"] == EVERYTHING and value <= 0:
            return ["Spend nothing on knowing the inputs better: it would not change what to do."]
    return []
