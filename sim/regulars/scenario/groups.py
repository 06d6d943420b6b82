"""Firms that are written once and are many: what all have in common, firms like another one, groups of a pattern.

`[firm_defaults]` is what every firm has unless it says otherwise, `like = "gate"` makes a firm as another one but for what
it says itself, `count = 48` makes a group of firms named by a pattern such as `name = "seller {}"`. All of it is drawn up
into plain firms before anything else reads the scenario, after `extends` has merged its files.

A firm is as its group or as the firm that it is like, that one as its own, and the last one as the defaults. Tables are
merged along the way, those of strategies too; what another `kind` or `distribution` is named in, and what a firm sells, is
taken whole. A firm written under the name of one of a group is that one, with what it says itself.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from regulars.ground.alike import nearest
from regulars.ground.errors import shown
from regulars.scenario.across import across, found

DEFAULTS, LIKE, COUNT, MARK = "firm_defaults", "like", "count", "{}"
MOST = 10_000  # firms of a group
KINDS = ("kind", "distribution")  # what names another one of these replaces the table that it stands in
WHOLE = ("categories",)  # what a firm sells is a list of its own, and no addition to another one's
Place = tuple[str | int, ...]
Wrong = list[tuple[Place, str]]


def plain_firms(table: dict[str, Any]) -> tuple[dict[str, Any], Wrong]:
    """The table with every firm written out, and what is wrong with how they are written: (path, message).

    A path names a firm by its name, or by its number as written where it has none. What is wrong is left out, so that the
    rest can be looked at; a table that writes out all its firms is given back as it is.
    """
    written = Firms(table)
    if DEFAULTS not in table and not any(map(_says_more, written.list)):
        return table, []
    rest = {name: value for name, value in table.items() if name != DEFAULTS}
    return ({**rest, "firms": written.all()} if written.list else rest), written.wrong


class Firms:
    """The firms of a table as they are written; `wrong` is what is wrong with how, as (path, message).

    `written` holds them by name, `groups` the number of firms of each group by its pattern, `members` the group and
    the number of every firm that a group makes, `like` the firm that each one is like.
    """

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.wrong: Wrong = []
        firms = table.get("firms")
        self.list: list[Any] = firms if isinstance(firms, list) else []
        self.written: dict[str, dict[str, Any]] = {}
        self.groups: dict[str, int] = {}
        self.members: dict[str, tuple[str, int]] = {}
        self.like: dict[str, str] = {}
        self.defaults = self._read_defaults(table.get(DEFAULTS))
        self._known: dict[str, dict[str, Any]] = {}
        self._values: dict[str, Any] = {}
        for number, firm in enumerate(self.list):
            self._read_words(firm, number)
        for pattern, count in self.groups.items():
            self._make(pattern, count)
        self._mistaken_numbers()
        self._read_likes()

    def all(self) -> list[Any]:
        """Every firm written out, in the order in which they are written; what is no firm stays for others to tell."""
        made: list[Any] = []
        done: set[str] = set()
        for firm in self.list:
            name = name_of(firm)
            if name is None or self.written[name] is not firm:  # of two of one name others tell the second
                itself = {} if name is None else {"name": name}
                made.append(
                    {**itself, **_over(self.defaults, _own(firm))} if isinstance(firm, dict) else firm
                )
                continue
            own = self._members_of(name) if name in self.groups else [name]
            made += [self._plain(one) for one in own if one not in done]
            done.update(own)
        return made

    def origin(self, name: str, path: Place) -> Place:
        """Where it is written what a firm has at a path within it: a firm or group by name, or the defaults."""
        best: tuple[int, Place] = (-1, ("firms", name))
        step: str | None = name
        while step is not None:
            if step in self.written:
                best = max(best, (_depth(self.written[step], path), ("firms", step)), key=lambda one: one[0])
            step = self._next(step)
        return max(best, (_depth(self.defaults, path), (DEFAULTS,)), key=lambda one: one[0])[1]

    def _plain(self, name: str) -> dict[str, Any]:
        """One firm written out, none of it shared with another one."""
        table = self._of(name)
        made = {"name": name, **copy.deepcopy(table)}
        for path in found(table):
            told = (
                f"a number is needed here: {shown(name)} is one firm, and a distribution across firms needs a group of them "
                "(count = 10)"
            )
            self.wrong.append(((*self.origin(name, path), *path), told))
            _put(made, path, None)
        return made

    def _of(self, name: str) -> dict[str, Any]:
        """What a firm or a group has, without its name."""
        way: list[str] = []
        step: str | None = name
        while step is not None and step not in self._known:
            way.append(step)
            step = self._next(step)
        have = self.defaults if step is None else self._known[step]
        for one in reversed(way):
            if one in self.members and one not in self.like:
                have = self._drawn(*self.members[one], have)
            have = self._known[one] = _over(have, _own(self.written.get(one, {})))
        return have

    def _drawn(self, pattern: str, number: int, table: dict[str, Any]) -> dict[str, Any]:
        """What one firm of a group has, its numbers taken from the distributions across the group."""
        if pattern not in self._values:
            self._values[pattern], wrong = across(table, self.groups[pattern])
            self.wrong += [((*self.origin(pattern, path), *path, *rest), text) for path, rest, text in wrong]
        made = copy.deepcopy(table)
        for path, values in self._values[pattern].items():
            _put(made, path, values[number] if values else None)
        return made

    def _next(self, name: str) -> str | None:
        """The firm or group that a firm is like; none for one that is as the defaults."""
        return self.like.get(name) or (self.members[name][0] if name in self.members else None)

    def _members_of(self, pattern: str) -> list[str]:
        return [name for name in _names(pattern, self.groups[pattern]) if self.members[name][0] == pattern]

    def _read_defaults(self, table: Any) -> dict[str, Any]:
        if table is None:
            return {}
        if not isinstance(table, dict):
            self.wrong.append(((DEFAULTS,), f"a table is needed here, not {shown(table)}"))
            return {}
        for word in ("name", LIKE, COUNT):
            if word in table:
                self.wrong.append(((DEFAULTS, word), "this belongs into one firm, and not into all"))
        return _own(table)

    def _read_words(self, firm: Any, number: int) -> None:
        """Take down a firm as written, and whether it is a group."""
        name = name_of(firm)
        if name is None:
            if isinstance(firm, dict) and (LIKE in firm or COUNT in firm):
                self.wrong.append((("firms", number, "name"), "a name is needed"))
            return
        if name in self.written:
            if COUNT in firm or COUNT in self.written[name]:
                self.wrong.append(
                    (
                        ("firms", name, "name"),
                        f"{shown(name)} is written twice; give one of them another pattern",
                    )
                )
            return
        self.written[name] = firm
        count = firm.get(COUNT)
        if count is None:
            return
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST:
            told = f"{shown(count)} will not do: a whole number of firms is needed, from 1 to {MOST:,}"
            self.wrong.append((("firms", name, COUNT), told))
        elif name.count(MARK) != 1:
            told = f"{shown(name)} will not do for {count} firms: a group needs {{}} once in its name, where the number goes"
            self.wrong.append(
                (("firms", name, "name"), f"{told}; write {shown(name.replace(MARK, '') + ' {}')}")
            )
        else:
            self.groups[name] = count

    def _make(self, pattern: str, count: int) -> None:
        names = _names(pattern, count)
        if (twice := next((name for name in names if name in self.members), None)) is not None:
            told = f"this makes {shown(twice)}, and so does the group {shown(self.members[twice][0])}"
            self.wrong.append((("firms", pattern, "name"), f"{told}; give it another pattern"))
        for number, name in enumerate(names):
            self.members.setdefault(name, (pattern, number))

    def _mistaken_numbers(self) -> None:
        """Firms that are written as one of a group, but for zeros: they would be further ones without a word."""
        for pattern, count in self.groups.items():
            before, _, after = pattern.partition(MARK)
            for name in self.written:
                middle = name[len(before) : len(name) - len(after)]
                if name in self.members or not (name.startswith(before) and name.endswith(after)):
                    continue
                if middle.isascii() and middle.isdigit() and len(middle) < 10 and 1 <= int(middle) <= count:
                    right = _names(pattern, count)[int(middle) - 1]
                    told = f"the group {shown(pattern)} calls this one {shown(right)}; write that, or another name"
                    self.wrong.append((("firms", name, "name"), told))

    def _read_likes(self) -> None:
        """Take down which firm each one is like, but for what leads nowhere or round in a circle."""
        known = {**self.written, **self.members}
        for name, firm in self.written.items():
            other = firm.get(LIKE)
            if isinstance(other, str) and other in known:
                self.like[name] = other
            elif other is not None:
                hint = nearest(str(other), known.keys() - {name})
                self.wrong.append((("firms", name, LIKE), f"no firm is called {shown(other)}; {hint}"))
        bad: dict[str, str] = {}
        for name in self.like:
            way = [name]
            while (step := self._next(way[-1])) is not None and step not in way:
                way.append(step)
            if step == name:
                bad[name] = " -> ".join([*way[:10], *(["..."] if len(way) > 10 else []), name])
        for name, chain in bad.items():
            del self.like[name]
            self.wrong.append((("firms", name, LIKE), f"a firm cannot be like itself ({chain})"))


def name_of(firm: Any) -> str | None:
    """The name of a firm as written; none when it has none that is one."""
    name = firm.get("name") if isinstance(firm, dict) else None
    return name if isinstance(name, str) else None


def _names(pattern: str, count: int) -> list[str]:
    """Names of a group: its pattern with the numbers from 1, all of one length so that their order is that of numbers."""
    return [pattern.replace(MARK, str(k).zfill(len(str(count)))) for k in range(1, count + 1)]


def _own(firm: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in firm.items() if name not in ("name", LIKE, COUNT)}


def _over(base: Any, table: Any) -> dict[str, Any]:
    """A table merged over another one."""
    merged = dict(base)
    for name, value in table.items():
        old = merged.get(name)
        both = isinstance(old, Mapping) and isinstance(value, Mapping) and name not in WHOLE
        merged[name] = _over(old, value) if both and _same_kind(old, value) else value
    return merged


def _same_kind(old: Any, value: Any) -> bool:
    return all(kind not in value or value[kind] == old.get(kind) for kind in KINDS)


def _says_more(firm: Any) -> bool:
    """Whether a firm is written in other words than those of a plain one."""
    return isinstance(firm, dict) and (LIKE in firm or COUNT in firm or bool(found(firm)))


def _put(firm: dict[str, Any], path: Place, value: float | None) -> None:
    """Put a number into the place of a distribution, or nothing where there is none, as is told."""
    here: Any = firm
    for step in path[:-1]:
        here = here[step]
    if value is None:
        del here[path[-1]]
    else:
        here[path[-1]] = value


def _depth(table: Any, path: Place) -> int:
    """How many steps of a path a table has; -1 when not even the first."""
    for depth, step in enumerate(path):
        if isinstance(table, dict) and step in table:
            table = table[step]
        elif isinstance(table, list) and isinstance(step, int) and step < len(table):
            table = table[step]
        else:
            return depth or -1
    return len(path)
