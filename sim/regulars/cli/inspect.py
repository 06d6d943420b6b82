"""`regulars inspect`: how a log is read and what looks odd about it, before anything is fitted."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from regulars.cli.options import JsonOption, OverwriteOption
from regulars.cli.reading import AS_FOUND, LogArgument, OffersOption, panel_of, reading_text, takes_reading
from regulars.panels.reading import Reading


@takes_reading
def inspect(
    log: LogArgument,
    out: Annotated[
        Path | None,
        typer.Option(dir_okay=False, show_default=False, help="The page of pictures to write; NAME-log.html when left out."),
    ] = None,
    page: Annotated[bool, typer.Option(help="Write the page of pictures.")] = True,
    keep: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False, metavar="FILE", show_default=False,
            help="Write the reading into this file, to be given as --reading with the next log.",
        ),
    ] = None,
    rfm: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False, metavar="FILE", show_default=False,
            help="Write a summary by customer (frequency, recency, money) into this CSV file.",
        ),
    ] = None,
    rfm_names: Annotated[str, typer.Option(metavar="pymc-marketing|clvtools", help="Whose names that summary has.")] = "pymc-marketing",
    offers: OffersOption = None,
    overwrite: OverwriteOption = False,
    json: JsonOption = False,
    reading: Reading = AS_FOUND,
    kept: Path | None = None,
    ids: str | None = None,
) -> None:  # fmt: skip
    """Show how a log of purchases is read, column by column, and what looks odd about it; draw a page of pictures.

    Nothing is fitted. The options are those of `fit`, which reads the log in the same way.
    """
    from regulars.cli import say, stop
    from regulars.ground.output import whole_file
    from regulars.lab.progress import Steps

    inputs = [Path(log), *(file for file in (offers, kept) if file is not None)]
    with ExitStack() as files, Steps(f"inspect {Path(log).name}"[:40], quiet=json) as step:
        step("reading the log")
        panel = panel_of(log, reading, offers, ids=ids)
        final = (out or Path(f"{_stem(panel.name)}-log.html")) if page else None
        if keep is not None:
            files.enter_context(whole_file(keep, inputs, overwrite)).write_bytes(
                reading_text(panel, log).encode()
            )
        if rfm is not None:
            from regulars.panels.summaries import write_rfm

            write_rfm(panel, files.enter_context(whole_file(rfm, inputs, overwrite)), rfm_names)
        if final is not None:
            from regulars.show.inspection import inspection_html

            step("drawing the pictures")
            files.enter_context(whole_file(final, inputs, overwrite)).write_bytes(
                inspection_html(panel).encode()
            )
    if final is not None:
        stop.leaves(f"the page is whole in {final}")
    written = {"page": final and str(final), "reading_file": keep and str(keep), "rfm": rfm and str(rfm)}
    if json:
        odd = [{"kind": o.kind, "grade": o.grade, "sentence": o.sentence} for o in panel.oddities]
        told = (
            panel.account.to_dict()
            if panel.account
            else {"log": panel.name, "remarks": list(panel.notes), "oddities": odd}
        )
        say.document({**told, **written})
        return
    if panel.account is not None:
        say.text(panel.account.text())
    else:
        for line in (
            f"{panel.name}: {len(panel):,} purchases",
            *panel.notes,
            *(o.sentence for o in panel.oddities),
        ):
            say.text(line)
    say.text()
    for what, place in (("page of pictures", final), ("reading", keep), ("summary by customer", rfm)):
        if place is not None:
            say.text(f"{what}: {place}")


def _stem(name: str) -> str:
    """A name that a file can have."""
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in name)[:80].strip("-") or "log"
