"""What a user is sure of, in one line: `margin`, `foresight within 0.1`, and on the command line `margin = 0.31`.

A statement names what has a published prior by an everyday name, says what it is (`= 0.31` or `= 31%`; in a file the value stands where it
belongs), and how sure that is (`within 0.02`: 19 times in 20 it is no farther away). Without `within` it is not drawn at all.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

from regulars.evidence.collection import collection
from regulars.ground.alike import nearest
from regulars.ground.errors import RegularsError, shown

NUMBER = r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(%?)"
FORM = re.compile(rf"\s*(?P<name>.+?)\s*(?:=\s*{NUMBER}\s*)?(?:\s+within\s+{NUMBER}\s*)?")
WIDTH = 1.959964  # standard errors within which a value lies 19 times in 20
MARGIN, COST = "margin", "firms.cost"
LABELS = {  # how a fit calls what it assumes, where that is not its everyday name
    "weight of later rewards phi": "foresight.foresight",
    "discount factor of a day": "foresight.daily_discount",
    "worth of credit against cash": "foresight.credit_weight",
    "price sensitivity b": "choice.price_sensitivity",
}
BARE = re.compile(rf"(?P<name>\D+?)\s+{NUMBER}")  # a value without its sign of equality


@dataclass(frozen=True)
class Sure:
    """One statement: its everyday name, the path of the parameter, the value where one is given, and how far it may be off."""

    name: str
    path: str
    value: float | None = None
    within: float | None = None

    @property
    def error(self) -> float:
        """Standard error of the value; 0 where it is sure."""
        return 0.0 if self.within is None else self.within / WIDTH

    def text(self) -> str:
        """The statement without its value, as it stands in a file."""
        return self.name if self.within is None else f"{self.name} within {self.within:g}"


def read_sure(text: str) -> Sure:
    """What a statement says.

    Errors: a statement of another form, a name that nothing has, with the nearest one; a width that is none.
    """
    found = FORM.fullmatch(text)
    if found is None or "=" in found["name"]:
        told = "write a name, as in margin, margin = 0.31 or margin = 0.31 within 0.02"
        raise RegularsError(f"{shown(text)} is no statement of what is sure; {told}")
    name = " ".join(found["name"].split())
    known = everyday_names()
    plain = name if name in known else name.replace("_", " ").lower()
    if plain not in known and (bare := BARE.fullmatch(name)):
        raise RegularsError(
            f"{shown(text)} is no statement of what is sure; write {bare['name']} = {bare[2]}{bare[3]}"
        )
    if plain not in known:
        raise RegularsError(f"{shown(name)} is nothing that is assumed; {nearest(plain, known)}")
    value, within = (_number(*found.group(*at)) for at in ((2, 3), (4, 5)))
    if within is not None and within <= 0:
        raise RegularsError(f"{shown(text)}: within {within:g} is no width; it must be above 0")
    return Sure(plain, known[plain], value, within)


@cache
def everyday_names() -> dict[str, str]:
    """Paths of the parameters that have a published prior, by what one calls them.

    A parameter is called by the last word of its path (`present bias`), with what it belongs to where others end alike (`greeting
    effect`), or by the whole path; the share of the price that the cost of goods leaves is `margin`.
    """
    paths = dict.fromkeys(prior.parameter for prior in collection().priors.values())
    ends = Counter(path.rpartition(".")[2] for path in paths)
    found = {label: path for label, path in LABELS.items() if path in paths}
    for path in paths:
        owner, _, last = path.rpartition(".")
        if path == COST:
            found[MARGIN] = path
            continue
        names = [f"{owner.rpartition('.')[2]} {last}", *([last] if ends[last] == 1 else [])]
        found |= {name.replace("_", " "): path for name in names} | {path: path}
    return found


def _number(text: str | None, sign: str | None) -> float | None:
    if text is None:
        return None
    return float(text) / 100 if sign else float(text)
