"""Pictures of a log, before anything is fitted: how much, how often, how dear, who comes and goes, who is heavy, who sells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from regulars.show.style import Sheet


def pictures(panel: Any) -> dict[str, Sheet]:
    """All pictures of a log that it has the data for, by name, without titles."""
    from regulars.show.log import customers, money, times

    found = {
        "weeks": times.weeks(panel, title=False),
        "gaps": times.gaps(panel, title=False) if panel.dated else None,
        "amounts": money.amounts(panel, title=False),
        "coming_and_going": customers.coming_and_going(panel, title=False),
        "heaviest": customers.heaviest(panel, title=False),
        "shares": None if panel.one_firm else times.shares(panel, title=False),
    }
    return {name: figure for name, figure in found.items() if figure is not None}


def messages(panel: Any) -> dict[str, str]:
    """What each picture shows, in a sentence."""
    from regulars.show.log import customers, money, times

    return {
        "weeks": times.weeks_message(panel),
        "gaps": times.gaps_message(panel) if panel.dated else "",
        "amounts": money.message(panel),
        "coming_and_going": customers.coming_message(panel),
        "heaviest": customers.heaviest_message(panel),
        "shares": "" if panel.one_firm else times.shares_message(panel),
    }
