"""A firm's customers as a law sees them: from a log in one step to forecasts by customer, and to what speaks for or against them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.laws.bgnbd import fit_bgnbd
from regulars.laws.fitted import Fit
from regulars.laws.histories import calibration_holdout, recency_frequency
from regulars.laws.leaving import Leaving
from regulars.laws.mbgnbd import fit_mbgnbd
from regulars.laws.pareto_nbd import fit_pareto_nbd
from regulars.laws.residual_value import residual_value
from regulars.laws.spending import GammaGamma, fit_gamma_gamma
from regulars.laws.tracking import frequency_fit, tracking

LAWS: dict[str, Callable[[pd.DataFrame], Fit[Any]]] = {
    "bgnbd": fit_bgnbd,
    "mbgnbd": fit_mbgnbd,
    "pareto_nbd": fit_pareto_nbd,
}
BEST = "best"


@dataclass(frozen=True)
class CustomerBase:
    """A law fitted to a log up to ``split``; `customer_base` makes it.

    Attributes:
        law: its name, one of `LAWS`.
        fit: the law with its standard errors.
        spending: what customers spend a purchase (gamma-gamma), or None where it was not asked for.
        histories: by customer: repeats, recency, exposure, and spend with ``spending``.
        tried: log-likelihood, AIC and parameters of every law that was fitted, best first.
        notes: what limits the fits.
    """

    law: str
    fit: Fit[Leaving]
    spending: Fit[GammaGamma] | None
    histories: pd.DataFrame
    tried: pd.DataFrame
    notes: tuple[str, ...]
    log: pd.DataFrame = field(repr=False)
    split: float
    end: float
    options: dict[str, Any] = field(repr=False)

    def predict(self, ahead: float, *, discount: float | None = None, margin: float = 1.0) -> pd.DataFrame:
        """What each customer is expected to do after the split.

        Args:
            ahead: how long, in units of time (weeks by default).
            discount: continuous rate per unit of time, for ``value``; without it there is none.
            margin: share of the amount that is kept, for ``value``.

        Returns:
            A table by customer: ``p_alive`` (now), ``purchases`` (expected in the time ahead); with spending ``spend`` (expected amount
            of a purchase) and ``revenue`` (in the time ahead); with a discount ``value`` (residual lifetime value from now on).
        """
        history = tuple(self.histories[name].to_numpy() for name in ("repeats", "recency", "exposure"))
        law = self.fit.law
        table = pd.DataFrame(
            {
                "p_alive": law.p_alive(*history),
                "purchases": law.conditional_mean(ahead, *history),
            },
            index=self.histories.index,
        )
        if self.spending is not None:
            table["spend"] = self.spending.law.conditional_mean(
                history[0], self.histories["spend"].to_numpy()
            )
            table["revenue"] = table["spend"] * table["purchases"]
        if discount is not None:
            if self.spending is None:
                raise RegularsError("a value needs amounts: customer_base(..., money=True)")
            value = residual_value(law, self.spending.law, self.histories, discount, margin=margin)
            table["value"] = value["value"]
        return table

    def check(self, up_to: int = 7) -> pd.DataFrame:
        """Customers by number of repeats up to the split, observed and expected (`frequency_fit`)."""
        return frequency_fit(self.fit.law, self.histories, up_to)

    def track(self, step: float | None = None) -> pd.DataFrame:
        """Repeats week by week to the end of the log, observed and expected (`tracking`); ``step`` in days."""
        options = {"step": self.options["unit"] if step is None else step, **self.options}
        return tracking(self.fit.law, self.log, split=self.split, end=self.end, **options)

    def holdout(self, up_to: int = 7) -> pd.DataFrame:
        """Purchases after the split by number of repeats before it: what the law foretold, and what came.

        Returns:
            A table by ``repeats``: ``customers``, ``observed`` and ``expected`` purchases a customer, and the standard error of the
            observed mean; a last row ``all``. The error of the forecast is in units of what the log can tell.
        """
        if not self.split < self.end:
            raise RegularsError(
                "nothing was held out: customer_base(..., split=DAY) fits to what came before that day"
            )
        table = calibration_holdout(self.log, self.split, self.end, **self.options)
        expected = self.fit.law.conditional_mean(
            float(table["ahead"].iloc[0]),
            *(table[name].to_numpy() for name in ("repeats", "recency", "exposure")),
        )
        table = table.assign(expected=expected, observed=table["purchases"])
        classes = table["repeats"].clip(upper=up_to + 1)
        by = _means(table.groupby(classes))
        by.index = pd.Index([f"{up_to + 1}+" if k > up_to else int(k) for k in by.index], name="repeats")
        return pd.concat([by, _means(table.groupby(np.full(len(table), "all")))]).rename_axis("repeats")


def customer_base(
    purchases: pd.DataFrame,
    law: str = BEST,
    *,
    split: float | None = None,
    end: float | None = None,
    unit: float = 7.0,
    by_day: bool = True,
    firm: str | None = None,
    money: bool = False,
) -> CustomerBase:
    """Fit a law of customers who quietly leave to a log.

    Example: ``customer_base(resolve("cdnow-sample").purchases, "bgnbd", split=273).predict(39)``.

    Args:
        purchases: a log with ``customer`` and ``time`` in days, and ``amount`` for money.
        law: ``bgnbd``, ``mbgnbd``, ``pareto_nbd``, or ``best``: the one of the smallest AIC before the split.
        split: day before which purchases are fitted; the rest is held out. The end when left out.
        end: end of the log, in days (not included); after the last purchase when left out.
        unit: days per unit of time of the law; weeks by default.
        by_day: as in ``recency_frequency``.
        firm: only the purchases of this firm. In a log of several firms without it they are taken as one.
        money: fit what customers spend as well.
    """
    if law != BEST and law not in LAWS:
        raise RegularsError(f"law={law!r}: choose one of {', '.join([*LAWS, BEST])}")
    if not len(purchases):
        raise RegularsError("the log holds no purchases")
    end = float(np.floor(purchases["time"].max()) + 1) if end is None else float(end)
    split = end if split is None else float(split)
    if not 0 < split <= end:
        raise RegularsError(f"the split must lie in the log: split {split:g}, end {end:g}")
    options: dict[str, Any] = {"unit": unit, "by_day": by_day, "firm": firm}
    histories = recency_frequency(purchases, split, money=money, **options)
    fits = {name: fit(histories) for name, fit in LAWS.items() if law in (name, BEST)}
    order = sorted(fits, key=lambda name: fits[name].aic)
    tried = pd.DataFrame(
        {
            "log_likelihood": [fits[name].log_likelihood for name in order],
            "aic": [fits[name].aic for name in order],
            "parameters": [
                ", ".join(f"{k} {v:.4g}" for k, v in fits[name].estimates.items()) for name in order
            ],
        },
        index=pd.Index(order, name="law"),
    )
    spending = fit_gamma_gamma(histories) if money else None
    fit = fits[order[0]]
    notes = [*fit.notes, *(spending.notes if spending else ())]
    if firm is None and "firm" in purchases and purchases["firm"].nunique() > 1:
        notes.append(f"{purchases['firm'].nunique()} firms are taken as one: name one with firm=...")
    return CustomerBase(
        order[0], fit, spending, histories, tried, tuple(notes), purchases, split, end, options
    )


def _means(groups: Any) -> pd.DataFrame:
    often = groups["observed"].size()
    return pd.DataFrame(
        {
            "customers": often,
            "observed": groups["observed"].mean(),
            "expected": groups["expected"].mean(),
            "standard_error": groups["observed"].std() / np.sqrt(often),
        }
    )
