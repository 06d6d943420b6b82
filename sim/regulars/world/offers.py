"""What every firm has on the table: the numbers that the compiled loops read."""

from __future__ import annotations

import numpy as np

OFFER = {  # numbers of a firm and their units; the last three are worked out every day
    "price": "currency per unit",
    "cost": "currency per unit",
    "quality": "performance",
    "failure": "probability",
    "severity": "performance lost by a failure",
    "shelf_price": "currency per unit, after what the shelf takes off",
    "shelf_factor": "of list price",
    "standing": "logits",
}
PRICE, COST, QUALITY, FAILURE, SEVERITY, SHELF_PRICE, SHELF_FACTOR, STANDING = range(len(OFFER))


class Offers:
    """The numbers of all firms in one array (number, firm), so that the kernel sees every change at once."""

    def __init__(self, firms: int) -> None:
        self.table = np.zeros((len(OFFER), firms))
        self.arrays = dict(zip(OFFER, self.table, strict=True))
