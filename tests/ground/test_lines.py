"""Texts are cut at the end of a word, names wherever the room ends."""

import pytest

from regulars.ground.lines import columns, phrase, short

TEXT = "assumed: a judgement of the field (`regulars evidence gross-margins`)"


def test_a_sentence_is_cut_at_the_end_of_a_word():
    assert short(TEXT, 15) == "assumed: a jud…" and phrase(TEXT, 15) == "assumed: a…"
    assert phrase(TEXT, 41) == "assumed: a judgement of the field…"
    words = TEXT.split()
    for width in range(22, len(TEXT)):
        cut = phrase(TEXT, width)
        kept = cut.removesuffix("…").split()
        assert columns(cut) <= width and cut.endswith("…")
        assert kept[:-1] == words[: len(kept) - 1] and words[len(kept) - 1].rstrip("(`") == kept[-1]
    assert phrase(TEXT, len(TEXT)) == TEXT


@pytest.mark.parametrize(
    "text", ["x" * 90, "会员积分计划" * 20, "a " + "y" * 90, "it ends so…", "", "z" * 10**6]
)
def test_what_has_no_words_to_cut_at_is_cut_as_names_are(text):
    assert phrase(text, 30) == short(text, 30) and columns(phrase(text, 30)) <= 30
