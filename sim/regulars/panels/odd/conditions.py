"""What the reading asks for and no row of the log has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.panels.oddity import Oddity

if TYPE_CHECKING:
    from regulars.panels.interpret import Interpreted
    from regulars.panels.panel import Panel


def idle(panel: Panel, read: Interpreted | None) -> list[Oddity]:
    """Conditions that leave nothing out: spelled otherwise in this log, or there is nothing to leave out this time."""
    return [Oddity("idle condition", sentence) for sentence in (read.idle if read else ())]
