"""Bestsellers: everybody is shown what sells most. The baseline of every other recommender."""

from __future__ import annotations

from typing import ClassVar

from regulars.contract.recommender import Recommender


class Popular(Recommender):
    """Score = log of the product's share of the purchases."""

    sources: ClassVar[tuple[str, ...]] = (
        "Cremonesi, Koren & Turrin 2010, Performance of recommender algorithms on top-N recommendation tasks, RecSys '10:39-46",
    )
