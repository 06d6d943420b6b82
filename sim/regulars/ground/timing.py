"""When the money of a period counts, at its start or at its end: whoever discounts money is told which."""

from __future__ import annotations

from regulars.ground.errors import RegularsError


def at_start(timing: str) -> bool:
    """Whether money counts at the start of its period, so that that of the first period comes at once.

    Raises:
        RegularsError: neither "start" nor "end".
    """
    if timing not in ("start", "end"):
        raise RegularsError(
            f"timing={timing!r}: 'start' (the money of the first period counts at once) or 'end' (money counts from the "
            "second period on, after one renewal)"
        )
    return timing == "start"
