"""What a sweep found: a row a point, arm and metric."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regulars.ground.attributes import Known
from regulars.ground.label import Label, Labelled
from regulars.scenario import CONTROL, Scenario
from regulars.scenario.declared import by_path
from regulars.scenario.names import meant

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False)
class Sweep(Labelled, Known):
    """Result of `sweep`.

    Attributes:
        scenario: what was swept.
        over: names of the parameters.
        table: one row a point, arm and metric: ``point``, the parameters, ``arm``, ``metric``, ``unit``, and in that unit ``mean``,
            ``low``, ``high`` (95% interval over replicates) and ``se``.
        manifest: what was asked, with which versions, and how each point ended.
        folder: where results are kept, if anywhere.
        damaged: how many kept points were not as they had been written, and were computed anew.
    """

    scenario: Scenario
    over: tuple[str, ...]
    table: pd.DataFrame
    manifest: dict[str, Any]
    folder: Path | None = None
    damaged: int = 0

    def _label(self) -> Label:
        from regulars.lab.labels import of_sweep

        return of_sweep(self)

    @property
    def failed(self) -> dict[int, str]:
        """Points without a result, and why."""
        return {p["point"]: p["message"] for p in self.manifest["status"] if p["status"] == "failed"}

    @property
    def at_fault(self) -> bool:
        """Whether a point has no result through a fault of the program, and not of what was asked for."""
        return any(p.get("fault") == "program" for p in self.manifest["status"])

    def best(self) -> pd.DataFrame:
        """The arm with the highest mean incremental profit at each point, a row a point: that part of `table`."""
        gains = self.table[(self.table["metric"] == "incremental_profit") & (self.table["arm"] != CONTROL)]
        ordered = gains.sort_values(["point", "mean"], ascending=[True, False], kind="stable")
        return ordered.drop_duplicates("point").reset_index(drop=True)

    def figure(self, metric: str = "incremental_profit") -> Any:
        """The sweep as a matplotlib figure."""
        from regulars import show

        known = by_path(self.scenario.spec)
        labels = {}
        for name in self.over:
            parameter = known.get(meant(self.scenario.spec, name)[0].path)
            unit = "" if parameter is None else parameter.unit
            words = " ".join(name.split(".")[-2:]).replace("_", " ")
            labels[name] = f"{words}, {unit}" if unit and not words.endswith(unit) else words
        return show.sweep_figure(self, metric, labels=labels)
