"""Names of firms as scenarios allow them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from regulars.ground.letters import NO_NAME, visible

if TYPE_CHECKING:
    import pandas as pd

    from regulars.panels.panel import Panel


def safe(name: Any) -> str:
    """A firm's name as a scenario allows it."""
    text = NO_NAME.sub("_", str(name).replace(".", "_"))
    return "_" if text == "*" else text or "firm"


def safe_names(firms: tuple[Any, ...]) -> dict[Any, str]:
    """Names that a scenario allows, one for each firm; a name that does as it is stays."""
    taken = {str(firm) for firm in firms if safe(firm) == str(firm)}
    found: dict[Any, str] = {}
    for firm in firms:
        name = wanted = safe(firm)
        if name != str(firm):
            number = 2
            while name in taken:
                name, number = f"{wanted}-{number}", number + 1
        taken.add(name)
        found[firm] = name
    return found


def renamed(panel: Panel) -> Panel:
    """The panel with names of firms, and texts, that a scenario allows; a note says which firms are called otherwise."""
    names = safe_names(panel.firms)
    told = [f"{str(firm)!r} is {name!r}" for firm, name in names.items() if name != str(firm)]
    panel = replace(panel, name=visible(panel.name), notes=tuple(visible(note) for note in panel.notes))
    if not told:
        return panel
    more = f" and {len(told) - 6} more" if len(told) > 6 else ""
    note = f"firms are called as a scenario allows: {', '.join(told[:6])}{more}"

    def with_names(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(firm=table["firm"].astype(object).map(lambda firm: names.get(firm, safe(firm))))

    offers = None if panel.offers is None else with_names(panel.offers)
    return replace(panel, purchases=with_names(panel.purchases), offers=offers, notes=(*panel.notes, note))
