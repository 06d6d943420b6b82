"""Money that looks odd: purchases for nothing, and single ones of a size of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from regulars.panels.account import several, share
from regulars.panels.oddity import Oddity
from regulars.panels.ways import way

if TYPE_CHECKING:
    from regulars.panels.interpret import Interpreted
    from regulars.panels.panel import Panel

MANY, SINGLE = 0.2, 0.01  # shares; of purchases for nothing, and of all money


def free(panel: Panel, read: Interpreted | None) -> list[Oddity]:
    """Many purchases of amount 0."""
    part = float((panel.purchases["amount"] == 0).mean())
    if part < MANY or len(panel) < 50:
        return []
    said = f"{share(part, 1)} of purchases have amount 0 (free samples, points, corrections?): they count as visits that bring no money; {way('zero_amounts', 'drop')} leaves them out"
    return [Oddity("zero amounts", said)]


def giants(panel: Panel, read: Interpreted | None) -> list[Oddity]:
    """A few purchases that hold much of all money."""
    amounts = panel.purchases["amount"].to_numpy()
    if len(amounts) < 50 or amounts.sum() <= 0:
        return []
    limit = 20 * float(np.quantile(amounts, 0.99))
    big = amounts[(amounts > limit) & (amounts > 1e-3 * amounts.sum())]
    part = float(big.sum() / amounts.sum())
    if part < SINGLE:
        return []
    said = f"{several(len(big), 'purchase holds', 'purchases hold')} {share(part, 1)} of all money, the largest {amounts.max():,.2f}: a mistyped amount would raise every basket of the market"
    return [Oddity("giant purchases", said, "fail" if part > 0.2 else "review")]
