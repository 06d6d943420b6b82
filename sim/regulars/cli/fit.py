"""`regulars fit`: a market from a log of purchases."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from regulars.cli.options import JsonOption, OverwriteOption


def fit(
    log: Annotated[
        str,
        typer.Argument(
            metavar="LOG",
            show_default=False,
            help="A CSV or Parquet file of purchases, or the name of a dataset.",
        ),
    ],
    out: Annotated[Path, typer.Option(dir_okay=False, show_default=False, help="The scenario to write.")],
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="OURS=YOURS,...",
            show_default=False,
            help="Names of the columns, as in customer=household,amount=net_sales.",
        ),
    ] = None,
    name: Annotated[str | None, typer.Option(show_default=False, help="What to call the market.")] = None,
    currency: Annotated[
        str | None, typer.Option(show_default=False, help="Label of the money, as in EUR.")
    ] = None,
    customers: Annotated[
        int | None,
        typer.Option(
            min=1, show_default=False, help="Customers of the scenario; those of the log when left out."
        ),
    ] = None,
    focal: Annotated[
        str | None,
        typer.Option(
            show_default=False, help="Firm whose programmes are compared; the largest when left out."
        ),
    ] = None,
    margin: Annotated[
        float, typer.Option(help="Share of the price left after the cost of goods; no log of sales tells it.")
    ] = 0.25,
    holdout: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            show_default=False,
            help="Time at the end that a market fitted to the rest must foretell, as in 13w or 90d.",
        ),
    ] = None,
    recover: Annotated[
        int,
        typer.Option(min=0, max=1000, help="Logs that the fitted market makes and that are fitted in turn."),
    ] = 0,
    overwrite: OverwriteOption = False,
    json: JsonOption = False,
) -> None:
    """Read a log of purchases and write the scenario of a market like it.

    LOG is a CSV or Parquet file with a customer, a time and an amount per purchase, or a dataset of `list datasets`.
    """
    from dataclasses import replace

    from regulars.cli import say, stop
    from regulars.cli.values import pairs
    from regulars.ground.output import whole_file
    from regulars.lab.fit import fit as estimate
    from regulars.lab.fitting.posterior import draws_beside
    from regulars.panels import read, resolve

    held = None if holdout is None else _days(holdout)
    mapping = pairs(
        None if columns is None else columns.split(","), "--columns", "OURS=YOURS, as in customer=household"
    )
    beside = draws_beside(out)
    with (
        whole_file(beside, [Path(log)], overwrite) as table,
        whole_file(out, [Path(log)], overwrite) as draft,
    ):
        panel = read(log, mapping) if mapping else resolve(log)
        panel = replace(panel, currency=currency or panel.currency)
        fitted = estimate(
            panel,
            name=name or "",
            customers=customers,
            focal=focal,
            margin=margin,
            holdout=held,
            recover=recover,
        )
        fitted.fill(draft, table, beside.name)
    stop.leaves(f"the scenario is whole in {out}")
    identified = list(fitted.identified)
    if json:
        health = [check.row() for check in fitted.health]
        found = {"estimates": fitted.estimates, "moments": fitted.moments, "identified": identified}
        where = {"scenario": str(out), "posterior": str(beside), "log": panel.name}
        found |= {"holdout": fitted.holdout, "recovery": fitted.recovery}
        say.document({"health": health, **where, "notes": list(fitted.panel.notes), **found})
        return
    for check in fitted.health:
        say.paragraph(check.sentence, f"{check.grade:9} {check.name}: ", 10)
    say.text()
    for note in fitted.panel.notes:
        say.text(f"note: {note}")
    from regulars.show import tables

    say.drawn(tables.moments(fitted.moments))
    for title, table_of in (("holdout", fitted.holdout), ("recovery", fitted.recovery)):
        if table_of is not None:
            say.text(f"{title}:\n{table_of.to_string(index=False, float_format='{:.4g}'.format)}\n")
    for line in identified:
        say.text(f"- {line}")
    say.text(f"\nscenario: {out}")


def _days(text: str) -> float:
    """A time such as 13w, 90d or 90, in days."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([dw]?)\s*", text)
    if not match or float(match[1]) == 0:
        told = f"{text!r} is no time; write weeks as in 13w, or days as in 90d"
        raise typer.BadParameter(told, param_hint="'--holdout'")
    return float(match[1]) * (7 if match[2] == "w" else 1)
