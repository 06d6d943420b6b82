"""How a log is to be read: every choice that a file itself does not settle, in one small table that can be kept."""

from __future__ import annotations

import datetime as dt
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from regulars.ground.alike import alike
from regulars.ground.errors import RegularsError, shown

UNITS = ("day", "week", "month", "quarter", "order")
CHOICES: dict[str, tuple[str, ...]] = {
    "unit": UNITS,
    "duplicates": ("refuse", "drop", "keep"),
    "returns": ("refuse", "net", "drop"),
    "zero_amounts": ("keep", "drop"),
    "purchase": ("receipt", "line", "day"),
    "opportunities": ("purchases", "all"),
    "spellings": ("merge", "keep"),
    "outlying": ("refuse", "keep"),
    "decimal": (".", ","),
}
FIELDS = ("customer", "time", "clock", "firm", "amount", "price", "quantity", "receipt", "currency")


def _option(meaning: str, default: Any = None) -> Any:
    kind = {"default_factory": type(default)} if isinstance(default, (dict, tuple)) else {"default": default}
    return field(metadata={"meaning": meaning}, **kind)


@dataclass(frozen=True)
class Reading:
    """What is decided about a log before it is read; None leaves it to what the file shows.

    A reading is written beside a fitted market (``market.reading.toml``), so that next month's file is read the same way.

    Example:
        >>> reading = Reading(delimiter=";", decimal=",", returns="net")
        >>> print(reading.toml())
        [reading]
        delimiter = ";"
        decimal = ","
        returns = "net"
        >>> Reading.parse(reading.toml()) == reading
        True
    """

    columns: Mapping[str, str] = _option(
        "our name = the file's, as in customer=household; nothing after the sign for no column", {}
    )
    delimiter: str | None = _option("what separates fields of a text file")
    decimal: str | None = _option("decimal mark of numbers, . or ,")
    thousands: str | None = _option("what stands between thousands")
    encoding: str | None = _option("encoding of a text file, as in utf-8, gb18030 or cp1252")
    sheet: str | None = _option("sheet of a workbook")
    date_format: str | None = _option("a strptime format as in %d.%m.%Y, or unix, or excel")
    day_first: bool | None = _option("whether 03/04/2024 is the third of April")
    unit: str | None = _option(
        "what numbers of time count: day, week, month, quarter, or order of a customer's purchases"
    )
    time_zone: str | None = _option("local clock to read times by, as in Europe/Berlin")
    since: dt.date | None = field(
        default=None, metadata={"meaning": "first day; what came before is left out"}
    )
    until: dt.date | None = field(default=None, metadata={"meaning": "last day; what came after is left out"})
    outlying: str = _option("times far from all others: refuse or keep", "refuse")
    duplicates: str = _option("rows that repeat another in every column: refuse, drop or keep", "refuse")
    returns: str = _option("goods that came back: refuse, net (against the purchase) or drop", "refuse")
    returned: Mapping[str, tuple[str, ...]] = _option("rows that are returns: column = values", {})
    leave_out: Mapping[str, tuple[str, ...]] = _option("rows that do not count: column = values", {})
    only: Mapping[str, tuple[str, ...]] = _option("the only rows that count: column = values", {})
    ignore: tuple[str, ...] = _option("columns known not to matter", ())
    zero_amounts: str = _option("purchases of amount 0: keep or drop", "keep")
    purchase: str = _option(
        "what is one purchase: all lines of a receipt, each line, or all of a day", "receipt"
    )
    opportunities: str = _option(
        "of a log that `regulars run` wrote: purchases alone, or all, those that ended without one as well",
        "purchases",
    )
    spellings: str = _option("spellings that differ by case, blanks or width: merge or keep", "merge")
    currency: str | None = _option("label of the money, as in EUR")
    rates: Mapping[str, float] = _option("what one unit of each currency is worth in `currency`", {})

    def __post_init__(self) -> None:
        for name, allowed in CHOICES.items():
            value = getattr(self, name)
            if value is not None and value not in allowed:
                raise RegularsError(f"{name}={shown(value)}: choose one of {', '.join(allowed)}")
        for name in ("returned", "leave_out", "only"):
            object.__setattr__(
                self, name, {str(k): _values(v) for k, v in _mapping(name, getattr(self, name)).items()}
            )
        object.__setattr__(self, "ignore", _values(self.ignore))
        object.__setattr__(
            self, "columns", {k: "" if v is None else v for k, v in _mapping("columns", self.columns).items()}
        )
        object.__setattr__(
            self, "rates", {str(k).upper(): _rate(k, v) for k, v in _mapping("rates", self.rates).items()}
        )
        for name in ("since", "until"):
            object.__setattr__(self, name, _date(name, getattr(self, name)))
        if self.since and self.until and self.since > self.until:
            raise RegularsError(f"since={self.since} lies after until={self.until}: no day is left")
        for name in ("delimiter", "thousands"):
            value = getattr(self, name)
            if value is not None and len(value.replace("\\t", "\t")) != 1:
                raise RegularsError(f"{name}={shown(value)}: give one character")
        if self.delimiter == "\\t":
            object.__setattr__(self, "delimiter", "\t")
        if self.decimal and self.decimal == self.thousands:
            raise RegularsError(
                f"decimal and thousands are both {self.decimal!r}; one of them is something else"
            )
        if self.time_zone is not None:
            _zone(self.time_zone)

    def but(self, **options: Any) -> Reading:
        """This reading with other choices; what is None stays as it was.

        Raises:
            RegularsError: for an option that does not exist, with the nearest.
        """
        known = [f.name for f in fields(self)]
        for name in options:
            if name not in known:
                near = alike(name, known, 1, 0.5)
                raise RegularsError(
                    f"no option of a reading is called {name!r}; {f'nearest: {near[0]}' if near else 'there are ' + ', '.join(known)}"
                )
        return replace(self, **{name: value for name, value in options.items() if value is not None})

    def table(self) -> dict[str, Any]:
        """What differs from the default, as TOML has it."""
        default, found = Reading(), {}
        for f in fields(self):
            value = getattr(self, f.name)
            if value != getattr(default, f.name):
                found[f.name] = {k: list(v) if isinstance(v, tuple) else v for k, v in value.items()} if isinstance(value, Mapping) else list(value) if isinstance(value, tuple) else value  # fmt: skip
        return found

    def toml(self) -> str:
        """The table ``[reading]`` as text."""
        import tomli_w

        return tomli_w.dumps({"reading": self.table()}).strip()

    @staticmethod
    def parse(text: str, place: str = "reading") -> Reading:
        """A reading from TOML.

        Args:
            text: the TOML, with a table ``[reading]``.
            place: where it stands, for messages.

        Raises:
            RegularsError: when it is no TOML, has no table ``[reading]``, or an option that does not exist.
        """
        try:
            table = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            from regulars.scenario.slips import problem

            raise RegularsError(f"{place}: {problem(text, str(error))}") from None
        if not isinstance(table.get("reading"), dict):
            raise RegularsError(f"{place}: there is no table [reading] in it")
        try:
            return Reading().but(**table["reading"])
        except (RegularsError, TypeError, AttributeError) as error:
            raise RegularsError(f"{place}: {error}") from None

    @staticmethod
    def load(path: str | Path) -> Reading:
        """A reading from a file.

        Raises:
            RegularsError: when it cannot be read.
        """
        try:
            text = Path(os.path.expanduser(path)).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise RegularsError(f"{path}: cannot be read as a reading ({error})") from None
        return Reading.parse(text, str(path))


