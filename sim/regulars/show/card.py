"""The first page: what to do, the money, where its interval comes from, what it hangs on, and what to do next."""

from __future__ import annotations

import math
from typing import Any

from markupsafe import Markup

from regulars.ground.numbers import brief, chance, count, interval, money, number
from regulars.scenario.declared import declared
from regulars.show.hanging import shares
from regulars.show.held import forecast
from regulars.show.inline import inline_svg
from regulars.show.next_steps import next_steps
from regulars.show.plots import ranking
from regulars.show.reading import Estimate, Reading
from regulars.show.standing import uncertain
from regulars.show.words import answer, break_even, named, outcome, reached

ROOM = 6  # arms that the figure has room for on the page
NAMED = 3  # inputs that are told on it


def card(reading: Reading) -> dict[str, Any]:
    """What the first page shows, by name."""
    scenario = reading.comparison.scenario
    about = scenario.spec.about
    hangs = reading.hanging
    return {
        "title": about.title or scenario.name,
        "question": about.question,
        "answer": answer(reading),
        "outcome": outcome(reading),
        "of": f"{'the' if len(reading.arms) == 1 else 'the best'} arm, {named(reading.best, 40)}, against doing nothing",
        "facts": _facts(reading),
        "forecast": forecast(reading),
        "expected": about.expected,
        "figure": Markup(inline_svg(ranking.draw(reading, title=False, first=ROOM), "card")),
        "alt": ranking.message(reading),
        "shares": shares(hangs),
        "mixed": _mixed(reading),
        "inputs": _inputs(reading),
        "hangs": hangs.note or f"{hangs.message}.",
        "next": next_steps(reading),
    }


def _facts(reading: Reading) -> list[tuple[str, str, str]]:
    """(name, value, note) of the four numbers that decide."""
    best, currency = reading.best, reading.currency
    profit, back = reading.profit(best), reading.estimate(best, "return_on_reward")
    span = (
        f"95% interval {interval(profit.low, profit.high)}" if profit.known else "one replicate: no interval"
    )
    basis = "doing nothing included" if profit.known else "needs more replicates"
    spent = reading.estimate(best, "reward_cost").mean
    paid = f"on {money(spent, currency)} of rewards" if spent > 0.005 else "no rewards are paid"
    if back.known:
        paid = f"95% interval {_ratios(back)}; {paid}"
    one = money(1, currency).replace(".00", "")
    return [
        ("incremental contribution", money(profit.mean, currency, sign=True), span),
        (f"return per {one} of rewards", number(back.mean, sign=True), paid),
        ("payback (break-even)", break_even(reading, best), _after(reading)),
        ("probability of being best", chance(reading.p_best(best), reading.replicates), basis),
    ]


def _ratios(back: Estimate) -> str:
    return f"{number(back.low, sign=True)} to {number(back.high, sign=True)}"


def _after(reading: Reading) -> str:
    """How long the payback takes, and in how many replicates it is reached."""
    day = reading.break_even(reading.best).day
    told = reached(reading, reading.best)
    return f"after {count(day)} days, {told}" if math.isfinite(day) and day >= 0.5 else told


def _mixed(reading: Reading) -> str:
    """What the interval holds, where its sources cannot be told apart."""
    if reading.replicates < 2:
        return "One replicate gives no interval."
    count = len(uncertain(reading))
    if not count:
        return "Chance alone: which customers, which moods, which opportunities. Nothing is called uncertain here."
    return f"Chance and what is uncertain ({count} input{'s' * (count > 1)}), together: more replicates tell them apart."


def _inputs(reading: Reading) -> list[dict[str, str]]:
    """The inputs that move the answer most and can be told from chance."""
    found = reading.hanging.tornado
    if found is None:
        return []
    known = declared(reading.comparison.scenario.spec)
    rows = found[found["clear"]].head(NAMED).to_dict("records")
    return [
        {
            "input": str(row["input"]), "meaning": known[str(row["name"])].meaning if str(row["name"]) in known else "",
            "swing": f"{brief(row['at_low'], sign=True)} to {brief(row['at_high'], sign=True)}",
        }
        for row in rows
    ]  # fmt: skip
