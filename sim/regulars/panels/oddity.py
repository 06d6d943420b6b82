"""Something about a log that looks odd, and what it would do to an answer."""

from __future__ import annotations

from dataclasses import dataclass

from regulars.ground.errors import RegularsError

GRADES = ("note", "review", "fail")


@dataclass(frozen=True)
class Oddity:
    """One thing that looks odd in a log.

    Attributes:
        kind: what it is, in a word or two, as in ``"heavy customer"``.
        sentence: what was seen, with its number, and what it would do to an answer.
        grade: ``note`` (harmless, but said), ``review`` (look before you trust a result) or ``fail`` (no result can be
            trusted).
    """

    kind: str
    sentence: str
    grade: str = "review"

    def __post_init__(self) -> None:
        if self.grade not in GRADES:
            raise RegularsError(f"an oddity of grade {self.grade!r}: choose one of {', '.join(GRADES)}")
