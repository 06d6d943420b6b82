"""Options of commands that read a log, made from the fields of `Reading`: what can be decided in Python can be decided here."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from regulars.cli.values import pairs
from regulars.ground.errors import RegularsError
from regulars.panels.reading import CHOICES, Reading

if TYPE_CHECKING:
    from regulars.panels import Panel

PANEL = "Reading the log"
AS_FOUND = Reading()
PAIRS = ("columns", "returned", "leave_out", "only", "rates")
METAVARS = {
    "columns": "OURS=YOURS,...", "returned": "COLUMN=VALUE", "leave_out": "COLUMN=VALUE", "only": "COLUMN=VALUE", "rates": "CODE=WORTH",
    "ignore": "COLUMN", "since": "DATE", "until": "DATE", "date_format": "FORMAT", "time_zone": "ZONE", "delimiter": "SIGN",
    "thousands": "SIGN", "decimal": "SIGN", "encoding": "NAME", "sheet": "NAME", "currency": "LABEL",
}  # fmt: skip


def takes_reading(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a reading, `--reading FILE` and `--hash-ids`: it gets `reading`, the file as `kept`, the key as `ids`.

    Where it takes a market `before`, the reading of that market is the file unless one is given.
    """
    own = inspect.signature(command, eval_str=True)
    names = [f.name for f in fields(Reading)]

    @functools.wraps(command)
    def wrapped(*args: Any, **given: Any) -> None:
        options = {name: given.pop(name) for name in names}
        file = given.pop("reading")
        market = given.get("before")
        if file is None and market is not None and Path(given["log"]).exists() and (beside := reading_beside(market)).exists():  # fmt: skip
            file = beside
        ids = key_of(given.pop("hash_ids"), given.pop("hash_key"))
        command(*args, **given, reading=chosen(options, file), kept=file, ids=ids)

    here = [p for p in own.parameters.values() if p.name not in ("reading", "kept", "ids")]
    at = inspect.Parameter.KEYWORD_ONLY
    more = [
        inspect.Parameter(f.name, at, default=None, annotation=_annotation(f.name, f.metadata["meaning"]))
        for f in fields(Reading)
    ]
    file = inspect.Parameter("reading", at, default=None, annotation=ReadingOption)
    flag = inspect.Parameter("hash_ids", at, default=False, annotation=HashOption)
    key = inspect.Parameter("hash_key", at, default=None, annotation=KeyOption)
    shown = [p.replace(kind=at) for p in here]
    wrapped.__signature__ = inspect.Signature([*shown, flag, key, file, *more])  # type: ignore[attr-defined]
    wrapped.__annotations__ = {p.name: p.annotation for p in (*shown, flag, key, file, *more)}
    return wrapped


LogArgument = Annotated[
    str,
    typer.Argument(
        metavar="LOG",
        show_default=False,
        help="A file of purchases (CSV and its like, Parquet, Excel), or the name of a dataset.",
    ),
]
ReadingOption = Annotated[
    Path | None,
    typer.Option(
        "--reading", metavar="FILE", show_default=False, rich_help_panel=PANEL,
        help="Read the log as this file says, such as the market.reading.toml that an earlier fit wrote; options given beside it win.",
    ),
]  # fmt: skip
HashOption = Annotated[
    bool,
    typer.Option(
        "--hash-ids", rich_help_panel=PANEL,
        help="Replace customers' ids with a keyed hash, so that nothing that is written or shown holds one.",
    ),
]  # fmt: skip
KeyOption = Annotated[
    str | None,
    typer.Option(
        "--hash-key", metavar="KEY", show_default=False, rich_help_panel=PANEL,
        help="The key of --hash-ids, so that the same ids get the same hashes; when left out, a random one, which is shown once.",
    ),
]  # fmt: skip
OffersOption = Annotated[
    Path | None,
    typer.Option(
        "--offers", metavar="FILE", show_default=False, rich_help_panel=PANEL,
        help="Prices of all firms, bought or not: a time, a firm and a price per row, and a customer where prices differ between them.",
    ),
]  # fmt: skip


