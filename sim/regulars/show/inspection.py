"""The page of a log: what looks odd, how it was read, and its pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from regulars.ground.lines import clean
from regulars.ground.output import whole_file
from regulars.show.html import rendered
from regulars.show.inline import inline_svg
from regulars.show.log import messages, pictures

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regulars.panels.panel import Panel

KICKERS = {
    "weeks": "Purchases over time", "gaps": "Days between purchases of a customer", "amounts": "What a purchase costs",
    "coming_and_going": "Customers by first and last purchase", "heaviest": "The heaviest customers", "shares": "Shares of firms",
}  # fmt: skip


def write_inspection(
    panel: Panel, path: str | Path, inputs: Iterable[Path] = (), overwrite: bool = False
) -> Path:
    """Write the page of a log as one HTML file; the same panel gives the same bytes.

    Raises:
        RegularsError: when it cannot be written, or another file is in its way.
    """
    with whole_file(path, inputs, overwrite) as draft:
        draft.write_bytes(inspection_html(panel).encode())
    return Path(path)


def inspection_html(panel: Panel) -> str:
    """The page as text."""
    grades = [o.grade for o in panel.oddities]
    return rendered(
        "inspection.html.jinja",
        {"clean": clean},
        title=panel.name,
        outcome="no" if "fail" in grades else "" if "review" in grades else "yes",
        facts=facts(panel),
        odd=[(o.grade, o.kind, o.sentence) for o in panel.oddities],
        log=log_parts(panel),
    )


def facts(panel: Panel) -> str:
    """How much there is in a log, in a sentence."""
    customers, firms = len(panel.customers), len(panel.firms)
    window = (
        panel.account.window() if panel.account else f"{panel.days:g} {'days' if panel.dated else 'steps'}"
    )
    money = f"{float(panel.purchases['amount'].sum()):,.2f} {panel.currency or ''}".strip()
    return f"{len(panel):,} purchases worth {money}, of {customers:,} customers at {firms:,} {'firm' if firms == 1 else 'firms'}; {window}"


def log_parts(panel: Panel) -> dict[str, Any]:
    """What `log_parts.html.jinja` shows of a log: how it was read (nothing where it was not read from a file), and its pictures."""
    account, said = panel.account, messages(panel)
    parts = [
        {"kicker": KICKERS[name], "message": said[name], "figure": Markup(inline_svg(figure, name))}
        for name, figure in pictures(panel).items()
    ]
    if account is None:
        return {"read": "", "columns": [], "said": [], "parts": parts}
    return {
        "read": f"{account.rows:,} rows of {account.kind}, {account.money_read:,.2f} in all",
        "columns": [(c.name, c.taken_for or "not used", c.how) for c in account.columns],
        "said": [*(c.sentence for c in account.changes), *account.remarks],
        "parts": parts,
    }
