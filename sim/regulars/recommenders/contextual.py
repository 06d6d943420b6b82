"""Context-based: show what sells at this time of the week and of the year, and after what was just bought.

For each kind of context the history gives the popularity of a category in the context and of a product in its category
in the context, each relative to its popularity at large (the lift of association rules):

    lift(p | context) = (n_pc + m s_p) / (n_c + m) / s_p,    score = log popularity + sum over kinds of context of log lift

with n_pc purchases of p among the n_c in the context, s_p the share at large, and m the purchases that the share at
large counts for. m is learnt: contexts that differ no more than chance makes them get m = infinity, hence a lift of 1.
Rules such as "customers who bought baby goods buy parenting books next" are the lift of categories after what was just bought.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regulars.contract.recommender import Context, History, Recommender, RecommenderParameters
from regulars.ground.parameter import par
from regulars.world.calendar import DAYS_A_YEAR

SYSTEMS = {"P6": "tests/recommenders/test_contextual.py::test_baby_goods_are_followed_by_parenting_books"}
WEEK = 7.0


class Contextual(Recommender):
    """Popularity in the context of the moment."""

    class Parameters(RecommenderParameters):
        """Which contexts are told apart."""

        # fmt: off
        week: int = par(7, "parts", "[1, 168]", "parts of the week: 7 for days, 1 to leave the week out")
        year: int = par(12, "parts", "[1, 366]", "parts of the year: 12 for months, 1 to leave seasons out")
        recent: float = par(91.0, "days", "[0, 36525]", "how long ago the purchase before may be to count; 0 to leave it out")
        smoothing: float = par(0.0, "purchases", "[0, 1000000]", "purchases m that the share at large counts for in a context; 0 to learn it from the history")
        # fmt: on

    remembers: ClassVar[tuple[str, ...]] = ("weekly", "yearly", "after", "following", "last", "when")
    timely: ClassVar[bool] = True
    sources: ClassVar[tuple[str, ...]] = (
        "Adomavicius & Tuzhilin 2011, Context-aware recommender systems, Recommender Systems Handbook:217-253",
        "Brin, Motwani, Ullman & Tsur 1997, Dynamic itemset counting and implication rules for market basket data, SIGMOD '97:255-264 (lift)",
        "Knott, Hayes & Neslin 2002, Next-product-to-buy models for cross-selling applications, Journal of Interactive Marketing 16:59-75",
    )

    def learn(self, history: History) -> None:
        """Lifts of all contexts, and what every customer in the history bought last."""
        rules, categories = self.parameters, self.catalogue.categories
        order = np.lexsort((history.product, history.time, history.customer))
        who, what, time = history.customer[order], history.product[order], history.time[order]
        category = history.category[order].astype(np.int64)
        gap = np.diff(time, prepend=time[:1])
        follows = (np.diff(who, prepend=-1) == 0) & (gap <= rules.recent) & (rules.recent > 0)
        before = np.where(follows, np.roll(category, 1), categories)
        self.weekly, _ = self._lifts(_part(time, WEEK, rules.week), what, rules.week)
        self.yearly, _ = self._lifts(_part(time, DAYS_A_YEAR, rules.year), what, rules.year)
        self.after, self.following = self._lifts(before, what, categories + 1)
        newest = np.flatnonzero(np.diff(who, append=-1) != 0)
        self.last = np.append(category[newest], categories)
        self.when = np.append(time[newest], -np.inf)

    def add_evidence(self, scores: NDArray[Any], rows: NDArray[Any], context: Context) -> None:
        """Add the log lifts of the moment."""
        rules = self.parameters
        time = np.broadcast_to(np.asarray(context.time, np.float64), rows.shape)
        scores += self.after[self._before(rows, context)]
        if rules.week > 1:
            scores += self.weekly[_part(time, WEEK, rules.week)]
        if rules.year > 1:
            scores += self.yearly[_part(time, DAYS_A_YEAR, rules.year)]

    def _before(self, rows: NDArray[Any], context: Context) -> NDArray[np.int64]:
        """Category bought before by the customers of these rows; the number of categories for none lately."""
        recent, categories = self.parameters.recent, self.catalogue.categories
        last, since = context.last, context.since
        if last is None:
            last, since = self.last[rows], self.when[rows]
        lately = recent > 0 if since is None else (context.time - np.asarray(since) <= recent) & (recent > 0)
        last = np.broadcast_to(np.asarray(last, np.int64), rows.shape)
        return np.where((last >= 0) & lately, last, categories)

    def expected(self, customers: ArrayLike, context: Context | None = None) -> NDArray[np.float64]:
        """Lift of each category after what was bought before; 1 where that was nothing."""
        before = self._before(self.rows(customers), Context() if context is None else context)
        lift = np.vstack([self.cross_sell(), np.ones(self.catalogue.categories)])
        return lift[before]

    def cross_sell(self) -> NDArray[np.float64]:
        """Lift of each category (column) right after each category (row), smoothed; 1 is no rule, shape (c, c)."""
        return np.exp(self.following[:-1])

    def _lifts(
        self, level: NDArray[Any], what: NDArray[Any], levels: int
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """Log lifts of products (levels, p) and of categories (levels, c)."""
        products, category = self.catalogue.count, self.catalogue.category
        place = np.eye(self.catalogue.categories)[category]
        counts = np.bincount(level * products + what, minlength=levels * products)
        bought = counts.reshape(levels, products).astype(np.float64)
        grouped = bought @ place
        total = np.maximum(grouped.sum(axis=0), 1.0)
        smoothing = self.parameters.smoothing
        share = total / total.sum()
        trials = np.repeat(grouped.sum(axis=1)[:, None], grouped.shape[1], axis=1)
        of_categories = _log_lift(grouped, trials, share, smoothing)
        within = self.counts / total[category]
        of_products = _log_lift(bought, grouped[:, category], within, smoothing)
        return of_categories[:, category] + of_products, of_categories


def _part(time: NDArray[Any], cycle: float, parts: int) -> NDArray[np.int64]:
    """Which part of a cycle a time (days) falls in."""
    return np.minimum((time % cycle) / cycle * parts, parts - 1).astype(np.int64)


def _log_lift(
    counts: NDArray[Any], trials: NDArray[Any], share: NDArray[Any], smoothing: float
) -> NDArray[np.float64]:
    """Log of smoothed lifts of `counts` among `trials` (levels, things), whose shares at large are `share`.

    The smoothing m is the precision of a Dirichlet distribution of the shares over levels, from its chi-square (each
    cell's expectation is (1 - share) (1 - trials / all trials) (1 + (trials - 1) / (1 + m))), as far as that is more than
    two standard errors above what chance alone gives.
    """
    if not smoothing:
        expected = trials * share
        seen = expected > 0
        chance = np.where(seen, (1.0 - share) * (1.0 - trials / np.maximum(trials.sum(axis=0), 1.0)), 0.0)
        some = np.where(seen, expected, 1.0)
        excess = float((np.where(seen, (counts - expected) ** 2 / some, 0.0) - chance).sum())
        noise = 4.0 * float((chance * (2.0 + 1.0 / some)).sum())  # four variances of a sum of Poisson terms
        room = float((chance * np.maximum(trials - 1.0, 0.0)).sum())
        if room <= 1e-9 or excess <= 0.0 or excess**2 <= noise:
            return np.zeros(counts.shape)
        smoothing = max(room / (excess * (1.0 - noise / excess**2)) - 1.0, 1e-3)
    base = np.where(share > 0, share, 1.0)
    lift = np.where(share > 0, (counts + smoothing * share) / ((trials + smoothing) * base), 1.0)
    return np.log(np.maximum(lift, 1e-6))
