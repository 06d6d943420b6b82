"""Content-based: show what has the attributes of what the customer bought.

With z the attributes of a product less the mean of what is bought in its category, turned and scaled to variance 1,
the mean of a customer's purchases is shrunk toward 0, the mean of all, by credibility (Buhlmann 1967):

    profile = v / (1 + (n - 1) v) * sum of z over the customer's n purchases,   score = log popularity + profile . z

where v is the share of the variance of z that lies between customers, learnt for each direction from pairs of purchases
of one customer. Attributes that nobody cares about get v = 0, and so does everything where all customers are alike.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regulars.contract.recommender import Catalogue, Context, History, Recommender, RecommenderParameters
from regulars.ground.parameter import par
from regulars.recommenders import credibility, differences, weigh

SYSTEMS = {"P6": "tests/recommenders/test_learning.py::test_content_wins_with_few_buyers"}


class ContentBased(Recommender):
    """Similarity of a product to the customer's profile of attributes."""

    class Parameters(RecommenderParameters):
        """How far a profile is trusted."""

        # fmt: off
        shrinkage: float = par(0.0, "purchases", "[0, 1000000]", "purchases after which a profile counts half; 0 to learn it from the history, for each direction")
        # fmt: on

    remembers: ClassVar[tuple[str, ...]] = ("features", "profiles")
    sources: ClassVar[tuple[str, ...]] = (
        "Pazzani & Billsus 2007, Content-based recommendation systems, The Adaptive Web, LNCS 4321:325-341",
        "Rossi, McCulloch & Allenby 1996, The value of purchase history data in target marketing, Marketing Science 15:321-340",
        "Buhlmann 1967, Experience rating and credibility, ASTIN Bulletin 4:199-207",
    )

    def learn(self, history: History) -> None:
        """Profiles of all customers in the history."""
        features, table = _standard(self.catalogue, self.counts), self.table()
        sums, bought = table @ features, table.sum(axis=1)
        if self.parameters.shrinkage > 0:
            turn = np.eye(features.shape[1])
            share = np.full(len(turn), 1.0 / (1.0 + self.parameters.shrinkage))
        else:
            alone = (features * self.counts[:, None]).T @ features
            turn, share, _ = differences(sums.T @ sums - alone, bought)
        self.features = np.ascontiguousarray((features @ turn).T)
        weight = credibility(bought[:, None], share)
        self.profiles = sums @ turn * weight

    def add_evidence(self, scores: NDArray[Any], rows: NDArray[Any], context: Context) -> None:
        """Add profile . z."""
        weigh(rows, self.profiles, self.features, scores)


def _standard(catalogue: Catalogue, counts: NDArray[Any]) -> NDArray[Any]:
    """Attributes less their mean in the category, turned and scaled: variance 1 over purchases, shape (p, d)."""
    plain = np.asarray(catalogue.attributes, np.float64)
    within = np.bincount(catalogue.category, counts, catalogue.categories)
    share = counts / np.maximum(within, 1.0)[catalogue.category]
    centred = plain.copy()
    for d in range(plain.shape[1]):
        mean = np.bincount(catalogue.category, share * plain[:, d], catalogue.categories)
        centred[:, d] -= mean[catalogue.category]
    covariance = (centred * counts[:, None]).T @ centred / max(counts.sum(), 1.0)
    values, vectors = np.linalg.eigh(covariance)
    kept = values > 1e-9 * max(
        float((plain**2).max(initial=0.0)), 1e-300
    )  # what differs at all within a category
    return centred @ (vectors[:, kept] / np.sqrt(values[kept]))
