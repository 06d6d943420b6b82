"""What machine code is made of besides its source: the fingerprint of a function and of all that a compiler freezes.

A compiler takes into machine code the function's code, with the functions defined inside it, the globals and
attributes of modules that it names, its closure and the defaults of its parameters. Two functions of one fingerprint
compile to the same machine code, whichever file they stand in.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterator, Mapping
from types import CodeType, FunctionType, ModuleType
from typing import Any, Protocol, runtime_checkable

import numpy as np

Words = Iterator[str]


@runtime_checkable
class Keyed(Protocol):
    """Something that tells by itself what it is made of, such as a kernel."""

    def key(self) -> str:
        """Hash of everything that it is made of."""


def fingerprint(function: FunctionType, *more: str) -> str:
    """Hash of a function, of everything that it names, and of the words `more`; the same in every process."""
    digest = hashlib.blake2b(digest_size=16)
    for word in (*more, *_function(function)):
        digest.update(f"{len(word)}:{word}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def named(code: CodeType) -> list[str]:
    """Names of globals and attributes in a function's code and in that of the functions inside it."""
    inside = [name for const in code.co_consts if isinstance(const, CodeType) for name in named(const)]
    return sorted({*code.co_names, *inside})


def _function(function: FunctionType) -> Words:
    yield from _code(function.__code__)
    names = named(function.__code__)
    yield from _members(function.__globals__, names, ())
    for cell in function.__closure__ or ():
        yield from _value(cell.cell_contents, names, ())
    yield from _value(function.__defaults__, names, ())
    yield from _value(function.__kwdefaults__, names, ())


def _code(code: CodeType) -> Words:
    yield code.co_code.hex()
    yield getattr(code, "co_exceptiontable", b"").hex()
    yield repr((code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars, code.co_flags))
    yield repr((code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount))
    for const in code.co_consts:
        yield from _value(const, [], ())


def _members(table: Mapping[str, Any], names: list[str], above: tuple[ModuleType, ...]) -> Words:
    """What a namespace holds under the names that the code names."""
    for name in names:
        if name in table:
            yield name
            yield from _value(table[name], names, above)


def _value(value: Any, names: list[str], above: tuple[ModuleType, ...]) -> Words:
    """A value as words; of a module, on the way down from those `above`, what the code may name of it."""
    yield type(value).__qualname__
    if isinstance(value, CodeType):
        yield from _code(value)
    elif isinstance(value, ModuleType):
        yield value.__name__
        if value not in above:
            yield from _members(vars(value), names, (*above, value))
    elif isinstance(value, type) and issubclass(value, enum.Enum):
        yield repr([(member.name, member.value) for member in value])
    elif isinstance(value, Keyed) and not isinstance(value, type):
        yield value.key()
    elif isinstance(getattr(value, "py_func", None), FunctionType):  # compiled by numba itself
        yield from _function(value.py_func)
    elif isinstance(value, np.ndarray):
        yield repr((value.dtype, value.shape, value.strides))
        yield value.tobytes().hex()
    elif isinstance(value, (tuple, list)):
        yield repr(getattr(value, "_fields", len(value)))
        for item in value:
            yield from _value(item, names, above)
    elif isinstance(value, (set, frozenset)):
        yield repr(sorted(map(repr, value)))
    elif callable(value):
        yield repr(getattr(value, "_fields", ()))  # of a named tuple, found by their place
        yield f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', getattr(value, '__name__', ''))}"
    else:
        yield repr(value)
