"""The decision card: question, answer, four numbers, what it rests on, what it cannot tell; one page."""

from __future__ import annotations

import math
from typing import Any

from markupsafe import Markup

from regulars.ground.lines import short
from regulars.ground.numbers import chance, date, interval, money, number
from regulars.show.inline import inline_svg
from regulars.show.plots import ranking
from regulars.show.reading import Reading
from regulars.show.words import answer, break_even, named, outcome, reached

SOURCES = 3
ROOM = 6  # arms that the card's figure has room for on a page


def card(reading: Reading) -> dict[str, Any]:
    """The first page: question, answer, four numbers, what it rests on, what it cannot tell."""
    scenario = reading.comparison.scenario
    about = scenario.spec.about
    return {
        "title": about.title or scenario.name,
        "question": about.question,
        "answer": answer(reading),
        "outcome": outcome(reading),
        "facts": _facts(reading),
        "rests": _rests(reading),
        "cannot": _cannot(reading),
        "expected": about.expected,
        "figure": Markup(inline_svg(ranking.draw(reading, title=False, first=ROOM), "card")),
        "alt": ranking.message(reading),
    }


def _facts(reading: Reading) -> list[tuple[str, str, str]]:
    """(name, value, note) of the four numbers that decide."""
    best, currency = reading.best, reading.currency
    profit = reading.profit(best)
    span = (
        f"95% interval {interval(profit.low, profit.high)}" if profit.known else "one replicate: no interval"
    )
    basis = "doing nothing included" if profit.known else "needs more replicates"
    spent = reading.estimate(best, "reward_cost").mean
    paid = f"on {money(spent, currency)} of rewards" if spent > 0.005 else "no rewards are paid"
    one = money(1, currency).replace(".00", "")
    return [
        ("change of profit", money(profit.mean, currency, sign=True), span),
        ("probability of being best", chance(reading.p_best(best), reading.replicates), basis),
        ("break-even", break_even(reading, best), reached(reading, best)),
        (
            f"return per {one} of rewards",
            number(reading.estimate(best, "return_on_reward").mean, sign=True),
            paid,
        ),
    ]


def _rests(reading: Reading) -> list[str]:
    spec = reading.comparison.scenario.spec
    runs = f"{reading.replicates} paired replicates" if reading.replicates > 1 else "one replicate"
    sources = "; ".join(short(source, 90) for source in spec.about.sources[:SOURCES])
    more = len(spec.about.sources) - SOURCES
    sources += f"; and {more} more, listed under the assumptions" if more > 0 else ""
    return [
        f"{spec.market.customers:,} simulated customers over {reading.days:,.0f} days from {date(1, reading.start)}, in {runs}.",
        "Every arm meets the same customers, moods and opportunities as the control, so what differs is caused by the arm."
        + _pairing(reading),
        f"Sources of its numbers: {sources}." if sources else "The scenario names no source for its numbers.",
    ]


def _pairing(reading: Reading) -> str:
    """What pairing is worth for the best arm: told also where it is worth nothing."""
    gain = reading.comparison.pairing_gain()[reading.best] if reading.replicates > 1 else float("nan")
    if not math.isfinite(gain):
        return ""
    if gain < 1.0:
        return f" Here pairing does not narrow the interval of the best arm (factor {number(gain)})."
    return f" This makes the interval of the best arm {number(gain)} times narrower."


def _cannot(reading: Reading) -> list[str]:
    spec = reading.comparison.scenario.spec
    told = [*spec.about.health, *([spec.about.limits] if spec.about.limits else [])]
    behind = reading.replicates - reading.ahead(reading.best)
    if reading.replicates > 1 and 0 < behind and reading.profit(reading.best).mean > 0:
        told.insert(
            0,
            f"It is no sure thing: in {behind} of {reading.replicates} replicates {named(reading.best)} made no more than doing nothing.",
        )
    return [*told, _cover(reading)]


def _cover(reading: Reading) -> str:
    """What the intervals cover, and what not."""
    comparison = reading.comparison
    drawn = comparison.inputs["input"].nunique() if not comparison.inputs.empty else 0
    uncertain = drawn or len(comparison.scenario.spec.uncertainty)
    if reading.replicates < 2:
        return "How far chance alone could move these numbers: that takes more replicates."
    if uncertain:
        return f"Intervals cover chance and the {uncertain} parameter{'s' * (uncertain > 1)} that the scenario calls uncertain; they do not cover a wrong model."
    return "Intervals cover chance among customers; they do not cover wrong parameters or a wrong model. Vary the assumptions before relying on it."
