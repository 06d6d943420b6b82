"""Markets of firms that set prices, and the equilibria that theory gives them."""

import numpy as np

from regulars.scenario import Scenario

INFORMED = {"kind": "best_response", "informed": True, "every": 1.0, "highest": 8.0, "points": 21}


def logit_market(
    policy,
    firms=2,
    outside=True,
    nothing=-1.0,
    sensitivity=1.0,
    cost=0.5,
    price=1.0,
    customers=200,
    days=25.0,
    reward=0.0,
    **changes,
):
    """Everybody meets one opportunity a day; tastes are the same for all, so that only prices differ."""
    rebate = {
        "threshold_rebate": {"days": 1, "window": 1, "returns": "amount", "amount": reward, "paid_as": "cash"}
    }
    table = {
        "market": {"customers": customers, "days": days},
        "need": {"process": "calendar"},
        "taste": {"kind": "homogeneous"},
        "choice": {
            "outside": outside,
            "outside_utility": nothing + np.log(1 / firms),
            "price_sensitivity": sensitivity,
        },
        "firms": [
            {
                "name": f"f{k}",
                "price": price,
                "cost": cost,
                "pricing": dict(policy),
                "strategies": rebate if reward else {},
            }
            for k in range(firms)
        ],
    }
    return Scenario(table).set(changes)


def logit_share(price, firms, outside, nothing, sensitivity):
    """Share P of each of `firms` that all ask `price`; attraction of each 0, of buying nothing `nothing`."""
    pull = np.exp(-sensitivity * price)
    return pull / (firms * pull + outside * np.exp(nothing))


def logit_price(firms, outside, nothing=-1.0, sensitivity=1.0, cost=0.5):
    """Static logit equilibrium p = c + 1 / (b (1 - P)), by bisection."""
    low, high = cost, cost + 100.0 / sensitivity
    for _ in range(200):
        middle = (low + high) / 2
        wanted = cost + 1 / (sensitivity * (1 - logit_share(middle, firms, outside, nothing, sensitivity)))
        low, high = (middle, high) if middle < wanted else (low, middle)
    return low


def prices(market):
    return np.array([firm.price for firm in market.firms])
