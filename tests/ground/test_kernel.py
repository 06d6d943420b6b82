"""Compiled loops: what they compute, when they are compiled anew, and threads."""

import os
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from types import FunctionType, ModuleType

import numpy as np
import pytest

import regulars
from regulars.ground.kernel import Kernel, kernel, side_by_side

SOURCE = """
from regulars.ground.kernel import kernel
RATE = {rate}
TABLE = {table}
@kernel(inline=True)
def inner(x):
    return x * {factor} + RATE
@kernel
def outer(values, out):
    for k in range(values.size):
        out[k] = inner(values[k]) + TABLE[0]
"""


def module(rate=2.0, factor=3.0, table=(1.0, 2.0), extra=""):
    made = ModuleType("kernels_of_a_test")
    exec(SOURCE.format(rate=rate, factor=factor, table=table) + extra, made.__dict__)
    return made


def test_the_key_tells_every_edit():
    """A cache folder is named by the code, the constants and the kernels that a kernel uses, wherever they stand."""
    key = module().outer.key()
    assert module().outer.key() == key
    assert module(rate=2.5).outer.key() != key  # a constant of a kernel inside
    assert module(factor=3.5).outer.key() != key  # the code of a kernel inside
    assert module(table=(1.5, 2.0)).outer.key() != key  # an own constant
    assert module(rate=2).outer.key() != key  # 2 and 2.0 are different constants
    edit = SOURCE[SOURCE.index("@kernel\ndef outer") :].replace(" + ", " - ")
    assert module(extra=edit).outer.key() != key  # the own code
    assert module(extra="\nUNUSED = 7\n").outer.key() == key


RECORD = """
from typing import Any, NamedTuple
from regulars.ground.kernel import kernel
class Record(NamedTuple):
    {first}: Any
    {second}: Any
@kernel
def of_left(record):
    return record.left
@kernel
def made(left, right):
    return Record(left=left, right=right)[0]
"""


def test_fields_of_a_record_that_change_places_are_compiled_anew():
    """Compiled code finds a field by its place: kept under the old places it would read another one."""
    for first, second in (("left", "right"), ("right", "left")):
        names = ModuleType("records_of_a_test")
        sys.modules[names.__name__] = names
        exec(RECORD.format(first=first, second=second), names.__dict__)
        assert names.of_left(names.Record(left=1.0, right=2.0)) == 1.0
        assert names.made(1.0, 2.0) == (1.0 if first == "left" else 2.0)


def test_kernels_of_the_package_have_keys_of_their_own():
    from regulars.behavior import bond, choice, meeting, need

    named = [vars(module) for module in (bond, choice, meeting, need)]
    kernels = {id(value): value for names in named for value in names.values() if isinstance(value, Kernel)}
    assert len({kernel.key() for kernel in kernels.values()}) == len(kernels) > 8


EVERYTHING = """
import enum, math, types
import numpy as np
from regulars.ground.kernel import kernel

class Colour(enum.IntEnum):
    RED = {colour}

rules = types.ModuleType("rules")
rules.inner = types.ModuleType("rules.inner")
rules.inner.RATE = {attribute}
NUMBERS = np.array([1.0, 2.0], {dtype})
KIND = np.dtype([("a", {field})])

@kernel
def called(x, step={default}):
    return x + step

@kernel
def other(x):
    return math.{function}(x)

CALLS = (called, {in_tuple})

def made(closed, ahead):
    @kernel
    def everything(x):
        def inside(y):
            return y * {nested} + closed
        return ahead(x) + inside(x) + rules.inner.RATE + NUMBERS[1] + CALLS[0](x) + Colour.RED + KIND.itemsize + NUMBERS.{method}()
    @kernel
    def enclosing(x):
        return ahead(x) + called(x) + closed
    return everything, enclosing

everything, enclosing = made({closed}, {ahead})
"""
AS_IT_IS = {
    "colour": "1", "attribute": "2.0", "dtype": "np.float64", "field": "'f8'", "default": "1.0", "function": "exp",
    "in_tuple": "other", "nested": "3.0", "closed": "4.0", "ahead": "other",
    "method": "min",
}  # fmt: skip
EDITS = {
    "colour": "2", "attribute": "2.5", "dtype": "np.float32", "field": "'f4'", "default": "1.5", "function": "log",
    "in_tuple": "called", "nested": "3.5", "closed": "4.5", "ahead": "called",
    "method": "max",
}  # fmt: skip


def everything(name="everything", **edit):
    made = {"__name__": "kernels_of_a_test"}
    exec(EVERYTHING.format(**AS_IT_IS | edit), made)
    return made[name]


