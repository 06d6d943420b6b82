"""`regulars fit --from`: what a new fit takes from the market before, unless it is typed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regulars.lab.fitting.known import Known
    from regulars.panels import Panel


@dataclass(frozen=True)
class Again:
    """Name, focal firm and margin of the market before, and what its fit knew."""

    name: str = ""
    focal: str | None = None
    margin: float | None = None
    known: Known | None = None

    def firm(self, panel: Panel) -> str | None:
        """Its focal firm, where the new log has it too."""
        from regulars.lab.fitting.names import safe

        return next((str(f) for f in panel.firms if self.focal in (str(f), safe(f))), None)


def taken_from(market: Path | None) -> Again:
    """What the scenario of an earlier fit holds; nothing without one.

    Raises:
        RegularsError: where there is no such scenario, or nothing of its fit beside it.
    """
    if market is None:
        return Again()
    from regulars.cli.places import scenario_file
    from regulars.lab.fitting.assumed import GOODS, MARGIN
    from regulars.lab.fitting.known import read_known
    from regulars.lab.fitting.posterior import draws_beside
    from regulars.scenario import load

    file = scenario_file(str(market))
    scenario = load(file)
    known = read_known(draws_beside(file))
    firm = next(f for f in scenario.spec.firms if f.name == scenario.focal)
    margin: float | None = round(1 - firm.cost / firm.price, 6) if 0 <= firm.cost <= firm.price else None
    assumed = any(row["parameter"] == GOODS and row["source"] == "assumed" for row in known.rows)
    if assumed and margin == MARGIN:  # it was not given before, and is drawn again
        margin = None
    return Again(scenario.spec.about.title, scenario.focal, margin, known)
