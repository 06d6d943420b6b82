"""`regulars fit`: a market from a log of purchases."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from regulars.cli.options import JsonOption, OverwriteOption, SureOption
from regulars.cli.reading import (
    AS_FOUND,
    LogArgument,
    OffersOption,
    key_of,
    panel_of,
    reading_beside,
    reading_text,
    takes_reading,
)
from regulars.cli.values import share
from regulars.panels.reading import Reading


@takes_reading
def fit(
    log: LogArgument,
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
        float | None,
        typer.Option(
            parser=share,
            metavar="SHARE",
            show_default=False,
            help="Share of the price left after the cost of goods, as 0.6 or 60%; no log of sales tells it, so it is assumed, and "
            "drawn, when left out.",
        ),
    ] = None,
    sure: SureOption = None,
    before: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="MARKET",
            dir_okay=False,
            show_default=False,
            help="The market that an earlier log was fitted to: reading, name, firm and margin are taken from it, and what both logs tell "
            "is shown side by side and, where they do not overlap, pooled.",
        ),
    ] = None,
    offers: OffersOption = None,
    holdout: Annotated[
        str,
        typer.Option(
            metavar="TIME",
            help="Time at the end that a market fitted to the rest must predict, as in 13w or 90d, or none; usual is the last quarter of "
            "a log of half a year or more. It takes up to as long as the fit itself.",
        ),
    ] = "usual",
    recover: Annotated[
        int,
        typer.Option(min=0, max=1000, help="Logs that the fitted market makes and that are fitted in turn."),
    ] = 0,
    overwrite: OverwriteOption = False,
    json: JsonOption = False,
    reading: Reading = AS_FOUND,
    kept: Path | None = None,
    ids: str | None = None,
) -> None:
    """Read a log of purchases and write the scenario of a market like it.

    LOG is a file with a customer, a time and an amount per purchase, or a dataset of `list datasets`. Beside the scenario lie
    NAME.reading.toml, how the log was read, and NAME.fit.html, a page that says whether to trust the fit.
    """
    from contextlib import ExitStack

    from regulars.cli import say, stop
    from regulars.cli.again import taken_from
    from regulars.ground.output import whole_file
    from regulars.lab.fit import fit as estimate
    from regulars.lab.fitting.posterior import draws_beside
    from regulars.lab.fitting.user import as_said, margin_said
    from regulars.lab.progress import Steps
    from regulars.show.fit_page import fit_html

    held = _held_out(holdout)
    inputs, drawn = (
        [Path(log), *(file for file in (offers, kept, before) if file is not None)],
        draws_beside(out),
    )
    old = taken_from(before)
    if old.known is not None and old.known.hashed and ids is None:  # what was hidden once stays so
        ids = key_of(True, None)
    page = out.with_name(f"{out.stem}.fit.html")
    with ExitStack() as files, Steps(f"fit {Path(log).name}"[:40], quiet=json) as step:
        table, draft, told = (
            files.enter_context(whole_file(place, inputs, overwrite)) for place in (drawn, out, page)
        )
        step("reading the log")
        panel = panel_of(log, reading, offers, ids=ids)
        beside = None if panel.account is None else reading_beside(out)
        if beside is not None and not (kept and beside.exists() and kept.samefile(beside)):
            noted = files.enter_context(whole_file(beside, inputs, overwrite))
            noted.write_bytes(reading_text(panel, log).encode())
        fitted = estimate(
            panel,
            name=name or old.name,
            customers=customers,
            focal=focal or old.firm(panel),
            margin=next((m for m in (margin, margin_said(sure or ())) if m is not None), old.margin),
            holdout=held,
            recover=recover,
            before=old.known,
            progress=step,
        )
        fitted = as_said(fitted, sure or ())
        step("drawing the page")
        fitted.fill(draft, table, drawn.name)
        told.write_bytes(fit_html(fitted).encode())
    stop.leaves(f"the scenario is whole in {out}")
    identified = list(fitted.identified)
    if json:
        found = {
            "account": panel.account and panel.account.to_dict(),
            "estimates": fitted.estimates,
            "moments": fitted.moments,
            "identified": identified,
            "holdout": fitted.holdout,
            "recovery": fitted.recovery,
            "changes": fitted.changes,
            "changed": list(fitted.changed),
        }
        where = {"scenario": str(out), "posterior": str(drawn), "report": str(page), "log": panel.name}
        health = [check.row() for check in fitted.health]
        say.document({"health": health, **where, "notes": list(fitted.panel.notes), **found})
        return
    for check in fitted.health:
        say.paragraph(check.sentence, f"{check.grade:9} {check.name}: ", 10)
    say.text()
    if fitted.changes is not None:
        say.text(f"beside {before}:")
        for line in fitted.changed:
            say.paragraph(line, "- ", 2)
        say.text()
    for note in fitted.panel.notes:
        say.text(f"note: {note}")
    from regulars.show import tables

    say.drawn(tables.moments(fitted.moments))
    for title, table_of in (("holdout", fitted.holdout), ("recovery", fitted.recovery)):
        if table_of is not None:
            say.text(f"{title}:\n{table_of.to_string(index=False, na_rep='', float_format=_plain)}\n")
    for line in identified:
        say.text(f"- {line}")
    say.text(f"\nscenario: {out}")
    say.text(f"all of this with pictures: {page}")
    if beside is not None:
        say.text(f"how the log was read: {beside}")


def _held_out(text: str) -> float | str | None:
    """A time such as 13w, 90d or 90 in days; None for none, and `usual` as it is."""
    word = text.strip().lower()
    if word in ("usual", "none"):
        return None if word == "none" else word
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([dw]?)", word)
    if not match or float(match[1]) == 0:
        told = f"{text!r} is no time; write weeks as in 13w, days as in 90d, usual, or none"
        raise typer.BadParameter(told, param_hint="'--holdout'")
    return float(match[1]) * (7 if match[2] == "w" else 1)


def _plain(value: float) -> str:
    """A number of a table of the console: three figures, or a large one in full."""
    from regulars.ground.numbers import precise

    return precise(value, plain=True)
