"""Who is in the market, from when to when, and which firms they know.

Customers leave the market at a hazard and newcomers enter, so that acquisition exists. Everybody who will ever
be in the market has a number from the start: entering and leaving are the customer's own draws, which nobody
else's life depends on.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regulars.ground.chance import Chance, purpose
from regulars.ground.parameter import ParameterSet, par
from regulars.world.calendar import DAYS_A_YEAR
from regulars.world.customers import Customers

STAY, HAZARD, ARRIVE, AWARE, NOTICE = (
    purpose("turnover", name) for name in ("stay", "hazard", "arrive", "aware", "notice")
)


class Turnover(ParameterSet):
    """Entry, exit and awareness."""

    shapes_people: ClassVar[bool] = True
    exit_rate: float = par(0.0, "per year", "[0, 100]", "hazard of leaving the market for good")
    exit_shape: float = par(
        0.0,
        "",
        "[0, inf)",
        "gamma shape of the exit hazards over customers; 0 for the same hazard for all",
        "Schmittlein, Morrison & Colombo 1987",
    )
    entry_rate: float = par(0.0, "of the starting population per year", "[0, 100]", "newcomers")
    aware: float = par(1.0, "probability", "[0, 1]", "chance of knowing a firm on entering the market")
    noticing_rate: float = par(
        0.0, "per year", "[0, inf)", "hazard of noticing an unknown firm by passing by or by its advertising"
    )


def population(turnover: Turnover, count: int, days: float, chance: Chance) -> int:
    """Everybody who is in the market within `days`: the starting population and those who come by then."""
    expected = count * turnover.entry_rate * days / DAYS_A_YEAR
    enough = math.ceil(expected + 8 * math.sqrt(expected) + 8) if expected > 0 else 0
    return count + int((_arrivals(turnover, count, enough, chance) < days).sum())


def _arrivals(turnover: Turnover, count: int, newcomers: int, chance: Chance) -> NDArray[Any]:
    """Days on which newcomers enter: the k-th waits for the k-th event of a Poisson process, whatever the horizon."""
    if newcomers == 0:
        return np.empty(0)
    gaps = chance.exponential(ARRIVE, np.arange(newcomers))
    with np.errstate(over="ignore"):  # a wait longer than a number can hold is for ever
        return np.asarray(np.cumsum(gaps) * DAYS_A_YEAR / (count * turnover.entry_rate))


def endow(
    customers: Customers,
    turnover: Turnover,
    start_count: int,
    chance: Chance,
    known: Sequence[float | None] = (),
) -> None:
    """Give every customer a day of entry and of exit, and days from which each firm is known.

    known: chance of knowing each firm on entering, where it is not that of the market (None, or left out).
    """
    each = [turnover.aware if own is None else own for own in known or [None] * len(customers.firms)]
    with np.errstate(over="ignore"):
        _endow(customers, turnover, start_count, chance, each)


def _endow(
    customers: Customers, turnover: Turnover, start_count: int, chance: Chance, known: Sequence[float]
) -> None:
    everyone = np.arange(customers.count)
    entry = np.zeros(customers.count)
    entry[start_count:] = _arrivals(turnover, start_count, customers.count - start_count, chance)
    customers.add("entry", entry)
    customers.add("exit", entry + _stay(turnover, everyone, chance))
    if min(known) < 1:
        since = customers.add("aware_from", np.inf)
        for f, share in enumerate(known):
            wait = np.full(customers.count, np.inf)
            if turnover.noticing_rate > 0:
                wait = chance.exponential(NOTICE, everyone, 0, f) * DAYS_A_YEAR / turnover.noticing_rate
            aware = chance.uniform(AWARE, everyone, 0, f) < share
            since[:, f] = np.where(aware, -np.inf, entry + wait)


def _stay(turnover: Turnover, everyone: NDArray[Any], chance: Chance) -> Any:
    """Days in the market: exponential with a customer's own hazard, hence Pareto over customers."""
    if turnover.exit_rate == 0:
        return np.inf
    hazard = turnover.exit_rate / DAYS_A_YEAR
    if turnover.exit_shape > 0:
        draws = np.exp(chance.log_gamma(HAZARD, everyone, turnover.exit_shape))
        hazard = np.maximum(hazard * draws / turnover.exit_shape, 1e-12)
    return chance.exponential(STAY, everyone) / hazard
