"""What firms do to keep their customers, as it is read: the parameters of strategies by name, parsed once with the scenario."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Self

from regulars.contract.strategy import find
from regulars.ground.parameter import ParameterSet, Problem
from regulars.ground.parsed import Parsed


class Strategies(Parsed, Mapping[str, Any]):
    """Parameters of strategies by name, in the order in which they are written; nothing in it changes.

    Example:
        >>> Strategies.read({"everyday_low_price": {"discount": 0.02}})["everyday_low_price"].discount
        0.02
    """

    __slots__ = ("_known",)

    def __init__(self, known: Mapping[str, ParameterSet]) -> None:
        self._known = dict(known)

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> Self:
        """Read the table of every strategy; what is read already stays.

        Raises:
            Problem: for strategies and parameters that do not exist or will not do, with the nearest names.
        """
        known: dict[str, ParameterSet] = {}
        wrong = []
        for name, one in table.items():
            try:
                kind = find(name).Parameters
                known[name] = one if isinstance(one, kind) else kind.read(one, (name,))
            except Problem as problem:
                wrong += problem.items
        if wrong:
            raise Problem(wrong)
        return cls(known)

    def table(self) -> dict[str, Any]:
        """The tables of all strategies in order of name, defaults written out."""
        return {name: self._known[name].model_dump(mode="python") for name in sorted(self._known)}

    def __getitem__(self, name: str) -> Any:
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def __or__(self, others: Strategies) -> Strategies:
        """These strategies with others added; of two of one name the other one."""
        return Strategies({**self._known, **others._known})

    def __repr__(self) -> str:
        return f"Strategies({self._known!r})"
