"""Values as people write them, and as TOML has them: `5%` and `0.05`, `1.2.2025` and `2025-02-01`."""

from __future__ import annotations

import re
from typing import Any


def not_a_number(value: Any) -> str:
    """What a text in place of a number is, with the number that is meant where that can be told."""
    meant = instead(value.strip()) if isinstance(value, str) and len(value) < 40 else ""
    return (
        f"not a number; write {meant}"
        if re.fullmatch(r"[+-]?\d[\d.]*( or [+-]?\d[\d.]*)?", meant)
        else "not a number"
    )


def instead(value: str) -> str:
    """A value as TOML has it; nothing when it is not clear what it should be."""
    if match := re.fullmatch(r"([+-]?\d[\d_]*(?:[.,]\d+)?)\s*%", value):
        return f"{float(match[1].replace(',', '.').replace('_', '')) / 100:.12g}"
    if match := re.fullmatch(r"([+-]?)(\d{1,3})((?:[.,' ]\d{3}){2,})", value):  # 1.000.000
        return match[1] + match[2] + re.sub(r"\D", "", match[3])
    if match := re.fullmatch(r"([+-]?[1-9]\d{0,2}),(\d{3})", value):
        return f"{match[1]}{match[2]} or {match[1]}.{match[2]}"
    if match := re.fullmatch(r"([+-]?\d+),(\d+)", value):
        return f"{match[1]}.{match[2]}"
    if match := re.fullmatch(r"([+-]?)(?:\.(\d+)|(\d+)\.)", value):  # .5, 5.
        return f"{match[1]}{match[3] or '0'}.{match[2] or '0'}"
    if match := re.fullmatch(
        r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", value
    ):  # day first, as with dots everywhere
        return _date(match[3], match[2], match[1])
    if match := re.fullmatch(r"(\d{4})[./](\d{1,2})[./](\d{1,2})", value):
        return _date(*match.groups())
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", value):
        return _date(*match.groups())
    if match := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", value):  # either may be the day
        dates = dict.fromkeys(
            filter(None, (_date(match[3], match[2], match[1]), _date(match[3], match[1], match[2])))
        )
        return " or ".join(dates)
    if match := re.fullmatch(r"(?:[€$£¥]\s*(\d[\d.]*)|(\d[\d.]*)\s*[€$£¥])", value):
        return match[1] or match[2]
    if value.lower() in ("true", "yes", "on", "false", "no", "off"):
        return "true" if value.lower() in ("true", "yes", "on") else "false"
    if match := re.fullmatch(r"([+-]?)0+(\d+)", value):  # 007
        return match[1] + match[2]
    if re.fullmatch(r"[^\W\d][\w .-]*", value) and value not in ("inf", "nan"):
        return f'"{value}"'
    return ""


def _date(year: str, month: str, day: str) -> str:
    """A date; nothing when there is none such."""
    return f"{year}-{int(month):02d}-{int(day):02d}" if 1 <= int(month) <= 12 and 1 <= int(day) <= 31 else ""
