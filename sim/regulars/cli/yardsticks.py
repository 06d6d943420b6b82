"""`regulars evidence --check`: the arms of a scenario held against published patterns."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from regulars.lab.yardstick import Held


def held_against(
    name: str, replicates: int | None, customers: int | None, arms: str | None, json: bool
) -> None:
    """Hold a scenario against published patterns, and tell the verdicts."""
    from regulars.cli import say
    from regulars.cli.options import arm_names
    from regulars.cli.places import scenario_file
    from regulars.lab.holding import FEW, hold
    from regulars.scenario import load

    scenario = load(scenario_file(name))
    if customers is not None:
        scenario = scenario.resized(customers)
    held = hold(scenario, replicates=FEW if replicates is None else replicates, arms=arm_names(arms))
    if json:
        say.document([{**asdict(one), "interval": one.interval} for one in held])
    else:
        _tell(held)


def _tell(held: list[Held]) -> None:
    from regulars.cli import say
    from regulars.lab.yardstick import FAIL, NO_MECHANISM, PASS

    rows = [_row(one) for one in held]
    headings = {
        "title": "yardstick", "arm": "arm", "published": "published (95%, another market)", "simulated": "simulated (se)",
        "verdict": "verdict", "why": "why",
    }  # fmt: skip
    say.table(rows, headings)
    counts = [
        f"{sum(one.verdict == verdict for one in held)} {verdict}" for verdict in (PASS, FAIL, NO_MECHANISM)
    ]
    say.text(f"\n{', '.join(counts)}; `regulars evidence NAME` tells what a yardstick rests on:")
    for effect in dict.fromkeys(one.effect for one in held):
        say.text(f"  {effect}")


def _row(one: Held) -> dict[str, Any]:
    from regulars.lab.yardstick import NO_MECHANISM

    low, high = one.interval
    seen = "" if one.verdict == NO_MECHANISM else f"{one.simulated:.3g} ({one.error:.2g})"
    published = f"{one.published:.3g} ({low:.2g} to {high:.2g}), {one.grade}"
    return {
        "title": one.title,
        "arm": one.arm,
        "published": published,
        "simulated": seen,
        "verdict": one.verdict,
        "why": one.why,
    }
