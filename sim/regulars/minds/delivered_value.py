"""Customer delivered value: what a customer gets in all less what it costs, in money.

Kotler's balance (Marketing Management): total value (quality, service) less total cost (money, time, effort, nerves).
A part that is worth u logits to a customer who loses b logits per unit of price and buys q units at a time is worth
u q / b in money, so that differences of the total between firms, times b / q, are the logits that customers act on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from regulars.behavior import levers
from regulars.ground.errors import RegularsError
from regulars.minds.attitude import number_of

if TYPE_CHECKING:
    from regulars.market import Market

SYSTEMS = {"M4": "tests/behavior/test_levers.py::test_delivered_value_is_what_customers_act_on"}
COSTS = ("time", "effort", "risk", "price")


def delivered_value(market: Market, firm: str) -> pd.DataFrame:
    """What a purchase of the usual basket at a firm is worth to every customer today: Kotler's total value less total cost.

    A part of u logits is worth u q / b to a customer who buys q units at a time and loses b logits per unit of price. Taste,
    satisfaction, relations and what is offered in person are not in it. Source: Kotler (2000), Marketing Management, ch. 2.

    Args:
        market: the market as it stands.
        firm: name of the firm.

    Returns:
        A table of all customers, in currency units: ``customer``; the values ``quality`` and ``service``; the costs ``time``,
        ``effort``, ``risk`` and ``price`` (the basket at today's shelf price); ``total``, the values less the costs. A customer to whom
        the price is nothing (b = 0) weighs nothing in money: NaN wherever a part is worth anything to it.

    Raises:
        RegularsError: no firm of this name; a market in which nobody minds the price.
    """
    f, c = number_of(market, firm), market.customers
    sensitivity, basket = c.price_sensitivity.astype(np.float64), c.basket.astype(np.float64)
    if not sensitivity.any():
        raise RegularsError(
            "nobody in this market minds the price (choice.price_sensitivity = 0): nothing has a worth in money"
        )
    levels = np.array([market.offers.arrays[name][f] for name in levers.LEVERS])
    alike = levers.common(market.scenario.spec.choice)
    weights = levers.weights(c) if alike is None else np.broadcast_to(alike, (c.count, alike.size))
    logits = weights * levels
    with np.errstate(divide="ignore", invalid="ignore"):
        money = np.where(logits == 0.0, 0.0, logits * (basket / sensitivity)[:, None])
    money[~np.isfinite(money)] = np.nan
    table = pd.DataFrame(
        {
            "customer": np.arange(c.count),
            "quality": money[:, 0],
            "service": money[:, 1],
            "time": 0.0 if alike is not None else c.hour.astype(np.float64) * levels[2],
            "effort": -money[:, 3],
            "risk": -money[:, 4],
            "price": basket * float(market.offers.arrays["shelf_price"][f]),
        }
    )
    table["total"] = table["quality"] + table["service"] - sum(table[cost] for cost in COSTS)
    return table
