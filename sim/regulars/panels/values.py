"""Reads the columns of money, quantities and names."""

from __future__ import annotations

import numpy as np
import pandas as pd

from regulars.panels.problems import Problems

MISSING = ("", "nan", "NaN", "NA", "N/A", "n/a", "null", "NULL", "None", "none", "<NA>", "NaT")
SIGNS = "€$£¥₹元￥"


def read_numbers(
    raw: pd.Series, field: str, name: str, problems: Problems, *, required: bool, positive: bool
) -> np.ndarray:
    """A column of money or quantities as floats; NaN where an optional value is missing."""
    what = f"{field} (column {name})" if name != field else field
    if pd.api.types.is_numeric_dtype(raw) and not pd.api.types.is_bool_dtype(raw):
        values = raw.to_numpy(dtype=float, na_value=np.nan)
        missing = np.isnan(values)
        shown = raw.to_numpy()
    else:
        text = raw.astype("str").str.strip()
        values = pd.to_numeric(text, errors="coerce").to_numpy(dtype=float)
        blank = text.isin(["", "None", "<NA>"]) | raw.isna()
        missing = (blank if required else text.isin(MISSING) | raw.isna()).to_numpy()
        shown = text.to_numpy()
        _tell_unreadable(text, np.isnan(values) & ~missing, what, problems)
    if required:
        problems.rows_where(missing, f"no {what}", shown)
    problems.rows_where(np.isinf(values), f"infinite {what}", shown)
    negative = np.isfinite(values) & (values < 0)
    if field == "amount":
        advice = "negative amount: net returns out of the purchases they belong to, or leave both out"
        problems.rows_where(negative, advice if name == field else f"{advice} (column {name})", shown)
    else:
        problems.rows_where(negative, f"negative {what}", shown)
    if positive:
        advice = (
            "leave the cell empty where the price is unknown" if field == "price" else "a purchase has some"
        )
        problems.rows_where(values == 0, f"zero {what}: {advice}", shown)
    return values


def _tell_unreadable(text: pd.Series, unread: np.ndarray, what: str, problems: Problems) -> None:
    """Sort values that are no numbers by what the user must do about them."""
    if not unread.any():
        return
    left = text[unread]
    shown = text.to_numpy()
    bare = left.str.replace(r"^[-+(]+|\)$", "", regex=True).str.strip()
    signed = bare.str.contains(rf"[{SIGNS}]|^[A-Z]{{3}}\s|\s[A-Z]{{3}}$", regex=True)
    comma = bare.str.fullmatch(r"(\d{1,3}([.\s]\d{3})+|\d+),\d+") & ~bare.str.fullmatch(r"\d{1,3},\d{3}")
    thousands = bare.str.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?")
    nan = bare.str.fullmatch(r"(?i)nan|n/?a|null|none|<na>|#n/a")
    kinds = (
        (signed, "with a currency sign: give bare numbers, and the currency once as currency=..."),
        (comma, "with a decimal comma: write 12.50, not 12,50"),
        (thousands, "with thousands separators: write 1234.50, not 1,234.50"),
        (nan, "not a number"),
    )
    rest = pd.Series(True, index=left.index)
    for kind, advice in kinds:
        mask = np.zeros(len(text), dtype=bool)
        mask[left.index[(kind & rest).to_numpy(dtype=bool)]] = True
        rest &= ~kind.astype(bool)
        problems.rows_where(mask, f"{what} {advice}", shown)
    mask = np.zeros(len(text), dtype=bool)
    mask[left.index[rest.to_numpy(dtype=bool)]] = True
    problems.rows_where(mask, f"{what} that is not a number", shown)


def read_names(raw: pd.Series, field: str, name: str, problems: Problems) -> pd.Series:
    """A column of customers or firms: integers where all are, otherwise text without outer blanks."""
    if pd.api.types.is_integer_dtype(raw) and not raw.isna().any():
        return raw.astype("int64") if field == "customer" else raw.astype("str")
    absent = raw.isna().to_numpy()
    if pd.api.types.is_float_dtype(raw):
        whole = raw[~absent]
        if (whole == np.floor(whole)).all():
            raw = raw.fillna(0).astype("int64")
    text = raw.astype("str").str.strip()
    problems.rows_where(absent | text.isin(MISSING).to_numpy(), f"no {field} in column {name}")
    if field != "customer" or not len(text):
        return text
    # 007 and 7 are two customers: only plain integers become numbers
    if text.str.fullmatch(r"0|[1-9]\d{0,17}").all():
        return text.astype("int64")
    return text
