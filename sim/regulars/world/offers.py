"""What every firm has on the table: the numbers that the compiled loops read."""

from __future__ import annotations

import numpy as np

OFFER = {  # numbers of a firm and their units; those after `rent` are worked out every day
    "price": "currency per unit",
    "cost": "currency per unit",
    "quality": "performance",
    "service": "performance",
    "hours": "hours per purchase",
    "effort": "effort per purchase",
    "risk": "uncertainty",
    "failure": "probability",
    "severity": "performance lost by a failure",
    "availability": "probability",
    "brand": "0..1",
    "rent": "currency per day",
    "shelf_price": "currency per unit, after what the shelf takes off",
    "shelf_factor": "of list price",
    "standing": "logits",
}
(
    PRICE, COST, QUALITY, ATTENTION, HOURS, EFFORT, RISK, FAILURE, SEVERITY, AVAILABILITY, BRAND, RENT,
    SHELF_PRICE, SHELF_FACTOR, STANDING,
) = range(len(OFFER))  # fmt: skip


class Offers:
    """The numbers of all firms in one array (number, firm), so that the kernel sees every change at once."""

    def __init__(self, firms: int) -> None:
        self.table = np.zeros((len(OFFER), firms))
        self.arrays = dict(zip(OFFER, self.table, strict=True))
        self.levers = self.table[QUALITY : RISK + 1]  # quality, service, hours, effort, risk: a view
