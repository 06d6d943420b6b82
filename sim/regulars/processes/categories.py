"""Categories: what is wanted at an opportunity, who sells it, and where a customer is used to buying it.

An opportunity belongs to a category (milk, fruit, baby goods, parenting books). Customers are of kinds (households),
each with its own mean shares of the categories; a customer's shares are Dirichlet around them. A firm sells all
categories, or those it names. A customer who has never bought a category at a firm does not think of the firm for it
first: `unfamiliar` logits are missing until the first time. That is what cross-selling overcomes (Kamakura, Ramaswami
& Srivastava 1991, Int. J. of Research in Marketing 8:329-349, on the order in which products are acquired).
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regulars.contract.process import Place, Process, Section, section
from regulars.ground.alike import nearest
from regulars.ground.chance import purpose
from regulars.ground.parameter import REQUIRED, ParameterSet, par
from regulars.world.board import Effect, Round
from regulars.world.customers import Column
from regulars.world.ports import CategoryHabits

WANTED, KIND = purpose("category"), purpose("mix", "kind")
MOST = 32  # categories that a customer can be used to, one bit each
STRONGEST = 50.0  # logits by which a firm may pull in a category


class Category(ParameterSet):
    """One category of goods."""

    # fmt: off
    name: str = par(REQUIRED, "", "", "name of the category")
    share: float = par(1.0, "weight", "[0, inf)", "share of the opportunities of customers of no particular kind, up to a common factor")
    basket: float = par(1.0, "of a basket", "(0, inf)", "quantity of a purchase in this category, as a multiple of the customer's basket")
    # fmt: on


class Kind(ParameterSet):
    """One kind of customer, by what it wants."""

    # fmt: off
    name: str = par(REQUIRED, "", "", "name of the kind, such as young parents")
    weight: float = par(1.0, "weight", "[0, inf)", "share of the customers, up to a common factor")
    shares: dict[str, float] = par({}, "", "", "weights of the categories for this kind, by name; the others keep their own")
    # fmt: on


class Mix(ParameterSet):
    """How customers differ in what they want."""

    # fmt: off
    concentration: float = par(0.0, "", "[0, inf)", "Dirichlet concentration of a customer's shares around those of its kind; 0: exactly those")
    unfamiliar: float = par(0.0, "logits", "[0, 50]", "pull that a firm lacks with a customer who has never bought the category there", "Kamakura, Ramaswami & Srivastava 1991 (sign; size assumed)")
    kinds: tuple[Kind, ...] = par((), "", "", "kinds of customers; all alike when empty")
    # fmt: on


def _misfits(categories: tuple[Category, ...], mix: Mix, firms: Any) -> list[tuple[Place, str]]:
    """What is wrong with categories, mix and the firms' assortments: (path, message)."""
    names = [category.name for category in categories]
    wrong: list[tuple[Place, str]] = []
    if len(names) > MOST:
        wrong.append((("categories",), f"{len(names)} categories are too many: at most {MOST}"))
    for k, name in enumerate(names):
        if not name:
            wrong.append((("categories", k, "name"), f"{name!r} will not do: a category needs a name"))
        if name in names[:k]:
            wrong.append((("categories", k, "name"), f"'{name}' is the name of another category already"))
    if names and sum(category.share for category in categories) <= 0:
        wrong.append((("categories", 0, "share"), "at least one category needs a share above 0"))
    if mix.kinds and sum(kind.weight for kind in mix.kinds) <= 0:
        wrong.append((("mix", "kinds", 0, "weight"), "at least one kind needs a weight above 0"))
    told: list[tuple[Place, Any]] = [
        (("mix", "kinds", k, "shares"), kind.shares) for k, kind in enumerate(mix.kinds)
    ]
    told += [(("firms", f, "categories"), firm.categories) for f, firm in enumerate(firms)]
    for path, table in told:
        for name in table:
            if name not in names:
                wrong.append(((*path, name), f"no category of this name; {nearest(name, names)}"))
    for path, shares in told[: len(mix.kinds)]:
        if any(weight < 0 for weight in shares.values()):
            wrong.append((path, f"{shares} will not do: a weight is at least 0"))
        elif names and not any(shares.get(category.name, category.share) > 0 for category in categories):
            wrong.append((path, "this kind wants nothing: at least one category needs a weight above 0"))
    for path, pulls in told[len(mix.kinds) :]:
        for name, pull in pulls.items():
            if not abs(pull) <= STRONGEST:
                wrong.append(((*path, name), f"{pull!r} is outside [-{STRONGEST:g}, {STRONGEST:g}] logits"))
    return wrong


