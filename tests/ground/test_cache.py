"""Machine code on disk: used again, compiled anew after an edit or damage, and never taken from a stranger."""

import importlib
import os
import pickle
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

import regulars
from regulars.ground import cache
from regulars.ground import kernel as compiling

FILES = {
    "first_of_a_test": "@kernel\ndef first(x):\n    return x * 3.0\n",
    "second_of_a_test": "import math\nfrom first_of_a_test import first\n@kernel\ndef second(x):\n    return first(math.floor(x)) + 1.0\n",
    "outer_of_a_test": "import first_of_a_test\nfrom first_of_a_test import first\nfrom second_of_a_test import second\n@kernel\n"
    "def outer(x):\n    return second(x) + first(x) * first_of_a_test.RATE\n",
}
EDITS = [  # file, what is written there instead, the answer for 1.5
    ("first_of_a_test", "x * 3.0", "x * 4.0", 4.0 + 1.0 + 6.0),
    ("second_of_a_test", "math.floor", "math.ceil", 6.0 + 1.0 + 4.5),
    ("first_of_a_test", "RATE = 1.0", "RATE = 2.0", 3.0 + 1.0 + 9.0),
    ("outer_of_a_test", "second(x) +", "second(x) -", 3.0 + 1.0 - 4.5),
]
ANSWER = 3.0 + 1.0 + 4.5
ME = os.geteuid() if hasattr(os, "geteuid") else 0


@pytest.fixture
def house(monkeypatch, tmp_path):
    """Kernels of three files, each calling those before, and a cache of their own."""
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    for name, text in FILES.items():
        (tmp_path / f"{name}.py").write_text(f"from regulars.ground.kernel import kernel\nRATE = 1.0\n{text}")
    yield tmp_path
    for name in FILES:
        sys.modules.pop(name, None)


def files(house):
    return sorted((house / "cache").rglob("*.nbc"))


def start():
    """What a new process would: read the files, compile or load, say so. The answer for 1.5, and what was loaded."""
    for name in FILES:
        sys.modules.pop(name, None)
    importlib.invalidate_caches()
    for once in (compiling._say_compiling, compiling._say_lost, cache._prune):
        once.cache_clear()
    outer = importlib.import_module("outer_of_a_test").outer
    answer = outer(1.5)
    return answer, sum(outer.compile().stats.cache_hits.values())


def test_machine_code_is_used_again(house, capsys):
    assert start() == (ANSWER, 0)
    assert "compiling its loops" in capsys.readouterr().err
    assert start() == (ANSWER, 1)
    assert capsys.readouterr().err == ""
    assert len(files(house)) == 4  # `first` is called with whole numbers too


@pytest.mark.parametrize(("file", "old", "new", "answer"), EDITS)
def test_an_edit_is_compiled_anew(house, file, old, new, answer, capsys):
    """The trap: a cache that does not see an edit in a kernel or a constant that another file holds."""
    assert start() == (ANSWER, 0)
    path = house / f"{file}.py"
    path.write_text(path.read_text().replace(old, new))
    capsys.readouterr()
    assert start() == (answer, 0)
    assert "compiling its loops" in capsys.readouterr().err
    assert start() == (answer, 1)


def test_a_line_above_a_kernel_changes_nothing(house):
    start()
    path = house / "first_of_a_test.py"
    path.write_text(f"# a remark\n{path.read_text()}")
    assert start() == (ANSWER, 1)


def test_settings_of_numba_are_left_alone(house):
    import numba

    before = numba.config.CACHE_DIR
    start()
    assert numba.config.CACHE_DIR == before


@pytest.mark.parametrize("damage", [lambda b: b"", lambda b: b[:7], lambda b: b[:-1], lambda b: b[:-99] + bytes([b[-99] ^ 1]) + b[-98:], lambda b: b"\0" * len(b)])  # fmt: skip
def test_damage_is_compiled_anew(house, damage):
    start()
    for file in files(house):
        file.write_bytes(damage(file.read_bytes()))
    assert start() == (ANSWER, 0)
    assert start() == (ANSWER, 1)


def test_what_cannot_be_rebuilt_is_compiled_anew(house):
    """Whole by its checksum, but not what this version of numba keeps."""
    start()
    for file in files(house):
        cache.write(file.stem, pickle.dumps(("nonsense",)))
    assert start() == (ANSWER, 0)
    assert start() == (ANSWER, 1)


class Evil:
    def __reduce__(self):
        return os.makedirs, ("pwned", 0o777, True)


def poison(house):
    for file in files(house):
        content = pickle.dumps(Evil())
        file.write_bytes(cache._checksum(content) + content)


def test_the_poison_works(house, monkeypatch):
    """Negative control: what this user wrote in a folder of their own is run."""
    start()
    poison(house)
    monkeypatch.chdir(house)
    start()
    assert (house / "pwned").exists()


def open_folder(house):
    (house / "cache" / "regulars").chmod(0o777)


def open_inner_folder(house):
    (house / "cache" / "regulars" / "kernels").chmod(0o720)


def open_files(house):
    for file in files(house):
        file.chmod(0o666)


def another_owner(house):
    for path in (house / "cache" / "regulars").rglob("*"):
        os.chown(path, 65534, 65534)


def files_of_another_owner(house):
    for file in files(house):
        os.chown(file, 65534, 65534)


