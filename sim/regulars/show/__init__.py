"""Figures, terminal tables and the report: what people see of a run.

`show.ranking(comparison)`, `show.waterfall(comparison, arm)`, ... return matplotlib figures that draw themselves in a notebook;
`show.save(figure, "folder/name")` writes PNG and SVG; `show.write_report(comparison, "report.html")` writes one page for all.
Of all figures, `comparison` is what `regulars.compare` gives, and `title` whether the message stands above the figure.
Nothing here imports matplotlib before it is needed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from regulars.ground.lazy import face

if TYPE_CHECKING:
    from regulars.show.style import Sheet

FIGURES = (
    "ranking",
    "waterfall",
    "attribution",
    "naive",
    "gain_loss",
    "cumulative",
    "pareto",
    "share_of_wallet",
)
OTHER_FIGURES = (
    "moments",
    "double_jeopardy",
    "advantage",
    "repeat_buying",
    "timeline",
    "tracking",
    "repeat_rates",
    "renewals",
)
_HOMES = {name: f"regulars.show.plots.{name}:draw" for name in (*FIGURES, *OTHER_FIGURES)} | {
    **dict.fromkeys(("answer", "headline"), "regulars.show.words"),
    **dict.fromkeys(("report_html", "write_report"), "regulars.show.report"),
    "crossings": "regulars.show.plots.advantage",
    "money": "regulars.ground.numbers",
    "read": "regulars.show.reading",
    "save": "regulars.show.style",
    "tables": "regulars.show.tables",
}

__all__ = [*_HOMES, "save_figures", "sweep_figure"]


def save_figures(comparison: Any, folder: str | Path) -> list[Path]:
    """Write every figure of a comparison into a folder, as `<name>.png` and `<name>.svg`; returns the paths."""
    from regulars.show.reading import read
    from regulars.show.style import save

    reading = read(comparison)
    return [path for name in FIGURES for path in save(__getattr__(name)(reading), Path(folder) / name)]


def sweep_figure(sweep: Any, metric: str = "incremental_profit", **options: Any) -> Sheet:
    """The advantage of the arms of a sweep over its parameters.

    Args:
        sweep: of `regulars.sweep`.
        metric: whose change is drawn.
        options: as of `show.advantage`.

    Raises:
        RegularsError: no result of a sweep, or no such metric.
    """
    from regulars.ground.alike import nearest
    from regulars.ground.errors import RegularsError, shown
    from regulars.show.plots.advantage import draw

    if not hasattr(sweep, "table") or not hasattr(sweep, "over"):
        raise RegularsError(f"the result of a sweep is needed, not {shown(sweep)}")
    known = sorted(set(sweep.table["metric"]))
    if not isinstance(metric, str) or metric not in known:
        raise RegularsError(f"no metric is called {shown(metric)}; {nearest(str(metric), known)}")
    given = {"currency": sweep.scenario.spec.market.currency, **options}
    return draw(sweep.table, sweep.over, metric=metric, **given)


__getattr__, __dir__ = face("regulars.show", _HOMES, ("save_figures", "sweep_figure"))
