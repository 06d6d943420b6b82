"""Ports: what firms and processes may ask of the processes of their market, and the answer where nobody gives one.

A process that answers a port inherits from it and overrides what it answers; a market without such a process answers with the
port itself. So nobody asks for a process by name, and a process whose file is deleted is missed by nobody.
"""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regulars.ground.errors import RegularsError


class Port:
    """Base of all ports."""

    def _unanswered(self) -> NoReturn:
        raise RegularsError(f"no process of this market answers {type(self).__name__}: {self.__doc__}")


class Relationships(Port):
    """Relationship benefits: the stocks of `world.benefits`, by customer and firm."""

    def add(self, firm: int, benefit: str, customers: NDArray[Any], amount: Any, day: Any) -> None:
        """Add `amount` (share of what is missing) to a benefit of `customers`."""

    def pull_of(self, customers: Any, firm: int, day: Any) -> NDArray[np.float64]:
        """What all benefits add to the pull of a firm on `customers`, logits."""
        return np.zeros(np.shape(customers))


class Complaints(Port):
    """Complaints, and what an answer to them does."""

    def answered(self, firm: int, customers: NDArray[Any], quality: Any) -> None:
        """Complaints of `customers` were answered, from 0 (not at all) to 1 (at once and in full)."""

    def invite(self, firm: int, ease: float) -> None:
        """Make complaining to a firm easier by `ease` logits, for the whole run."""


class BrandImage(Port):
    """What rewards do to the image of a brand."""

    def seen(self, firm: int, customers: NDArray[Any], looks: float, day: float) -> None:
        """`customers` see a reward that looks like `looks`, from 0 (cheap) to 1 (premium)."""


class CategoryHabits(Port):
    """Habits by category: what a customer has never bought at a firm pulls less."""

    def missing(self, firm: int, customers: NDArray[Any], categories: NDArray[Any]) -> Any:
        """Pull missed with each of `customers` who never bought its one of `categories` at a firm, logits."""
        return 0.0


class ServingCost(Port):
    """What it costs to serve each customer."""

    def cost(self) -> Any:
        """What a purchase of each customer has cost to serve, currency; 0 for all where that is not modelled."""
        return 0.0


class GoodsReturned(Port):
    """Purchases that come back."""

    def coming(self, firm: int) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
        """Rows of the latest round whose purchases at a firm will come back, and the days on which they do; for claw-back only."""
        return np.zeros(0, np.intp), np.zeros(0, np.int64)


class Staffing(Port):
    """The staff of all firms."""

    def people(self, firm: int) -> int:
        """Number of staff of a firm."""
        return 0

    def encourage(self, firm: int, pay: float = 1.0, pace: float = 1.0) -> None:
        """Today a firm pays this multiple of the wage, and its staff learns this much faster."""


class PaidVisitors(Port):
    """A platform that sells visitors: what each firm has spent there, and whom it has won."""

    @property
    def spent(self) -> NDArray[np.float64]:
        """Money that each firm has paid for clicks so far, currency units."""
        self._unanswered()

    won: NDArray[Any]  # customers whom the platform reports as new, by firm


class ProductRange(Port):
    """Products of each category: which there are, who sells them, and whom they suit."""

    sold: NDArray[np.bool_]  # whether a firm sells a category (firms, categories)

    def catalogue(self) -> Any:
        """What firms have on file about the products."""
        self._unanswered()

    def fit(self, round: Any, rows: NDArray[Any], products: ArrayLike) -> NDArray[np.float64]:
        """How well `products` suit those who meet the opportunities `rows` now, in standard deviations of utility."""
        self._unanswered()
