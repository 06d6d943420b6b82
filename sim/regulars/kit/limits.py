"""Limits of programmes whose rewards are earned: the least bill that counts, the most rewards a member has, the most money they may cost.

A bill below `least` earns nothing. A member has at most `reward_cap` rewards within `cap_days`, and is not pulled by more; what is earned
beyond is kept for later where it keeps. No rewards are given from the morning after those given within `budget_days` have come to the `budget`; members do
not know it beforehand, and each one who is turned away is told in the log (`turned_away`). Periods follow the calendar.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regulars.ground import wide
from regulars.ground.parameter import ParameterSet, par
from regulars.kit.programme import Programme
from regulars.world.calendar import turns
from regulars.world.events import Event
from regulars.world.ledger import counted

if TYPE_CHECKING:
    from regulars.world.firms import Firm

TURNED_AWAY = Event("turned_away", "had earned a reward when the budget was spent", "rewards")


class LimitParameters(ParameterSet):
    """What limits the rewards of a programme."""

    # fmt: off
    least: float = par(0.0, "currency", "[0, inf)", "what a purchase must come to for it to count")
    reward_cap: int = par(0, "rewards per member", "[0, 1000000]", "rewards that a member has within `cap_days` at most; 0 for no limit")
    cap_days: float = par(364.0, "days", "[1, 36525]", "period of the cap, by the calendar")
    budget: float = par(0.0, "currency", "[0, inf)", "money for rewards within `budget_days`: none are given from the morning after it is spent; 0 for no limit", total=True)
    budget_days: float = par(364.0, "days", "[1, 36525]", "period of the budget, by the calendar")
    # fmt: on


class Limits:
    """How many rewards each member has had, and what all of them have cost, within the present periods."""

    def __init__(self, firm: Firm, title: str, rules: Any) -> None:
        self.firm, self.title, self.rules = firm, title, rules
        self.had = np.zeros(firm.customers.count, np.int64)
        self.granted, self.spent = 0, False

    def open(self, day: float) -> None:
        """Periods turn; a budget that is spent is seen in the morning."""
        if self.rules.reward_cap and day > 0 and turns(day, self.rules.cap_days):
            self.had[:] = 0
        if day > 0 and turns(day, self.rules.budget_days):
            self.granted = 0
        self.spent = self.rules.budget > 0 and self.granted >= counted(self.rules.budget)

    def allowed(self, customers: NDArray[Any], times: NDArray[np.int64], day: float) -> NDArray[np.int64]:
        """How many of `times` rewards each of `customers` (each once) may have now."""
        if self.spent:
            away = np.flatnonzero(times)
            self.firm.event(TURNED_AWAY, self.title, customers[away], day, times[away])
            return np.zeros_like(times)
        if self.rules.reward_cap:
            times = np.minimum(times, self.rules.reward_cap - self.had[customers])
            self.had[customers] += times
        return times

    def pulled(self, member: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Members who may have more."""
        return member & (self.had < self.rules.reward_cap) if self.rules.reward_cap else member

    def state(self) -> dict[str, Any]:
        """Everything that changes, for saving."""
        return {"had": self.had, "granted": wide.split([self.granted]), "spent": self.spent}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take back what `state` gave."""
        self.had[:] = saved["had"]
        self.granted, self.spent = wide.listed(saved["granted"])[0], bool(saved["spent"])


class Limited(Programme):
    """Base of programmes with such limits; a subclass asks `limits` before it gives, and opens them in the morning."""

    remembers: ClassVar[tuple[str, ...]] = ("limits",)

    def start(self) -> None:
        """Enrol; nothing has been given yet."""
        super().start()
        self.limits = Limits(self.firm, self.title(), self.parameters)

    def reward(self, customers: NDArray[Any], worth: Any, *args: Any, **options: Any) -> None:
        """Give a reward, see `Strategy.reward`, and count what it costs: `worth` is one amount for each, or by source."""
        super().reward(customers, worth, *args, **options)
        self.limits.granted += wide.total(np.asarray(worth))


def enough(usual: NDArray[Any], least: float, variation: float, money: bool = False) -> NDArray[Any]:
    """Share of the purchases that come to `least` or more, when they vary lognormally around `usual`; or of what is spent."""
    if least <= 0:
        return np.ones(usual.size)
    if variation <= 0:
        return np.where(usual >= least, 1.0, 0.0)
    from scipy.special import ndtr

    sd = np.sqrt(np.log1p(variation**2))
    return np.asarray(
        ndtr(
            np.log(np.maximum(np.asarray(usual, np.float64), 1e-300) / least) / sd
            + (sd / 2 if money else -sd / 2)
        )
    )
