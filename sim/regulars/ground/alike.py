"""What is like what: known names like a wrong one, by one rule for every message, and where two texts differ."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Sequence

from regulars.ground.errors import LONGEST_VALUE, cut

LONGEST = 200  # letters that are compared
MOST_KNOWN = 60  # names in a hint


def alike(
    name: str, known: Iterable[str], most: int = 1, at_least: float = 0.6, spelled: Callable[[str], str] = str
) -> list[str]:
    """The known names most like this one, the likest first; of those that are as like, the first known.

    Args:
        name: the wrong one.
        known: the right ones; of two that are spelled alike the last is given.
        most: how many.
        at_least: share of letters in common, in one order, from which two are alike: twice those over all of both.
        spelled: what of a name is compared, as without blanks.
    """
    names = {spelled(str(one))[:LONGEST]: str(one) for one in known}
    matcher, found = difflib.SequenceMatcher(), []
    matcher.set_seq2(spelled(str(name))[:LONGEST])
    for place, one in enumerate(names):
        matcher.set_seq1(one)
        bounds = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)  # the last one costs most
        if all(share() >= at_least for share in bounds):
            found.append((-matcher.ratio(), place, names[one]))
    return [one for *_, one in sorted(found)[:most]]


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint with the nearest right name, or with all of them."""
    known = sorted({cut(str(one), LONGEST_VALUE) for one in known})
    if not known:
        return "there are none here"
    if close := alike(name, known):
        return f"did you mean '{close[0]}'?"
    more = f" and {len(known) - MOST_KNOWN:,} more" if len(known) > MOST_KNOWN else ""
    return f"known here: {', '.join(known[:MOST_KNOWN])}{more}"


def changed(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[list[str], list[str]]]:
    """Where two texts differ: the lines that went and those that came in their place, in order; lines that stay hold the rest."""
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            yield list(before[a:b]), list(after[c:d])
