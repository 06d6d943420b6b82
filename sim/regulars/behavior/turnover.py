"""Who is in the market, from when to when, and which firms they know.

Customers leave the market at a hazard and newcomers enter, so that acquisition exists. Everybody who will ever
be in the market has a number from the start: entering and leaving are the customer's own draws, which nobody
else's life depends on.
"""

from __future__ import annotations

import numpy as np

from regulars.ground.chance import Chance, purpose
from regulars.ground.parameter import ParameterSet, par
from regulars.world.customers import Customers

STAY, ARRIVE, AWARE, NOTICE = (purpose("turnover", name) for name in ("stay", "arrive", "aware", "notice"))
YEAR = 365.25


class Turnover(ParameterSet):
    """Entry, exit and awareness."""

    exit_rate: float = par(0.0, "per year", "[0, 100]", "hazard of leaving the market for good")
    entry_rate: float = par(0.0, "of the starting population per year", "[0, 100]", "newcomers")
    aware: float = par(1.0, "probability", "[0, 1]", "chance of knowing a firm on entering the market")
    noticing_rate: float = par(0.0, "per year", "[0, inf)", "hazard of noticing an unknown firm by passing by or by its advertising")


def population(turnover: Turnover, count: int, days: float) -> int:
    """Everybody who may be in the market within `days`: the starting population and the expected newcomers."""
    return count + round(count * turnover.entry_rate * days / YEAR)


def endow(customers: Customers, turnover: Turnover, start_count: int, chance: Chance) -> None:
    """Give every customer a day of entry and of exit, and days from which each firm is known."""
    everyone = np.arange(customers.count)
    entry = np.zeros(customers.count)
    if customers.count > start_count:
        # the k-th newcomer waits for the k-th event of a Poisson process: never depends on the horizon
        newcomers = everyone[start_count:]
        gaps = chance.exponential(ARRIVE, newcomers - start_count)
        entry[start_count:] = np.cumsum(gaps) * YEAR / (start_count * turnover.entry_rate)
    customers.add("entry", entry)
    stay = chance.exponential(STAY, everyone) * YEAR / turnover.exit_rate if turnover.exit_rate > 0 else np.inf
    customers.add("exit", entry + stay)
    if turnover.aware < 1:
        known = customers.add("aware_from", np.inf)
        for f in range(len(customers.firms)):
            wait = np.full(customers.count, np.inf)
            if turnover.noticing_rate > 0:
                wait = chance.exponential(NOTICE, everyone, 0, f) * YEAR / turnover.noticing_rate
            aware = chance.uniform(AWARE, everyone, 0, f) < turnover.aware
            known[:, f] = np.where(aware, -np.inf, entry + wait)
