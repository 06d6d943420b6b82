"""The report: one HTML file with a decision card first, which needs nothing but itself."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from markupsafe import Markup

from regulars.ground.errors import RegularsError, shown
from regulars.ground.lines import clean, short
from regulars.ground.numbers import brief, cents, count, unit_of
from regulars.ground.output import whole_file
from regulars.show import report_rows as rows
from regulars.show.card import card
from regulars.show.fonts import boxes
from regulars.show.hanging import input_rows, source_rows, worth_lines
from regulars.show.html import rendered
from regulars.show.inline import inline_svg
from regulars.show.plots import (
    attribution,
    cumulative,
    gain_loss,
    naive,
    pareto,
    share_of_wallet,
    tornado,
    waterfall,
)
from regulars.show.reading import Reading, read
from regulars.show.words import certainty


def write_report(comparison: Any, path: str | Path, made: str = "", overwrite: bool = False) -> Path:
    """Write the report of a comparison as one HTML file; the same comparison gives the same bytes.

    Args:
        comparison: from `regulars.lab.compare`.
        path: the file; folders are made, and the file is written whole or not at all.
        made: a date or a name to print in the report; nothing when left out.
        overwrite: replace a file that is not ours, too, or that was changed since.

    Raises:
        RegularsError: when the file cannot be written, or another is in its way.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise RegularsError(f"the path of a file is needed, not {shown(path)}")
    final = Path(path)
    content = report_html(comparison, made).encode("utf-8")
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(final, overwrite=overwrite) as draft:
            draft.write_bytes(content)
    except OSError as error:
        raise RegularsError(f"{final}: the report cannot be written here ({error.strerror})") from None
    return final


def report_html(comparison: Any, made: str = "") -> str:
    """The report as text: one page of HTML with its figures in it.

    Args:
        comparison: of `regulars.compare`.
        made: when it was made, for the page; not told by default.
    """
    reading = read(comparison)
    cells, total = rows.cell_rows(reading, reading.best)
    hangs = reading.hanging
    return rendered(
        "report.html.jinja",
        {"count": count, "brief": brief, "cents": cents, "clean": clean},
        made=clean(made) if made else "",
        unit=unit_of(reading.currency),
        best=short(reading.best, 60),
        certainty=certainty(reading),
        single=reading.replicates < 2,
        card=card(reading),
        sections=_sections(reading),
        ranking=rows.ranking_rows(reading),
        hangs=hangs,
        inputs=input_rows(reading, hangs),
        interval_from=source_rows(hangs),
        worth=worth_lines(reading, hangs),
        cells=cells,
        total=total,
        books=rows.book_rows(reading),
        parts=rows.part_rows(reading),
        accounts=rows.money_rows(reading),
        activity=rows.activity_rows(reading),
        arms=rows.arm_rows(reading),
        control=rows.control_row(reading),
        stated=rows.assumption_rows(reading, written=True),
        assumed=rows.assumption_rows(reading, written=False),
        sources=reading.comparison.scenario.spec.about.sources,
        run=rows.run_rows(reading),
        boxes=boxes(
            [*reading.arms, *(firm.name for firm in reading.comparison.scenario.spec.firms), reading.currency]
        ),
    )


def _sections(reading: Reading) -> dict[str, dict[str, Any]]:
    """Figures by name: their message as the heading, and the SVG."""
    found = {
        "waterfall": (waterfall.message(reading), waterfall.draw(reading, reading.best, title=False)),
        "attribution": (attribution.message(reading), attribution.draw(reading, title=False)),
        "gain_loss": (gain_loss.message(reading), gain_loss.draw(reading, title=False)),
        "cumulative": (cumulative.message(reading), cumulative.draw(reading, title=False)),
        "pareto": (pareto.message(reading), pareto.draw(reading, title=False)),
    }
    if reading.hanging.tornado is not None:
        found["tornado"] = (tornado.message(reading), tornado.draw(reading, title=False))
    if len(reading.arms) > 1:
        found["waterfalls"] = (waterfall.overview(reading), waterfall.draw(reading, title=False))
    if naive.members(reading):
        found["naive"] = (naive.message(reading), naive.draw(reading, title=False))
    if share_of_wallet.known(reading):
        found["share_of_wallet"] = (
            share_of_wallet.message(reading),
            share_of_wallet.draw(reading, title=False),
        )
    return {
        name: {"message": message, "figure": Markup(inline_svg(figure, name))}
        for name, (message, figure) in found.items()
    }
