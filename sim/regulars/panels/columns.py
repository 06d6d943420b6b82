"""Finds the columns of a log: which holds the customer, the time, the money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from regulars.ground.alike import alike
from regulars.ground.errors import RegularsError
from regulars.panels.headings import FIELDS, spelled
from regulars.panels.ways import way, ways

NEEDED = ("customer", "time", "amount")
MARKS = {";": ";", "\t": "\\t", "|": "|", ",": ","}  # that separate fields, as they are typed


@dataclass
class Found:
    """Our names and the file's; what was assumed; what is wrong; and which columns could have been taken instead."""

    columns: dict[str, str]
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    aside: dict[str, str] = field(default_factory=dict)  # column, why it was left aside


def find_columns(
    header: Sequence[str], mapping: Mapping[str, str], place: str, clocks: Sequence[str] = ()
) -> Found:
    """The file's column for each of our fields, under the usual names or as mapped.

    A mapping that does not fit the file raises at once, since everything after it would mislead; a name mapped to nothing
    means that no column holds it. ``clocks`` are columns that hold times of day without a date.
    """
    found = Found(_mapped(header, mapping, place))
    taken = set(found.columns.values())
    for name, tiers in FIELDS.items():
        if name in found.columns or (name in mapping and not mapping[name]):
            continue
        if name == "clock":
            here = [c for c in clocks if c not in taken and "time" in found.columns]
        else:
            here = next((t for t in ([c for c in header if spelled(c) in tier and c not in taken and c not in clocks] for tier in tiers) if t), [])  # fmt: skip
        if name == "receipt" or name == "clock":
            here = here[:1]
        exact = [c for c in here if spelled(c) == name]
        if len(exact) == 1 and len(here) > 1:
            others = [c for c in here if c != exact[0]]
            found.notes.append(f"column {exact[0]} is taken as the {name}; {', '.join(others)} left aside")
            found.aside.update(dict.fromkeys(others, f"column {exact[0]} is the {name}"))
            here = exact
        if len(here) > 1:
            choice = ways("columns", *({name: c} for c in here[:2]))
            found.faults.append(
                f"{len(here)} columns could be the {name}: {', '.join(here)}; say which: {choice}"
            )
        if here:
            found.columns[name] = here[0]
            taken.add(here[0])
    found.faults += _missing(header, found.columns)
    return found


def _mapped(header: Sequence[str], mapping: Mapping[str, str], place: str) -> dict[str, str]:
    by_spelling = {spelled(c): c for c in header}
    found: dict[str, str] = {}
    for name, wanted in mapping.items():
        if name not in FIELDS:
            turned = f"; the mapping runs from our name to the file's: {name} is {wanted} there, so write {wanted}={name}"
            hint = or_alike(name, list(FIELDS)) or (turned if wanted in FIELDS else "")
            raise RegularsError(
                f"{place}: columns cannot name {name!r}; it may name {', '.join(FIELDS)}{hint}"
            )
        if not wanted:
            if name in NEEDED and name != "amount":
                raise RegularsError(f"{place}: every log has a {name}; columns cannot say that there is none")
            continue
        actual = wanted if wanted in header else by_spelling.get(spelled(wanted))
        if actual is None:
            raise RegularsError(
                f"{place}: there is no column {wanted!r} to take as the {name}; "
                f"found {', '.join(header)}{or_alike(wanted, list(header))}"
            )
        twice = [k for k, v in found.items() if v == actual]
        if twice:
            raise RegularsError(
                f"{place}: column {actual} cannot be both the {twice[0]} and the {name}; say which column is the other"
            )
        found[name] = actual
    return found


def _missing(header: Sequence[str], found: Mapping[str, str]) -> list[str]:
    lacking = [name for name in NEEDED if name not in found]
    if "amount" in lacking and "price" in found and "quantity" in found:
        lacking.remove("amount")
    if not lacking:
        return []
    if len(header) == 1 and (marks := [mark for mark in MARKS if mark in header[0]]):
        mark = max(marks, key=header[0].count)
        return [
            f"the header is one field, {header[0][:60]!r}: its fields seem to be separated in another way; "
            f"{way('delimiter', MARKS[mark])} says how"
        ]
    hints = []
    for name in lacking:
        known = [n for tier in FIELDS[name] for n in tier]
        near = [
            c
            for c in header
            if c not in found.values() and (alike(spelled(c), known, 1, 0.75) or name in spelled(c))
        ]
        if name == "amount" and "price" in found:
            hints.append(
                f"if {found['price']} is the money paid, {way('columns', {'amount': found['price']})}"
            )
        elif near:
            hints.append(f"perhaps {way('columns', {name: near[0]})}")
            if name == "amount" and "cent" in spelled(near[0]):
                hints.append(
                    "divide it by 100 before if it counts cents, or all money is a hundred times too large"
                )
    if {"frequency", "recency"} <= {spelled(c) for c in header} or {"x", "t.x", "T.cal"} <= set(header):
        hints.append(
            "this is a summary by customer, and a market needs single purchases; panels.read_rfm takes it to the laws"
        )
    elif set(lacking) == {"time", "amount"} and len(header) >= 3:
        hints.append(
            "a market needs one row per purchase, with its time and its amount: a table of sums by customer does not tell them"
        )
    if any(_is_number(c) for c in header):
        hints.append("the first line looks like data: add a header line")
    if not hints:
        hints.append("name them, as in " + way("columns", {lacking[0]: header[0] if header else "..."}))
    return [f"no column for {', '.join(lacking)}; found {', '.join(header)}; {'; '.join(hints)}"]


def or_alike(name: str, known: Sequence[str]) -> str:
    """``; nearest: ...`` for an error that names all there are, or nothing where no known name is alike."""
    near = alike(name, known, 3, spelled=spelled)
    return f"; nearest: {', '.join(near)}" if near else ""


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
