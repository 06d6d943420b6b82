"""Audiences: whom a firm addresses, by name, out of its own customer file.

Strategies say whom they mean without knowing one another. Everything is worked out from what the firm can see:

audience        who
everybody       all who are in the market, known or not (posters, flyers, open events)
identified      all whom the firm knows
members         members of any of the firm's programmes; `members:points` of one of them
spent:500       those who spent more than 500 currency units here in about the last year
frequent:12     those who came here at least 12 times so far
heavy:0.2       the best 20% of those known, by spending in about the last year (a rank)
new:30          first seen within the last 30 days
lapsing:2       known, but away for more than twice their own mean time between purchases
lapsed:90       known, but away for more than 90 days
segment:NAME    a segment that a strategy has worked out and entered into the file
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from regulars.ground.alike import nearest
from regulars.ground.errors import RegularsError, shown

if TYPE_CHECKING:
    from regulars.world.firms import Firm

PLAIN = ("everybody", "identified", "members")
NUMBERED = {  # kind -> (bounds in words, lowest, highest)
    "spent": ("currency, at least 0", 0.0, math.inf),
    "frequent": ("purchases, at least 1", 1.0, math.inf),
    "heavy": ("share of customers, above 0 and at most 1", 0.0, 1.0),
    "new": ("days, at least 0", 0.0, math.inf),
    "lapsing": ("multiples of the own mean gap, at least 0", 0.0, math.inf),
    "lapsed": ("days, at least 0", 0.0, math.inf),
}
NAMED = ("members", "segment")
KINDS = tuple(dict.fromkeys((*PLAIN, *NUMBERED, *NAMED)))


def problem(name: str) -> str:
    """What is wrong with the name of an audience; empty when nothing is."""
    kind, colon, what = name.partition(":") if isinstance(name, str) else (str(name), "", "")
    if kind not in KINDS:
        return f"{shown(name)} is no audience; {nearest(kind, KINDS)}"
    if kind in NUMBERED:
        wanted, low, high = NUMBERED[kind]
        try:
            number = float(what)
        except ValueError:
            number = math.nan
        inside = low <= number <= high and math.isfinite(number) and not (kind == "heavy" and number == 0)
        return "" if inside else f"{shown(name)} will not do: a number is needed after '{kind}:' ({wanted})"
    if not colon:
        return "" if kind in PLAIN else f"{shown(name)} will not do: a name is needed after '{kind}:'"
    if kind not in NAMED:
        return f"{shown(name)} will not do: '{kind}' stands alone"
    if not what:
        return f"{shown(name)} will not do: a name is needed after '{kind}:'"
    return ""


def select(firm: Firm, name: str, day: float) -> NDArray[np.bool_]:
    """Who belongs to an audience of `firm` on `day` and is in the market: a mask over customers.

    Raises:
        RegularsError: for an audience that there is not, with the nearest.
    """
    if told := problem(name):
        raise RegularsError(f"firms.{firm.name}: {told}")
    c = firm.customers
    return _among(firm, name, day) & (c.entry <= day) & (c.exit > day)


def _among(firm: Firm, name: str, day: float) -> Any:
    kind, _, what = name.partition(":")
    if kind == "everybody":
        return np.ones(firm.customers.count, np.bool_)
    if kind == "members":
        return _members(firm, what)
    file = firm.file
    if kind == "identified":
        return file.known | firm.members("")
    if kind == "segment":
        return file.segments.get(what, np.zeros(file.known.size, np.bool_))
    number, known = float(what), file.known
    if kind == "frequent":
        return known & (file.count >= number)
    if kind == "new":
        return known & (day - file.first <= number)
    if kind == "lapsed":
        return known & (day - file.last > number)
    if kind == "lapsing":
        gap = file.mean_gap()
        often = known & np.isfinite(gap)
        return often & (day - file.last > number * np.where(often, gap, 0.0))
    everyone = np.arange(known.size)
    recent = file.recent_at(everyone, day)
    if kind == "spent":
        return known & (recent > number)
    best = np.zeros(known.size, np.bool_)
    ranked = np.flatnonzero(known)[np.argsort(-recent[known], kind="stable")]
    best[ranked[: math.ceil(number * ranked.size - 1e-9)]] = True
    return best


def _members(firm: Firm, programme: str) -> NDArray[np.bool_]:
    if programme and (told := no_members(programme, firm.strategies, lambda one: one.members() is not None)):
        raise RegularsError(f"firms.{firm.name}: audience 'members:{programme}' is nobody: {told}")
    return firm.members(programme)


def no_members(programme: str, does: Mapping[str, Any], has_members: Callable[[Any], bool]) -> str:
    """Why nobody is a member of a programme at a firm that does these things; nothing when somebody may be."""
    if programme not in does:
        return f"{shown(programme)} is not what this firm does"
    return "" if has_members(does[programme]) else f"{shown(programme)} has no members"
