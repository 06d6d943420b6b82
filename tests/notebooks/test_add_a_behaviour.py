"""The behaviour of the guide works when it is put where the guide says: one file, and its test."""

import subprocess
import sys
from pathlib import Path

import pytest
from notebooks.pages import DOCS, fences

import regulars

SOURCE = Path(regulars.__file__).parents[1]
TESTS = Path(__file__).parents[1]
PAGE = DOCS / "how-to" / "add-a-behaviour.md"
FOLDER = """
from pathlib import Path

import regulars.processes

regulars.processes.__path__.append(str(Path(__file__).parent / "sim" / "regulars" / "processes"))
"""


@pytest.mark.big
def test_the_behaviour_of_the_guide_works(tmp_path):
    """A second folder that holds only what the guide adds is read beside this one; its test passes there."""
    blocks = {fence.mark[1]: fence.text for fence in fences(PAGE) if len(fence.mark) > 1}
    for place, text in blocks.items():
        file = tmp_path / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (tmp_path / "conftest.py").write_text(FOLDER, encoding="utf-8")
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