@pytest.mark.parametrize("what", EDITS)
def test_the_key_holds_all_that_a_compiler_freezes(what):
    """Functions inside, attributes of modules, arrays, types, defaults, closures, names of functions, tuples of kernels."""
    assert everything().key() == everything().key()
    assert everything(**{what: EDITS[what]}).key() != everything().key()


def test_kernels_in_closures_are_compiled():
    assert everything("enclosing")(1.0) == pytest.approx(np.e + 2 + 4)
    assert everything("enclosing", closed="5.0", default="2.0")(1.0) == pytest.approx(np.e + 3 + 5)


def test_the_key_is_the_same_in_every_process():
    """Of every kernel of the package."""
    keys = {
        subprocess.run(
            [sys.executable, "-c", KEYS], capture_output=True, text=True, check=True,
            env={"PYTHONHASHSEED": seed, "PATH": "", "PYTHONPATH": str(Path(regulars.__file__).parents[1])},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    told = keys.pop().splitlines()
    assert not keys and len(told) > 50 and any("regulars.kit." in line for line in told)


KEYS = """
import importlib, pathlib, regulars
from regulars.ground.kernel import Kernel
root = pathlib.Path(regulars.__file__).parent
for file in sorted(root.rglob("*.py")):
    if "@kernel" in file.read_text(encoding="utf-8"):
        module = ".".join(("regulars", *file.relative_to(root).with_suffix("").parts))
        for name, value in vars(importlib.import_module(module)).items():
            if isinstance(value, Kernel):
                print(module, name, value.key())
"""


def test_without_compiler(monkeypatch):
    """NUMBA_DISABLE_JIT=1 runs the plain functions."""
    import numba

    monkeypatch.setattr(numba.config, "DISABLE_JIT", True)
    made, out = module(), np.zeros(2)
    made.outer(np.array([1.0, 2.0]), out)
    assert out.tolist() == [6.0, 9.0]
    assert isinstance(made.outer.compile(), FunctionType)


def test_a_kernel_looks_like_its_function():
    made = module()
    assert made.outer.__name__ == "outer" and isinstance(made.outer, Kernel)
    assert kernel(inline=True)(lambda x: x).inline


@kernel
def _square(start, stop, values, out):
    for k in range(start, stop):
        out[k] = values[k] * values[k]


@pytest.mark.parametrize("parts", [1, 2, 5])
def test_side_by_side(parts):
    values, out = np.arange(1000.0), np.zeros(1000)
    edges = [1000 * k // parts for k in range(parts + 1)]
    side_by_side(_square, [(a, b, values, out) for a, b in pairwise(edges)])
    assert (out == values**2).all()


@kernel
def _fails(divisor):
    return np.zeros(3)[:2].reshape(divisor, 2)


def test_an_error_in_a_slice_is_told():
    with pytest.raises(ValueError):
        side_by_side(_fails, [(1,), (3,)])


@kernel
def _slow(divisor, out):
    """Fails at once for a divisor of 3; else it writes, after a while."""
    np.zeros(2).reshape(divisor, 2)
    total = 0.0
    for k in range(10_000_000):
        total += np.sin(k)
    out[0] = 1 + 0 * total


def test_an_error_is_raised_when_all_slices_have_ended():
    """Nobody writes into the arrays of a caller who goes on after the error."""
    outs = np.zeros((3, 1))
    _slow(1, outs[2])
    began, outs[2] = time.perf_counter(), 0
    with pytest.raises(ValueError):
        side_by_side(_slow, [(3, outs[0]), (1, outs[1]), (1, outs[2])])
    took = time.perf_counter() - began
    assert outs.ravel().tolist() == [0, 1, 1], took


def test_no_slices_and_very_many():
    out = np.zeros(5000)
    side_by_side(_square, [])
    side_by_side(_square, [(k, k + 1, np.arange(5000.0), out) for k in range(5000)])
    assert (out == np.arange(5000.0) ** 2).all()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_threads_in_a_forked_process():
    """A fork has none of its parent's threads: it starts its own instead of waiting for them."""
    values, out = np.arange(1000.0), np.zeros(1000)
    calls = [(a, b, values, out) for a, b in pairwise(range(0, 1001, 100))]
    side_by_side(_square, calls)
    if not (child := os.fork()):
        side_by_side(_square, calls)
        os._exit(0)
    for _ in range(12_000):  # ten minutes
        if os.waitpid(child, os.WNOHANG)[0]:
            return
        time.sleep(0.05)
    os.kill(child, 9)
    os.waitpid(child, 0)
    pytest.fail("the fork waits for ever")
