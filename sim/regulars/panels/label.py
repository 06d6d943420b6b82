"""What a panel says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.ground.label import Label, counted
from regulars.ground.numbers import percent, unit_of

if TYPE_CHECKING:
    from regulars.panels.panel import Panel


def of_panel(panel: Panel) -> Label:
    """How many bought how much where, and what is odd about it."""
    money = panel.shares("amount")
    bought = panel.shares()
    rows = [
        (str(firm), percent(share), percent(paid))
        for firm, share, paid in zip(bought.index, bought, money.reindex(bought.index), strict=True)
    ]
    length = f"{panel.days:g} days" if panel.dated else f"{panel.days:g} purchases of a customer at most"
    since = f" from {panel.start}" if panel.start else " (no calendar)" if panel.dated else ""
    odd = [f"{oddity.grade}: {oddity.sentence}" for oddity in panel.oddities if oddity.grade != "note"]
    more = (f"... and {len(odd) - 2} more in .oddities",) if len(odd) > 2 else ()
    return Label(
        f"Panel {panel.name!r}",
        (
            counted(len(panel), "purchase"), counted(len(panel.customers), "customer"), counted(len(money), "firm"),
            f"{length}{since}", f"money in {unit_of(panel.currency or '')}",
        ),
        ("firm", "share of purchases", "share of money"), rows, (*odd[:2], *more),
    )  # fmt: skip