def _annotation(name: str, meaning: str) -> Any:
    flag = f"--{name.replace('_', '-')}"
    text = f"{meaning[0].upper()}{meaning[1:]}."
    if name in PAIRS or name == "ignore":
        again = "" if name == "columns" else " May be given again."
        return Annotated[
            list[str] | None,
            typer.Option(
                flag, metavar=METAVARS[name], show_default=False, help=text + again, rich_help_panel=PANEL
            ),
        ]
    if name == "day_first":
        return Annotated[
            bool | None,
            typer.Option("--day-first/--no-day-first", show_default=False, help=text, rich_help_panel=PANEL),
        ]
    metavar = METAVARS.get(name) or "|".join(CHOICES.get(name, ())) or None
    return Annotated[
        str | None, typer.Option(flag, metavar=metavar, show_default=False, help=text, rich_help_panel=PANEL)
    ]


def chosen(options: Mapping[str, Any], file: Path | None) -> Reading:
    """The reading that a file and the options beside it make."""
    reading = Reading() if file is None else Reading.load(file)
    given = {name: value for name, value in options.items() if value is not None and value != []}
    for name in PAIRS:
        if name in given:
            given[name] = _pairs(name, given[name])
    if "columns" in given:
        given["columns"] = {**reading.columns, **given["columns"]}
    return reading.but(**given)


def _pairs(name: str, texts: list[str]) -> dict[str, Any]:
    option = f"--{name.replace('_', '-')}"
    if name == "columns":
        return pairs(_at_commas(texts), option, "OURS=YOURS, as in customer=household")
    if name == "rates":
        return pairs(texts, option, "CODE=WORTH, as in USD=0.92")
    several: dict[str, list[str]] = {}
    for text in texts:
        for column, value in pairs([text], option, "COLUMN=VALUE, as in type=RETURN").items():
            several.setdefault(column, []).append(value)
    return several


def _at_commas(texts: list[str]) -> list[str]:
    """Pairs apart at commas; what has no sign of its own belongs to the pair before it, whose column has a comma in its name."""
    found: list[str] = []
    for text in texts:
        for k, part in enumerate(text.split(",")):
            if k and "=" not in part and found:
                found[-1] += f",{part}"
            else:
                found.append(part)
    return found


def key_of(wanted: bool, key: str | None) -> str | None:
    """The key with which ids are hashed: the one given, a random one that is told on stderr, or none."""
    if key is not None or not wanted:
        return key
    import secrets

    from regulars.cli import say

    key = secrets.token_hex(16)
    say.trouble(
        f"ids are hashed with the key {key}, told only now; --hash-key {key} gives the same hashes again"
    )
    return key


def panel_of(
    log: str, reading: Reading, offers: Path | None, name: str | None = None, ids: str | None = None
) -> Panel:
    """The panel of a file or a data set, read as was chosen; `ids` is the key with which ids of customers are hashed."""
    from regulars.panels import resolve

    return resolve(log, reading=reading, offers=offers, name=name, hash_ids=ids)


def reading_beside(out: Path) -> Path:
    """Where the reading of a fitted market is kept: `market.reading.toml` beside `market.toml`."""
    return out.with_name(f"{out.stem}.reading.toml")


def reading_text(panel: Panel, log: str) -> str:
    """The reading of a panel as a signed file."""
    from regulars.ground.letters import visible
    from regulars.ground.output import SIGN, signed

    if panel.account is None:
        raise RegularsError(f"{log}: a data set has no reading to keep")
    head = f"# {SIGN}{'0' * 16}\n# How {visible(Path(log).name)} was read; give it as --reading to read the next log the same way.\n"
    return signed(f"{head}{panel.account.reading.toml()}\n")
