"""The report: one HTML file with a decision card first, which needs nothing but itself."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from regulars.ground.errors import RegularsError, shown
from regulars.ground.letters import visible
from regulars.ground.lines import clean, short
from regulars.ground.numbers import brief, cents, count, percent, unit_of
from regulars.ground.output import whole_file
from regulars.show import report_rows as rows
from regulars.show.appendix import appendix_html
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
from regulars.show.standing import standing
from regulars.show.words import certainty


def write_report(comparison: Any, path: str | Path, made: str = "", overwrite: bool = False) -> Path:
    """Write the report of a comparison as one HTML file, and its parameters as a second one beside it.

    The same comparison gives the same bytes. The second file is `appendix.html` beside `report.html`, `NAME-appendix.html` beside others.

    Args:
        comparison: from `regulars.lab.compare`.
        path: the file; folders are made, and files are written whole or not at all.
        made: a date or a name to print in the report; nothing when left out.
        overwrite: replace a file that is not ours, too, or that was changed since.

    Raises:
        RegularsError: when a file cannot be written, or another is in its way.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise RegularsError(f"the path of a file is needed, not {shown(path)}")
    final, reading = Path(path), read(comparison)
    beside = final.with_name("appendix.html" if final.stem == "report" else f"{final.stem}-appendix.html")
    texts = {final: report_html(reading, made, beside.name), beside: appendix_html(reading, final.name)}
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        with ExitStack() as files:
            for place, text in texts.items():
                files.enter_context(whole_file(place, overwrite=overwrite)).write_bytes(text.encode("utf-8"))
    except OSError as error:
        raise RegularsError(f"{final}: the report cannot be written here ({error.strerror})") from None
    return final


def report_html(comparison: Any, made: str = "", appendix: str = "") -> str:
    """The report as text: one page of HTML with its figures in it.

    Args:
        comparison: of `regulars.compare`.
        made: when it was made, for the page; not told by default.
        appendix: name of the file with all parameters, which it links to; none by default.
    """
    reading = read(comparison)
    cells, total = rows.cell_rows(reading, reading.best)
    hangs = reading.hanging
    return rendered(
        "report.html.jinja",
        {
            "count": count,
            "brief": brief,
            "cents": cents,
            "clean": clean,
            "percent": percent,
            "visible": visible,
        },
        made=clean(made) if made else "",
        appendix=quote(appendix),
        unit=unit_of(reading.currency),
        best=short(reading.best, 60),
        certainty=certainty(reading),
        single=reading.replicates < 2,
        card=card(reading),
        standing=standing(reading),
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
