"""The day of the market in plain Python, for reading: one customer at a time, with the standard library only.

Whoever doubts what `Market` does can read it here, equation beside step, and hold the two against each other: they agree
choice for choice and amount for amount.
"""

from regulars.ground.lazy import face
from regulars.plain.day import PlainMarket
from regulars.plain.firm import Here, PlainFirm
from regulars.plain.totals import Row, Totals

__all__ = ["Here", "PlainFirm", "PlainMarket", "Row", "Totals"]
__getattr__, __dir__ = face("regulars.plain", {}, __all__)
