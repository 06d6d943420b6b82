"""Shy's quick-and-easy switching costs, from prices and market shares alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from regulars.ground.errors import RegularsError

CAUTION = (
    "Assumes undercut-proof prices of a homogeneous good. Where tastes differ, as in logit demand, larger firms charge more "
    "for other reasons and the estimates are biased; a negative cost of a large firm is a sign of it. Prefer the "
    "lagged-choice estimator where purchases are seen."
)


@dataclass(frozen=True)
class SwitchingCosts:
    """Switching costs that Shy's rule reads from a market, in the money of the prices.

    Attributes:
        costs: by firm, what its customers would lose by leaving.
        shares: the market shares used.
        caution: when not to believe them; part of every table.
    """

    costs: Mapping[str, float]
    shares: Mapping[str, float]
    caution: str = field(default=CAUTION)

    def table(self) -> pd.DataFrame:
        """Share and switching cost by firm; the caution is in ``table().attrs``."""
        frame = pd.DataFrame({"share": dict(self.shares), "switching_cost": dict(self.costs)}).rename_axis(
            "firm"
        )
        frame.attrs["caution"] = self.caution
        return frame


def shy_costs(prices: Mapping[str, float], shares: Mapping[str, float]) -> SwitchingCosts:
    """Switching costs from prices and shares: S_i = p_i - p_k n_k / (n_i + n_k).

    Each firm's rival k is the smallest firm, which gains most by undercutting; the smallest fears the largest.
    Source: Shy (2002), International Journal of Industrial Organization 20, 71-87. Biased on logit data: see ``CAUTION``.

    Args:
        prices: of each firm, money per unit.
        shares: market share of each firm, or its number of customers.

    Returns:
        By firm, in the money of the prices, with the caution.

    Raises:
        RegularsError: fewer than two firms, or prices and shares that are not above 0.
    """
    firms = list(prices)
    missing = [f for f in firms if f not in shares]
    if len(firms) < 2 or missing:
        raise RegularsError(
            f"needs prices and shares of two firms or more{f'; no share of {missing[0]}' if missing else ''}"
        )
    if any(shares[f] <= 0 or prices[f] <= 0 for f in firms):
        raise RegularsError("prices and shares must be above 0")
    by_size = sorted(firms, key=lambda f: -shares[f])
    largest, smallest = by_size[0], by_size[-1]
    costs = {}
    for f in firms:
        rival = largest if f == smallest else smallest
        costs[f] = prices[f] - prices[rival] * shares[rival] / (shares[f] + shares[rival])
    return SwitchingCosts(costs, {f: shares[f] for f in firms})


def shy_prices(share_a: float, share_b: float, cost: float) -> tuple[float, float]:
    """The undercut-proof prices of two firms with a common switching cost; the larger firm is the cheaper.

    p_A = s N (n_A + 2 n_B) / (n_A^2 + n_A n_B + n_B^2), p_B likewise; equal shares give 2 s.
    Source: Shy (2002), International Journal of Industrial Organization 20, 71-87.

    Args:
        share_a: market share or number of customers of the one firm (n_A).
        share_b: of the other, in the same unit (n_B).
        cost: switching cost of all customers (s), in money.

    Returns:
        The two prices, in money per unit.

    Raises:
        RegularsError: shares that are not above 0, or a cost below 0.
    """
    if share_a <= 0 or share_b <= 0 or cost < 0:
        raise RegularsError("shares must be above 0 and the switching cost 0 or more")
    bottom = share_a**2 + share_a * share_b + share_b**2
    scale = cost * (share_a + share_b) / bottom
    return scale * (share_a + 2 * share_b), scale * (2 * share_a + share_b)
