"""Kinds of events of the log beside purchases: what happened to a customer, and what the amount beside it counts.

Whatever writes an event declares it: the doors of a firm here, every part in `events` of its class. A kind that nobody has declared
is refused with the nearest that there is, so that a mistyped one is no new kind.
"""

from __future__ import annotations

from dataclasses import dataclass

from regulars.ground.alike import nearest
from regulars.ground.errors import RegularsError, shown

KNOWN: dict[str, Event] = {}


@dataclass(frozen=True)
class Event:
    """One kind of event.

    Attributes:
        name: in the log.
        meaning: in a sentence.
        amount: unit of its amount; "" where there is none.
    """

    name: str
    meaning: str
    amount: str = ""

    def __post_init__(self) -> None:
        KNOWN[self.name] = self

    def __str__(self) -> str:
        return self.name


AWARE = Event("aware", "got to know the firm")
REWARD = Event("reward", "was given a reward", "currency")
CREDIT_USED = Event("use_credit", "paid with store credit", "currency")
CREDIT_LAPSED = Event("lapse", "lost store credit that was not used in time", "currency")


def known(kind: Event | str) -> str:
    """The name of a kind of event.

    Raises:
        RegularsError: for a kind that nobody has declared, with the nearest.
    """
    name = str(kind)
    if name not in KNOWN:
        raise RegularsError(
            f"no kind of event is called {shown(name)}; {nearest(name, KNOWN)} (a part declares its own: "
            'events = (Event("name", "what it means"),))'
        )
    return name
