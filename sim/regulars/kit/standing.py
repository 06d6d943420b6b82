"""Benefits that customers hold until a date, such as those of a tier: what they are expected to cost is owed, by what earned them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from regulars.ground import wide
from regulars.world.ledger import millionths

if TYPE_CHECKING:
    from regulars.world.firms import Firm
    from regulars.world.purse import Purse


class Standing:
    """The liability of one strategy for standing benefits; `earned_by` is what customers hold of what has earned them."""

    def __init__(self, firm: Firm, strategy: str, earned_by: Purse) -> None:
        self.firm, self.strategy, self.earned_by = firm, strategy, earned_by
        self.accrued = wide.words(firm.model.sources)  # millionths, by source

    def true_up(
        self, customers: NDArray[Any], each: NDArray[Any], pace: NDArray[Any], left: NDArray[Any]
    ) -> None:
        """Owe what the benefits are expected to cost from now on: each x pace x left, one per customer who holds any.

        Args:
            customers: who holds benefits.
            each: cost of the benefits at a purchase, currency units.
            pace: purchases a day, as they are without programmes.
            left: days that the benefits still last.
        """
        due = wide.totals(self.earned_by.shares(customers, millionths(each * pace * left)))
        before = wide.listed(self.accrued)
        if due != before:
            change = [now - then for now, then in zip(due, before, strict=True)]
            self.firm.books.reward(self.strategy, "liability", change)
            self.accrued[...] = wide.split(due)

    def state(self) -> dict[str, Any]:
        """What is owed, for saving."""
        return {"accrued": self.accrued}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take back what `state` gave."""
        self.accrued[...] = np.asarray(saved["accrued"])
