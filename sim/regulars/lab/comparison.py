"""What a comparison found: tidy tables, intervals and the ranking."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.ground.alike import nearest
from regulars.ground.attributes import Known
from regulars.ground.calls import well_called
from regulars.ground.errors import RegularsError, shown
from regulars.ground.label import Label, Labelled
from regulars.lab.breakdown import ByPart
from regulars.lab.effect import Effect
from regulars.lab.metrics import UNITS
from regulars.lab.over_replicates import break_even, over_replicates, ratio_of_sums
from regulars.scenario import CONTROL, Scenario

if TYPE_CHECKING:
    import pandas as pd


def _no_rows() -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(columns=["arm", "replicate", "by", "segment", "input", "value", "source"])


@dataclass(frozen=True, repr=False)
class Comparison(Labelled, Known, ByPart):
    """Result of `compare`: tidy tables, one row a fact.

    Attributes:
        scenario: what was compared.
        focal: name of the firm whose arms they are.
        arms: their names, `control` not among them.
        replicates: how many worlds each arm met.
        added: how many of them were added to those asked for, because pairing widens the interval of an arm (`lab.pairing`).
        seed: of the draws.
        metrics: columns ``arm``, ``replicate``, ``metric`` and ``value``, in the metric's own unit; `control` among the arms.
        attribution: columns ``arm``, ``replicate``, ``cell``, ``rival``, ``opportunities``, and in currency units ``margin``, ``reward`` and
            ``moved``; cells sum to the incremental profit.
        daily: columns ``arm``, ``replicate``, ``day``, in currency units ``profit``, ``incremental_profit`` and ``revenue``, and
            ``purchases``, all cumulative.
        customers: columns ``arm``, ``replicate``, ``group`` (kept, won, lost, never) and ``count``.
        inputs: what was drawn for uncertain values: columns ``replicate``, ``input``, ``value`` and ``source`` of the doubt.
        segments: columns ``arm``, ``replicate``, ``by``, ``segment``, ``customers``, ``buyers``, ``purchases``, and in currency units ``revenue``
            and ``contribution``, which sum to the profit (see `lab.segments`).
    """

    scenario: Scenario
    focal: str
    arms: tuple[str, ...]
    replicates: int
    seed: int
    metrics: pd.DataFrame
    attribution: pd.DataFrame
    daily: pd.DataFrame
    customers: pd.DataFrame
    inputs: pd.DataFrame = field(default_factory=_no_rows)
    segments: pd.DataFrame = field(default_factory=_no_rows)
    added: int = 0

    def _label(self) -> Label:
        from regulars.lab.labels import of_comparison

        return of_comparison(self)

    def summary(self) -> pd.DataFrame:
        """What every arm does to every metric, over the replicates.

        Without `[uncertainty]` the interval is that of the mean, which more replicates narrow. With it the interval
        is that of one market whose parameters are in doubt: more replicates do not make a log tell more.
        The return on reward is the ratio of the sums over replicates, so that it never contradicts the change of profit.

        Returns:
            One row per arm and metric: ``arm``, ``metric``, ``unit``; in that unit ``mean``, its standard error ``se``, the 95% interval
            ``low`` to ``high`` (t over replicates), and ``p05`` and ``p95``, the 5 and 95% points of the replicates.
        """
        import pandas as pd

        rows = []
        for (arm, metric), group in self.metrics.groupby(["arm", "metric"], sort=False):
            values = group["value"].dropna().to_numpy()
            found = over_replicates(values, self.doubtful)
            if metric == "return_on_reward":
                cost = self.wide("reward_cost")
                found |= ratio_of_sums(
                    self.wide("incremental_profit")[arm], cost[arm] - cost[CONTROL], self.doubtful
                )
            if UNITS[str(metric)] == "share":  # a few replicates tell less than what a share can be
                found |= {"low": max(found["low"], 0.0), "high": min(found["high"], 1.0)}
            rows.append({"arm": arm, "metric": metric, "unit": UNITS[str(metric)], **found})
        return pd.DataFrame(rows)

    def ranking(self) -> pd.DataFrame:
        """One row an arm, best first: incremental profit with interval, chance of being best, and its company.

        `p_best` is the share of replicates in which the arm earned most; the rest is the control's, when doing
        nothing was best. `break_even_day` is that of the mean over replicates.
        """
        import pandas as pd

        summary = self.summary().set_index(["arm", "metric"])
        profits = self.wide("incremental_profit")
        best = np.argmax(profits[[CONTROL, *self.arms]].to_numpy(), axis=1)
        rows = []
        for k, arm in enumerate((CONTROL, *self.arms)):
            if arm == CONTROL:
                continue
            main: Any = summary.loc[(arm, "incremental_profit")]
            others = {m: summary.loc[(arm, m), "mean"] for m in UNITS if m != "incremental_profit"}
            others["break_even_day"] = self.break_even_day(arm)
            columns = {
                "incremental_profit": main["mean"],
                **main[["se", "low", "high", "p05", "p95"]].to_dict(),
            }
            rows.append({"arm": arm, **columns, "p_best": float((best == k).mean()), **others})
        table = pd.DataFrame(rows).sort_values("incremental_profit", ascending=False, kind="stable")
        return table.reset_index(drop=True)

    def break_even_day(self, arm: str) -> float:
        """Day from which the mean cumulative incremental profit stays at or above 0; NaN when never."""
        self._arm(arm)
        rows = self.daily[self.daily["arm"] == arm]
        mean = rows.groupby("day")["incremental_profit"].mean()
        return break_even(mean.to_numpy())

    @well_called
    def estimate(self, arm: str, metric: str = "incremental_profit") -> Effect:
        """What one arm does to one metric, with its interval, as in `summary`.

        Args:
            arm: name of the arm.
            metric: one of ``metrics["metric"]``.

        Raises:
            RegularsError: there is no such arm or metric.
        """
        self._arm(arm)
        self._metric(metric)
        table = self.summary()
        row: Any = table[(table["arm"] == arm) & (table["metric"] == metric)].iloc[0]
        numbers = {name: float(row[name]) for name in ("mean", "se", "low", "high")}
        currency = self.scenario.spec.market.currency
        return Effect(arm, metric, str(row["unit"]), **numbers, currency=currency)

    def __getitem__(self, arm: str) -> pd.DataFrame:
        """The summary of one arm: a row a metric.

        Errors: there is no such arm.
        """
        self._arm(arm)
        table = self.summary()
        return table[table["arm"] == arm].drop(columns="arm").set_index("metric")

    def _arm(self, name: str) -> str:
        if not isinstance(name, str) or name not in (CONTROL, *self.arms):
            raise RegularsError(
                f"no arm is called {shown(name)}; {nearest(str(name), (CONTROL, *self.arms))}"
            )
        return name

    def _metric(self, name: str) -> None:
        if not isinstance(name, str) or name not in UNITS:
            raise RegularsError(f"no metric is called {shown(name)}; {nearest(str(name), UNITS)}")

    @property
    def doubtful(self) -> bool:
        """Whether parameters are in doubt, so that intervals are those of one market rather than of the mean."""
        return bool(self.scenario.spec.uncertainty) or not self.inputs.empty

    def wide(self, metric: str) -> pd.DataFrame:
        """Values of a metric, replicates in rows and arms in columns.

        Args:
            metric: one of ``metrics["metric"]``.

        Returns:
            A table by ``replicate`` and ``arm``, in the unit of the metric, shape (replicates, arms); missing where it is not defined.

        Raises:
            RegularsError: there is no such metric.
        """
        self._metric(metric)
        rows = self.metrics[self.metrics["metric"] == metric]
        return rows.pivot(index="replicate", columns="arm", values="value")

    def p_control_best(self) -> float:
        """Share of replicates in which doing nothing earned most."""
        profits = self.wide("incremental_profit")[list(self.arms)].to_numpy()
        return float((profits.max(axis=1) <= 0).mean())

    def decomposition(self) -> pd.DataFrame:
        """Where each arm's incremental profit comes from: customers, loyalty and value, mean over replicates.

        profit = customers who ever bought x purchases of each x profit per purchase, all costs of the programme in the last;
        see ``regulars.measures.profit_change``.

        Returns:
            One row per arm: ``arm``; in currency units ``customers``, ``loyalty``, ``value``, ``other`` and ``total``, the sum of the four;
            ``method``.
        """
        from regulars.measures.decomposition import arms_against_control

        table = arms_against_control(self.metrics)
        means = table.groupby(["arm", "method"], sort=False).mean(numeric_only=True).drop(columns="replicate")
        return means.reset_index().set_index("arm").loc[list(self.arms)].reset_index()

    def hangs_on(self, arm: str) -> pd.DataFrame:
        """How far each uncertain input moves an arm's incremental profit, and at which value the answer turns.

        Returns:
            A row an input, the largest swing first: `input`; `low`, `high`, its 5% and 95% points, in its unit; `at_low`, `at_high`, the mean effect
            there, `swing` and `se`, in currency units; `clear`; `turns_at`, `turns_low`, `turns_high`; `pays` (see `lab.decision.hanging.tornado`).

        Raises:
            RegularsError: where there is no such arm, nothing is uncertain, or there are too few replicates to tell.
        """
        from regulars.lab.decision.hanging import tornado
        from regulars.lab.decision.inputs import uncertain_inputs

        effect = self._effects()[self._arm(arm)].to_numpy()
        return tornado(uncertain_inputs(self)[0], effect)

    def interval_from(self, arm: str) -> pd.DataFrame:
        """Which share of the spread of an arm's incremental profit comes from the log, money inputs, assumed behaviour and chance.

        Shapley values, see `lab.decision.hanging.sources`. Raises as `hangs_on` does.
        """
        from regulars.lab.decision.hanging import sources
        from regulars.lab.decision.inputs import uncertain_inputs

        effect = self._effects()[self._arm(arm)].to_numpy()
        return sources(*uncertain_inputs(self), effect, self.seed)

    def value_of_information(self) -> pd.DataFrame:
        """What it would be worth to know the uncertain inputs before choosing an arm or none, currency units over the run.

        See `lab.decision.information`. Raises as `hangs_on` does.
        """
        from regulars.lab.decision.information import value_of_information
        from regulars.lab.decision.inputs import uncertain_inputs

        return value_of_information(*uncertain_inputs(self), self._effects(), self.seed)

    def _effects(self) -> pd.DataFrame:
        """Incremental profit, a row a replicate, a column an arm."""
        return self.wide("incremental_profit").sort_index()[list(self.arms)]

    def pairing_gain(self) -> dict[str, float]:
        """How many times smaller the standard error of each arm's effect is than without common random numbers.

        sqrt(var(arm) + var(control)) / sd(arm - control) of profit; infinite where the difference is the same in all replicates.
        """
        from regulars.lab.pairing import factor

        profit = self.wide("profit")
        return {arm: factor(profit[arm].to_numpy(), profit[CONTROL].to_numpy()) for arm in self.arms}
