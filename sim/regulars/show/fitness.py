"""How well a simulated market fits its log: moments worst first, z-scores in words, and the message."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from regulars.ground.lines import clean
from regulars.ground.numbers import MINUS

FAR = 2.0  # standard errors within which a moment fits


def ordered(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table of moments (columns moment, observed, simulated, se, z and, optionally, used), worst first."""
    rows = table.assign(
        used=table["used"].astype(bool) if "used" in table else True, far=table["z"].abs().fillna(-1)
    )
    found = rows.sort_values(["far", "moment"], ascending=[False, True]).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in found]


def score(z: float, *, plain: bool = False) -> str:
    """A z-score with its sign and one decimal."""
    if not np.isfinite(z):
        return "n/a"
    return "0.0" if abs(z) < 0.05 else f"{z:+.1f}".replace("-", "-" if plain else MINUS)


def message(table: pd.DataFrame) -> str:
    """How many moments fit, and which fits worst."""
    told = [row for row in ordered(table) if np.isfinite(row["z"])]
    if not told:
        return "No moment could be compared"
    fits, worst = sum(abs(row["z"]) <= FAR for row in told), told[0]
    tail = f"; worst: {clean(worst['moment'])} (z = {score(worst['z'])})" if abs(worst["z"]) > FAR else ""
    return f"{fits} of {len(told)} moments fit within 2 standard errors{tail}"
