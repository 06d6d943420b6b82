"""The four stocks that tie customers to firms besides the goods (see the process `relationship`)."""

from __future__ import annotations

from enum import StrEnum


class Benefit(StrEnum):
    """A relationship benefit (Gwinner, Gremler & Bitner 1998; respect: Bhattacharya & Sen 2003)."""

    SOCIAL = "social"
    SPECIAL = "special"
    CONFIDENCE = "confidence"
    RESPECT = "respect"
