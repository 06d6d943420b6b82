"""Dates written as text: which of the usual forms reads them all."""

from __future__ import annotations

import re

import pandas as pd

# Tried where ISO 8601 fails. None is chosen unless it alone reads every value, or all that do read them alike.
DATES = (
    "%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%m-%d-%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y.%m.%d", "%Y-%m-%d", "%Y年%m月%d日", "%d %b %Y", "%d-%b-%Y",
    "%b %d, %Y", "%b %d %Y", "%d %B %Y", "%B %d, %Y", "%d-%b-%y", "%m/%d/%y", "%d/%m/%y", "%d.%m.%y", "%d. %B %Y", "%d. %b %Y",
)  # fmt: skip
CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", ", %H:%M", ", %H:%M:%S", " %H:%M:%S.%f", " %H时%M分", " %H时%M分%S秒", "T%H:%M:%S", " %I:%M%p")  # fmt: skip
MONTHS = (
    (r"\d{4}[-/.]\d{1,2}", "%Y-%m"), (r"\d{4}年\d{1,2}月", "%Y年%m月"), (r"\d{1,2}[-/.]\d{4}", "%m-%Y"), (r"[A-Za-z]{3}[ -]\d{4}", "%b-%Y"),
    (r"[A-Za-z]{4,9}[ -]\d{4}", "%B-%Y"), (r"\d{4}M\d{1,2}", "%YM%m"), (r"[A-Za-z]{3}[ -]\d{2}", "%b-%y"),
)  # fmt: skip
WEEK = r"(\d{4})[-/ ]?(?:W|KW|w|第)(\d{1,2})周?"
WEEK_GERMAN = r"(?:KW|W) ?(\d{1,2})[/ -](\d{4})"
QUARTERS = (r"(\d{4})[-/ ]?(?:Q|q)([1-4])", r"(?:Q|q)([1-4])[-/ ](\d{4})", r"(\d{4})年?第?([1-4])季度")
SAMPLE, FEW = 500, 0.5
GERMAN = {"Januar": "January", "Februar": "February", "März": "March", "Maerz": "March", "Mai": "May", "Juni": "June", "Juli": "July", "Oktober": "October", "Dezember": "December", "Mrz": "Mar", "Okt": "Oct", "Dez": "Dec"}  # fmt: skip
_GERMAN = re.compile(r"\b(" + "|".join(GERMAN) + r")\b\.?")


WHOLE = (
    "%a %b %d %H:%M:%S %Y",
    "%A, %d %B %Y",
    "%A, %B %d, %Y",
    "%a, %d %b %Y %H:%M:%S",
    "%a %d.%m.%Y",
    "%a, %d.%m.%Y",
)


def parse(words: pd.Series, form: str | None) -> pd.Series:
    """Words as times by one form, ISO 8601 when it is None; NaT where it does not fit."""
    try:
        return pd.to_datetime(words, format=form or "ISO8601", errors="coerce").astype("datetime64[us]")
    except (ValueError, OverflowError):
        return pd.Series(pd.NaT, index=words.index, dtype="datetime64[us]")


def able(words: pd.Series, day_first: bool | None) -> list[str]:
    """The forms that read the most of the words, if that is more than half of them; several only where their readings differ."""
    some = words if len(words) <= SAMPLE else words.iloc[:: len(words) // SAMPLE]
    tried = [d + c for d in DATES for c in CLOCKS if _could(d, c, some.iloc[0])]
    tried += WHOLE if some.iloc[0][:3].isalpha() else ()
    short = {form: int(parse(some, form).notna().sum()) for form in tried}
    best = max(short.values(), default=0)
    if best <= FEW * len(some):
        return []
    likely = [form for form, n in short.items() if n >= 0.9 * best]
    read = {form: parse(words, form) for form in likely}
    counts = {form: int(times.notna().sum()) for form, times in read.items()}
    best = max(counts.values())
    forms = [form for form in likely if counts[form] == best]
    if day_first is not None:
        forms = [
            f
            for f in forms
            if (f.find("%d") < f.find("%m")) == day_first or "%m" not in f or f.startswith("%Y")
        ] or forms
    kept: list[str] = []
    for form in forms:
        if not any(read[form].equals(read[other]) for other in kept):
            kept.append(form)
    return kept


def _could(date: str, clock: str, word: str) -> bool:
    """Whether a form has the marks of a word, so that it is worth trying."""
    marks = re.sub(r"%[a-zA-Z]", "", date + clock)
    return all(mark in word for mark in marks) and (":" in word or "时" in word) == ("%M" in clock)


def in_english(words: pd.Series) -> pd.Series:
    """German names of months as English ones."""
    return words.str.replace(_GERMAN, lambda found: GERMAN[found[1]], regex=True)


def months(words: pd.Series) -> pd.Series | None:
    """First days of months, where all words are months; None where they are not."""
    for pattern, form in MONTHS:
        if _all(words, pattern):
            plain = (
                words.str.replace(r"[/. ]", "-", regex=True)
                if "年" not in form and "M%m" not in form
                else words
            )
            stamps = parse(plain, form)
            if stamps.notna().all():
                return stamps
    return None


def weeks(words: pd.Series) -> pd.Series | None:
    """Mondays of ISO weeks, where all words are weeks; None where they are not."""
    for pattern, turned in ((WEEK, False), (WEEK_GERMAN, True)):
        if _all(words, pattern):
            parts = words.str.extract(pattern)
            year, week = (parts[1], parts[0]) if turned else (parts[0], parts[1])
            return mondays(year.astype(int), week.astype(int))
    return None


def quarters(words: pd.Series) -> pd.Series | None:
    """First days of quarters, where all words are quarters; None where they are not."""
    for pattern in QUARTERS:
        if _all(words, pattern):
            parts = words.str.extract(pattern).astype(int)
            year, quarter = parts.max(axis=1), parts.min(axis=1)
            return parse(year.astype(str) + "-" + (3 * quarter - 2).astype(str), "%Y-%m")
    return None


def _all(words: pd.Series, pattern: str) -> bool:
    """Whether all words are of a form; the first few mostly tell that they are not."""
    return bool(words.iloc[:9].str.fullmatch(pattern).all() and words.str.fullmatch(pattern).all())


def mondays(year: pd.Series, week: pd.Series) -> pd.Series:
    """Mondays of ISO weeks by year and number; NaT for a week that the year does not have."""
    text = year.astype(str) + "-" + week.astype(str).str.zfill(2) + "-1"
    stamps = pd.to_datetime(text, format="%G-%V-%u", errors="coerce").astype("datetime64[us]")
    right = stamps.dt.isocalendar()["week"].fillna(0).astype(int) == week
    return stamps.where(right)
