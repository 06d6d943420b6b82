"""The BG/BB of a log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.laws.bgbb import fit_bgbb
from regulars.laws.customer_base import CustomerBase
from regulars.laws.of_log import table_of
from regulars.world.calendar import is_whole, period_of, periods

if TYPE_CHECKING:
    from typing import Self

    from regulars.panels.panel import Panel


class BGBBOfLog(CustomerBase):
    """Customers who quietly leave and may buy at opportunities, by the BG/BB; times are numbers of opportunities."""

    title = "BG/BB"
    fitter = staticmethod(fit_bgbb)
    comparable = False  # its likelihood is one of other histories

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
        """Fit the law to whether customers bought at each opportunity before the split.

        Args:
            log: a panel or a table of purchases, with ``amount`` for money.
            split: day before which purchases are fitted, the start of an opportunity; the end when left out.
            end: end of the log, in days; a last part of an opportunity is left out.
            unit: days from one opportunity to the next; weeks by default. Purchases at one of them are one.
            by_day: changes nothing here.
            firm: only the purchases of this firm.
            money: fit what customers spend as well.
        """
        purchases, days = table_of(log)
        if not unit > 0:
            raise RegularsError(f"unit={unit:g}: opportunities must be some days apart")
        last = float(periods(days if end is None else end, unit))
        first = None if split is None else split / unit
        if split is not None and not is_whole(split, unit):
            raise RegularsError(f"split {split:g}: it must be the start of an opportunity, a multiple of {unit:g} days")  # fmt: skip
        numbered = purchases.assign(time=period_of(purchases["time"], unit).astype(float))
        return super().fit(numbered, split=first, end=last, unit=1.0, firm=firm, money=money)

    def picture(self) -> tuple[str, pd.DataFrame, dict[str, Any]]:
        """Repeats at each opportunity, in the window of the fit and after it."""
        return "tracking", self.track(), {"law": self.title, "step": "period", "days": 1.0}
