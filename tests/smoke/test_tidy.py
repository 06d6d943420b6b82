"""Nothing lies about: what is kept has its room, and the top of the house shows what it is."""

import subprocess
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
TOP = {
    ".ci", ".gitattributes", ".gitignore", "CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md",
    "constraints.txt", "docs", "notebooks", "pyproject.toml", "results", "scenarios", "sim", "tests",
}  # fmt: skip


def test_no_file_was_left_at_the_top():
    """A table that somebody tried out is not committed with a change."""
    listed = subprocess.run(["git", "ls-files"], cwd=HOUSE, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a checkout of git")
    top = {name.split("/")[0] for name in listed.stdout.splitlines()}
    assert top <= TOP, sorted(top - TOP)
