"""The behaviour of the guide works when it is put where the guide says: file, column, registration and test."""

import subprocess
import sys
from pathlib import Path

import pytest
from notebooks.pages import DOCS, fences

import regulars

SOURCE = Path(regulars.__file__).parents[1]
TESTS = Path(__file__).parents[1]
PAGE = DOCS / "how-to" / "add-a-behaviour.md"
DOORS = {  # where the lines of the guide that are not imports go: after this, so far in
    "sim/regulars/world/customers.py": ("COLUMNS = {\n    column.name: column\n    for column in (\n", 8),
    "sim/regulars/scenario/spec.py": ('    """Everything a scenario can say."""\n\n', 4),
    "sim/regulars/market/processes.py": ("PROCESSES: tuple[type[Process], ...] = (\n", 4),
}
FINDER = """
import importlib.util, sys
from pathlib import Path

HERE = Path(__file__).parent


class Finder:
    def find_spec(self, name, path=None, target=None):
        file = HERE / "sim" / (name.replace(".", "/") + ".py")
        return importlib.util.spec_from_file_location(name, file) if file.is_file() else None


sys.meta_path.insert(0, Finder())
"""


@pytest.mark.big
def test_the_behaviour_of_the_guide_works(tmp_path):
    """A second source that holds only what the guide adds or changes lies over this one; its test passes there."""
    blocks = {fence.mark[1]: fence.text for fence in fences(PAGE) if len(fence.mark) > 1}
    assert set(DOORS) < set(blocks)
    for place, text in blocks.items():
        file = tmp_path / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_registered(place, text) if place in DOORS else text, encoding="utf-8")
    (tmp_path / "conftest.py").write_text(FINDER, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib"]
    told = subprocess.run(
        [*command, "-W", "error", "tests"],
        cwd=tmp_path,
        env={"PYTHONPATH": f"{SOURCE}:{TESTS}", "PATH": "/usr/bin:/bin", "HOME": str(Path.home())},
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0, told.stdout[-4000:] + told.stderr[-2000:]
    assert "3 passed" in told.stdout


def _registered(place, text):
    """A file of the source with the lines of the guide in it."""
    source, (door, margin) = (SOURCE.parent / place).read_text(encoding="utf-8"), DOORS[place]
    lines = text.splitlines(keepends=True)
    imports = "".join(line for line in lines if line.startswith("from "))
    others = "".join(margin * " " + line for line in lines if not line.startswith("from "))
    assert source.count(door) == 1, f"{place}: no place for {others!r}"
    first = source.index("\nfrom regulars") + 1
    source = source[:first] + imports + source[first:]
    return source.replace(door, door + others)
