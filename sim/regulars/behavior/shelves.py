"""Shelves: which product is taken at each purchase, where products are told apart.

With `[assortment]` switched on, each category has products, and a purchase takes the one that suits the customer best at
that moment (see `behavior.assortment`), the same wherever it is bought: products do not change where customers buy. They
matter to firms that recommend, and to whoever reads the log.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regulars.behavior.assortment import Products
from regulars.ground.chance import Chance
from regulars.world.board import Round
from regulars.world.customers import Customers
from regulars.world.process import Process
from regulars.world.recommender import Catalogue


class Shelves(Process):
    """Knows the products, whom they suit, and who takes which."""

    section: ClassVar[str] = "assortment"

    @classmethod
    def wanted(cls, spec: Any) -> bool:
        """Products make the difference."""
        return bool(spec.assortment.products > 0)

    @classmethod
    def endow(cls, customers: Customers, spec: Any, chance: Chance) -> None:
        """Nobody has wanted anything yet."""
        customers.add("last_category", -1)

    def __init__(self, market: Any, rules: Any) -> None:
        super().__init__(market, rules)
        spec = market.scenario.spec
        names = [category.name for category in spec.categories] or [""]
        self.products = Products(rules, len(names), self.chance)
        self.sold = np.array(
            [[not firm.categories or name in firm.categories for name in names] for firm in spec.firms]
        )
        self.before = np.empty(0, np.int64)

    def catalogue(self) -> Catalogue:
        """What firms have on file about the products."""
        return self.products.catalogue()

    def appeal(self, round: Round) -> None:
        """What was wanted at everybody's opportunity before this one."""
        last = self.customers.last_category
        self.before = last[round.who].astype(np.int64)
        last[round.who] = round.category

    def fit(self, round: Round, rows: NDArray[Any], products: ArrayLike) -> NDArray[np.float64]:
        """How well `products` suit those who meet the opportunities `rows` now, in standard deviations of utility."""
        return self.products.fit(round.who[rows], products, round.time[rows], self.before[rows])

    def settle(self, round: Round) -> None:
        """Everybody who buys takes a product."""
        rows = np.flatnonzero(round.chosen >= 0)
        moment = round.category[rows], round.time[rows], self.before[rows]
        round.product[rows] = self.products.bought(round.who[rows], round.occasion[rows], *moment)
