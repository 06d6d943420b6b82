"""The layers of the house, read from the import statements: imports point down only."""

import ast
import functools
import re
from pathlib import Path

import pytest

import regulars

ROOT = Path(regulars.__file__).parent
LAYERS = (
    ("ground",), ("world", "evidence"), ("contract",), ("kit", "behavior", "pricing", "recommenders"), ("strategies", "processes", "parts"), ("scenario",),
    ("market", "plain"), ("panels",), ("measures", "minds", "laws"), ("lab",), ("yardsticks",), ("show",), ("cli", "app", "__main__"),
)  # fmt: skip
LEVEL = {room: level for level, rooms in enumerate(LAYERS) for room in rooms}
AT_HOME = {  # who may import a library at all
    "mesa": {"market", "world/firms", "app"},
    "numba": {"ground/kernel"},
    "matplotlib": {"show"},
    "difflib": {"ground/alike"},  # one rule for what may have been meant
}
DOORS = {  # the few that look up, from inside a function only
    ("lab/store", "regulars.show"): "a result can be asked to write its report",
    ("lab/store", "regulars.show.files"): "a result can be asked to write its tables",
    ("lab/fit", "regulars.show.fit_page"): "a fit can be asked to write its page",
    ("lab/swept", "regulars.show"): "a result can be asked to draw itself",
    ("scenario/scenario", "regulars.market"): "a scenario can be asked for its market",
    ("laws/of_log", "regulars.show"): "a fitted law can be asked to draw itself",
}
HEAVY = ("numba", "scipy", "pandas", "matplotlib", "pyarrow", "jinja2", "joblib")  # not paid for by `--help`
LATE = {room for room, level in LEVEL.items() if level >= LEVEL["market"]} - {
    "cli",
    "__main__",
}  # the rest is read by `--help` and `check`
MODULES = sorted(ROOT.rglob("*.py"))
FOLDER = re.compile(r'^FOLDER = "regulars\.(\w+)"', re.MULTILINE)
STRANGERS = {  # rooms in which each file is a part, found by its folder: the files do not know one another
    room for file in MODULES for room in FOLDER.findall(file.read_text(encoding="utf-8"))
}


def name_of(file):
    return file.relative_to(ROOT).with_suffix("").as_posix()


def by_room(check):
    """The check for every file, told for all files of a room together."""
    rooms = sorted({name_of(file).split("/")[0] for file in MODULES})

    @pytest.mark.parametrize("room", rooms)
    @functools.wraps(check, assigned=("__name__", "__doc__"), updated=())
    def whole(room):
        faults = []
        for file in MODULES:
            if name_of(file).split("/")[0] == room:
                try:
                    check(file)
                except AssertionError as fault:
                    faults.append(f"{name_of(file)}: {fault}")
        assert not faults, "\n".join(faults)

    del whole.__wrapped__
    return whole


