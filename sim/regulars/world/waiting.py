"""Points that cannot be used yet: those of purchases that can still be returned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Waiting:
    """Points (millionths) that each customer holds and cannot use before so many days have passed since they were earned.

    A ring of days: what was earned `days` days ago is free from the morning of today on. `total` (customers) is what each
    customer waits for; `today` (customers) takes what is earned today. Without a delay there is no ring and nothing waits.
    """

    def __init__(self, customers: int, days: int) -> None:
        self.ring = np.zeros((days, customers), np.int64)
        self.total = np.zeros(customers, np.int64)
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
        """Those who have left for good wait for nothing."""
        self.ring[:, customers] = 0
        self.total[customers] = 0

    def last(self, days: int) -> None:
        """Wait `days` days from now on, what is held included: a shorter wait sets free what is older."""
        old, self.ring = self.ring, np.zeros((days, self.total.size), np.int64)
        for age in range(min(len(old), days)):
            self.ring[(self.day - age) % days] = old[(self.day - age) % len(old)]
        self.total = self.ring.sum(axis=0)

    def state(self) -> dict[str, Any]:
        """Everything that changes, for saving."""
        return {"ring": self.ring, "total": self.total, "day": self.day}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take back what `state` gave."""
        self.ring, self.total, self.day = np.copy(saved["ring"]), np.copy(saved["total"]), int(saved["day"])
