"""From a transaction log to a market: a scenario with fitted numbers, each with its standard error.

What the log identifies is estimated with the very choice model of the engine: category purchases by the negative
binomial law (buyers only: the customers who never bought are not in the log), taste concentration, taste weights,
inertia and, with prices, price sensitivity by the likelihood of the Dirichlet logit with lagged choice. Then the
fitted market is simulated and its moments are held against those of the log. What the log cannot tell is assumed,
named as an assumption, and given an uncertainty of its own, so that it widens the intervals of the answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.ground.errors import RegularsError
from regulars.lab.asked import LAST_SEED, real, whole
from regulars.lab.fitting.check import compared, with_shares
from regulars.lab.fitting.choice import fit_choice
from regulars.lab.fitting.designs import arms_for
from regulars.lab.fitting.identify import Finding, words
from regulars.lab.fitting.names import renamed, safe, safe_names
from regulars.lab.fitting.need import fit_need
from regulars.lab.fitting.spending import fit_spending
from regulars.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from regulars.panels.panel import Panel

MARGIN = 0.25
FEWEST = 50  # customers below which nothing should be fitted
POPULATION = 20_000  # simulated customers, at most
HOPELESS = ("one day", "many firms")  # oddities of a log that nothing can be fitted to


@dataclass(frozen=True)
class Fitted:
    """A fitted market.

    scenario: ready to run. estimates: table (parameter, estimate, se, unit, source). moments: table (moment, unit,
    observed, simulated, se, z, used). identified: sentences on what the log can and cannot tell.
    """

    scenario: Scenario
    panel: Panel
    estimates: pd.DataFrame
    moments: pd.DataFrame
    identified: tuple[str, ...]
    findings: tuple[Finding, ...] = field(repr=False)

    def scenario_toml(self) -> str:
        """The scenario as TOML, with what was found about each number as comments above it."""
        head = [f"# Fitted to {self.panel.name}. What the log tells and what was assumed:"]
        head += [f"# - {line}" for line in self.identified]
        return "\n".join(head) + "\n\n" + self.scenario.toml()

    def write(self, path: Path | str, overwrite: bool = False) -> Path:
        """Write the scenario; nothing is left half-written.

        Raises:
            RegularsError: when it cannot be written, or when there is another file of this name, or the scenario was
                edited since it was written, unless `overwrite`.
        """
        from regulars.ground.output import whole_file

        with whole_file(path, overwrite=overwrite) as draft:
            self.fill(draft)
        return Path(path)

    def fill(self, draft: Path) -> None:
        """Write the scenario into a file, with its checksum in the first line."""
        from regulars.ground.output import SIGN, signed

        draft.write_bytes(signed(f"# {SIGN}{'0' * 16}\n{self.scenario_toml()}").encode())


def fit(
    panel: Panel,
    *,
    name: str = "",
    focal: str | None = None,
    customers: int | None = None,
    days: float = 364.0,
    margin: float = MARGIN,
    seed: int = 1,
) -> Fitted:
    """Fit a market to a panel.

    Args:
        panel: from `regulars.panels.resolve` (a data set's name or a path) or `read`.
        name: title of the scenario.
        focal: firm whose programmes are compared; the largest one when left out.
        customers: customers to simulate; as many as the log suggests (buyers and non-buyers) when left out.
        days: length of the scenario, days.
        margin: share of the price that is left after the cost of goods; no log tells it.
        seed: seed of the scenario and of the simulated moments.

    Example:
        >>> from regulars import Market, fit
        >>> from regulars.panels import Panel
        >>> shops = {"market": {"customers": 400}, "need": {"mean": 0.3}, "firms": [{"name": "ann"}, {"name": "bob"}]}
        >>> log = Market(shops, log="memory").run().log.purchases()
        >>> fitted = fit(Panel(log.astype({"firm": str}), name="made up"))
        >>> sorted(firm.name for firm in fitted.scenario.spec.firms)
        ['ann', 'bob']
    """
    import pandas as pd

    customers, days, margin, seed = _checked(panel, focal, customers, days, margin, seed)
    called = safe_names(panel.firms)
    focal = None if focal is None else called.get(focal, focal)
    panel = renamed(panel)
    log = panel.one_per_trip()
    findings: list[Finding] = []
    life = fit_need(log, findings)
    spending, prices = fit_spending(log, findings)
    firms = log.firms
    focal = focal or firms[0]
    choice = fit_choice(log, prices, findings)
    people = round(life["people"]["count"])
    spec: dict[str, Any] = {
        "about": _about(panel, name, focal),
        "market": {
            "customers": customers or people, "days": days, "currency": panel.currency or "currency",
            "seed": seed, "focal": focal, "window": float(min(84.0, days / 4)),
        },
        "need": life["need"], "turnover": life["turnover"], "spending": spending, **choice["sections"],
        "firms": [
            {"name": safe(firm), "price": prices[firm], "cost": prices[firm] * (1 - margin), **choice["firms"][firm]}
            for firm in firms
        ],
        "uncertainty": {f.name: f.se for f in findings if f.name and f.se and np.isfinite(f.se)},
    }  # fmt: skip
    spec["market"]["focal"] = safe(focal)
    if panel.start is not None:
        spec["market"]["start"] = panel.start
    findings.append(
        Finding(
            "",
            "cost of goods",
            1 - margin,
            None,
            "share of price",
            "assumed",
            "no log of sales holds costs; set `cost` of each firm, or fit with another margin",
        )
    )
    spec["arms"] = arms_for(log, focal)
    scenario = Scenario(spec)
    size = min(max(people, 2000), POPULATION)
    if not panel.one_firm:
        scenario = with_shares(scenario, log, size, seed)
    table_of_moments = compared(scenario, log, size, seed)
    estimates = pd.DataFrame([f.row() for f in findings])
    return Fitted(
        scenario,
        panel,
        estimates,
        table_of_moments,
        words(panel, findings, table_of_moments),
        tuple(findings),
    )


def _checked(
    panel: Any, focal: Any, customers: Any, days: Any, margin: Any, seed: Any
) -> tuple[int | None, float, float, int]:
    """Customers, days, margin and seed of a fit, each within its bounds; refuses what is no log of enough customers."""
    from regulars.panels.panel import Panel

    if not isinstance(panel, Panel):
        raise RegularsError(
            f"fit takes a Panel, not {type(panel).__name__}: regulars.panels.read(PATH) makes one of a file, "
            "regulars.panels.resolve(NAME) of a data set, and regulars.panels.Panel(TABLE) of a table with the columns "
            "customer, time, firm and amount"
        )
    buyers = len(panel.customers) if len(panel) else 0
    if buyers < FEWEST:
        raise RegularsError(
            f"{panel.name}: {buyers} customers are too few to fit a market; at least {FEWEST} are needed"
        )
    hopeless = next((o for o in panel.oddities if o.grade == "fail" and o.kind in HOPELESS), None)
    if hopeless is not None:
        raise RegularsError(f"{panel.name}: {hopeless.sentence}")
    if focal is not None and focal not in panel.firms and focal not in safe_names(panel.firms).values():
        from regulars.ground.parameter import nearest

        raise RegularsError(f"{panel.name}: no firm is called '{focal}'; {nearest(focal, panel.firms)}")
    return (
        None if customers is None else whole("customers", customers, 1, 100_000_000),
        real("days", days, 0.0, 36_525.0, "the length of the scenario in days"),
        real("margin", margin, 0.0, 1.0, "the share of the price left after the cost of goods"),
        whole("seed", seed, 0, LAST_SEED),
    )


def _about(panel: Panel, name: str, focal: str) -> dict[str, Any]:
    return {
        "title": name or f"{panel.name}, fitted",
        "question": f"Which loyalty programme, if any, earns {focal} more than doing nothing, and more than simply being cheaper?",
        "expected": "Most reward money goes to purchases that would have been made anyway; a programme pays only when what it causes beats that subsidy.",
        "limits": "Fitted to purchases only: satisfaction, thresholds and word of mouth leave no trace in such a log and are off; rivals do not react.",
        "sources": [panel.name, *panel.notes],
    }  # fmt: skip
