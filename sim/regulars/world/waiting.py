"""Points that cannot be used: those of purchases that can still be returned, and those that are owed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Waiting:
    """Points (millionths) that each customer cannot use: before so many days have passed since they were earned, or because they are owed.

    A ring of days: what was earned `days` days ago is free from the morning of today on. `today` (customers) takes what is earned today;
    without a delay there is no ring and nothing waits. `owed` (customers) is what was taken back and had been used already: so much of
    what is earned later is not the customer's to use. `total` (customers) is both.
    """

    def __init__(self, customers: int, days: int) -> None:
        self.ring = np.zeros((days, customers), np.int64)
        self.owed, self.total = np.zeros((2, customers), np.int64)
        self.day = 0

    @property
    def today(self) -> NDArray[np.int64]:
        """What is earned today and has to wait; empty where nothing has."""
        days = len(self.ring)
        return self.ring[self.day % days] if days else self.total[:0]

    def open(self, day: float) -> None:
        """Set free what has waited long enough."""
        while self.day < int(day):
            self.day += 1
            if len(self.ring):
                self.total -= self.today
                self.today.fill(0)

    def forget(self, customers: NDArray[Any]) -> None:
        """Those who have left for good wait for nothing, and owe nothing."""
        self.ring[:, customers] = 0
        self.total[customers] = self.owed[customers] = 0

    def drop(self, customers: NDArray[Any], amounts: NDArray[np.int64], earned: NDArray[Any]) -> None:
        """What was earned on these days waits no longer, for it is taken back; a customer may occur more than once."""
        if days := len(self.ring):
            still = np.flatnonzero(earned > self.day - days)
            np.subtract.at(self.ring, (earned[still] % days, customers[still]), amounts[still])
            np.subtract.at(self.total, customers[still], amounts[still])

    def owe(self, customers: NDArray[Any], amounts: NDArray[np.int64]) -> None:
        """These customers (each once) owe so much more; less than 0 where they have paid."""
        self.owed[customers] += amounts
        self.total[customers] += amounts

    def last(self, days: int) -> None:
        """Wait `days` days from now on, what is held included: a shorter wait sets free what is older."""
        old, self.ring = self.ring, np.zeros((days, self.total.size), np.int64)
        for age in range(min(len(old), days)):
            self.ring[(self.day - age) % days] = old[(self.day - age) % len(old)]
        self.total = self.ring.sum(axis=0) + self.owed

    def state(self) -> dict[str, Any]:
        """Everything that changes, for saving."""
        return {"ring": self.ring, "owed": self.owed, "total": self.total, "day": self.day}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take back what `state` gave."""
        self.ring, self.total, self.day = np.copy(saved["ring"]), np.copy(saved["total"]), int(saved["day"])
        self.owed = np.copy(saved["owed"])
