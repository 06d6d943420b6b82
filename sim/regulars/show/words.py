"""What a comparison says, in sentences: the same words in titles, tables and the decision card."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from regulars.ground.lines import short
from regulars.ground.numbers import chance, date, interval, money
from regulars.show.reading import Estimate, Reading, read

if TYPE_CHECKING:
    from regulars.lab.comparison import Comparison


def named(arm: str, width: int = 28) -> str:
    """The name of an arm inside a sentence."""
    return f"“{short(arm, width)}”"


def is_sure(found: Estimate) -> bool:
    """The rule of every title: no verb says that something earns, loses, pays, wins or keeps where the interval includes zero.

    One replicate has no intervals; its figures say so at their foot, and titles tell what happened in it.
    """
    return not found.open


def perhaps(found: Estimate) -> str:
    """What stands behind a number whose interval includes zero."""
    return "" if is_sure(found) else ", which may be chance"


def outcome(reading: Reading) -> str:
    """`yes` when the best arm surely earns, `no` when even it surely loses, `open` otherwise, `single` with one replicate."""
    profit = reading.profit(reading.best)
    if not profit.known:
        return "single"
    return "yes" if profit.low > 0 else "no" if profit.high < 0 else "open"


def headline(reading: Reading | Comparison) -> str:
    """The message of the ranking in one line: no verb is surer than the interval."""
    reading = read(reading)
    best, profit = reading.best, reading.profit(reading.best)
    amount = money(abs(profit.mean), reading.currency)
    state = outcome(reading)
    if state == "single":
        change = "more" if profit.mean >= 0 else "less"
        return f"In the one replicate {named(best)} made {amount} {change} than doing nothing, which may be chance"
    rest = {arm: reading.profit(arm) for arm in reading.arms[1:]}
    losers = [arm for arm, p in rest.items() if p.high < 0]
    if profit.mean < 0:
        if state == "open":
            return f"No arm surely earns: the best, {named(best)}, makes {amount} less than doing nothing, which may be chance"
        loss = f"loses {amount}"
        if len(reading.arms) == 1:
            return f"{named(best)} {loss} against doing nothing"
        every = len(losers) == len(rest)
        return f"{'Every arm loses' if every else 'No arm surely earns'} money; the least bad, {named(best)}, {loss}"
    tail = ""
    if len(losers) == 1:
        tail = f"; {named(losers[0])} loses {money(-reading.profit(losers[0]).mean, reading.currency)}"
    elif losers:
        tail = f"; {len(losers)} of {len(reading.arms)} arms lose money"
    if state == "open":
        return f"{named(best)} leads by {amount}, but that may be chance{tail}"
    return f"{named(best)} earns {amount} more than doing nothing{tail}"


def answer(reading: Reading | Comparison) -> str:
    """The answer in one sentence or two: what to do, with the interval and the probability of being best."""
    reading = read(reading)
    best, profit = named(reading.best, 60), reading.profit(reading.best)
    amount = money(abs(profit.mean), reading.currency)
    change = f"{'more' if profit.mean >= 0 else 'less'} profit than doing nothing"
    state = outcome(reading)
    if state == "single":
        return (
            f"{best} made {amount} {change} in the one replicate that was run, "
            "which gives no interval and no probability: run more replicates before deciding."
        )
    span = f"95% interval {interval(profit.low, profit.high)}"
    if state == "no":
        least = "even the best arm, " if len(reading.arms) > 1 else ""
        return f"Do nothing: {least}{best}{',' if least else ''} makes {amount} {change} ({span})."
    if state == "open":
        nothing = reading.comparison.p_control_best()
        if nothing > 0.5:
            likely = _likely(nothing, reading)
            which = "The best arm, " if len(reading.arms) > 1 else ""
            return (
                f"Do nothing for now: that is best with probability {likely}. {which}{best}{',' if which else ''} makes {amount} "
                f"{change}, though the {span} includes zero."
            )
        return f"Undecided: {best} makes {amount} {change}, but the {span} includes zero{_among(reading, ', and it is best')}.{_alike(reading)}"
    return f"{best} makes {amount} {change} ({span}){_among(reading, ' and is best')}.{_alike(reading)}"


def _alike(reading: Reading) -> str:
    """Which arms may do as well as the best."""
    others = reading.as_good()
    if not others:
        return ""
    who = named(others[0]) if len(others) == 1 else f"{len(others)} other arms, {named(others[0])} first,"
    return f" {who} cannot be told from it: the interval of the difference includes zero."


def _among(reading: Reading, lead: str) -> str:
    """The probability of being best, doing nothing included."""
    mine = reading.p_best(reading.best)
    p = _likely(mine, reading)
    if len(reading.arms) < 2:
        return f"{lead.replace('best', 'better than doing nothing')} with probability {p}"
    rival = max(reading.arms, key=reading.p_best)
    theirs, nothing = reading.p_best(rival), reading.comparison.p_control_best()
    tail = ""
    if nothing > max(theirs, mine):
        tail = f"; doing nothing is best with probability {_likely(nothing, reading)}"
    elif theirs > mine:
        tail = f"; {named(rival)} is best with probability {_likely(theirs, reading)}"
    return f"{lead} of {len(reading.arms)} arms with probability {p}{tail}"


def _likely(p: float, reading: Reading) -> str:
    """A probability in words."""
    return chance(p, reading.replicates).replace("<", "below ").replace(">", "above ")


def break_even(reading: Reading, arm: str) -> str:
    """The date from which the arm stays ahead, on average over replicates."""
    day = reading.break_even(arm).day
    if day < 0.5:
        return "not behind" if reading.replicates > 1 else "never behind"
    return date(day, reading.start) if math.isfinite(day) else "not in the run"


def reached(reading: Reading, arm: str) -> str:
    """In how many replicates the arm breaks even."""
    even, profit = reading.break_even(arm), reading.profit(arm)
    if even.replicates < 2:
        return "in the one replicate"
    sure = "" if profit.low > 0 or profit.high < 0 else "; the interval of its profit includes zero"
    return f"on average; reached in {even.reached} of {even.replicates} replicates{sure}"


def certainty(reading: Reading) -> str:
    """What the intervals are, for the foot of a figure."""
    if reading.replicates < 2:
        return "One replicate: no intervals. What is shown is one possible history."
    return f"Lines are 95% intervals over {reading.replicates} paired replicates{doubt(reading)}."


def doubt(reading: Reading) -> str:
    """What the intervals hold besides chance."""
    return (
        ", including the uncertainty about the parameters"
        if getattr(reading.comparison, "doubtful", False)
        else ""
    )
