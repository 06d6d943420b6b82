"""The contract of a recommender: one file in `recommenders/`, one class, its name the name of the file.

A recommender learns from a firm's own file of purchases (`History`) what to show to whom. It is fitted now and then
and keeps nothing but what the history it was given told it; a customer it does not know is shown what is popular.
Scores are logarithms of the estimated chance that the customer's next purchase is this product, up to a constant per
customer. Axes: i customer, p product.

    history = History(catalogue)
    history.add(customers, products, day)            # every day, cheap
    recommender = find("collaborative")(catalogue)
    recommender.fit(history)                         # every so many days
    recommender.recommend(customers, Context(day, category=2), count=3, fresh=True)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regulars.contract import spelling
from regulars.contract.part import Part
from regulars.ground import moved
from regulars.ground.alike import nearest
from regulars.ground.errors import RegularsError, shown
from regulars.ground.folder import modules
from regulars.ground.parameter import ParameterSet, Problem, par

FOLDER = "regulars.recommenders"
CELLS = 1 << 17  # customers x products scored together
COLUMNS = {"customer": np.int32, "product": np.int32, "time": np.float64}


@dataclass(frozen=True, eq=False)
class Catalogue:
    """What a firm has on file about the products: category (p,) and attributes (p, attributes), plain numbers."""

    category: NDArray[Any]
    attributes: NDArray[Any]

    def __post_init__(self) -> None:
        if not 0 < len(self.category) == len(self.attributes):
            raise RegularsError(
                f"catalogue: {len(self.category)} categories and {len(self.attributes)} rows of attributes; "
                "every product needs one of each"
            )

    @property
    def count(self) -> int:
        """Number of products."""
        return len(self.category)

    @property
    def categories(self) -> int:
        """Number of categories."""
        return int(self.category.max()) + 1


class History:
    """Purchases that a firm knows of, one row each: `customer`, `product`, `category`, `time` (days).

    Rows are added every day at little cost; `forget` drops old ones.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue, self._rows = catalogue, 0
        self._room = {name: np.empty(1024, kind) for name, kind in COLUMNS.items()}

    def __len__(self) -> int:
        return self._rows

    def __getattr__(self, name: str) -> NDArray[Any]:
        if name in COLUMNS:
            return self._room[name][: self._rows]
        raise AttributeError(f"a history has no '{name}'; {nearest(name, [*COLUMNS, 'category'])}")

    @property
    def category(self) -> NDArray[Any]:
        """Category of each purchase, shape (rows,)."""
        return self.catalogue.category[self.product]

    def add(self, customers: ArrayLike, products: ArrayLike, time: ArrayLike) -> None:
        """Write down purchases; `time` in days, one for all or one each.

        Errors: a product that is not in the catalogue, a customer below 0, a time that is no number.
        """
        values = np.broadcast_arrays(np.asarray(customers), np.asarray(products), np.asarray(time, float))
        who, what, when = values
        for name, column, end in (("product", what, self.catalogue.count), ("customer", who, 1 << 31)):
            if wrong := column[(column < 0) | (column >= end)][:1].tolist():
                raise RegularsError(f"history: there is no {name} {wrong[0]} (wanted: 0 to {end - 1})")
        if not np.isfinite(when).all():
            raise RegularsError("history: every purchase needs a time, in days")
        rows = self._rows + who.size
        for (name, room), column in zip(list(self._room.items()), values, strict=True):
            if rows > room.size:
                room = np.concatenate([room[: self._rows], np.empty(2 * rows - self._rows, room.dtype)])
                self._room[name] = room
            room[self._rows : rows] = column.ravel()
        self._rows = rows

    def first(self, rows: int) -> History:
        """The history as it was when it had so many `rows`."""
        if rows >= self._rows:
            return self
        early = History(self.catalogue)
        early.restore({name: room[:rows] for name, room in self._room.items()})
        return early

    def forget(self, before: float) -> None:
        """Drop the purchases earlier than `before` (days)."""
        kept = self.time >= before
        if not kept.all():
            self.restore({name: rows[kept] for name, rows in self.save().items()})

    def save(self) -> dict[str, Any]:
        """All rows, as arrays."""
        return {name: room[: self._rows].copy() for name, room in self._room.items()}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take back what `save` gave."""
        self._room = {name: np.array(saved[name], kind) for name, kind in COLUMNS.items()}
        self._rows = len(self._room["time"])


@dataclass(frozen=True, eq=False)
class Context:
    """The moment of a recommendation; each value is one for all customers or an array (i,).

    `time` in days; `category` asked for (-1: any); `last`: category of the customer's latest purchase (-1: none
    lately), None to take it from the history that was fitted; `since`: when that was (days), None for just now.
    """

    time: Any = 0.0
    category: Any = -1
    last: Any = None
    since: Any = None

    def at(self, part: slice) -> Context:
        """The same for some of the customers."""
        own = (v if v is None or np.ndim(v) == 0 else np.asarray(v)[part] for v in vars(self).values())
        return Context(*own)


class RecommenderParameters(ParameterSet):
    """Parameters that every recommender has."""

    # fmt: off
    prior: float = par(1.0, "purchases", "(0, 1000000]", "added to every product's count before its popularity is taken")
    # fmt: on


class Recommender(Part):
    """Base of all recommenders: popularity, to which `add_evidence` adds what is known of a customer or a moment."""

    Parameters: ClassVar[type[ParameterSet]] = RecommenderParameters
    remembers: ClassVar[tuple[str, ...]] = ("counts", "popularity", "known", "starts", "bought", "amounts")
    timely: ClassVar[bool] = False  # whether scores depend on the time or on what was just bought

    def __init__(self, catalogue: Catalogue, parameters: Any = None) -> None:
        self.catalogue = catalogue
        self.parameters: Any = self.Parameters() if parameters is None else parameters
        self.fit(History(catalogue))

    def fit(self, history: History) -> Self:
        """Learn from a history, and from nothing else: what was learnt before is forgotten."""
        products = self.catalogue.count
        self.counts = np.bincount(history.product, minlength=products).astype(np.float64)
        shares = self.counts + self.parameters.prior
        self.popularity = np.log(shares / shares.sum())
        keys = history.customer.astype(np.int64) * products + history.product
        keys, amounts = np.unique(keys, return_counts=True)
        who, self.bought = np.divmod(keys, products)
        self.amounts = amounts.astype(np.float64)
        self.known, starts = np.unique(who, return_index=True)
        self.starts = np.append(starts, [keys.size, keys.size])  # the last row is the stranger's
        self.learn(history)
        return self

    def learn(self, history: History) -> None:
        """Hook: learn more than popularity."""

    def add_evidence(self, scores: NDArray[Any], rows: NDArray[Any], context: Context) -> None:
        """Hook: add to `scores`, log popularity (i, p), what else is known; `rows` as `rows()` gives them."""

    def table(self) -> Any:
        """Purchases of each product by each known customer, and in the last row by a stranger: sparse (known + 1, p)."""
        from scipy.sparse import csr_array

        shape = len(self.known) + 1, self.catalogue.count
        return csr_array((self.amounts, self.bought, self.starts), shape)

    def rows(self, customers: ArrayLike) -> NDArray[np.int64]:
        """Rows of customers in `table()`; len(known) for a stranger."""
        who = np.asarray(customers, np.int64)
        place = np.searchsorted(self.known, who)
        return np.where(np.append(self.known, -1)[place] == who, place, len(self.known))

    def scores(self, customers: ArrayLike, context: Context | None = None) -> NDArray[np.float64]:
        """Log of the estimated chance of each product to be bought next, up to a constant per row, shape (i, p)."""
        rows = self.rows(customers)
        scores = np.tile(self.popularity, (rows.size, 1))
        self.add_evidence(scores, rows, Context() if context is None else context)
        return scores

    def recommend(
        self, customers: ArrayLike, context: Context | None = None, count: int = 1, fresh: bool = False
    ) -> NDArray[np.int32]:
        """Products to show, best first, shape (i, count); -1 where there are no more.

        Args:
            customers: numbers, shape (i,).
            context: the moment; a category keeps to its products.
            count: products for each customer.
            fresh: leave out what the customer has bought before, as far as the fitted history tells.
        """
        who, moment = np.asarray(customers, np.int64), Context() if context is None else context
        out = np.full((who.size, count), -1, np.int32)
        step = max(CELLS // self.catalogue.count, 1)
        for start in range(0, who.size, step):
            part = slice(start, start + step)
            now = moment.at(part)
            # equal scores may differ in their last digit; then the lower number comes first
            scores = np.round(self.scores(who[part], now), 9)
            asked = np.broadcast_to(now.category, len(scores))[:, None]
            scores[(asked >= 0) & (self.catalogue.category != asked)] = -np.inf
            if fresh:
                scores[self.table()[self.rows(who[part])].toarray() > 0] = -np.inf
            each = np.arange(len(scores))
            for k in range(min(count, self.catalogue.count)):
                best = scores.argmax(axis=1)
                out[part, k] = np.where(np.isfinite(scores[each, best]), best, -1)
                scores[each, best] = -np.inf
        return out

    def expected(self, customers: ArrayLike, context: Context | None = None) -> NDArray[np.float64]:
        """How many times as likely as at large the next purchase is of each category, shape (i, c); 1 knows no better."""
        return np.ones((np.size(customers), self.catalogue.categories))


def names() -> list[str]:
    """All recommenders: the modules of the folder `recommenders`."""
    return modules(FOLDER)


def is_now(name: str) -> str:
    """The name of a recommender as it is today; one of the user's own may have the name that another one had."""
    now = moved.PARTS["recommenders"].get(name, name)
    return name if name in names() else now


def name_now(name: str) -> str:
    """The name of a recommender as it is today, with a note where another one was given; until version 0.3."""
    now = is_now(name)
    if now != name:
        moved.note(f"the recommender '{name}'", f"'{now}'", above=2)
    return now


def find(name: str, place: tuple[str | int, ...] = ()) -> type[Recommender]:
    """The recommender class of a name; a mistyped one is answered with the nearest right name."""
    known, name = names(), name_now(name)
    if name not in known:
        raise Problem([(place, f"no recommender is called {shown(name)}; {nearest(name, known)}")])
    return spelling.loaded(FOLDER, name, Recommender)
