"""The truncated NBD of a log: how often customers buy, where those who never bought are not in the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from regulars.laws.of_log import LawOfLog
from regulars.laws.purchase_counts import ANY, bars, classes, counted, trend
from regulars.laws.truncated_nbd import fit_truncated_nbd

if TYPE_CHECKING:
    from typing import Self

    from regulars.panels.panel import Panel


@dataclass(frozen=True)
class TruncatedNBDOfLog(LawOfLog):
    """Purchases per buyer in the window of the log; the law is that of all customers, and says how many were not seen.

    Attributes:
        firm: whose purchases they are.
        counts: purchases of each buyer.
    """

    title = "truncated NBD"

    firm: str
    counts: np.ndarray

    @classmethod
    def fit(cls, log: Panel | pd.DataFrame, *, firm: str | None = None, by_day: bool = True) -> Self:
        """Fit the truncated NBD by maximum likelihood (`fit_truncated_nbd`).

        Args:
            log: a panel or a table of purchases; its length is the period of the law.
            firm: only the purchases of this firm.
            by_day: purchases of a customer on one day are one.
        """
        counts, _ = counted(log, firm, by_day)
        return cls(fit_truncated_nbd(counts), firm or ANY, counts)

    @property
    def people(self) -> float:
        """Customers there are, those who bought nothing included: buyers over the law's share of them."""
        return len(self.counts) / float(self.law.buyers)

    def predict(self, ahead: float = 1.0) -> pd.DataFrame:
        """What customers with each number of purchases do in the next ``ahead`` periods (`purchase_counts.trend`).

        The row 0 holds those who were not seen, as many as the law says.
        """
        table = trend(self.law, np.append(self.counts, 0), ahead)
        table["customers"] = table["customers"].astype(float)
        table.loc[0, "customers"] = self.people - len(self.counts)
        return table

    def check(self) -> pd.DataFrame:
        """Buyers by number of purchases."""
        return classes(self.law, self.counts, 1)

    def picture(self) -> tuple[str, pd.DataFrame, dict[str, Any]]:
        """Share of buyers by number of purchases."""
        return (
            "repeat_buying",
            bars(self.check()),
            {"law": self.title, "firm": self.firm, "window": "the log"},
        )
