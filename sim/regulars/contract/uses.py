"""What a part touches, read off its text: effects on the board, accounts, benefits, ways of paying, relations, ports, events.

Nothing of this is declared by hand. The words of these doors are closed sets (`contract.spelling`), so that the text of a part, and of what
it takes from the kit, says which of them it may touch; what stands in a branch that is never reached counts as touched, and what a
parameter names (which benefit a message builds) does not.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from typing import Any

from regulars.contract.part import Part
from regulars.world.benefits import Benefit
from regulars.world.board import Effect
from regulars.world.card import Payment
from regulars.world.events import Event
from regulars.world.ledger import Account
from regulars.world.ports import Port

KIT = "regulars.kit."
WORDS: dict[str, tuple[str, type[StrEnum]]] = {
    "effects": ("column", Effect),
    "accounts": ("spend", Account),
    "benefits": ("deepen", Benefit),
    "payments": ("reward", Payment),
}


@dataclass(frozen=True)
class Uses:
    """Names of what a part may touch, each in the order of its set."""

    effects: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    benefits: tuple[str, ...] = ()
    payments: tuple[str, ...] = ()
    relations: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    events: tuple[str, ...] = ()

    def told(self) -> dict[str, tuple[str, ...]]:
        """Those of which there are any."""
        return {f.name: names for f in fields(self) if (names := getattr(self, f.name))}

    def __str__(self) -> str:
        return "; ".join(f"{kind}: {', '.join(names)}" for kind, names in self.told().items()) or "nothing"


def uses(kind: type[Part]) -> Uses:
    """What a part may touch: by its own text, that of the classes above it, and of what it takes from `kit`.

    Returns:
        Nothing at all where the text cannot be had, as of parts made at a prompt.
    """
    found: dict[str, set[str]] = {field.name: set() for field in fields(Uses)}
    for thing in _reached(kind):
        named = vars(inspect.getmodule(thing))
        for node in _nodes(thing):
            _look(node, named, found)
    for above in kind.__mro__:
        found["events"] |= {event.name for event in vars(above).get("events", ())}
    order = {name: [word.value for word in words] for name, (_, words) in WORDS.items()}
    return Uses(**{n: tuple(w for w in order.get(n, sorted(ws)) if w in ws) for n, ws in found.items()})


def _look(node: ast.AST, named: dict[str, Any], found: dict[str, set[str]]) -> None:
    """Add what one node of a text touches."""
    if isinstance(node, ast.Name) and isinstance(event := named.get(node.id), Event):
        found["events"].add(event.name)
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        for name, (_, words) in WORDS.items():
            if node.value.id == words.__name__ and node.attr in words.__members__:
                found[name].add(words[node.attr].value)
    elif (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "relations"
    ):
        found["relations"].add(node.attr)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        for name, (door, words) in WORDS.items():
            if node.func.attr == door:
                found[name] |= {
                    a.value for a in given if isinstance(a, ast.Constant) and a.value in set(words)
                }
        if node.func.attr == "port":
            asked = (named.get(a.id) for a in given if isinstance(a, ast.Name))
            found["ports"] |= {
                port.__name__ for port in asked if inspect.isclass(port) and issubclass(port, Port)
            }


def _reached(kind: type[Part]) -> list[Any]:
    """The class, those above it that are no base of all parts, and what of the kit and of its own file their texts name."""
    home = kind.__module__
    queue: list[Any] = [
        above for above in kind.__mro__ if above.__module__ == home or KIT in above.__module__
    ]
    reached: dict[int, Any] = {}
    while queue:
        thing = queue.pop()
        if id(thing) in reached:
            continue
        reached[id(thing)] = thing
        there = vars(inspect.getmodule(thing))
        for node in _nodes(thing):
            named = there.get(node.id) if isinstance(node, ast.Name) else None
            module = str(getattr(named, "__module__", ""))
            if callable(named) and (module == home or KIT in module):
                queue.append(named)
    return list(reached.values())


@cache
def _nodes(thing: Any) -> tuple[ast.AST, ...]:
    try:
        return tuple(ast.walk(ast.parse(textwrap.dedent(inspect.getsource(thing)))))
    except (OSError, TypeError, SyntaxError):
        return ()
