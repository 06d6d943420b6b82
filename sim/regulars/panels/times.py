"""Reads the time column: dates, ISO timestamps, day numbers or order numbers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from regulars.panels.columns import ORDER_NUMBERS, spelled
from regulars.panels.problems import Problems

# Tried where ISO 8601 fails. None is chosen unless it alone reads every row.
FORMATS = (
    "%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%m-%d-%Y", "%d-%m-%Y", "%Y年%m月%d日", "%d %b %Y", "%d-%b-%Y", "%b %d, %Y",
    "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%m/%d/%y", "%d/%m/%y",
)  # fmt: skip
OFFSET = r"(Z|[+-]\d{2}:?\d{2})$"
ZONED = r"\d{2}:\d{2}.*(?:Z|[+-]\d{2}:?\d{2})$"
EXAMPLE = "as in 2024-03-31, 2024-03-31 18:05:00 or 20240331, or a day number"


@dataclass
class Times:
    """The time column as floats, with what they count."""

    values: np.ndarray
    dated: bool
    start: dt.date | None
    notes: list[str] = field(default_factory=list)


def read_times(raw: pd.Series, name: str, date_format: str | None, problems: Problems) -> Times:
    """Times in days since midnight of the first date, or numbers counted from the first whole one.

    Faults go to ``problems``; the values of faulty rows are then meaningless.
    """
    if pd.api.types.is_datetime64_any_dtype(raw):
        return _days(raw, name, problems)
    if raw.dtype == object and raw.map(lambda v: isinstance(v, (dt.date, dt.datetime))).any():
        zones = {v.tzinfo for v in raw if isinstance(v, dt.datetime)}
        if len(zones) > 1:
            problems.add(f"column {name} mixes time zones; convert all times to one zone")
            return _nothing(len(raw))
        return _days(pd.to_datetime(raw, errors="coerce"), name, problems, raw)
    if pd.api.types.is_numeric_dtype(raw) and not pd.api.types.is_bool_dtype(raw):
        return _numbers(raw.astype(float), raw, name, date_format, problems)
    text = raw.astype("str").str.strip()
    if date_format is None or date_format == "unix":
        some = text.iloc[:: max(1, len(text) // 1000)]
        if pd.to_numeric(some, errors="coerce").notna().sum() * 2 > len(some):
            numbers = pd.to_numeric(text, errors="coerce").astype(float)
            return _numbers(numbers, text, name, date_format, problems)
    return _text(text, name, date_format, problems)


def _text(text: pd.Series, name: str, date_format: str | None, problems: Problems) -> Times:
    codes, distinct = pd.factorize(text)
    words = pd.Series(distinct, dtype="str")
    offsets = _offsets(words)
    if offsets.nunique() > 1:
        seen = offsets.to_numpy()[codes]
        kinds = sorted({o or "none" for o in offsets if o} | ({"none"} if (offsets == "").any() else set()))
        usual = pd.Series(seen).mode().iloc[0]
        problems.rows_where(
            seen != usual,
            f"column {name} mixes time zones ({', '.join(kinds)}); convert all times to one zone",
            text.to_numpy(),
        )
        return _nothing(len(text))
    zone = offsets.iloc[0] if len(offsets) else ""
    stamps = _parse(words, date_format)
    notes = []
    if stamps.isna().any() and date_format is None:
        able = _able(words)
        if len(able) == 1:
            stamps = _parse(words, able[0])
            notes.append(f"dates read as {able[0]}")
        elif able:
            choice = " or ".join(f"date_format={f!r}" for f in able[:3])
            problems.add(
                f"dates of column {name}, such as {words[stamps.isna()].iloc[0]!r}, can be read in several ways; pass {choice}"
            )
            return _nothing(len(text))
    if zone:
        stamps = stamps.dt.tz_localize(None)
        notes.append(f"times are local, in the zone {'UTC' if zone == 'Z' else zone}")
    full = pd.Series(stamps.to_numpy()[codes])
    expected = f"do not follow {date_format!r}" if date_format else f"are not dates ({EXAMPLE})"
    missing = text.isin(["", "nan", "NaN", "NaT", "None", "NA", "null"]).to_numpy()
    values = text.to_numpy()
    problems.rows_where(missing, f"no time in column {name}")
    problems.rows_where(full.isna().to_numpy() & ~missing, f"values of column {name} {expected}", values)
    found = _days(full, name, None)
    found.notes[:0] = notes
    return found


def _offsets(words: pd.Series) -> pd.Series:
    """The offset from UTC that each timestamp states, or an empty text."""
    zoned = words.str.contains(ZONED)
    if not zoned.any():
        return pd.Series("", index=words.index)
    stated = words.str.extract(OFFSET, expand=False).where(zoned, "")
    return stated.replace({"+00:00": "Z", "+0000": "Z"})


def _parse(words: pd.Series, date_format: str | None) -> pd.Series:
    try:
        return pd.to_datetime(words, format=date_format or "ISO8601", errors="coerce")
    except ValueError:
        return pd.Series(pd.NaT, index=words.index, dtype="datetime64[us]")


def _able(words: pd.Series) -> list[str]:
    """The formats that read nearly all values; a few bad ones are then told as such."""
    sample = words if len(words) <= 20_000 else words.iloc[:: len(words) // 20_000]
    unread = sample[_parse(sample, None).isna()]
    counts = (
        {f: int(_parse(sample, f).notna().sum()) for f in FORMATS} if len(unread) * 2 > len(sample) else {}
    )
    best = max(counts.values(), default=0)
    return [f for f, k in counts.items() if k == best and k * 2 > len(sample)]


def _days(stamps: pd.Series, name: str, problems: Problems | None, raw: pd.Series | None = None) -> Times:
    notes = []
    if isinstance(stamps.dtype, pd.DatetimeTZDtype):
        notes.append(f"times are local, in the zone {stamps.dtype.tz}")
        stamps = stamps.dt.tz_localize(None)
    bad = stamps.isna().to_numpy()
    if problems is not None:
        problems.rows_where(bad, f"no time in column {name}", None if raw is None else raw.to_numpy())
    if bad.all():
        return _nothing(len(stamps))
    first = stamps.min().normalize()
    days = ((stamps - first) / pd.Timedelta(days=1)).fillna(0.0).to_numpy(dtype=float)
    return Times(days, True, first.date(), notes)


def _numbers(
    numbers: pd.Series, raw: pd.Series, name: str, date_format: str | None, problems: Problems
) -> Times:
    values = numbers.to_numpy(dtype=float)
    bad = ~np.isfinite(values)
    problems.rows_where(bad, f"values of column {name} are not numbers like the rest of it", raw.to_numpy())
    good = values[~bad]
    if not len(good):
        return _nothing(len(values))
    whole = bool((good == np.floor(good)).all())
    if date_format == "unix":
        return _days(pd.to_datetime(numbers, unit="s", errors="coerce"), name, None)
    if date_format or (whole and good.min() >= 19_000_101 and good.max() <= 21_001_231):
        form = date_format or "%Y%m%d"
        digits = numbers.where(~bad, 0).astype("int64").astype("str")
        stamps = _parse(digits, form)
        problems.rows_where(
            stamps.isna().to_numpy() & ~bad, f"values of column {name} do not follow {form!r}", raw.to_numpy()
        )
        return _days(stamps, name, None)
    if np.abs(good).max() > 1e7:
        problems.add(
            f"column {name} holds numbers up to {good.max():g}, too large for days; if they are seconds since 1970, pass date_format='unix'"
        )
        return _nothing(len(values))
    origin = float(np.floor(good.min()))
    values = np.where(bad, 0.0, values - origin)
    ordered = spelled(name) in ORDER_NUMBERS
    kind = (
        "numbers each customer's purchases; gaps have no length"
        if ordered
        else "is a number of days, without calendar"
    )
    notes = [f"column {name} {kind}" + (f"; counted from {origin:g}" if origin else "")]
    return Times(values, not ordered, None, notes)


def _nothing(n: int) -> Times:
    return Times(np.zeros(n), True, None)
