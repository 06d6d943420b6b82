"""`regulars doctor` tells what is here, what is missing and how to get it, also where something is missing or broken."""

import importlib.metadata
import json
import os
import subprocess
import sys

import pytest
from packaging.requirements import Requirement

from regulars.cli import machine
from regulars.cli.installed import packages

BLOCKED = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {broken!r}:
            raise RuntimeError(name + " needs another NumPy")
        if name.partition(".")[0] in {absent!r}:
            raise ModuleNotFoundError("No module named " + repr(name), name=name)

sys.meta_path.insert(0, Blocker())
from regulars.cli import main
main({words!r})
"""


def without(absent, *words, broken=()):
    """Call `regulars` where packages are absent or broken: (exit code, stdout, stderr)."""
    code = BLOCKED.format(absent=absent, broken=broken, words=list(words))
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=600)
    return told.returncode, told.stdout, told.stderr


def row(told, name):
    return next(package for package in told["packages"] if package["name"] == name)


@pytest.fixture(scope="module")
def well():
    """What is told where all is well but for an optional package: it is no fault."""
    code, out, _ = without(["pytest_cov"], "doctor", "--json")
    assert code == 0
    return json.loads(out)


def test_all_is_well(well):
    assert well["fine"] and well["wrong"] == []
    assert well["python"]["executable"] == sys.executable and well["market"]["seconds"] > 0
    assert well["python"]["wanted"] == importlib.metadata.metadata("regulars")["Requires-Python"]
    assert well["compiler_cache"]["folder"] and well["cores"]["usable"] >= 1
    assert row(well, "numpy") == {
        "name": "numpy",
        "wanted": ">=2.0",
        "extra": "",
        "version": importlib.metadata.version("numpy"),
        "trouble": "",
        "get": None,
    }


def test_an_optional_package_that_is_absent_is_told(well):
    absent = row(well, "pytest-cov")
    assert absent["trouble"].startswith("cannot be imported") and absent["extra"] == "test"
    assert absent["get"] == f"{sys.executable} -m pip install pytest-cov"
    assert row(well, "pytest")["trouble"] == ""


def test_every_package_of_the_metadata_is_told_once(well):
    told = [package["name"] for package in well["packages"]]
    asked = {Requirement(text).name for text in importlib.metadata.requires("regulars")}
    here = {name for name in asked if name != "networkx" or sys.version_info >= (3, 12)}  # for mesa 3.5 only
    assert sorted(told) == sorted(here)


def test_required_packages_that_are_absent_or_broken_are_told():
    code, out, err = without(["mesa", "packaging", "numpy"], "doctor", broken=["joblib"])
    assert code == 1 and "Traceback" not in err
    told = {line.split()[0]: line for line in out.splitlines() if line.startswith("  ")}
    for name in ("mesa", "packaging", "numpy"):
        assert "cannot be imported (ModuleNotFoundError: No module named" in told[name]
    assert "cannot be imported (RuntimeError: joblib needs another NumPy)" in told["joblib"]
    assert told["tomli-w"].endswith("fine")
    assert "required packages are missing or broken: numpy" in err and "joblib" in err
    assert f'get them: {sys.executable} -m pip install "numpy>=2.0"' in out and '"joblib>=' in out
    assert "not tried" in out and "Everything" not in out


@pytest.mark.parametrize(
    ("package", "words"), [("typer", ["doctor"]), ("pydantic", ["check", "corner.toml"])]
)
def test_a_command_line_that_cannot_start_tells_why(package, words):
    code, out, err = without([package], *words)
    assert code == 1 and "Traceback" not in err
    assert f"No module named '{package}'" in err + out
    assert "-m pip install" in err + out and f'"{package}>=' in err + out


def test_versions_and_packages_that_will_not_do(monkeypatch):
    asked = [
        "numpy>=99",
        "no-such-package-here>=1.5,<2",
        "nor-this; extra == 'data'",
        "not-here; python_version < '3'",
        "mesa>=3.3; python_version >= '3'",
    ]
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: asked)
    found = {package.name: package for package in packages()}
    assert list(found) == ["numpy", "no-such-package-here", "mesa", "nor-this"]
    assert found["numpy"].trouble == f"version {importlib.metadata.version('numpy')} will not do"
    assert found["numpy"].told()["get"] == f'{sys.executable} -m pip install "numpy>=99"'
    assert (found["nor-this"].extra, found["nor-this"].trouble) == ("data", "missing")
    assert '"no-such-package-here>=1.5,<2"' in found["no-such-package-here"].told()["get"]
    assert found["mesa"].trouble == ""


def test_what_does_not_work_is_told(call, monkeypatch):
    from regulars.market import Market

    def broken(self, progress=None):
        raise RuntimeError("out of order")

    monkeypatch.setattr(Market, "run", broken)
    monkeypatch.setattr(machine, "datasets", lambda: {"count": 0})
    told = call("doctor")
    assert told.exit_code == 1 and "market: RuntimeError: out of order" in told.stderr
    assert "Everything that is required" not in told.stdout


def test_the_cache_that_is_not_there_or_not_ours(tmp_path, monkeypatch):
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert machine.compiler_cache() == {
        "folder": str(tmp_path / "regulars"),
        "exists": False,
        "trouble": "there is none, so loops are compiled anew",
    }
    (tmp_path / "regulars").mkdir()
    (tmp_path / "regulars" / "loop").write_bytes(b"12345")
    here = machine.compiler_cache()
    assert (here["bytes"], here["writable"], here["trouble"]) == (5, True, "") and here["owner"]
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert "cannot be written to" in machine.compiler_cache()["trouble"]


@pytest.mark.parametrize(
    ("look", "where", "here", "nothing"),
    [("gcc", "shutil.which", "/usr/bin/gcc", None), ("chinese", "regulars.show.fonts.fallback", ("Noto Sans CJK SC",), ())],
)  # fmt: skip
def test_what_is_nice_to_have_is_told_either_way(look, where, here, nothing, monkeypatch):
    monkeypatch.setattr(where, lambda *_: here)
    found = machine.safely(getattr(machine, look))
    assert found.pop("trouble") == "" and list(found.values()) == [here if look == "gcc" else here[0]]
    monkeypatch.setattr(where, lambda *_: nothing)
    found = machine.safely(getattr(machine, look))
    assert found.pop("trouble") and "Error" not in str(found) and list(found.values()) == [None]


def test_datasets_are_read(monkeypatch):
    from regulars.ground.errors import RegularsError
    from regulars.panels import datasets

    def only_yogurt(name):
        if name != "yogurt":
            raise RegularsError("pip install it")

    monkeypatch.setattr(datasets, "dataset", only_yogurt)
    found = machine.datasets()
    assert found["found"] == ["yogurt"] and found["lacking"]["cdnow"] == "pip install it"
    assert len(found["lacking"]) == len(datasets.NAMES) - 1
