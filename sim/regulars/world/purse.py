"""What each customer holds of something (money, points, spending that counts), by what earned it.

A reward is earned by purchases, and whether it caused them shows in the control arm: would this opportunity have
ended with the same firm, with a rival, or with none? So holdings are kept by *source*, the outcome of the same
opportunity in the control arm. A run without control has one source. Amounts are whole millionths.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.ground.errors import RegularsError
from regulars.ground.kernel import kernel
from regulars.world.ledger import MILLION, ROOM


class Purse:
    """Holdings `held[source, customer]`, int64 millionths; never negative, and so few that their sum fits as well."""

    def __init__(self, sources: int, customers: int) -> None:
        self.held = np.zeros((sources, customers), np.int64)
        self.most = ROOM // sources

    def add(self, customers: NDArray[Any], amounts: NDArray[np.int64], sources: NDArray[Any] | int) -> None:
        """Put `amounts` in, one per customer (a customer may occur more than once).

        Errors: a customer would hold more than can be counted.
        """
        if isinstance(sources, int):
            sources = np.full(len(customers), sources)
        self._room(customers, _add(self.held, customers, amounts, sources, self.most))

    def add_all(self, customers: NDArray[Any], by_source: NDArray[np.int64]) -> None:
        """Put in amounts `by_source` (source, row), one row per customer.

        Errors: a customer would hold more than can be counted.
        """
        self._room(customers, _add_all(self.held, customers, by_source, self.most))

    def _room(self, customers: NDArray[Any], full: int) -> None:
        """Refuse what did not fit, in row `full`."""
        if full >= 0:
            raise RegularsError(
                f"customer {customers[full]} has come to hold more than {self.most / MILLION:.3g} units (of money, points or "
                "spending that counts): more cannot be counted in millionths. Give amounts in thousands"
            )

    def total(self, customers: NDArray[Any] | slice = slice(None)) -> NDArray[np.int64]:
        """What each customer holds."""
        return self.held[:, customers].sum(axis=0)

    def shares(self, customers: NDArray[Any], amounts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Split `amounts` over the sources of what each customer holds; returns sums by source, exact in total."""
        out = np.zeros((self.held.shape[0], len(customers)), np.int64)
        _split(self.held, customers, amounts, out)
        return out

    def take(self, customers: NDArray[Any], amounts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Take `amounts` out, at most what is held, evenly from all sources; returns what was taken [source, row]."""
        taken = self.shares(customers, np.minimum(amounts, self.total(customers)))
        self.held[:, customers] -= taken
        return taken

    def empty(self, customers: NDArray[Any] | slice = slice(None)) -> None:
        """Take everything out."""
        self.held[:, customers] = 0


@kernel
def _add(held: Any, customers: Any, amounts: Any, sources: Any, most: Any) -> Any:
    full = -1
    for k in range(customers.size):
        now = held[sources[k], customers[k]] + amounts[k]
        if not 0 <= now <= most:
            full = k
        held[sources[k], customers[k]] = now
    return full


@kernel
def _add_all(held: Any, customers: Any, by_source: Any, most: Any) -> Any:
    full = -1
    for s in range(by_source.shape[0]):
        for k in range(customers.size):
            now = held[s, customers[k]] + by_source[s, k]
            if not 0 <= now <= most:
                full = k
            held[s, customers[k]] = now
    return full


@kernel
def _split(held: Any, customers: Any, amounts: Any, out: Any) -> None:
    sources = held.shape[0]
    for k in range(customers.size):
        i = customers[k]
        total = np.int64(0)
        for s in range(sources):
            total += held[s, i]
        left = amounts[k]
        if total <= 0:
            out[sources - 1, k] = left  # nothing held: earned by no opportunity
            continue
        whole = np.float64(amounts[k]) / np.float64(total)
        for s in range(sources):
            part = min(np.int64(np.floor(held[s, i] * whole)), left)
            out[s, k] = part
            left -= part
        for s in range(sources):
            if left > 0 and held[s, i] > 0:
                extra = left if amounts[k] > total else min(left, held[s, i] - out[s, k])
                if extra > 0:
                    out[s, k] += extra
                    left -= extra
