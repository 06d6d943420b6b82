"""What simpler comparisons would have said in the place of a randomised pilot, beside the truth.

Before and after holds customers with the programme against as many weeks before it, and takes what changes anyhow for its effect.
Members against others takes for its effect what makes customers join.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from regulars.ground.chance import Chance, purpose

if TYPE_CHECKING:
    import pandas as pd

    from regulars.lab.decision.regression import Floats

SAMPLE = purpose("pilot", "sample")
WAYS = ("truth", "randomised pilot", "before and after", "members against others")


def trap(seen: pd.DataFrame, se: Floats, seed: int) -> pd.DataFrame:
    """What each way of looking at a pilot says over the worlds, beside the truth.

    Args:
        seen: worlds of one length and measure, as `Worlds.at` gives them.
        se: standard error of the randomised difference in each world, shape (worlds,).
        seed: of the customers that chance assigns.

    Returns:
        A row a way: `way`; in the unit of the measure per customer `mean`, `low` and `high` (5 and 95% of worlds) and `bias` (mean less
        truth); `wrong_sign`, the share of worlds in which it has another sign than the truth. Ways that cannot be gone are left out.
    """
    import pandas as pd

    truth = seen["effect"].to_numpy()
    said = {
        "truth": truth,
        "randomised pilot": truth + se * Chance(seed).normal(SAMPLE, np.arange(len(truth))),
        "before and after": truth + seen["drift"].to_numpy(),
        "members against others": seen["members_gap"].to_numpy(),
    }
    rows = []
    for way in WAYS:
        there = np.isfinite(said[way])
        if not there.any():
            continue
        values, true = said[way][there], truth[there]
        low, high = np.quantile(values, [0.05, 0.95])
        rows.append(
            {
                "way": way, "mean": float(values.mean()), "low": float(low), "high": float(high),
                "bias": float((values - true).mean()), "wrong_sign": float((np.sign(values) != np.sign(true)).mean()),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)
