"""Shelves: which product is taken at each purchase, where products are told apart.

With `[assortment]` switched on, each category has products, and a purchase takes the one that suits the customer best at
that moment (see `behavior.products`), the same wherever it is bought: products do not change where customers buy. They
matter to firms that recommend, and to those who read the log.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regulars.behavior.products import AssortmentRules, Products
from regulars.contract.process import Process, Section, section
from regulars.contract.recommender import Catalogue
from regulars.world.board import Round
from regulars.world.customers import Column
from regulars.world.ports import ProductRange


class Assortment(Process, ProductRange):
    """Knows the products, whom they suit, and who takes which."""

    follows: ClassVar[tuple[str, ...]] = ("categories",)
    sections: ClassVar[dict[str, Section]] = {
        "assortment": section(
            AssortmentRules, "which products a category has, and how tastes for them differ"
        )
    }
    columns: ClassVar[tuple[Column, ...]] = (
        Column("last_category", "i1", "category", "wanted at the latest opportunity; -1 before the first", lived=True, initial=-1),
    )  # fmt: skip

    def __init__(self, market: Any, rules: Any) -> None:
        super().__init__(market, rules)
        spec = market.scenario.spec
        names = [category.name for category in getattr(spec, "categories", ())] or [""]
        self.products = Products(rules, len(names), self.chance)
        self.sold = np.array(
            [
                [not (sells := getattr(firm, "categories", {})) or name in sells for name in names]
                for firm in spec.firms
            ]
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
