"""What a log can and cannot tell, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from regulars.panels.panel import Panel

TOLD = ("fitted", "read from the log", "worked out", "sampled", "asked for")
COUNTED = ("read from the log", "sampled")  # what needs no number before its note
ASSUMED, ABSENT, UNIDENTIFIED = UNTOLD = ("ASSUMED", "NOT IN THE MARKET", "NOT IDENTIFIED")
BAD = 4.0  # z-score beyond which a moment is called missed
NEAR = 2.0  # z-score within which a moment fits, as tables say it


@dataclass(frozen=True)
class Finding:
    """One number of the market: where it stands in the scenario, its estimate and error, and where it comes from."""

    name: str
    label: str
    estimate: float
    se: float | None
    unit: str
    source: str
    note: str = ""

    @property
    def drawn(self) -> bool:
        """Whether it has a place in the scenario and an error with which it is drawn."""
        return bool(self.name and self.se and np.isfinite(self.se))

    def row(self) -> dict[str, Any]:
        """The finding as a row of a table."""
        error = float("nan") if self.se is None else self.se
        return {
            "parameter": self.label, "scenario": self.name, "estimate": self.estimate, "se": error, "unit": self.unit,
            "source": self.source, "note": self.note,
        }  # fmt: skip

    def sentence(self) -> str:
        """The finding in words."""
        if not np.isfinite(self.estimate) or (self.note and not self.unit and self.source in COUNTED):
            return f"{self.label}: {self.note}"
        error = f" (standard error {self.se:.3g})" if self.se is not None and np.isfinite(self.se) else ""
        unit = f" {self.unit}" if self.unit else ""
        note = f": {self.note}" if self.note else ""
        return f"{self.label} = {_number(self.estimate)}{unit}{error}, {self.source}{note}"


def _number(x: float) -> str:
    """Four figures, or a large number in full."""
    return f"{x:,.0f}" if 1e3 <= abs(x) < 1e12 else f"{x:.4g}"


def words(panel: Panel, findings: Sequence[Finding], moments: pd.DataFrame) -> tuple[str, ...]:
    """Sentences on what the log tells, what was assumed, what it cannot tell, and where the fitted market is off."""
    told = [f.sentence() for f in findings if f.source in TOLD]
    assumed = [f.sentence() for f in findings if f.source == "assumed"]
    beside = [f.sentence() for f in findings if f.source not in (*TOLD, "assumed")]
    cannot = [
        "thresholds, satisfaction and word of mouth: purchases alone do not show them; they are off, and the scenario can "
        "switch them on",
        "how rivals would react: they keep their prices",
    ]
    if panel.one_firm:
        cannot.append(
            "switching to rivals: a log of one firm does not show it; the outside option stands for them"
        )
    if not panel.dated:
        cannot.append(
            "calendar time: the log only numbers the purchases, so its length is called the window of the fit"
        )
    z = moments["z"].abs().dropna()
    missed = moments[moments["z"].abs() > BAD]
    fits = f"{int((z <= NEAR).sum())} of {len(z)} moments of the log lie within {NEAR:.0f} standard errors in the fitted market, none is missed by more than {BAD:.0f}"
    if len(missed):
        worst = ", ".join(f"{row['moment']} ({row['z']:+.0f})" for _, row in missed.iterrows())
        fits = f"the fitted market misses these moments by more than {BAD:.0f} standard errors: {worst}"
    return (
        *told,
        *[f"{ASSUMED}: {line}" for line in assumed],
        *[f"{ABSENT}: {line}" for line in beside],
        *[f"{UNIDENTIFIED}: {line}" for line in cannot],
        fits,
    )
