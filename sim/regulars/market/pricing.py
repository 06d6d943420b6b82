"""The pricing policies of the firms of a market: hired at the start, asked every morning on which a decision is due."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from regulars.contract.pricing import PricingPolicy
from regulars.ground.errors import RegularsError
from regulars.world.desk import Desk


def employ(market: Any) -> list[PricingPolicy]:
    """The policies of all firms of a market that have one."""
    described = zip(market.firms, market.scenario.spec.firms, strict=True)
    return [spec.pricing.employ(Desk(firm)) for firm, spec in described if spec.pricing]


def decide(policies: Sequence[PricingPolicy], day: float, prices: np.ndarray) -> None:
    """Let all firms that decide today do so at once, and change `prices` (one a firm, in order of name)."""
    deciding = [policy for policy in policies if policy.due()]
    decisions = [policy.price(day) for policy in deciding]
    for policy, price in zip(deciding, decisions, strict=True):
        if price is None:
            continue
        if not (np.isfinite(price) and price >= 0):
            raise RegularsError(
                f"firms.{policy.desk.name}.pricing: {policy.title()} wants a price of {price!r} on day {day:g}"
            )
        prices[policy.desk.index] = price
