"""The sBG of a log of renewals: how many stay, and why those who have stayed stay longer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.laws.of_log import LawOfLog, held_against, table_of
from regulars.laws.sbg import fit_sbg
from regulars.world.calendar import period_of, periods

if TYPE_CHECKING:
    from typing import Self

    from regulars.panels.panel import Panel

MOST_GAPS = (
    0.1  # of the customers may come back after a renewal they missed; where more do there is no contract
)


@dataclass(frozen=True)
class SBGOfLog(LawOfLog):
    """Customers of a contract, by when they came and how often they renewed it.

    Attributes:
        renewals: by customer, made without a gap.
        possible: by customer, that the log could have shown.
        gaps: share of customers who came back after a renewal they had missed; they count as having left.
    """

    title = "sBG"

    renewals: np.ndarray
    possible: np.ndarray
    gaps: float

    @classmethod
    def fit(
        cls,
        log: Panel | pd.DataFrame,
        *,
        unit: float = 1.0,
        end: float | None = None,
        firm: str | None = None,
    ) -> Self:
        """Fit the shifted-beta-geometric by maximum likelihood (`fit_sbg`).

        Args:
            log: a panel or a table of payments; a customer pays in every period of its contract, once or more.
            unit: days of a period, as 30.4 or 365.25; periods are counted from the start of the log, and a last part of one is
                left out.
            end: end of the log, in days (not included); that of the panel, or after the last payment, when left out.
            firm: only the payments to this firm.
        """
        table, days = table_of(log, *(["firm"] if firm else []))
        days = days if end is None else float(end)
        table = table if firm is None else table[table["firm"] == firm]
        whole = periods(days, unit) if unit > 0 else 0
        if whole < 2:
            raise RegularsError(f"unit={unit:g}: a log of {days:g} days must hold two periods or more, so that there is a renewal")  # fmt: skip
        number = period_of(table["time"].to_numpy(dtype=float), unit)
        paid = pd.DataFrame({"customer": table["customer"].to_numpy(), "period": number})
        paid = paid[paid["period"] < whole].drop_duplicates().sort_values(["customer", "period"])
        if not len(paid):
            raise RegularsError(f"no payments{f' to {firm}' if firm else ''} in whole periods of the log")
        groups = paid.groupby("customer")["period"]
        since = paid["period"] - groups.transform("min")
        unbroken = since == groups.cumcount()
        renewals = unbroken.groupby(paid["customer"]).sum().to_numpy() - 1
        possible = whole - 1 - groups.min().to_numpy()
        gaps = float((groups.size().to_numpy() > renewals + 1).mean())
        if gaps > MOST_GAPS:
            raise RegularsError(
                f"{gaps:.0%} of customers come back after a period without a payment: these are no renewals of a contract of "
                f"{unit:g} days; for customers who leave unseen there are bgnbd, mbgnbd and pareto_nbd"
            )
        cohorts = [
            [(renewals[possible == length] >= t).sum() for t in range(length + 1)]
            for length in np.unique(possible)
            if length > 0
        ]
        result = fit_sbg(cohorts)
        return cls(result, renewals, possible, gaps)

    @property
    def notes(self) -> tuple[str, ...]:
        """What limits the fit."""
        if not self.gaps:
            return self.result.notes
        told = f"{self.gaps:.1%} of customers came back after a period without a payment; they count as having left then"
        return (*self.result.notes, told)

    def predict(self, ahead: float = 1.0) -> pd.DataFrame:
        """How many of today's customers make the next ``ahead`` renewals (a whole number).

        Returns:
            A table by ``renewals`` made so far: ``customers`` who are there, ``retention`` at the next renewal, ``stay``, the chance
            to make all of the next ``ahead``, S(n + ahead) / S(n), and ``left``, customers expected then.
        """
        if ahead != int(ahead) or ahead < 1:
            raise RegularsError(f"ahead={ahead}: an sBG predicts the next 1, 2, ... renewals")
        here = self.renewals[self.renewals == self.possible]
        made, customers = np.unique(here, return_counts=True)
        stay = self.law.survival(made + ahead) / self.law.survival(made)
        return pd.DataFrame(
            {
                "customers": customers,
                "retention": self.law.retention(made + 1),
                "stay": stay,
                "left": customers * stay,
            },
            index=pd.Index(made.astype(int), name="renewals"),
        )

    def check(self) -> pd.DataFrame:
        """Retention at each renewal: of the customers who could make it in the log, those who did."""
        t = np.arange(1, int(self.possible.max()) + 1)
        at_risk = np.array([((self.renewals >= k - 1) & (self.possible >= k)).sum() for k in t])
        made = np.array([((self.renewals >= k) & (self.possible >= k)).sum() for k in t])
        some = at_risk > 0
        expected = self.law.retention(t[some])
        index = pd.Index(t[some], name="renewal")
        error = np.sqrt(expected * (1 - expected) / at_risk[some])
        return held_against(made[some] / at_risk[some], expected, error, index).assign(
            customers=at_risk[some]
        )

    def picture(self) -> tuple[str, pd.DataFrame, dict[str, Any]]:
        """Retention and survival by renewal."""
        found = self.check()
        table = found[["observed", "expected"]].copy()
        table["observed_left"] = found["observed"].cumprod()
        table["expected_left"] = self.law.survival(found.index.to_numpy())
        return "renewals", table, {"law": self.title}