def _mapping(name: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise RegularsError(f"{name}={shown(value)}: give a mapping, as in {{'column': 'value'}}")
    return value


def _values(value: Any) -> tuple[str, ...]:
    return tuple(str(v) for v in value) if isinstance(value, (list, tuple, set)) else (str(value),)


def _rate(name: str, value: Any) -> float:
    try:
        rate = float(value)
    except (TypeError, ValueError):
        rate = float("nan")
    if not 0 < rate < float("inf"):
        raise RegularsError(
            f"rates: {name} = {shown(value)} is no rate; give a number above 0, as in {{'USD': 0.92}}"
        )
    return rate


def _date(name: str, value: Any) -> dt.date | None:
    if value is None or (isinstance(value, dt.date) and not isinstance(value, dt.datetime)):
        return value
    try:
        return dt.datetime.fromisoformat(str(value)).date()
    except ValueError:
        raise RegularsError(f"{name}={shown(value)}: give a date, as in 2024-01-31") from None


def _zone(name: str) -> None:
    import zoneinfo

    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        near = alike(name, zoneinfo.available_timezones(), 3, 0.5)
        hint = f"nearest: {', '.join(near)}" if near else "as in Europe/Berlin"
        raise RegularsError(f"time_zone={name!r} is no time zone; {hint}") from None
