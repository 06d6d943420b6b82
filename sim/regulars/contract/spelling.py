"""What a part names, looked at when it is loaded: a mistyped effect, account, benefit, event or way of paying is told at once.

Each door refuses a wrong word when it is reached. But a branch of a strategy may be reached on the hundredth day only, so the text
of a part is read once for the words that stand in it.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import partial
from typing import TypeVar

from regulars.contract.part import PHASES, DailyPart, Part
from regulars.ground.alike import alike, nearest
from regulars.ground.errors import RegularsError, shown
from regulars.ground.folder import only_class
from regulars.ground.words import in_words, right, word
from regulars.world.audience import problem
from regulars.world.benefits import Benefit
from regulars.world.board import Effect
from regulars.world.card import Payment
from regulars.world.events import known
from regulars.world.ledger import RUNNING, Account

Kind = TypeVar("Kind", bound=Part)
WORDS: dict[str, type[StrEnum]] = {kind.__name__: kind for kind in (Effect, Account, Benefit, Payment)}

READ: set[type[Part]] = set()  # parts that were read already


def _audience(name: str) -> None:
    if told := problem(name):
        raise RegularsError(told)


def _cost(name: str) -> None:
    if name not in RUNNING:
        raise RegularsError(f"no cost is called {name!r}; {nearest(name, RUNNING)}")


DOORS: dict[
    str, tuple[tuple[int, str], Callable[[str], object]]
] = {  # method -> (place and name of the word, who knows it)
    "column": ((0, "effect"), partial(word, Effect)),
    "spend": ((0, "account"), _cost),
    "deepen": ((0, "benefit"), partial(word, Benefit)),
    "give": ((1, "paid_as"), partial(word, Payment, what="way of paying")),
    "reward": ((4, "paid_as"), partial(word, Payment, what="way of paying")),
    "event": ((0, "kind"), known),
    "audience": ((0, "name"), _audience),
}


def loaded(package: str, name: str, base: type[Kind]) -> type[Kind]:
    """The part of this name in a package, its text looked at when it is loaded first."""
    kind = only_class(package, name, base)
    check(kind)
    return kind


def check(kind: type[Part]) -> None:
    """Refuse a part in whose text a word stands that nobody knows.

    Raises:
        RegularsError: with file and line, what stands there, and the nearest right word.
    """
    if kind in READ:
        return
    READ.add(kind)
    try:
        lines, first = inspect.getsourcelines(kind)
        tree = ast.parse(textwrap.dedent("".join(lines)))
    except (OSError, TypeError, SyntaxError):
        return  # made at a prompt: the doors will tell
    if told := _idle(kind):
        READ.discard(kind)
        raise RegularsError(f"{inspect.getsourcefile(kind)}, line {first}: {told}")
    for line, told in _slips(tree):
        READ.discard(kind)
        raise RegularsError(f"{inspect.getsourcefile(kind)}, line {first + line - 1}: {told}")


def _idle(kind: type[Part]) -> str:
    """What is wrong with what a part overrides: a phase or a hook is mistyped, or it takes part in no phase of the day."""
    hooks = PHASES if issubclass(kind, DailyPart) else _hooks(kind)
    base = DailyPart if issubclass(kind, DailyPart) else kind.__mro__[1]
    taken = [hook for hook in hooks if getattr(kind, hook) is not getattr(base, hook)]
    known = {name for above in kind.__mro__[1:] for name in vars(above)}
    for name, value in vars(kind).items():
        if name in known or not inspect.isfunction(value):
            continue
        takes = inspect.signature(value).parameters.keys()
        alike_taking = [h for h in hooks if takes == inspect.signature(getattr(base, h)).parameters.keys()]
        if near := alike(name, [hook for hook in alike_taking if hook not in taken], 1, 0.75):
            what = "phase of the day" if base is DailyPart else f"part of a {in_words(base)}"
            return f"{kind.__name__}.{name} is no {what}; did you mean '{near[0]}'?"
    declared = sorted(
        name for name in known if not name.startswith("_") and not inspect.isfunction(getattr(kind, name))
    )
    for name, value in vars(kind).items():
        if (
            name in known
            or name.startswith("_")
            or callable(value)
            or isinstance(value, (property, classmethod))
        ):
            continue
        if near := alike(name, declared, 1, 0.8):
            return f"{kind.__name__}.{name} is nothing that a {in_words(_contract(kind))} declares; did you mean '{near[0]}'?"
    if taken or base is not DailyPart:
        return ""
    return f"{kind.__name__} takes part in no phase of the day ({', '.join(PHASES)}): it would do nothing"


def _contract(kind: type[Part]) -> type:
    """The class of the contract that a part fulfils, as Strategy."""
    return next(above for above in kind.__mro__[1:] if above.__module__.startswith("regulars.contract."))


def _hooks(kind: type[Part]) -> tuple[str, ...]:
    """What the contract lets a part override that does not live through the day."""
    contract = [above for above in kind.__mro__[1:] if above.__module__.startswith("regulars.contract.")]
    return tuple(
        {name: 0 for above in contract for name, value in vars(above).items() if inspect.isfunction(value)}
    )


def _slips(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in WORDS:
            kind = WORDS[node.value.id]
            members = kind.__members__
            if not hasattr(kind, node.attr):
                yield (
                    node.lineno,
                    f"{node.value.id} has no {shown(node.attr)}; {right(kind, node.attr, members)}",
                )
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in DOORS:
            (place, name), knows = DOORS[node.func.attr]
            given = next((k.value for k in node.keywords if k.arg == name), None)
            given = node.args[place] if given is None and place < len(node.args) else given
            if isinstance(given, ast.Constant) and isinstance(given.value, str):
                try:
                    knows(given.value)
                except RegularsError as error:
                    yield node.lineno, str(error)