def link(house):
    (house / "cache" / "regulars").rename(house / "elsewhere")
    (house / "cache" / "regulars").symlink_to(house / "elsewhere")


def links_to_files(house):
    for file in files(house):
        file.rename(house / file.name)
        file.symlink_to(house / file.name)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="files have no owner here")
@pytest.mark.parametrize(
    "hostile",
    [open_folder, open_inner_folder, open_files, link, links_to_files]
    + [pytest.param(f, marks=pytest.mark.skipif(ME != 0, reason="needs to give files away")) for f in (another_owner, files_of_another_owner)],
)  # fmt: skip
def test_nothing_of_a_stranger_is_run(house, hostile, monkeypatch, capsys):
    start()
    poison(house)
    hostile(house)
    monkeypatch.chdir(house)
    capsys.readouterr()
    assert start() == (ANSWER, 0)
    assert not (house / "pwned").exists()
    told = capsys.readouterr().err
    if hostile in (open_folder, open_inner_folder, link, another_owner):
        assert "cannot be kept" in told and "regulars" in told and told.count("\n") == 1
    else:  # single files: written anew
        assert start() == (ANSWER, 1)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="files have no modes here")
def test_folders_are_closed_to_others(house):
    start()
    for folder in (house / "cache" / "regulars", house / "cache" / "regulars" / "kernels"):
        assert folder.stat().st_mode & 0o777 == 0o700
        folder.chmod(0o755)  # could be read, not written
    assert start() == (ANSWER, 1)
    assert (house / "cache" / "regulars").stat().st_mode & 0o777 == 0o700


def test_a_folder_of_the_users_choice(house, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(house / "chosen"))
    start()
    assert len(list((house / "chosen").rglob("*.nbc"))) == 4 and not (house / "cache").exists()


def test_no_folder_at_all(house, monkeypatch, capsys):
    """Told once; everything runs."""
    (house / "cache").write_text("a file")
    assert start() == (ANSWER, 0)
    told = capsys.readouterr().err
    assert "cannot be kept" in told and str(house / "cache") in told and told.count("\n") == 1


def test_a_full_disk(house, monkeypatch, capsys):
    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert start() == (ANSWER, 0)
    told = capsys.readouterr().err
    assert told.count("no space left on device") == 1
    assert not list((house / "cache" / "regulars" / "kernels").iterdir())


@pytest.mark.parametrize(
    "env",
    [{}, {"HOME": ""}, {"HOME": "/proc/nowhere"}, {"HOME": "/dev/null"}, {"XDG_CACHE_HOME": "/proc/nowhere"}],
    ids=str,
)
def test_homes_that_are_none(env):
    """Only where files are kept is asked: that they are kept somewhere is another test's."""
    code = "from regulars.ground import cache\nprint(cache.read('no file of this name'))"
    paths = {"PYTHONPATH": str(Path(regulars.__file__).parents[1]), "PATH": ""}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=paths | env)
    assert (done.stdout, done.stderr) == ("None\n", "")


def test_no_home_of_this_user(monkeypatch):
    def none():
        raise RuntimeError("Could not determine home directory.")

    for name in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", none)
    assert cache.read("x") is None
    with pytest.raises(cache.NoCache, match="home"):
        cache.write("x", b"")


def test_what_is_not_used_is_removed(house):
    """When something is compiled; what is read stays."""
    start()
    now, used = time.time(), files(house)[0]
    for file in files(house):
        os.utime(file, (now - 2 * cache.DAY,) * 2)
    assert cache.read(used.stem) is not None and used.stat().st_mtime > now - 60
    others = [file for file in files(house) if file != used]
    for file in others:
        os.utime(file, (now - cache.UNUSED - 60,) * 2)
    cache._prune.cache_clear()
    cache.write("new", b"code")
    assert files(house) == sorted([used, used.with_name("new.nbc")])
    assert cache.read("new") == b"code"


def test_an_edit_seen_by_a_process_of_its_own(house):
    """The same once more, with nothing left in memory."""
    paths = os.pathsep.join([str(house), str(Path(regulars.__file__).parents[1])])
    env = {**os.environ, "PYTHONPATH": paths}
    told = []
    for new in ("x * 3.0", "x * 4.0"):
        path = house / "first_of_a_test.py"
        path.write_text(path.read_text().replace("x * 3.0", new))
        code = "from outer_of_a_test import outer; print(outer(1.5))"
        told.append(
            subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env).stdout
        )
    assert [float(text) for text in told] == [ANSWER, 11.0]


@pytest.mark.parametrize(
    ("dynamic", "lifted", "kept"), [(False, (), True), (True, (), False), (False, ("loop",), False)]
)
def test_what_holds_only_in_this_process_is_not_kept(dynamic, lifted, kept, monkeypatch):
    """Addresses of this process, or loops that were compiled by themselves: the next process would run into nothing."""
    written = []
    monkeypatch.setattr(cache, "write", lambda name, content: written.append(name))
    codegen = SimpleNamespace(magic_tuple=lambda: ("machine",))
    library = SimpleNamespace(has_dynamic_globals=dynamic)
    compiled = SimpleNamespace(library=library, lifted=lifted, codegen=codegen, _reduce=lambda: (1, 2))
    compiling.MachineCode("area").save_overload((float,), compiled)
    assert len(written) == kept
