"""The reference model's numbers and what every engine reports about a run of it.

A market of N customers and four firms. Each tick a customer needs to buy with probability `NEED`; the utility of firm f is
`taste_if - beta_i * price_f + SATISFACTION * (satisfaction_if - START) - switching_i * [f is not the last firm] + Gumbel`;
the largest wins; the experience is `quality_f + NOISE * normal`; satisfaction moves to it by `MEMORY`; below the
customer's threshold a complaint is counted. Purchases and complaints are recorded per tick.

`taste_if ~ N(quality_f, TASTE_SPREAD)`, and `beta_i`, `switching_i`, `threshold_i` are uniform on the pairs below.
"""

from collections.abc import Sequence
from typing import TypedDict

import numpy as np

PRICE = (1.00, 0.90, 1.10, 0.95)
QUALITY = (0.60, 0.50, 0.70, 0.55)
FIRMS = len(PRICE)
TICKS = 104
NEED = 0.7
SATISFACTION = 1.2
START = 0.5
NOISE = 0.15
MEMORY = 0.3
TASTE_SPREAD = 0.1
BETA = (0.5, 1.5)
SWITCHING = (0.0, 0.6)
THRESHOLD = (0.3, 0.5)

BYTES_PER_TICK = 4 * (2 * FIRMS + 3 + 1) + 4 * (FIRMS + 1)
"""Bytes that one customer-tick reads (tastes, satisfactions, three traits, last firm) and writes, in single precision."""

TRANSCENDENTALS_PER_TICK = 2 * FIRMS + 2
"""Logarithms (two per Gumbel, one per normal) and the cosine of one customer-tick."""


class Measured(TypedDict):
    """One run: CPU and wall seconds of the stepping, seconds of set-up, outcomes, and growth of the process at its peak (MB)."""

    cpu_s: float
    wall_s: float
    setup_s: float
    shares: list[float]
    revenue_per_tick: float
    complaints_per_tick: float
    peak_mb: float


class Outcome(TypedDict):
    """Shares of purchases over the second half of the ticks; money and complaints of the market, mean per tick."""

    shares: list[float]
    revenue_per_tick: float
    complaints_per_tick: float


def outcome(purchases: Sequence[Sequence[float]], complaints: Sequence[Sequence[float]]) -> Outcome:
    """Summarise counts per tick and firm, both shaped (ticks, firms)."""
    bought = np.asarray(purchases, dtype=float)
    late = bought[len(bought) // 2 :].sum(axis=0)
    return Outcome(
        shares=(late / late.sum()).tolist(),
        revenue_per_tick=float((bought @ np.array(PRICE)).mean()),
        complaints_per_tick=float(np.asarray(complaints, dtype=float).sum(axis=1).mean()),
    )
