"""Reading logs of purchases: files of all kinds, tables in memory, and public datasets.

Nothing here imports pandas before it is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.ground.lazy import face

if TYPE_CHECKING:
    from regulars.panels.account import Account, Change, ColumnUse
    from regulars.panels.datasets import dataset
    from regulars.panels.named import resolve
    from regulars.panels.oddity import Oddity
    from regulars.panels.panel import Panel
    from regulars.panels.reader import read
    from regulars.panels.reading import Reading
    from regulars.panels.summaries import read_rfm, rfm

__all__ = [
    "Account",
    "Change",
    "ColumnUse",
    "Oddity",
    "Panel",
    "Reading",
    "dataset",
    "read",
    "read_rfm",
    "resolve",
    "rfm",
]
_HOMES = {
    **dict.fromkeys(("Account", "Change", "ColumnUse"), "regulars.panels.account"),
    **dict.fromkeys(("read_rfm", "rfm"), "regulars.panels.summaries"),
    "Oddity": "regulars.panels.oddity",
    "Panel": "regulars.panels.panel",
    "Reading": "regulars.panels.reading",
    "dataset": "regulars.panels.datasets",
    "read": "regulars.panels.reader",
    "resolve": "regulars.panels.named",
}
__getattr__, __dir__ = face("regulars.panels", _HOMES)
