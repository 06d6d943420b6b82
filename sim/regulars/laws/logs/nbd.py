"""The NBD of a log: how often customers buy, where all customers are known, buyers or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.laws.nbd_fit import fit_nbd
from regulars.laws.of_log import LawOfLog
from regulars.laws.purchase_counts import ANY, bars, classes, counted, trend

if TYPE_CHECKING:
    from typing import Self

    from regulars.panels.panel import Panel


@dataclass(frozen=True)
class NBDOfLog(LawOfLog):
    """Purchases per customer in the window of the log, non-buyers among them.

    Attributes:
        firm: whose purchases they are.
        counts: purchases of each customer.
    """

    title = "NBD"

    firm: str
    counts: np.ndarray

    @classmethod
    def fit(
        cls,
        log: Panel | pd.DataFrame,
        *,
        customers: int | None = None,
        firm: str | None = None,
        by_day: bool = True,
    ) -> Self:
        """Fit the NBD by maximum likelihood (`fit_nbd`).

        Args:
            log: a panel or a table of purchases; its length is the period of the law.
            customers: how many there are, buyers or not. With ``firm`` those of the whole log when left out.
            firm: only the purchases of this firm.
            by_day: purchases of a customer on one day are one.
        """
        counts, all_of_log = counted(log, firm, by_day)
        if customers is None and firm is None:
            raise RegularsError(
                "a log shows buyers only, and the NBD counts those who did not buy: say customers=NUMBER, or fit the law "
                "truncated_nbd"
            )
        people = all_of_log if customers is None else customers
        result = fit_nbd(counts, people)
        return cls(
            result, firm or ANY, np.concatenate([counts, np.zeros(people - len(counts), dtype=counts.dtype)])
        )

    def predict(self, ahead: float = 1.0) -> pd.DataFrame:
        """What customers with each number of purchases do in the next ``ahead`` periods (`purchase_counts.trend`)."""
        return trend(self.law, self.counts, ahead)

    def check(self) -> pd.DataFrame:
        """Customers by number of purchases."""
        return classes(self.law, self.counts, 0)

    def picture(self) -> tuple[str, pd.DataFrame, dict[str, Any]]:
        """Share of customers by number of purchases."""
        return (
            "repeat_buying",
            bars(self.check()),
            {"law": self.title, "firm": self.firm, "window": "the log"},
        )
