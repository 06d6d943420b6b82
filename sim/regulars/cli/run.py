"""`regulars run`: one market, once."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from regulars.cli.options import (
    CustomersOption,
    JsonOption,
    OverwriteOption,
    PartsOption,
    ScenarioArgument,
    SeedOption,
    SetOption,
    take_parts,
)
from regulars.ground.errors import RegularsError

if TYPE_CHECKING:
    from regulars.market import Market
    from regulars.scenario import Scenario


def run(
    scenario: ScenarioArgument,
    log: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False,
            show_default=False,
            help="Write every opportunity into this Parquet file, and what programmes did beside it.",
        ),
    ] = None,
    arm: Annotated[
        str | None,
        typer.Option(show_default=False, help="Run this arm; the scenario as it stands when left out."),
    ] = None,
    customers: CustomersOption = None,
    set_: SetOption = None,
    parts: PartsOption = None,
    seed: SeedOption = None,
    days: Annotated[
        float | None, typer.Option(show_default=False, help="Length of the run, in place of the scenario's.")
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option(
            min=1, show_default=False, help="Threads; all cores when left out. Results do not depend on it."
        ),
    ] = None,
    overwrite: OverwriteOption = False,
    json: JsonOption = False,
) -> None:
    """Run one market and show each firm's books.

    To learn what a strategy brings, use `compare`: one run alone cannot tell.
    """
    from regulars.cli import say, stop
    from regulars.cli.places import scenario_file
    from regulars.cli.values import with_changes
    from regulars.ground.output import whole_file
    from regulars.lab.asked import MOST_JOBS, whole
    from regulars.lab.progress import Progress
    from regulars.lab.workers import enough_memory
    from regulars.scenario import CONTROL, load

    take_parts(parts)
    file = scenario_file(scenario)
    written = load(file)
    name = written.name
    described = with_changes(written, set_, customers=customers).arm(CONTROL if arm is None else arm)
    _no_other_arm(written, arm, set_)
    threads = cores() if threads is None else whole("threads", threads, 1, MOST_JOBS)
    if days is not None:
        described = with_changes(described, [f"market.days={days}"], "--days")
    beside = log and log.with_name(f"{log.stem}-programmes.parquet")
    with ExitStack() as files:
        draft, draft_of_events, package = (
            name and files.enter_context(whole_file(name, described.inputs, overwrite))
            for name in (log, beside, log and log.with_name(f"{log.stem}.datapackage.json"))
        )
        if log is not None and log.suffix.lower() != ".parquet":
            raise RegularsError(
                f"--log: '{log}' will not do: the log is a Parquet file, so its name ends in .parquet, such as "
                f"'{log.with_suffix('.parquet')}'"
            )
        files.enter_context(enough_memory(described))
        market = described.market(seed=seed, threads=threads, log=draft or "totals")
        files.callback(market.close)  # however it ends, and before its file is judged
        with Progress(f"run {name}"[:40], "days", quiet=json) as progress:
            market.run(lambda tick, ticks: progress(tick, ticks))
        market.ledger.check(market.totals.arrays())
        firms = [books(market, f) for f in range(len(market.names))]
        if draft_of_events is not None:
            market.log.write_events(draft_of_events)
        if package is not None and log is not None and beside is not None:
            package.write_bytes(_package(log, beside, draft_of_events, described, seed, market).encode())
    if log is not None:
        stop.leaves(f"the log is whole in {log}")
    seed = described.spec.market.seed if seed is None else seed
    if json:
        about = {
            "scenario": name,
            "arm": arm or CONTROL,
            "hash": described.hash,
            "seed": seed,
            "days": described.spec.market.days,
        }
        rows = {
            "opportunities": int(market.log.totals.opportunities.sum()),
            "firms": firms,
            "log": log and str(log),
        }
        say.document({**about, "currency": described.spec.market.currency, **rows})
        return
    _tell(described, name, arm, seed, firms)
    if log is not None:
        say.text(f"\nlog: {log}\nwhat programmes did: {beside}")


def _package(
    log: Path, beside: Path, events: Path | None, described: Scenario, seed: int | None, market: Market
) -> str:
    """What the columns of the log mean, as a data package."""
    import json

    import pyarrow.parquet as pq

    from regulars.ground.output import SIGN, signed
    from regulars.panels.own_log import LOG, datapackage
    from regulars.world.log import GOODS

    columns = {
        log.name: [c for c in LOG if c not in GOODS or c in market.log.goods],
        beside.name: pq.read_schema(events).names,
    }
    about = {
        "title": described.spec.about.title or described.name, "description": f"{SIGN}{'0' * 16}", "created_by": "regulars",
        "scenario": described.hash, "seed": described.spec.market.seed if seed is None else seed,
    }  # fmt: skip
    table = datapackage(log.stem, columns, described.spec.market.currency, about)
    first = ("description", "title", "name", "profile")  # the checksum stands in the head of the file
    ordered = {**{key: table[key] for key in first}, **table}
    return signed(json.dumps(ordered, indent=2, ensure_ascii=False) + "\n")


def _no_other_arm(scenario: Scenario, arm: str | None, set_: list[str] | None) -> None:
    """Refuse values of arms that do not run: they would change nothing."""
    from regulars.cli.values import changes
    from regulars.scenario.names import meant

    for name in changes(set_):
        places = [place.path for place in meant(scenario.spec, name)]
        if not any(path[0] != "arms" or arm in path[1:2] for path in places):
            runs = f"runs arm {arm}" if arm else "runs the scenario as it stands; give --arm to run an arm"
            raise RegularsError(f"--set {name}: this changes nothing here: this command {runs}")


def books(market: Market, firm: int) -> dict[str, Any]:
    """Totals of one firm over the run: counts, share of purchases, and money in currency units."""
    totals, ledger = market.log.totals.arrays(), market.ledger
    bought = totals["purchases"].sum(axis=0)
    back = ("refunds", "restocking") if ledger.money["refunds"].any() else ()  # where goods come back
    money = {
        account: ledger.value(account, firm)
        for account in ("gross_sales", "discounts", *back, "rewards", "cost_of_goods", "liability")
    }
    return {
        "firm": market.names[firm],
        "purchases": int(bought[firm]),
        "share": float(bought[firm] / max(1, bought.sum())),
        **money,
        "profit": ledger.profit(firm),
        "complaints": int(totals["complaints"][:, firm].sum()),
    }


def _tell(scenario: Any, name: str, arm: str | None, seed: int, firms: list[dict[str, Any]]) -> None:
    from regulars.cli import say
    from regulars.ground.numbers import count, number, percent

    size = scenario.spec.market
    say.text(
        f"{scenario.spec.about.title or name}: {arm or 'as it stands'}, {size.customers:,} customers, {size.days:g} days, seed {seed}"
    )
    shown = []
    for row in firms:
        money = {k: number(v, plain=True) for k, v in row.items() if isinstance(v, float) and k != "share"}
        shown.append(
            {**row, **money, "purchases": count(row["purchases"]), "share": percent(row["share"], digits=1)}
        )
    headings = {
        "firm": "firm", "purchases": "purchases", "share": "share", "gross_sales": "gross sales", "discounts": "discounts",
        "refunds": "refunds", "restocking": "restocking", "rewards": "rewards", "cost_of_goods": "cost of goods", "profit": "profit",
        "liability": "owed in rewards",
    }  # fmt: skip
    headings = {name: told for name, told in headings.items() if name in shown[0]}
    say.table(shown, headings, tuple(headings)[1:])
    say.text(f"\nMoney in {size.currency}.")


def cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