class Categories(Process, CategoryHabits):
    """Says what is wanted at every opportunity, and lets only those firms sell it that have it."""

    follows: ClassVar[tuple[str, ...]] = ("image",)
    sections: ClassVar[dict[str, Section]] = {
        "categories": Section(
            tuple[Category, ...], (), "what is wanted at an opportunity; one kind of thing when empty"
        ),
        "mix": section(Mix, "how customers differ in what they want"),
    }
    columns: ClassVar[tuple[Column, ...]] = (
        Column("familiar", "u4", "bits", "categories bought at the firm before, one bit each", pair=True, lived=True),
    )  # fmt: skip

    of_firm: ClassVar[dict[str, Section]] = {
        "categories": Section(
            dict[str, float],
            {},
            "what the firm sells, by category, with its pull in each; everything when empty",
            "logits",
        )
    }

    @classmethod
    def problems(cls, spec: Any) -> list[tuple[Place, str]]:
        """Categories have names of their own, and mixes and firms name categories that there are."""
        return _misfits(spec.categories, spec.mix, spec.firms)

    @classmethod
    def largest_basket(cls, spec: Any) -> float:
        """Baskets differ between categories."""
        return max((float(category.basket) for category in spec.categories), default=1.0)

    @classmethod
    def wanted(cls, spec: Any) -> bool:
        """Several categories make the difference."""
        return len(spec.categories) > 0

    def __init__(self, market: Any, rules: Any) -> None:
        super().__init__(market, rules)
        spec = market.scenario.spec
        self.names = tuple(category.name for category in spec.categories)
        self.baskets = np.array([category.basket for category in spec.categories])
        self.shares = self._shares(spec.categories, spec.mix)
        self.limits = np.cumsum(self.shares, axis=1)[:, :-1].astype(np.float32)
        self.pulls = np.array([[self._pull(firm, name) for name in self.names] for firm in spec.firms])
        self.unfamiliar = float(spec.mix.unfamiliar)

    @staticmethod
    def _pull(firm: Any, name: str) -> float:
        """Pull of a firm in a category, logits; -inf where it does not sell it."""
        return float(firm.categories.get(name, -np.inf)) if firm.categories else 0.0

    def _shares(self, categories: tuple[Category, ...], mix: Mix) -> NDArray[np.float64]:
        """Shares of the categories for every customer, shape (customers, categories)."""
        everyone = np.arange(self.customers.count)
        means = np.array([[category.share for category in categories]])
        which = np.zeros(everyone.size, np.int64)
        if mix.kinds:
            means = np.array([[kind.shares.get(c.name, c.share) for c in categories] for kind in mix.kinds])
            weights = np.cumsum([kind.weight for kind in mix.kinds])
            which = np.searchsorted(weights / weights[-1], self.chance.uniform(KIND, everyone), side="right")
            which = np.minimum(which, len(mix.kinds) - 1)
        means = means / means.sum(axis=1, keepdims=True)
        if mix.concentration <= 0:
            return np.asarray(means[which])
        drawn = np.empty((everyone.size, len(categories)))
        for k in range(len(categories)):
            shape = np.maximum(mix.concentration * means[which, k], 1e-9)
            drawn[:, k] = self.chance.log_gamma(purpose("mix", "shares", categories[k].name), everyone, shape)
        drawn = np.exp(drawn - drawn.max(axis=1, keepdims=True))
        return np.asarray(drawn / drawn.sum(axis=1, keepdims=True))

    def appeal(self, round: Round) -> None:
        """What is wanted now, who has it, how much of it, and who is not thought of for it."""
        u = self.chance.uniform(WANTED, round.who, round.occasion)
        wanted = round.category
        wanted[:] = (u[:, None] > self.limits[round.who]).sum(axis=1)
        size = self.baskets[wanted]
        for f in range(len(self.market.names)):
            pull = self.pulls[f][wanted]
            missing = pull == -np.inf
            if missing.any():
                round.column(Effect.BLOCKED, f)[missing] = 1.0
                pull = np.where(missing, 0.0, pull)
            if self.unfamiliar:
                pull = pull - self.missing(f, round.who, wanted)
            if pull.any():
                round.column(Effect.ATTACHMENT, f)[:] += pull
            if (size != 1.0).any():
                round.column(Effect.BASKET_FACTOR, f)[:] *= size

    def missing(self, firm: int, customers: NDArray[Any], categories: NDArray[Any]) -> NDArray[np.float64]:
        """Pull that a firm lacks with customers, each in one category, who never bought that there: logits."""
        used_to = self.customers.familiar[customers, firm] >> categories.astype(np.uint32) & 1
        return np.asarray(self.unfamiliar * (1 - used_to))

    def settle(self, round: Round) -> None:
        """Customers who have bought a category somewhere think of the place for it."""
        rows = np.flatnonzero(round.chosen >= 0)
        bits = np.left_shift(np.uint32(1), round.category[rows].astype(np.uint32))
        self.customers.familiar[round.who[rows], round.chosen[rows]] |= bits
