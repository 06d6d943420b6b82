"""The appendix of a report: every parameter of what is switched on, the fit's own lines in full, and sources."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from regulars.ground.lines import clean
from regulars.show import report_rows as rows
from regulars.show.html import rendered
from regulars.show.reading import read
from regulars.show.standing import checks, evidence_rows, untold

WHOLE = 100_000  # letters: nothing is cut here


def appendix_html(comparison: Any, report: str = "") -> str:
    """The appendix as text: one page of HTML.

    Args:
        comparison: of `regulars.compare`.
        report: name of the file that it belongs to, which it links to; none by default.
    """
    reading = read(comparison)
    about = reading.comparison.scenario.spec.about
    return rendered(
        "appendix.html.jinja",
        {"clean": clean},
        title=about.title or reading.comparison.scenario.name,
        report=quote(report),
        checks=checks(reading),
        untold=untold(reading, WHOLE),
        evidence=evidence_rows(reading),
        sources=about.sources,
        stated=rows.assumption_rows(reading, written=True),
        assumed=rows.assumption_rows(reading, written=False),
        off=rows.switched_off(reading),
        changed=about.changed,
        run=rows.run_rows(reading),
    )
