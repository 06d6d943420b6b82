"""Strategies, processes, pricing policies and recommenders of one's own: registered under a name, or out of a file of parts."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any, TypeVar, overload

from regulars.contract import pricing, process, recommender, spelling, strategy
from regulars.contract.pricing import PricingParameters, PricingPolicy
from regulars.contract.process import Process
from regulars.contract.recommender import Recommender, RecommenderParameters
from regulars.contract.strategy import Strategy
from regulars.ground import registered
from regulars.ground.alike import nearest
from regulars.ground.errors import RegularsError, shown
from regulars.ground.folder import modules, told_where
from regulars.ground.parameter import ParameterSet
from regulars.ground.words import in_words

Part = TypeVar("Part", bound=type)
KINDS: dict[
    type, tuple[str, type[ParameterSet]]
] = {  # base: the package of such parts, what their parameters are built on
    Strategy: (strategy.FOLDER, ParameterSet),
    PricingPolicy: (pricing.FOLDER, PricingParameters),
    Recommender: (recommender.FOLDER, RecommenderParameters),
    Process: (process.FOLDER, ParameterSet),
}
FORM = re.compile(r"[a-z][a-z0-9_]*")
FILES = "regulars_parts_of_"  # before the name of a file of parts, in the name of its module


@overload
def register(part: Part, name: str | None = None) -> Part: ...
@overload
def register(part: None = None, name: str | None = None) -> Callable[[Part], Part]: ...
def register(part: Any = None, name: str | None = None) -> Any:
    """Let scenarios name a strategy, a process, a pricing policy or a recommender of one's own, here and in worker processes.

    Args:
        part: the class; `@register` in front of it does the same, as does `@register(name="my_idea")`.
        name: its name in scenarios; that of the class in small letters, `MyIdea` as `my_idea`, when left out.

    Returns:
        The class.

    Errors: it is no such class, its parameters are none, or there is another part of this name. The same class defined
    again, as when a cell of a notebook is run again, takes the place of the former one.

    Example:
        >>> from regulars import Scenario, register
        >>> from regulars.parts import Strategy
        >>> @register
        ... class TenOff(Strategy):
        ...     def offer(self, board, day):
        ...         board.give(self.firm.index, 0.1)
        >>> "ten_off" in Scenario({"firms": [{"name": "ann", "strategies": {"ten_off": {}}}]}).toml()
        True
    """
    if part is None:
        return lambda kind: register(kind, name)
    base = _base(part)
    package, parameters = KINDS[base]
    what = in_words(base)
    called = in_words(part, "_") if name is None else name
    if not isinstance(called, str) or not FORM.fullmatch(called):
        raise RegularsError(
            f"{shown(called)} is no name of a {what}: small letters, digits and _ only, as in 'my_idea'; give name=..."
        )
    if not (isinstance(part.Parameters, type) and issubclass(part.Parameters, parameters)):
        raise RegularsError(
            f"{part.__name__}.Parameters = {shown(part.Parameters)} is no {parameters.__name__}"
        )
    if called in modules(package):
        there = registered.everything().get((package, called))
        offered = there or (registered.find(package, called) if registered.giver(package, called) else None)
        if not registered.is_same(offered, part):
            raise RegularsError(
                f"there is a {what} called '{called}' already; register it as name='...' of its own"
            )
    spelling.check(part)
    registered.add(package, called, part)
    return part


def _base(part: Any) -> type:
    """Which kind of part a class is."""
    base = next((base for base in KINDS if isinstance(part, type) and issubclass(part, base)), None)
    if base is None or part in KINDS:
        kinds = ", ".join(kind.__name__ for kind in KINDS)
        raise RegularsError(
            f"{shown(part)} is no part of one's own: a class is needed that builds on one of {kinds}"
        )
    return base


class _AsItIs(SourceFileLoader):
    """Runs a file as it stands: compiled code that Python has kept is taken for current within a second of an edit."""

    def get_code(self, fullname: str) -> CodeType:
        """The code of the text as it is now."""
        return self.source_to_code(self.get_data(self.path), self.path)


def register_file(path: str | os.PathLike[str]) -> list[str]:
    """Run a file of Python and register all parts that it defines; returns their names.

    Scenarios never name such a file: whoever runs it says so.

    Errors: there is no such file, it fails, or it defines no part.
    """
    file = Path(path)
    if not file.is_file() or file.suffix != ".py":
        near = [other.name for other in file.parent.glob("*.py")] if file.parent.is_dir() else []
        raise RegularsError(f"{file}: there is no such file of parts (.py); {nearest(file.name, near)}")
    called = FILES + re.sub(r"\W", "_", file.stem)
    found = importlib.util.spec_from_file_location(
        called, file.resolve(), loader=_AsItIs(called, str(file.resolve()))
    )
    assert found is not None and found.loader is not None  # its name ends in .py
    module = importlib.util.module_from_spec(found)
    sys.modules[called] = module
    with told_where(str(file.resolve())):
        found.loader.exec_module(module)
    known = set(registered.everything().values())
    own = [kind for kind in vars(module).values() if _is_part(kind, called)]
    if not own:
        raise RegularsError(f"{file} defines no strategy, process, pricing policy or recommender")
    return [registered.title(kind if kind in known else register(kind)) for kind in own]


def _is_part(thing: Any, module: str) -> bool:
    return (
        isinstance(thing, type)
        and thing.__module__ == module
        and issubclass(thing, tuple(KINDS))
        and thing not in KINDS
    )
