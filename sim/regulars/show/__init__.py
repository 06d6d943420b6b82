"""Figures, terminal tables and the report: what people see of a run.

`show.ranking(comparison)`, `show.waterfall(comparison, arm)`, ... return matplotlib figures that draw themselves in a notebook;
`show.save(figure, "folder/name")` writes PNG and SVG; `show.write_report(comparison, "report.html")` writes one page for all.
Nothing here imports matplotlib before it is needed.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
_HOMES = {name: (f"regulars.show.plots.{name}", "draw") for name in (*FIGURES, *OTHER_FIGURES)} | {
    "save": ("regulars.show.style", "save"),
    "write_report": ("regulars.show.report", "write_report"),
    "report_html": ("regulars.show.report", "report_html"),
    "headline": ("regulars.show.words", "headline"),
    "answer": ("regulars.show.words", "answer"),
}

__all__ = [*_HOMES, "save_figures", "sweep_figure", "tables"]


def save_figures(comparison: Any, folder: str | Path) -> list[Path]:
    """Write every figure of a comparison into a folder, as `<name>.png` and `<name>.svg`; returns the paths."""
    from regulars.show.reading import read
    from regulars.show.style import save

    reading = read(comparison)
    return [path for name in FIGURES for path in save(__getattr__(name)(reading), Path(folder) / name)]


def sweep_figure(sweep: Any, metric: str = "incremental_profit", **options: Any) -> Sheet:
    """The advantage of the arms of a `lab.sweep` result over its parameters; options as of `show.advantage`."""
    from regulars.show.plots.advantage import draw

    given = {"currency": sweep.scenario.spec.market.currency, **options}
    return draw(sweep.table, sweep.over, metric=metric, **given)


def __getattr__(name: str) -> Any:
    """Import the public face at first use."""
    if name in _HOMES:
        home, attribute = _HOMES[name]
        return getattr(importlib.import_module(home), attribute)
    if name in ("tables", "style", "plots"):
        return importlib.import_module(f"regulars.show.{name}")
    raise AttributeError(f"module 'regulars.show' has no attribute '{name}'; there are {', '.join(__all__)}")


def __dir__() -> list[str]:
    """Names of the public face."""
    return sorted(__all__)
