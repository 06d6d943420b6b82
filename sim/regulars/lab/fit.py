"""From a transaction log to a market: a scenario with fitted numbers, each with its standard error.

What the log identifies is estimated with the very choice model of the engine: category purchases by the negative
binomial law (buyers only: the customers who never bought are not in the log), taste concentration, taste weights,
inertia and, with prices, price sensitivity by the likelihood of the Dirichlet logit with lagged choice. Then the
fitted market is simulated and its moments are held against those of the log. What the log cannot tell is assumed,
named as an assumption, and given an uncertainty of its own, so that it widens the intervals of the answer.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regulars.ground.attributes import Known as Attributes
from regulars.ground.calls import optional_call, well_called
from regulars.ground.errors import RegularsError, shown
from regulars.ground.label import Label, Labelled
from regulars.ground.threads import one_thread
from regulars.lab.asked import LAST_SEED, real, whole
from regulars.lab.fitting.assembled import assembled, market_section
from regulars.lab.fitting.assumed import MARGIN, told_foresight, told_goods
from regulars.lab.fitting.changes import changes, in_words, standing_alone
from regulars.lab.fitting.check import compared
from regulars.lab.fitting.estimate import estimated
from regulars.lab.fitting.health import Check, card
from regulars.lab.fitting.held_out import FEWEST, days_held_out, tried
from regulars.lab.fitting.identify import UNTOLD, Finding, words
from regulars.lab.fitting.known import Known, known_of, read_known
from regulars.lab.fitting.level import CHECKING, level, sold_by, told_customers, twin
from regulars.lab.fitting.names import renamed, safe_names
from regulars.lab.fitting.pooling import Pooling
from regulars.lab.fitting.posterior import draws_beside, write_draws
from regulars.lab.fitting.purchases import as_bought
from regulars.lab.fitting.recovery import of_recovery, recovered
from regulars.lab.fitting.written import short_toml
from regulars.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from regulars.panels.panel import Panel

MOST_LOGS = 10_000  # that are made to see which parameters come back
HOPELESS = ("one day", "many firms")  # oddities of a log that nothing can be fitted to


@dataclass(frozen=True, repr=False)
class Fitted(Labelled, Attributes):
    """A fitted market.

    Attributes:
        scenario: ready to run.
        panel: the log that it was fitted to.
        estimates: one row per parameter: ``parameter``, ``estimate``, ``se``, ``unit`` and ``source``.
        moments: one row per moment: ``moment``, ``unit``, ``observed``, ``simulated``, ``se``, ``z`` and whether it was ``used``.
        identified: sentences on what the log can and cannot tell.
        findings: the same one by one, with numbers.
        health: checks, each with a grade, its number and a sentence.
        holdout: what was foretold of the end of the log: ``quantity``, ``observed``, ``se``, ``market``, one column a classical law,
            ``as_before``; None where it was not asked for.
        recovery: of parameters that were known: ``parameter``, ``truth``, ``mean``, ``bias``, ``sd``, ``covered``, ``fits``; None where it
            was not asked for.
        weeks: the holdout week by week, for `show.tracking`.
        changes: beside the market before: ``parameter``, ``unit``, ``before``, ``se_before``, ``now``, ``se_now``, ``z``, ``pooled``,
            ``se_pooled``; None where there was none.
        changed: the same in words.
        known: what the next fit can go on from.
    """

    scenario: Scenario
    panel: Panel
    estimates: pd.DataFrame
    moments: pd.DataFrame
    identified: tuple[str, ...]
    findings: tuple[Finding, ...] = field(repr=False)
    health: tuple[Check, ...] = ()
    holdout: pd.DataFrame | None = None
    recovery: pd.DataFrame | None = None
    weeks: pd.DataFrame | None = field(default=None, repr=False)
    changes: pd.DataFrame | None = None
    changed: tuple[str, ...] = ()
    known: Known | None = field(default=None, repr=False)

    def _label(self) -> Label:
        from regulars.lab.labels import of_fit

        return of_fit(self)

    def scenario_toml(self, draws: str = "") -> str:
        """The scenario as short TOML with comments; its draws stand in the text, or in the file `draws` beside it."""
        return short_toml(self.scenario, self.panel.name, self.findings, self.identified, draws)

    def write(self, path: Path | str, overwrite: bool = False) -> Path:
        """Write the scenario, and beside it `NAME.posterior.parquet` with its draws; nothing is left half-written.

        Args:
            path: of the scenario, such as ``market.toml``.
            overwrite: replace any file.

        Raises:
            RegularsError: when they cannot be written, or when there is another file of these names, or the scenario was
                edited since it was written, unless `overwrite`.
        """
        from regulars.ground.output import whole_file

        beside = draws_beside(Path(path))
        with whole_file(beside, overwrite=overwrite) as table, whole_file(path, overwrite=overwrite) as draft:
            self.fill(draft, table, beside.name)
        return Path(path)

    def report(self, path: Path | str, overwrite: bool = False) -> Path:
        """Write the page of the fit: the health card, what it rests on, what was found, and how the log was read.

        Args:
            path: of the page, such as ``market.fit.html``.
            overwrite: replace any file.

        Raises:
            RegularsError: when it cannot be written, or when there is a file of this name that is not ours, or was changed since,
                unless `overwrite`.
        """
        from regulars.ground.output import whole_file
        from regulars.show.fit_page import fit_html

        with whole_file(path, overwrite=overwrite) as draft:
            draft.write_bytes(fit_html(self).encode())
        return Path(path)

    def fill(self, draft: Path, table: Path, name: str) -> None:
        """Write the scenario into a file, with its checksum in the first line, and its draws into another.

        Args:
            draft: the file for the scenario.
            table: the file for the draws.
            name: what the scenario calls the file of the draws.
        """
        from regulars.ground.output import SIGN, signed

        draft.write_bytes(signed(f"# {SIGN}{'0' * 16}\n{self.scenario_toml(name)}").encode())
        write_draws(self.scenario.spec.posterior, table, self.known)


@well_called
@one_thread
def fit(
    panel: Panel | Path | str | Any,
    *,
    name: str = "",
    focal: str | None = None,
    customers: int | None = None,
    days: float = 364.0,
    margin: float | None = None,
    seed: int = 1,
    holdout: float | str | None = None,
    recover: int = 0,
    before: Known | Path | str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Fitted:
    """Fit a market to a panel.

    Args:
        panel: a `Panel`, the path of a log or the name of a data set (read as by `regulars.panels.resolve`), or a table in memory (by `read`).
        name: title of the scenario.
        focal: firm whose programmes are compared; the largest one when left out.
        customers: customers to simulate; as many as sell what the log sold when left out.
        days: length of the scenario, days.
        margin: share of the price that is left after the cost of goods; no log tells it, so it is assumed, and drawn, when left out.
        seed: seed of the scenario, of the simulated moments and of the draws.
        holdout: days at the end of the log that a market fitted to the rest has to predict; "usual" for a quarter of a log that
            is long enough, none when left out.
        recover: logs that the fitted market makes and that are fitted in turn, to see which parameters come back.
        before: the scenario that an earlier log was fitted to, or `Fitted.known` of it. Estimates are told beside its; where this log
            begins after that one ended they are pooled, each weighed by its precision.
        progress: called with the name of each step as it begins.

    Returns:
        A scenario that is ready to run, with what was found and how far to trust it.

    Raises:
        RegularsError: for a log of too few customers, and for options that do not suit the log.

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

    from regulars.panels.named import as_panel

    optional_call("progress", progress)
    step = progress or (lambda _: None)
    panel = as_panel(panel)
    recover = whole("recover", recover, 0, MOST_LOGS)
    customers, days, margin, seed = _checked(panel, focal, customers, days, margin, seed)
    called = safe_names(panel.firms)
    focal = None if focal is None else called.get(focal, focal)
    panel = renamed(panel)
    findings: list[Finding] = []
    log = as_bought(panel, focal, findings)
    days_held_out(log, holdout)  # refused before anything takes time
    focal = focal or log.firms[0]
    known = _before(before)
    alone = "" if known is None else standing_alone(known, log)
    pooling = None if known is None or alone else Pooling(known, log.days, {}, [])
    step("estimating")
    found = estimated(log, findings, pooling)
    findings += [told_goods(margin), *told_foresight()]
    about = {**_about(panel, name, focal), "market": market_section(panel, focal, days, seed)}
    step("finding the level of sales")
    market = assembled(log, found, findings, about, MARGIN if margin is None else margin, focal, seed)
    findings += told_customers(customers, market.people, found.life.people)
    scenario = market.scenario.set({"market.customers": customers or max(round(market.people), 1)})
    step("holding it against the log")
    simulated = twin(scenario, found.life, market.size, seed, CHECKING)
    moments = compared(simulated.bought, log, found.life, market.size, market.since)
    sold = level(simulated, log, found.life, market.people, market.size)
    health = card(log, found.life, findings, moments, sold, panel.oddities, market.people / found.life.people)
    if holdout is not None:
        step("foretelling what is held out")
    forecast, held = tried(log, holdout, focal, seed)
    recovery = recovered(scenario, log, found.life, recover, seed, step) if recover else None
    made = (held, None if recovery is None else of_recovery(recovery))
    done = {check.name: check for check in made if check is not None}
    health = tuple(done.get(check.name, check) for check in health)
    told = words(panel, findings, moments)
    scenario = scenario.set({
        "about.health": [f"{check.grade} {check.name}: {check.sentence}" for check in health],
        "about.assumed": [line for line in told if line.startswith(UNTOLD)],
        **sold_by(log, found.life, focal, market.people),
    })  # fmt: skip
    moved = None if known is None else changes(known, log, findings, pooling.alone if pooling else {})
    changed = (
        ()
        if known is None or moved is None
        else in_words(moved, known, findings, alone, pooling.refused if pooling else ())
    )
    return Fitted(
        scenario, panel, pd.DataFrame([f.row() for f in findings]), moments, told, tuple(findings),
        health, None if forecast is None else forecast.table, recovery, None if forecast is None else forecast.weeks, moved, changed, known_of(log, found, findings),
    )  # fmt: skip


