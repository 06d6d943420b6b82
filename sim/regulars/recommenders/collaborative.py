"""User-based: show what customers who buy alike have bought.

A small factorisation of the firm's own counts, by credibility (Buhlmann 1967). With r_ip the purchases of customer i,
E_ip those expected from the shares of products in the categories, and q_p a product's share of all purchases,
Z_ip = (r_ip - E_ip) / sqrt(q_p). The covariance of Z between customers is learnt from pairs of purchases of one customer;
its eigenvectors V that stick out of chance, with shares of variance v, are the ways in which customers resemble one
another. The best linear estimate of the chance that i's next purchase is p, relative to the share of p, is then

    1 + [Z_i V diag(w_k - w_0) V' + w_0 Z_i]_p / sqrt(q_p),   w = v / (1 + (n_i - 1) v)

with v_0 the variance common to all directions: a liking of single products that nobody shares (repeat purchases).

Why not neighbours found by name: as V are eigenvectors of sum_j Z_j Z_j', the first term is a sum over ALL other customers j
of (similarity of i and j) x Z_jp with a similarity linear in both, at the cost of products x products instead of
customers x customers; and where customers are alike no eigenvector sticks out, so that popularity is left.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regulars.contract.recommender import Context, History, Recommender, RecommenderParameters
from regulars.ground.chance import ln
from regulars.ground.kernel import kernel
from regulars.ground.parameter import par
from regulars.recommenders import credibility, differences, weigh

LEAST = 0.01  # of the share of a product: the least chance that is told apart
SYSTEMS = {"P6": "tests/recommenders/test_learning.py::test_collaborative_wins_when_attributes_say_nothing"}


class Collaborative(Recommender):
    """Likeness of a customer's purchases to those of all others."""

    class Parameters(RecommenderParameters):
        """How many ways of being alike are told apart."""

        # fmt: off
        patterns: int = par(20, "patterns", "[0, 1000]", "most ways in which customers resemble one another; 0 leaves a customer's own repeat purchases")
        damping: float = par(5.0, "purchases", "(0, 1000000]", "added to every product's count before its purchases are weighed, so that a rare one makes no pattern")
        # fmt: on

    remembers: ClassVar[tuple[str, ...]] = ("share", "scale", "loadings", "profiles", "repeats", "trials")
    sources: ClassVar[tuple[str, ...]] = (
        "Resnick, Iacovou, Suchak, Bergstrom & Riedl 1994, GroupLens: an open architecture for collaborative filtering of netnews, CSCW '94:175-186",
        "Hu, Koren & Volinsky 2008, Collaborative filtering for implicit feedback datasets, ICDM '08:263-272",
        "Benaych-Georges & Nadakuditi 2011, Advances in Mathematics 227:494-521 (which eigenvectors are more than chance)",
    )

    def learn(self, history: History) -> None:
        """Patterns, and the place of every customer in the history among them."""
        category, table = self.catalogue.category, self.table()
        place = np.eye(self.catalogue.categories)[category]  # (p, c)
        within = self.counts @ place
        self.share = self.counts / np.maximum(within, 1.0)[category]  # of a product in its category
        shares = place.T * self.share  # (c, p)
        damped = self.counts + self.parameters.damping
        self.scale = damped.sum() / damped  # 1 / q
        weights = np.sqrt(self.scale)
        self.trials = trials = table @ place  # purchases in each category, (known + 1, c)
        bought = trials.sum(axis=1)
        mixed = (table.T @ trials) @ shares
        square = (table.T @ table).toarray() - mixed - mixed.T + shares.T @ (trials.T @ trials) @ shares
        alone = np.diag(self.counts) - (shares * within[:, None]).T @ shares
        pairs = (square - alone) * np.outer(weights, weights)
        own, parts, common = differences(pairs, bought)
        chosen = np.argsort(-parts, kind="stable")[: self.parameters.patterns]
        chosen = chosen[parts[chosen] > common]
        loadings = weights[:, None] * own[:, chosen]
        self.repeats = credibility(bought, common)
        weight = credibility(bought[:, None], parts[chosen]) - self.repeats[:, None]
        self.profiles = (table @ loadings - trials @ (shares @ loadings)) * weight
        self.loadings = np.ascontiguousarray(loadings.T)

    def add_evidence(self, scores: NDArray[Any], rows: NDArray[Any], context: Context) -> None:
        """Add the log of the estimated chance relative to the product's share."""
        lift = np.ones(scores.shape)
        weigh(rows, self.profiles, self.loadings, lift)
        file = self.starts, self.bought, self.amounts, self.trials, self.catalogue.category
        _repeat(rows, self.repeats, self.share, self.scale, *file, lift)
        _add_log(lift, scores)


@kernel
def _repeat(
    rows: Any,
    repeats: Any,
    share: Any,
    scale: Any,
    starts: Any,
    bought: Any,
    amounts: Any,
    trials: Any,
    category: Any,
    lift: Any,
) -> None:
    """Add to lift[o, p] the own purchases of a product beyond those expected, as far as they are trusted."""
    for o in range(rows.size):
        row, trust = rows[o], repeats[rows[o]]
        if trust > 0.0:
            for p in range(share.size):
                lift[o, p] -= trust * trials[row, category[p]] * share[p] * scale[p]
            for place in range(starts[row], starts[row + 1]):
                lift[o, bought[place]] += trust * amounts[place] * scale[bought[place]]


@kernel
def _add_log(lift: Any, scores: Any) -> None:
    """Add the log of the lift, or of the least one."""
    for o in range(lift.shape[0]):
        for p in range(lift.shape[1]):
            scores[o, p] += ln(lift[o, p] if lift[o, p] > LEAST else LEAST)
