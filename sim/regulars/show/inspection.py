"""The page of a log: what looks odd, how it was read, and its pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from regulars.ground.output import whole_file
from regulars.show.html import rendered
from regulars.show.inline import inline_svg
from regulars.show.log import messages, pictures
from regulars.show.placing import clean

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
    account, said = panel.account, messages(panel)
    grades = [o.grade for o in panel.oddities]
    customers, firms = len(panel.customers), len(panel.firms)
    window = account.window() if account else f"{panel.days:g} {'days' if panel.dated else 'steps'}"
    money = f"{float(panel.purchases['amount'].sum()):,.2f} {panel.currency or ''}".strip()
    parts = [
        {"kicker": KICKERS[name], "message": said[name], "figure": Markup(inline_svg(figure, name))}
        for name, figure in pictures(panel).items()
    ]
    return rendered(
        "inspection.html.jinja",
        {"clean": clean},
        title=panel.name,
        outcome="no" if "fail" in grades else "" if "review" in grades else "yes",
        facts=f"{len(panel):,} purchases worth {money}, of {customers:,} customers at {firms:,} {'firm' if firms == 1 else 'firms'}; {window}",
        odd=[(o.grade, o.kind, o.sentence) for o in panel.oddities],
        read=""
        if account is None
        else f"{account.rows:,} rows of {account.kind}, {account.money_read:,.2f} in all",
        columns=[]
        if account is None
        else [(c.name, c.taken_for or "not used", c.how) for c in account.columns],
        said=[] if account is None else [*(c.sentence for c in account.changes), *account.remarks],
        parts=parts,
    )
