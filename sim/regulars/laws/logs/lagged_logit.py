"""The lagged logit of a log: whether the last choice changes the next one, beside tastes that differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.laws.choice_forecast import ChoiceForecast, choice_forecast
from regulars.laws.choice_table import choices
from regulars.laws.lagged_choice import fit_lagged_choice
from regulars.laws.of_log import LawOfLog, held_against, table_of

if TYPE_CHECKING:
    from typing import Self

    from regulars.panels.panel import Panel


@dataclass(frozen=True)
class LaggedLogitOfLog(LawOfLog):
    """Choices between firms: Dirichlet tastes, and a bonus for the firm chosen last.

    Prices are no part of it, since those to come are not known; `fit_lagged_choice` has them, and other tastes.

    Attributes:
        customers: of the log, in the order of the forecast.
        forecast: what is known of each before its next choice.
    """

    title = "lagged logit"

    customers: pd.Index
    forecast: ChoiceForecast

    @classmethod
    def fit(cls, log: Panel | pd.DataFrame) -> Self:
        """Fit the lagged logit by maximum likelihood (`fit_lagged_choice`).

        Args:
            log: a panel or a table of purchases of two firms or more. Of several purchases of a customer at one time the one of
                most money counts (without amounts the first firm's by name), since firms of one basket do not follow one another.
        """
        table, _ = table_of(log, "firm")
        table = table.assign(firm=table["firm"].astype(str))
        by = ["customer", "time", *(["amount"] if "amount" in table else []), "firm"]
        ranked = table.sort_values(by, ascending=[name != "amount" for name in by])
        one = ranked.drop_duplicates(["customer", "time"])
        result = fit_lagged_choice(one)
        customers = pd.Index(np.sort(one["customer"].unique()), name="customer")
        return cls(result, customers, choice_forecast(result, choices(one)))

    def predict(self, ahead: float = 1.0) -> pd.DataFrame:
        """What each customer chooses at its next ``ahead`` purchases (a whole number), its last choice known.

        Returns:
            A table by customer: expected purchases of each firm, and ``repeats``, those of the firm bought just before.
        """
        if ahead != int(ahead) or ahead < 1:
            raise RegularsError(
                f"ahead={ahead}: a lagged logit predicts the next 1, 2, ... purchases of each customer"
            )
        chosen, first, later = self.forecast.ahead(np.ones((len(self.customers), int(ahead))))
        table = pd.DataFrame(chosen, index=self.customers, columns=list(self.forecast.data.firms))
        return table.assign(repeats=first + later)

    def check(self) -> pd.DataFrame:
        """Share of purchases of each firm, and repeat rate of its buyers, which the law has for customers in mid-life.

        Standard errors are clustered by customer, whose purchases resemble one another.
        """
        data = self.forecast.data
        firms = range(len(data.firms))
        shares, repeats = self.forecast.steady()
        known = data.last >= 0
        again = (data.chosen == data.last)[known]
        rows = [_ratio(data.customer, data.chosen == j, np.ones(len(data.chosen))) for j in firms]
        rows += [_ratio(data.customer[known], again & (data.last[known] == j), data.last[known] == j) for j in firms]  # fmt: skip
        rows.append(_ratio(data.customer[known], again, np.ones(len(again))))
        expected = [*shares, *(repeats / shares), repeats.sum()]
        index = [("share of purchases", firm) for firm in data.firms] + [("repeat rate", firm) for firm in (*data.firms, "all")]  # fmt: skip
        return held_against(
            [row[0] for row in rows],
            expected,
            [row[1] for row in rows],
            pd.MultiIndex.from_tuples(index, names=["measure", "firm"]),
        )

    def picture(self) -> tuple[str, pd.DataFrame, dict[str, Any]]:
        """Repeat rate against share, by firm; without state dependence and with tastes alike a firm's repeat rate is its share."""
        found = self.check().drop(index=("repeat rate", "all"))
        columns = {}
        for name, measure in (("share", "share of purchases"), ("repeat", "repeat rate")):
            columns[name] = found.loc[measure, "observed"]
            columns[f"{name}_predicted"] = found.loc[measure, "expected"]
        table = pd.DataFrame(columns).dropna().rename_axis("firm").reset_index()
        return "repeat_rates", table, {"law": f"the {self.title}"}


def _ratio(customer: np.ndarray, part: np.ndarray, whole: np.ndarray) -> tuple[float, float]:
    """A share, and its standard error, clustered by customer; NaN of nothing."""
    size = int(customer.max()) + 1 if len(customer) else 0
    of, among = (np.bincount(customer, weights=x, minlength=size) for x in (part, whole))
    if not among.sum():
        return float("nan"), float("nan")
    value = of.sum() / among.sum()
    return float(value), float(np.sqrt(((of - value * among) ** 2).sum()) / among.sum())
