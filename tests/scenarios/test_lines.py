"""Values are found at the line at which they stand, and the scenarios of the house can be read in an editor."""

import tomllib
from pathlib import Path

import pytest

from regulars.scenario import line_of

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.toml"))
WIDEST = 110
TEXT = '''[about]
question = """
Is it so that
[market]
days = 5 is what one wants?"""
limits = """One line."""
title = \'\'\'
"""
[need]
mean = 3\'\'\'

[market]
days = 7

[need]
mean = 2.0
'''


def test_what_a_text_of_several_lines_says_is_no_value():
    assert tomllib.loads(TEXT)["market"] == {"days": 7}
    found = {path: line_of(TEXT, path) for path in (("about", "question"), ("about", "limits"), ("about", "title"), ("market", "days"), ("need", "mean"))}  # fmt: skip
    assert list(found.values()) == [2, 6, 7, 13, 16]


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_long_texts_go_over_several_lines(file):
    """And are one paragraph each all the same."""
    about = tomllib.loads(file.read_text(encoding="utf-8"))["about"]
    texts = {name: about.get(name, "") for name in ("question", "expected", "limits")}
    for text in texts.values():
        assert "\n" not in text and "  " not in text and text == text.strip()
    for line in file.read_text(encoding="utf-8").splitlines():
        assert len(line) <= WIDEST or line.partition(" ")[0] not in texts, line[:40]