def _checked(
    panel: Panel, focal: Any, customers: Any, days: Any, margin: Any, seed: Any
) -> tuple[int | None, float, float | None, int]:
    """Customers, days, margin and seed of a fit, each within its bounds; refuses what is no log of enough customers."""
    buyers = len(panel.customers) if len(panel) else 0
    if buyers < FEWEST:
        raise RegularsError(
            f"{panel.name}: {buyers} customers are too few to fit a market; at least {FEWEST} are needed"
        )
    hopeless = next((o for o in panel.oddities if o.grade == "fail" and o.kind in HOPELESS), None)
    if hopeless is not None:
        raise RegularsError(f"{panel.name}: {hopeless.sentence}")
    if focal is not None and str(focal) not in (*panel.firms, *safe_names(panel.firms).values()):
        from regulars.ground.alike import nearest

        raise RegularsError(
            f"{panel.name}: no firm is called {shown(focal)}; {nearest(str(focal), panel.firms)}"
        )
    return (
        None if customers is None else whole("customers", customers, 1, 100_000_000),
        real("days", days, 0.0, 36_525.0, "the length of the scenario in days"),
        None
        if margin is None
        else real("margin", margin, 0.0, 1.0, "the share of the price left after the cost of goods"),
        whole("seed", seed, 0, LAST_SEED),
    )


def _before(given: Any) -> Known | None:
    """What an earlier fit left, from itself or from beside its scenario."""
    if given is None or isinstance(given, Known):
        return given
    if not isinstance(given, (str, os.PathLike)):
        raise RegularsError(
            f"before = {shown(given)} will not do: give the scenario that an earlier log was fitted to, or Fitted.known of it"
        )
    return read_known(draws_beside(Path(given)))


def _about(panel: Panel, name: str, focal: str) -> dict[str, Any]:
    about = {
        "title": name or f"{panel.name}, fitted",
        "question": f"Which loyalty programme, if any, earns “{focal}” more than doing nothing, and more than simply being cheaper?",
        "expected": "Most reward money goes to purchases that would have been made anyway; a programme pays only when what it causes beats that subsidy.",
        "limits": "Fitted to purchases only: satisfaction, thresholds and word of mouth leave no trace in such a log and are off; rivals do not react.",
        "sources": [panel.name, *panel.notes],
    }  # fmt: skip
    return {"about": about}
