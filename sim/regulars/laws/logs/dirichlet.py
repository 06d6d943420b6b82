"""The NBD-Dirichlet of a log: of which firms customers buy, how many and how often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.laws.dirichlet_fit import fit_dirichlet
from regulars.laws.of_log import LawOfLog, held_against, table_of
from regulars.laws.truncated_nbd import fit_truncated_nbd

if TYPE_CHECKING:
    from typing import Self

    from regulars.panels.panel import Panel


@dataclass(frozen=True)
class DirichletOfLog(LawOfLog):
    """Purchases per customer and firm in the window of the log.

    Attributes:
        counts: customers x firms, purchases of the buyers of the category.
        people: customers there are, buyers or not.
    """

    title = "NBD-Dirichlet"

    counts: pd.DataFrame
    people: int

    @classmethod
    def fit(cls, log: Panel | pd.DataFrame, *, customers: int | None = None, by_day: bool = True) -> Self:
        """Fit the Dirichlet by maximum likelihood (`fit_dirichlet`).

        Args:
            log: a panel or a table of purchases of two firms or more; its length is the period of the law.
            customers: how many there are, buyers or not; as many as the truncated NBD says when left out.
            by_day: purchases of a customer of one firm on one day are one.
        """
        table, _ = table_of(log, "firm")
        rows = table[["customer", "time", "firm"]]
        rows = (rows.assign(time=np.floor(rows["time"])) if by_day else rows).drop_duplicates()
        counts = rows.groupby(["customer", "firm"], observed=True).size().unstack(fill_value=0)
        if counts.shape[1] < 2:
            raise RegularsError(
                "one firm's log says nothing about tastes between firms; a Dirichlet needs two firms"
            )
        if customers is None:
            bought = counts.sum(axis=1).to_numpy()
            customers = max(round(len(bought) / fit_truncated_nbd(bought).law.buyers), len(bought))
        return cls(fit_dirichlet(counts, customers), counts, customers)

    def predict(self, ahead: float = 1.0) -> pd.DataFrame:
        """All measures by firm in the next ``ahead`` periods (`Dirichlet.table`), with ``buyers`` and ``purchases`` in customers and purchases."""
        if not ahead > 0:
            raise RegularsError(f"ahead={ahead}: give a time above 0, in periods as long as the log")
        table = self.law.table(ahead)
        table["buyers"] = table["penetration"] * self.people
        return table.assign(purchases=table["buyers"] * table["purchase_rate"])

    def check(self) -> pd.DataFrame:
        """Penetration, purchases per buyer and share of sole buyers, by firm."""
        firms = list(self.law.shares)
        x = self.counts.set_axis(self.counts.columns.astype(str), axis=1)[firms].to_numpy(dtype=float)
        bought = x > 0
        buyers, whole = bought.sum(axis=0), x.sum(axis=1)
        told = self.law.table()
        share = told["penetration"].to_numpy()
        rate = x.sum(axis=0) / buyers
        spread = np.array([x[bought[:, j], j].std(ddof=1) if buyers[j] > 1 else np.nan for j in range(len(firms))])  # fmt: skip
        sole = ((x == whole[:, None]) & bought).sum(axis=0) / buyers
        alone = told["sole_buyers"].to_numpy()
        parts = {
            "penetration": (buyers / self.people, share, np.sqrt(share * (1 - share) / self.people)),
            "purchases per buyer": (rate, told["purchase_rate"].to_numpy(), spread / np.sqrt(buyers)),
            "sole buyers": (sole, alone, np.sqrt(alone * (1 - alone) / buyers)),
        }
        index = pd.MultiIndex.from_product([parts, firms], names=["measure", "firm"])
        observed, expected, error = (np.concatenate(column) for column in zip(*parts.values(), strict=True))
        return held_against(observed, expected, error, index)

    def picture(self) -> tuple[str, pd.DataFrame, dict[str, Any]]:
        """Double jeopardy: purchases per buyer against penetration, by firm."""
        found = self.check()
        columns = {}
        for name, measure in (("penetration", "penetration"), ("rate", "purchases per buyer")):
            columns[name] = found.loc[measure, "observed"]
            columns[f"{name}_predicted"] = found.loc[measure, "expected"]
        table = pd.DataFrame(columns).assign(share=pd.Series(self.law.shares)).rename_axis("firm")
        return "double_jeopardy", table.reset_index(), {"window": "the log"}
