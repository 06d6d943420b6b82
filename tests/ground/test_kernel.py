"""Compiled loops: what they compute, when they are compiled anew, and threads."""

import importlib
import sys
from itertools import pairwise
from types import FunctionType, ModuleType

import numpy as np
import pytest

from regulars.ground import kernel as compiling
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


def test_kernels_of_the_package_have_keys_of_their_own():
    from regulars.behavior import bond, choice, meeting, need

    named = [vars(module) for module in (bond, choice, meeting, need)]
    kernels = {id(value): value for names in named for value in names.values() if isinstance(value, Kernel)}
    assert len({kernel.key() for kernel in kernels.values()}) == len(kernels) > 8


def test_the_key_is_the_same_in_every_process():
    import subprocess

    code = "from regulars.behavior.meeting import meet; print(meet.key())"
    keys = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": s, "PATH": ""}).stdout
        for s in ("1", "2")
    }  # fmt: skip
    assert len(keys) == 1


def test_an_edit_is_compiled_anew(monkeypatch, tmp_path):
    """The trap: numba's own cache does not see an edit in a kernel that another file holds."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.syspath_prepend(str(tmp_path))
    inner, outer = SOURCE.format(rate=2.0, factor=3.0, table=(1.0, 2.0)).split("@kernel\ndef outer")
    (tmp_path / "outer_of_a_test.py").write_text(f"from inner_of_a_test import *\n@kernel\ndef outer{outer}")
    results = []
    for factor in ("3.0", "4.0"):
        (tmp_path / "inner_of_a_test.py").write_text(inner.replace("3.0", factor))
        for name in ("inner_of_a_test", "outer_of_a_test"):
            monkeypatch.delitem(sys.modules, name, raising=False)
        importlib.invalidate_caches()
        monkeypatch.setattr(sys, "dont_write_bytecode", True)
        out = np.zeros(2)
        importlib.import_module("outer_of_a_test").outer(np.array([1.0, 2.0]), out)
        results.append(out.tolist())
    assert results == [[6.0, 9.0], [7.0, 11.0]]
    assert len(list((tmp_path / "cache").rglob("*.nbi"))) == 2


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


def test_a_folder_that_cannot_be_written(monkeypatch, tmp_path):
    """A read-only home falls back to the temporary folder."""
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    folder = compiling._cache_folder("0123456789abcdef")
    assert folder.is_dir() and tmp_path not in folder.parents


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
