"""Numbers as people read them: money, shares, days and dates, the same in figures, tables and reports.

Figures and reports use the typographic minus; terminal tables pass `plain=True` and get the keyboard's hyphen.
"""

from __future__ import annotations

import datetime
import math

MINUS = "\N{MINUS SIGN}"
UNKNOWN = "n/a"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SYMBOLS = frozenset("$€£¥₹₩₽₺₫₴₪฿₱")


def unit_of(currency: str) -> str:
    """The currency as a unit in running text; a scenario that names none counts in currency units."""
    label = " ".join(str(currency).split())
    return "currency units" if label in ("", "currency") else label


def number(value: float, *, sign: bool = False, plain: bool = False) -> str:
    """A number with as many decimals as it deserves: none from 100 on, one from 10 on, two below.

    Args:
        value: any number; NaN and infinities are `n/a`.
        sign: write a plus before what is above zero.
        plain: use the hyphen of the keyboard as the minus.
    """
    if not math.isfinite(value):
        return UNKNOWN
    size = abs(value)
    text = f"{size:,.{0 if size >= 99.95 else 1 if size >= 9.995 else 2}f}"
    if size < 0.005:
        text = "0"
    return _signed(text, value, sign, plain)


def count(value: float, *, sign: bool = False, plain: bool = False) -> str:
    """A count, which may be a mean over replicates: whole from 10 on, one decimal below."""
    if not math.isfinite(value):
        return UNKNOWN
    size = abs(value)
    whole = size >= 9.95 or abs(size - round(size)) < 0.05
    return _signed(f"{size:,.0f}" if whole else f"{size:,.1f}", value, sign, plain)


def brief(value: float, *, sign: bool = False, plain: bool = False) -> str:
    """Three significant digits, for titles and labels: 12,345 is 12,300 and 1,234,567 is 1.23M."""
    if not math.isfinite(value):
        return UNKNOWN
    size = abs(value)
    if size >= 100:
        step = 10.0 ** (math.floor(math.log10(size)) - 2)
        size = round(size / step) * step
    for limit, suffix in ((1e9, "B"), (1e6, "M")):
        if size >= limit:
            scaled = size / limit
            return _signed(
                f"{scaled:,.{2 if scaled < 10 else 1 if scaled < 100 else 0}f}{suffix}", value, sign, plain
            )
    return number(math.copysign(size, value), sign=sign, plain=plain)


def precise(value: float, *, plain: bool = False) -> str:
    """Three significant digits whatever the size, never in powers of ten: 0.0136, 1.96, 155,848."""
    if not math.isfinite(value):
        return UNKNOWN
    size = abs(value)
    digits = 2 - math.floor(math.log10(size)) if size >= 1e-9 else 0
    return _signed(f"{size:,.{min(max(digits, 0), 9)}f}", value, False, plain)


def tick(value: float) -> str:
    """A number on an axis: six significant digits, which tells neighbours apart, and no zeros that say nothing."""
    size = abs(value)
    if size < 1e-4:
        text = precise(value)
        return text.rstrip("0").rstrip(".") if "." in text else text
    scale, suffix = next(((s, n) for s, n in ((1e9, "B"), (1e6, "M")) if size >= s), (1.0, ""))
    return _signed(f"{size / scale:,.6g}{suffix}", value, False, False)


def cents(value: float, *, sign: bool = False, plain: bool = False) -> str:
    """Two decimals, for books that must balance."""
    return _signed(f"{abs(value):,.2f}", value, sign, plain) if math.isfinite(value) else UNKNOWN


def money(value: float, currency: str, *, sign: bool = False, plain: bool = False) -> str:
    """An amount in three significant digits with its currency: `12,300 yuan`, `$12,300`.

    Args:
        value: the amount, in units of the currency.
        currency: its name or sign; "" for none.
        sign: with a plus where it is above 0.
        plain: with the hyphen of the keyboard for a minus.
    """
    text = brief(value, sign=sign, plain=plain)
    if text == UNKNOWN:
        return text
    label = unit_of(currency)
    if label in SYMBOLS:
        return f"{text[0]}{label}{text[1:]}" if text[0] in f"+-{MINUS}" else f"{label}{text}"
    return f"{text} {label}"


def interval(low: float, high: float, *, sign: bool = False, plain: bool = False) -> str:
    """Two ends of an interval: `10,100 to 14,500`."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return UNKNOWN
    return f"{brief(low, sign=sign, plain=plain)} to {brief(high, sign=sign, plain=plain)}"


def percent(value: float, *, digits: int = 0, sign: bool = False, plain: bool = False) -> str:
    """A share as a percentage; a share that rounds to 0 or 100 without being it is told as <1% or >99%."""
    if not math.isfinite(value):
        return UNKNOWN
    step = 10.0**-digits
    size = abs(value) * 100
    if 0 < size < step / 2:
        return f"<{step:.{digits}f}%" if value > 0 else _signed(f"{0:.{digits}f}%", 0, sign, plain)
    if not sign and 100 - step / 2 <= size < 100:
        return f">{100 - step:.{digits}f}%"
    return _signed(f"{size:,.{digits}f}%", value, sign, plain)


def chance(value: float, draws: int) -> str:
    """A probability counted in so many draws: none or all of 20 is <5% or >95%, for nothing finer can be told."""
    if not math.isfinite(value) or draws < 1:
        return UNKNOWN
    finest = 1 / draws
    if value < finest / 2:
        return f"<{percent(finest)}" if draws > 1 else UNKNOWN
    if value > 1 - finest / 2:
        return f">{percent(1 - finest)}" if draws > 1 else UNKNOWN
    return percent(value)


def points(value: float, *, plain: bool = False) -> str:
    """A difference of two shares, in percentage points."""
    return _signed(f"{abs(value) * 100:.1f}", value, True, plain) if math.isfinite(value) else UNKNOWN


def spelled(when: datetime.date) -> str:
    """A date: 5 Jan 2026."""
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def date(day: float, start: datetime.date) -> str:
    """The date of a day of the run: day 1 is the first, and a time within a day belongs to it."""
    when = start + datetime.timedelta(days=max(math.ceil(day) - 1, 0))
    return spelled(when)


def day_and_date(day: float, start: datetime.date) -> str:
    """Such as `day 143 (23 May 2024)`; NaN is `not in the run`."""
    return f"day {max(math.ceil(day), 1)} ({date(day, start)})" if math.isfinite(day) else "not in the run"


def _signed(text: str, value: float, sign: bool, plain: bool) -> str:
    if not any(digit in text for digit in "123456789"):
        return text
    if value < 0:
        return ("-" if plain else MINUS) + text
    return f"+{text}" if sign else text
