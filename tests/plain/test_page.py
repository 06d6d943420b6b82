"""The page that walks through the plain day shows what the code says."""

import textwrap

import pytest
from notebooks.pages import DOCS, ROOT, fences

SHOWN = [
    fence for fence in fences(DOCS / "discussion" / "the-day-in-plain-python.md") if "skip" in fence.mark
]


@pytest.mark.parametrize("fence", SHOWN, ids=lambda fence: f"line {fence.line}")
def test_an_excerpt_stands_in_the_code_as_it_is_shown(fence):
    _, file = fence.mark
    code = (ROOT / file).read_text(encoding="utf-8")
    assert any(textwrap.indent(fence.text, " " * depth) in code for depth in (0, 4, 8)), fence.text


def test_most_pages_of_the_day_are_shown():
    assert len({fence.mark[1] for fence in SHOWN}) > 5
