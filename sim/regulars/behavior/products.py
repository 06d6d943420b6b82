"""Which product of a category a customer takes: tastes over attributes, a liking of one's own, a mood of the moment.

The utility of product p for customer i, in logits (mixed logit, McFadden & Train 2000, J. Applied Econometrics 15:447-470):

    u_ip = popularity * a_p + taste_strength * (t_i . x_p) / sqrt(attributes) + own_taste * e_ip + context

with a_p, e_ip and the elements of the attributes x_p and of the tastes t_i standard normal, so that each coefficient is
the standard deviation of its part. Context is the season and the category met before, where these are switched on. At
a purchase the product of the category with the largest u_ip + Gumbel mood is taken. Everything is a function of (seed,
replicate, customer, occasion, product): nothing is stored per customer, and nothing depends on what firms do.
Products are numbered through all categories: category * products + k. Axes: i customer, o opportunity, p product.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regulars.contract.recommender import Catalogue
from regulars.ground.chance import Chance, gumbel, normal, philox, purpose, unit
from regulars.ground.kernel import kernel
from regulars.ground.parameter import ParameterSet, par

ATTRIBUTE, TOLD, APPEAL, TASTE, OWN, MOOD, SEASON, SEQUEL = (
    purpose("assortment", what)
    for what in ("attribute", "told", "appeal", "taste", "own", "mood", "season", "sequel")
)
CELLS = 1 << 16  # customers x products looked at together, so that they stay in the cache
STEPS = 1 << 16  # different likings of one's own, quantiles of the normal distribution: 16 bits of a draw


class AssortmentRules(ParameterSet):
    """How many products a category has, and how tastes for them differ."""

    # fmt: off
    on: bool = par(False, "", "", "whether products are told apart")
    products: int = par(20, "products per category", "[1, 4096]", "products to choose from in each category")
    attributes: int = par(4, "attributes", "[1, 64]", "attributes that tell products apart")
    taste_strength: float = par(1.0, "logits", "[0, 20]", "spread of utility that tastes for attributes make", "McFadden & Train 2000 for the form; the size is an assumption")
    own_taste: float = par(0.5, "logits", "[0, 20]", "spread of a customer's liking of single products that no attribute explains", "assumption")
    popularity: float = par(0.5, "logits", "[0, 20]", "spread of the general appeal of products", "assumption")
    described: float = par(1.0, "correlation", "[0, 1]", "how well the attributes that firms have on file tell those that customers feel")
    season: float = par(0.0, "logits", "[0, 20]", "spread of appeal that the time of the cycle makes, a different time for each product")
    cycle: float = par(365.25, "days", "[1, 36525]", "length of the cycle: a year for seasons, 7 for weekdays")
    sequel: float = par(0.0, "logits", "[0, 20]", "spread of appeal that the category met before makes (baby goods, then parenting books)")
    # fmt: on

    def spread(self) -> float:
        """Standard deviation of the utility of products over products and customers, logits."""
        parts = self.taste_strength, self.own_taste, self.popularity, self.season, self.sequel
        return math.hypot(*parts)


@kernel
def _normals(first: Any, second: Any, block: Any, what: Any, key_a: Any, key_b: Any, out: Any) -> None:
    """Standard normal draws out[o, k] for the keys (first[o], second[o]), from `block` on."""
    width = out.shape[1]
    for o in range(first.size):
        for k in range(0, width, 2):
            w = philox(first[o], second[o], block + k // 2, what, key_a, key_b)
            out[o, k] = normal(unit(w[0]), unit(w[1]))
            if k + 1 < width:
                out[o, k + 1] = normal(unit(w[2]), unit(w[3]))


@kernel
def _like(
    who: Any,
    category: Any,
    before: Any,
    tastes: Any,
    weights: Any,
    appeal: Any,
    own: Any,
    quantiles: Any,
    what: Any,
    key_a: Any,
    key_b: Any,
    out: Any,
) -> None:
    """Utilities out[o, k] of all products k of category[o]; weights [category, attribute, k], appeal [before, category, k]."""
    products = out.shape[1]
    for o in range(who.size):
        c, b = category[o], before[o]
        for k in range(products):
            out[o, k] = appeal[b, c, k]
        for d in range(tastes.shape[1]):
            taste = tastes[o, d]
            for k in range(products):
                out[o, k] += taste * weights[c, d, k]
        if own > 0.0:
            for first in range(0, products, 8):
                w = philox(who[o], c, first // 8, what, key_a, key_b)
                for k in range(first, min(first + 8, products)):
                    half = (w[(k - first) // 2] >> np.uint64(16 * (k % 2))) & np.uint64(0xFFFF)
                    out[o, k] += own * quantiles[np.int64(half)]


@kernel
def _take(
    who: Any, occasion: Any, category: Any, liked: Any, what: Any, key_a: Any, key_b: Any, room: Any, out: Any
) -> None:
    """Number, within its category, of the product with the largest utility plus mood."""
    products = liked.shape[1]
    for o in range(who.size):
        for first in range(0, products, 4):
            w = philox(who[o], occasion[o], category[o] * 1024 + first // 4, what, key_a, key_b)
            room[first], room[first + 1] = unit(w[0]), unit(w[1])
            room[first + 2], room[first + 3] = unit(w[2]), unit(w[3])
        for k in range(products):
            room[k] = liked[o, k] + gumbel(room[k])
        best = 0
        for k in range(1, products):
            if room[k] > room[best]:
                best = k
        out[o] = best


class Products:
    """All products of a market: what they are like, whom they suit, and which one a customer takes.

    Args:
        rules: the section `[assortment]`.
        categories: number of categories of the market.
        chance: the draws of the market.
    """

    def __init__(self, rules: AssortmentRules, categories: int, chance: Chance) -> None:
        from scipy.special import ndtri

        self.rules, self.categories, self.each = rules, int(categories), rules.products
        self.count = self.each * self.categories
        self.category = np.repeat(np.arange(self.categories, dtype=np.int8), self.each)
        self._keys = chance.key_a, chance.key_b
        self._quantiles = ndtri((np.arange(STEPS) + 0.5) / STEPS).astype(np.float32)
        # draws are keyed by (number, category): one more product or category leaves the others as they were
        number = np.tile(np.arange(self.each), self.categories)
        place = self.category.astype(np.int64)
        shape = self.categories, self.each
        self.attributes = self._draw(number, place, ATTRIBUTE, rules.attributes)
        self.appeal = rules.popularity * self._draw(number, place, APPEAL, 1)[:, 0]
        told = self._draw(number, place, TOLD, rules.attributes)
        self._told = rules.described * self.attributes + math.sqrt(1 - rules.described**2) * told
        weights = [self.attributes * (rules.taste_strength / math.sqrt(rules.attributes))]
        if rules.season > 0:
            # cos(turn - phase) is a sum of two products, as if customers had two more tastes
            phase = 2 * np.pi * chance.uniform(SEASON, number, place)[:, None]
            weights += [rules.season * math.sqrt(2) * wave(phase) for wave in (np.cos, np.sin)]
        self._weights = np.ascontiguousarray(np.hstack(weights).reshape(*shape, -1).transpose(0, 2, 1))
        levels = [np.zeros(self.count)]  # the last level: no category before
        if rules.sequel > 0:
            draws = (self._draw(number, place, SEQUEL, 1, c)[:, 0] for c in range(self.categories))
            levels = [*(rules.sequel * draw for draw in draws), *levels]
        self._appeal = (np.stack(levels) + self.appeal).reshape(-1, *shape)

    def _draw(
        self, first: NDArray[Any], second: NDArray[Any], what: int, width: int, block: int = 0
    ) -> NDArray[Any]:
        out = np.empty((first.size, width))
        _normals(first, second, block, what, *self._keys, out)
        return out

    def catalogue(self) -> Catalogue:
        """What firms have on file about the products: categories, and attributes as well as they are described."""
        return Catalogue(self.category, self._told)

    def tastes(self, customers: ArrayLike) -> NDArray[np.float64]:
        """Tastes t_i of customers for the attributes, standard normal, shape (i, attributes)."""
        who = np.ascontiguousarray(customers, np.int64)
        return self._draw(who, np.zeros(who.size, np.int64), TASTE, self.rules.attributes)

    def utilities(
        self,
        customers: ArrayLike,
        categories: ArrayLike,
        times: ArrayLike | None = None,
        previous: ArrayLike | None = None,
    ) -> NDArray[np.float64]:
        """Utilities u, logits, of the products of a category without mood, shape (o, products per category).

        Args:
            customers: numbers, shape (o,).
            categories: one for all or shape (o,).
            times: days, one for all or shape (o,); None leaves out the season.
            previous: category of the customer's opportunity before (-1: none); None leaves out the sequel.
        """
        parts = self._parts(customers, categories, times, previous)
        found = [liked.copy() for _, _, _, liked in parts]
        return np.concatenate(found) if found else np.empty((0, self.each))

    def bought(
        self,
        customers: ArrayLike,
        occasions: ArrayLike,
        categories: ArrayLike = 0,
        times: ArrayLike | None = None,
        previous: ArrayLike | None = None,
    ) -> NDArray[np.int32]:
        """Product taken at each purchase, shape (o,); the same for a customer and occasion whoever sells it.

        Arguments as for `utilities`; `occasions` are the customers' own numbers of their opportunities.
        """
        number = np.array(np.broadcast_to(np.asarray(occasions, np.int64), np.shape(customers)))
        out = np.empty(number.size, np.int32)
        room = np.empty(-(-self.each // 4) * 4)
        for part, who, category, liked in self._parts(customers, categories, times, previous):
            _take(who, number[part], category, liked, MOOD, *self._keys, room, out[part])
            out[part] += category * self.each
        return out

    def best(
        self,
        customers: ArrayLike,
        categories: ArrayLike = 0,
        times: ArrayLike | None = None,
        previous: ArrayLike | None = None,
    ) -> NDArray[np.int32]:
        """Product that suits best, shape (o,): what a firm that knew everything would recommend."""
        parts = self._parts(customers, categories, times, previous)
        found = [category * self.each + liked.argmax(axis=1) for _, _, category, liked in parts]
        return np.concatenate([np.empty(0, np.int64), *found]).astype(np.int32)

    def fit(
        self,
        customers: ArrayLike,
        products: ArrayLike,
        times: ArrayLike | None = None,
        previous: ArrayLike | None = None,
    ) -> NDArray[np.float64]:
        """How well a product suits a customer, in standard deviations of utility, shape (o,).

        fit = (u_ip - mean of u_ip' over the products p' of its category) / sqrt(sum of the squared coefficients): 0 on
        average for a product picked blindly, about +1.9 for the best of 20, 0 for no product (-1) and where nobody's
        tastes differ. A recommendation is then worth gain * fit logits. Arguments as for `utilities`.
        """
        product = np.ascontiguousarray(products, np.int64)
        out, spread = np.zeros(product.size), self.rules.spread()
        rows = np.flatnonzero(product >= 0)
        if spread == 0.0 or not rows.size:
            return out
        who = np.asarray(customers, np.int64)[rows]
        when, before = (v if v is None or np.ndim(v) == 0 else np.asarray(v)[rows] for v in (times, previous))
        category, number = np.divmod(product[rows], self.each)
        for part, _, _, liked in self._parts(who, category, when, before):
            own = liked[np.arange(len(liked)), number[part]]
            out[rows[part]] = (own - liked.mean(axis=1)) / spread
        return out

    def _parts(
        self, customers: ArrayLike, categories: ArrayLike, times: ArrayLike | None, previous: ArrayLike | None
    ) -> Iterator[tuple[slice, NDArray[Any], NDArray[Any], NDArray[Any]]]:
        """Slices of the rows with their customers, categories and utilities (written over by the next slice)."""
        rules, who = self.rules, np.ascontiguousarray(customers, np.int64)
        category = np.array(np.broadcast_to(np.asarray(categories, np.int64), who.shape))
        none = len(self._appeal) - 1
        before = np.full(who.shape, none)
        if previous is not None and none:
            known = np.broadcast_to(np.asarray(previous, np.int64), who.shape)
            before = np.where(known >= 0, known, none)
        turn = None
        if rules.season > 0 and times is not None:
            turn = np.broadcast_to(2 * np.pi / rules.cycle * np.asarray(times, np.float64), who.shape)
        step = max(CELLS // self.each, 1)
        room = np.empty((min(step, max(who.size, 1)), self.each))
        for start in range(0, who.size, step):
            part = slice(start, min(start + step, who.size))
            i, c, liked = who[part], category[part], room[: min(step, who.size - start)]
            tastes = np.zeros((i.size, self._weights.shape[1]))
            tastes[:, : rules.attributes] = self.tastes(i)
            if turn is not None:
                tastes[:, -2], tastes[:, -1] = np.cos(turn[part]), np.sin(turn[part])
            own = float(rules.own_taste), self._quantiles, OWN, *self._keys
            _like(i, c, before[part], tastes, self._weights, self._appeal, *own, liked)
            yield part, i, c, liked
