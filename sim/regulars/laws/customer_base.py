"""A firm's customers as a law sees them: from a log in one step to forecasts by customer, and to what speaks for or against them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.laws.fitted import Fit
from regulars.laws.of_log import LawOfLog, of_classes, table_of
from regulars.laws.residual_value import residual_value
from regulars.laws.spending import GammaGamma, fit_gamma_gamma
from regulars.laws.tracking import frequency_fit, tracking
from regulars.panels.histories import calibration_holdout, recency_frequency

if TYPE_CHECKING:
    from typing import Self

    from regulars.panels.panel import Panel

Fitter = Callable[..., Fit[Any]]


@dataclass(frozen=True)
class CustomerBase(LawOfLog):
    """A law of customers who quietly leave, fitted to a log up to ``split``.

    Attributes:
        spending: what customers spend per purchase (gamma-gamma), or None where it was not asked for.
        histories: by customer: repeats, recency, exposure, and spend with ``spending``.
        tried: log-likelihood, AIC and parameters of every law that was fitted, best first; the first is the one that is used.
        several: firms that are taken as one.
    """

    fitter: ClassVar[Fitter]  # of histories
    comparable: ClassVar[bool] = True  # whether the likelihood is one of the histories of other laws, too

    spending: Fit[GammaGamma] | None
    histories: pd.DataFrame
    tried: pd.DataFrame
    several: int
    log: pd.DataFrame = field(repr=False)
    split: float
    end: float
    options: dict[str, Any] = field(repr=False)

    @classmethod
    def candidates(cls) -> Mapping[str, Fitter]:
        """By title the laws of which the one of the smallest AIC is taken."""
        return {cls.title: cls.fitter}

    @classmethod
    def fit(
        cls,
        log: Panel | pd.DataFrame,
        *,
        split: float | None = None,
        end: float | None = None,
        unit: float = 7.0,
        by_day: bool = True,
        firm: str | None = None,
        money: bool = False,
    ) -> Self:
        """Fit the law to the histories before the split (`recency_frequency`).

        Args:
            log: a panel or a table of purchases, with ``amount`` for money.
            split: day before which purchases are fitted; the rest is held out. The end when left out.
            end: end of the log, in days (not included); that of the panel, or after the last purchase, when left out.
            unit: days per unit of time of the law; weeks by default.
            by_day: as in `recency_frequency`.
            firm: only the purchases of this firm. In a log of several firms without it they are taken as one.
            money: fit what customers spend as well.
        """
        purchases, days = table_of(log)
        end = days if end is None else float(end)
        split = end if split is None else float(split)
        if not 0 < split <= end:
            raise RegularsError(f"the split must lie in the log: split {split:g}, end {end:g}")
        options: dict[str, Any] = {"unit": unit, "by_day": by_day, "firm": firm}
        histories = recency_frequency(purchases, split, money=money, **options)
        fits = {title: fitter(histories) for title, fitter in cls.candidates().items()}
        order = sorted(fits, key=lambda title: fits[title].aic)
        tried = pd.DataFrame(
            {
                "log_likelihood": [fits[title].log_likelihood for title in order],
                "aic": [fits[title].aic for title in order],
                "parameters": [
                    ", ".join(f"{k} {v:.4g}" for k, v in fits[title].estimates.items()) for title in order
                ],
            },
            index=pd.Index(order, name="law"),
        )
        spending = fit_gamma_gamma(histories) if money else None
        several = purchases["firm"].nunique() if firm is None and "firm" in purchases else 1
        return cls(fits[order[0]], spending, histories, tried, several, purchases, split, end, options)

    @property
    def notes(self) -> tuple[str, ...]:
        """What limits the fits."""
        notes = [*self.result.notes, *(self.spending.notes if self.spending else ())]
        if self.several > 1:
            notes.append(f"{self.several} firms are taken as one: name one with firm=...")
        return tuple(notes)

    def predict(
        self, ahead: float = 1.0, *, discount: float | None = None, margin: float = 1.0
    ) -> pd.DataFrame:
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
        law = self.law
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
                raise RegularsError("a value needs amounts: fit_law(..., money=True)")
            value = residual_value(law, self.spending.law, self.histories, discount, margin=margin)
            table["value"] = value["value"]
        return table

    def check(self, up_to: int = 7) -> pd.DataFrame:
        """Customers by number of repeats up to the split (`frequency_fit`)."""
        table = frequency_fit(self.law, self.histories, up_to)
        return of_classes(table["observed"].to_numpy(), table["expected"].to_numpy(), table.index)

    def picture(self) -> tuple[str, pd.DataFrame, dict[str, Any]]:
        """Repeats step by step, in the window of the fit and after it."""
        unit = self.options["unit"]
        step = "week" if unit == 7 else "day" if unit == 1 else f"{unit:g} days"
        return "tracking", self.track(), {"law": self.tried.index[0], "step": step, "days": unit}

    def track(self, step: float | None = None) -> pd.DataFrame:
        """Repeats week by week to the end of the log, observed and expected (`tracking`); ``step`` in days."""
        options = {"step": self.options["unit"] if step is None else step, **self.options}
        return tracking(self.law, self.log, split=self.split, end=self.end, **options)

    def holdout(self, up_to: int = 7) -> pd.DataFrame:
        """Purchases after the split by number of repeats before it: what the law foretold, and what came.

        Returns:
            A table by ``repeats``: ``customers``, ``observed`` and ``expected`` purchases a customer, and the standard error of the
            observed mean; a last row ``all``. The error of the forecast is in units of what the log can tell.
        """
        if not self.split < self.end:
            raise RegularsError(
                "nothing was held out: fit_law(..., split=DAY) fits to what came before that day"
            )
        table = calibration_holdout(self.log, self.split, self.end, **self.options)
        expected = self.law.conditional_mean(
            float(table["ahead"].iloc[0]),
            *(table[name].to_numpy() for name in ("repeats", "recency", "exposure")),
        )
        table = table.assign(expected=expected, observed=table["purchases"])
        classes = table["repeats"].clip(upper=up_to + 1)
        by = _means(table.groupby(classes))
        by.index = pd.Index([f"{up_to + 1}+" if k > up_to else int(k) for k in by.index], name="repeats")
        return pd.concat([by, _means(table.groupby(np.full(len(table), "all")))]).rename_axis("repeats")


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