@functools.cache
def imports(file):
    """(module, whether imported together with the file) of every import; those for type checkers are not."""

    def walk(node, top):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and getattr(child.test, "id", "") == "TYPE_CHECKING":
                yield from walk(child, False)
                continue
            if isinstance(child, ast.Import):
                yield from ((alias.name, top) for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                base = child.module or ""
                assert not child.level, f"{file}: relative import"
                for alias in child.names:
                    inner = ROOT.joinpath(*base.split(".")[1:], alias.name)
                    known = base.startswith("regulars") and (
                        inner.is_dir() or inner.with_suffix(".py").exists()
                    )
                    home = regulars._HOMES.get(alias.name) if base == "regulars" else None
                    yield home or (f"{base}.{alias.name}" if known else base), top
            else:
                function = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
                yield from walk(child, top and not function)

    return list(walk(ast.parse(file.read_text(encoding="utf-8")), True))


@by_room
def test_imports_point_down(file):
    name = name_of(file)
    room = name.split("/")[0]
    if room == "__init__":
        return  # the public face names everything, lazily
    for module, top in imports(file):
        parts = module.split(".")
        if parts[0] != "regulars" or len(parts) == 1 or ((name, module) in DOORS and not top):
            continue
        other = parts[1]
        assert LEVEL[other] <= LEVEL[room], f"{name} imports {module}: that points up"
        if room in STRANGERS and other == room and len(parts) > 2:
            assert parts[2] == name.split("/")[1], f"{name} imports {module}: {room} are strangers"


@by_room
def test_libraries_stay_at_home_and_heavy_ones_wait(file):
    name = name_of(file)
    for module, top in imports(file):
        library = module.split(".")[0]
        homes = AT_HOME.get(library)
        assert homes is None or name in homes or name.split("/")[0] in homes, f"{name} imports {module}"
        if name.split("/")[0] not in LATE and library in HEAVY:
            assert not top, f"{name} imports {module} at its top: import it where it is used"


@by_room
def test_only_keyed_draws(file):
    """`np.random` and `random` are streams: one customer's draw would depend on another's. A sequence of seeds is none."""
    tree = ast.parse(file.read_text(encoding="utf-8").replace("np.random.SeedSequence", "SeedSequence"))
    for module, _ in imports(file):
        assert module != "random" and not module.startswith("numpy.random"), module
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "random":
            assert getattr(node.value, "id", "") not in ("np", "numpy"), f"line {node.lineno}: np.random"


def test_rooms_of_parts_are_found():
    assert len(STRANGERS) > 3 and "strategies" in STRANGERS and set(LEVEL) >= STRANGERS


def test_every_room_has_a_level():
    rooms = {name_of(file).split("/")[0] for file in MODULES} - {"__init__"}
    assert rooms <= set(LEVEL)


def test_nobody_looks_round_in_circles():
    """Rooms that know one another, type checkers' imports included, do so through a door that is told."""
    known = {}
    for file in MODULES:
        name = name_of(file)
        for module, _ in imports(file):
            parts = module.split(".")
            if (
                parts[0] == "regulars"
                and len(parts) > 1
                and parts[1] in LEVEL
                and (name, module) not in DOORS
            ):
                known.setdefault(name.split("/")[0], set()).add(parts[1])
    circles = [(a, b) for a in known for b in known[a] if a < b and a in known.get(b, ())]
    assert not circles


def test_pictures_of_the_house_are_true():
    """The floors in the README, and the table of rooms for contributors, are those of this test."""
    house = ROOT.parents[1]
    floors = [
        [room for room in rooms if (ROOT / room).exists() or (ROOT / f"{room}.py").exists()]
        for rooms in LAYERS
    ]
    floors = [[room for room in rooms if not room.startswith("__")] for rooms in floors]
    line = re.search(
        r"^sim/regulars/ +(.*)$", (house / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert [floor.split(", ") for floor in line[1].split(" > ")] == floors
    table = re.findall(
        r"^\| (\d+) \| (.*?) \|", (house / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert [re.findall(r"`(\w+)`", rooms) for _, rooms in table] == floors


def test_help_stays_fast():
    """Importing the package and reading a scenario loads none of the heavy libraries."""
    import subprocess
    import sys

    code = (
        "import sys, regulars, regulars.scenario\n"
        "regulars.Scenario({'firms': [{'name': 'a', 'strategies': {'everyday_low_price': {}}}]})\n"
        "print([m for m in ('numba', 'mesa', 'scipy.stats', 'pandas', 'matplotlib') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_the_face_of_the_package_is_no_back_door(tmp_path):
    """`from regulars import compare` is an import of the laboratory, wherever it stands."""
    file = tmp_path / "door.py"
    file.write_text("def f():\n    from regulars import compare, __version__\n")
    assert [module for module, _ in imports(file)] == ["regulars.lab.compare", "regulars"]
    assert dir(regulars) == sorted(regulars.__all__)
    with pytest.raises(AttributeError, match="known here: Comparison, "):
        regulars.nothing  # noqa: B018
