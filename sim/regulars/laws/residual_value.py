"""What customers are still worth: their discounted purchases to come times what they spend."""

from __future__ import annotations

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.laws.leaving import Leaving
from regulars.laws.spending import GammaGamma


def residual_value(
    law: Leaving,
    spending: GammaGamma,
    histories: pd.DataFrame,
    discount: float,
    *,
    margin: float = 1.0,
) -> pd.DataFrame:
    """Residual lifetime value of each customer: margin x expected amount x discounted purchases to come.

    Amounts are taken as independent of how often customers buy.
    Source: Fader, Hardie & Lee (2005), Journal of Marketing Research 42, 415-430.

    Args:
        law: how customers buy and leave (Pareto/NBD, BG/NBD, MBG/NBD).
        spending: what they spend per purchase.
        histories: columns repeats, recency, exposure and spend (``recency_frequency(..., money=True)``), by customer.
        discount: continuous rate per unit of time of the histories, above 0: log(1 + 0.15) / 52 for 15% a year in weeks.
        margin: share of the amount that is kept.

    Returns:
        A table by customer: ``p_alive``, ``purchases`` (discounted, from the end of the exposure on), ``spend`` (expected amount of a
        purchase) and ``value``, in the money of the histories.

    Raises:
        RegularsError: a margin that is missing or infinite, a rate that is not above 0, or histories that cannot be.
    """
    if not np.isfinite(margin):
        raise RegularsError(f"the margin must be a finite number, not {margin}")
    history = tuple(histories[name].to_numpy() for name in ("repeats", "recency", "exposure"))
    ahead = law.residual_purchases(discount, *history)
    spend = spending.conditional_mean(history[0], histories["spend"].to_numpy())
    return pd.DataFrame(
        {
            "p_alive": law.p_alive(*history),
            "purchases": ahead,
            "spend": spend,
            "value": margin * ahead * spend,
        },
        index=histories.index,
    )
