"""What looks odd about a log, and what it would do to an answer; looked at before anything is fitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.panels.odd.amounts import free, giants
from regulars.panels.odd.calendar import cut_off, gaps, length, peaks, periods
from regulars.panels.odd.conditions import idle
from regulars.panels.odd.customers import guests, heavy, newcomers
from regulars.panels.odd.firms import branches, coming_and_going, many, ties
from regulars.panels.oddity import GRADES, Oddity

if TYPE_CHECKING:
    from regulars.panels.interpret import Interpreted
    from regulars.panels.panel import Panel

LOOKS = (
    idle,
    length,
    periods,
    gaps,
    cut_off,
    peaks,
    heavy,
    guests,
    newcomers,
    branches,
    many,
    coming_and_going,
    ties,
    free,
    giants,
)


def look(panel: Panel, read: Interpreted | None = None) -> tuple[Oddity, ...]:
    """All that looks odd, the gravest first; ``read`` is how the log was read, where it was."""
    if not len(panel):
        return ()
    found = [oddity for one in LOOKS for oddity in one(panel, read)]
    return tuple(sorted(found, key=lambda o: -GRADES.index(o.grade)))
