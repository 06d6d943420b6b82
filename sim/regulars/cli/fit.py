"""`regulars fit`: a market from a log of purchases."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from regulars.cli.options import JsonOption, OverwriteOption
from regulars.cli.reading import AS_FOUND, OffersOption, panel_of, reading_beside, reading_text, takes_reading
from regulars.panels.reading import Reading


@takes_reading
def fit(
    log: Annotated[
        str,
        typer.Argument(
            metavar="LOG",
            show_default=False,
            help="A file of purchases (CSV and its like, Parquet, Excel), or the name of a dataset.",
        ),
    ],
    out: Annotated[Path, typer.Option(dir_okay=False, show_default=False, help="The scenario to write.")],
    name: Annotated[str | None, typer.Option(show_default=False, help="What to call the market.")] = None,
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
    offers: OffersOption = None,
    overwrite: OverwriteOption = False,
    json: JsonOption = False,
    reading: Reading = AS_FOUND,
    kept: Path | None = None,
) -> None:
    """Read a log of purchases and write the scenario of a market like it.

    LOG is a file with a customer, a time and an amount per purchase, or a dataset of `list datasets`. How it was read is kept
    beside the scenario, in NAME.reading.toml.
    """
    from contextlib import ExitStack

    from regulars.cli import say, stop
    from regulars.ground.output import whole_file
    from regulars.lab.fit import fit as estimate

    inputs = [Path(log), *(file for file in (offers, kept) if file is not None)]
    with ExitStack() as files:
        draft = files.enter_context(whole_file(out, inputs, overwrite))
        panel = panel_of(log, reading, offers)
        beside = None if panel.account is None else reading_beside(out)
        if beside is not None and not (kept and beside.exists() and kept.samefile(beside)):
            noted = files.enter_context(whole_file(beside, inputs, overwrite))
            noted.write_bytes(reading_text(panel, log).encode())
        fitted = estimate(panel, name=name or "", customers=customers, focal=focal, margin=margin)
        fitted.fill(draft)
    stop.leaves(f"the scenario is whole in {out}")
    identified = list(fitted.identified)
    if json:
        found = {
            "account": panel.account and panel.account.to_dict(),
            "estimates": fitted.estimates,
            "moments": fitted.moments,
            "identified": identified,
        }
        say.document({"scenario": str(out), "log": panel.name, "notes": list(fitted.panel.notes), **found})
        return
    for note in fitted.panel.notes:
        say.text(f"note: {note}")
    from regulars.show import tables

    say.drawn(tables.moments(fitted.moments))
    for line in identified:
        say.text(f"- {line}")
    say.text(f"\nscenario: {out}")
    if beside is not None:
        say.text(f"how the log was read: {beside}")
