"""Offsets from UTC and time zones: customers live by the local clock."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from regulars.panels.column import Column, matching
from regulars.panels.problems import Problems
from regulars.panels.ways import way

OFFSET = r"\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)$"
ZONED = r"\d{1,2}:\d{2}.*" + OFFSET
HOUR = 60


def without_offsets(words: pd.Series) -> tuple[pd.Series, pd.Series]:
    """The words without their offset from UTC, and the offsets in minutes (NaN where none is stated)."""
    zoned = matching(words, ZONED)
    minutes = pd.Series(np.nan, index=words.index)
    if not zoned.any():
        return words, minutes
    stated = words[zoned].str.extract(OFFSET, expand=False)
    signs = np.where(stated.str.startswith("-"), -1.0, 1.0)
    digits = stated.str.replace(r"[^\d]", "", regex=True).str.ljust(4, "0")
    clock = digits.where(stated.str.contains(r"\d"), "0000").astype(int).to_numpy()
    minutes.loc[zoned] = signs * (clock // 100 * 60 + clock % 100)
    return words.where(~zoned, words.str.replace(OFFSET, "", regex=True).str.strip()), minutes


def by_local_clock(
    stamps: pd.Series, minutes: pd.Series, column: Column, zone: str | None, problems: Problems
) -> tuple[pd.Series, list[str]]:
    """The stamps of the words by the local clock, and how that was done.

    Offsets that change by an hour at most, and with the seasons, are one place with summer time: its clock is taken as it is.
    Other mixtures are refused, unless a zone is given, to whose clock all are then turned.
    """
    there = (column.counts > 0) & stamps.notna().to_numpy()
    known = minutes[there].dropna()
    if zone is not None:
        if known.empty:
            return stamps, [f"times state no offset from UTC; they are taken as the clock of {zone}"]
        utc = (stamps - pd.to_timedelta(minutes.fillna(0.0), unit="min")).dt.tz_localize("UTC")
        return utc.dt.tz_convert(zone).dt.tz_localize(None), [f"times are converted to the clock of {zone}"]
    if known.empty:
        return stamps, []
    offsets = sorted(known.unique())
    shown = ", ".join(_named(m) for m in offsets)
    if len(known) == int(there.sum()) and len(offsets) == 1:
        hint = f"; {way('time_zone', 'Europe/Berlin')} turns them to a local clock" if offsets[0] == 0 else ""
        return stamps, [f"times are local, in the zone {shown}{hint}"]
    if (
        len(known) == int(there.sum())
        and offsets[-1] - offsets[0] <= HOUR
        and _seasonal(stamps[there], known)
    ):
        return stamps, [
            f"offsets from UTC change with summer time ({shown}); times are read by the local clock"
        ]
    mixed = [*(_named(m) for m in offsets), *(["none"] if len(known) < int(there.sum()) else [])]
    usual = minutes[there].fillna(np.inf).to_numpy()
    counts = pd.Series(column.counts[there]).groupby(usual).sum()
    odd = minutes.fillna(np.inf).to_numpy() != counts.idxmax()
    problems.rows_where(
        column.spread(odd & there),
        f"column {column.name} mixes time zones ({', '.join(mixed)})",
        column,
        f"{way('time_zone', 'Europe/Berlin')} turns all times to one local clock",
    )
    return pd.Series(pd.NaT, index=stamps.index, dtype="datetime64[us]"), []


def _seasonal(stamps: pd.Series, minutes: pd.Series) -> bool:
    """Whether the offset changes a few times a year at most."""
    order = np.argsort(stamps.to_numpy(), kind="stable")
    days = stamps.dt.normalize().to_numpy()[order]
    offsets: NDArray[np.float64] = minutes.to_numpy()[order]
    # the day of the change itself may hold both, in any order
    table = (
        pd.DataFrame({"day": days, "low": offsets, "high": offsets})
        .groupby("day")
        .agg({"low": "min", "high": "max"})
    )
    pure = table.loc[table["low"] == table["high"], "low"].to_numpy()
    both = int((table["low"] != table["high"]).sum())
    years = (days[-1] - days[0]) / np.timedelta64(365, "D") + 1
    return both <= 2 * years + 1 and int((np.diff(pure) != 0).sum()) <= 2 * years + 1


def _named(minutes: float) -> str:
    if minutes == 0:
        return "UTC"
    whole = int(abs(minutes))
    return f"{'-' if minutes < 0 else '+'}{whole // 60:02d}:{whole % 60:02d}"
