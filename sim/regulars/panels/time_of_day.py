"""Times of day in a column of their own, beside that of the date."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from regulars.panels.column import Column
from regulars.panels.problems import Problems

FORM = r"^(\d{1,2})[:时h](\d{2})分?(?:[:.]?(\d{2})秒?(?:\.\d+)?)?\s*([AaPp])?[Mm]?$"


def of_day(clock: Column, problems: Problems) -> NDArray[np.float64]:
    """Times of day as shares of a day."""
    if pa.types.is_time(clock.words.type):
        since_midnight = np.array(
            [0.0 if t is None else t.hour * 3600 + t.minute * 60 + t.second for t in clock.words.to_pylist()]
        )
        return clock.spread(since_midnight / 86400, 0.0)
    parts = clock.texts.str.extract(FORM)
    hours, minutes, seconds = (pd.to_numeric(parts[k], errors="coerce").fillna(0) for k in range(3))
    half = parts[3].str.casefold()
    hours = hours.where(half.isna() | (half.isin(["am", "a"]) & (hours < 12)) | (half.isin(["pm", "p"]) & (hours == 12)), hours % 12 + np.where(half.isin(["pm", "p"]), 12, 0))  # fmt: skip
    bad = (parts[0].isna() & (clock.texts != "")) | (hours > 23) | (minutes > 59)
    problems.rows_where(
        clock.spread(bad.to_numpy(dtype=bool)), f"values of column {clock.name} are no times of day", clock
    )
    return clock.spread(((hours * 3600 + minutes * 60 + seconds) / 86400).to_numpy(dtype=float), 0.0)


def is_clock(column: Column) -> bool:
    """Whether a column holds times of day without a date."""
    if pa.types.is_time(column.words.type):
        return True
    texts = column.texts[column.texts != ""]
    return column.is_text and bool(len(texts)) and bool(texts.str.fullmatch(FORM[1:-1]).mean() > 0.9)
