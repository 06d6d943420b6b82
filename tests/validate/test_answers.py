"""A slow study of answers in worlds of known truth; `python -m validate.page` shows what it keeps. Misses are printed there, not asserted away."""

import math

import pytest
from validate import answer_worlds, answers, answers_page

from regulars import Scenario


@pytest.mark.slow
@pytest.mark.parametrize("number", range(answer_worlds.WORLDS))
def test_world(number):
    """The answer is a number with an interval, and the truth is known well enough to be held against it."""
    found = answers.run(number, answers.place())
    for arm, one in found["arms"].items():
        assert all(map(math.isfinite, one.values())), arm
        assert one["low"] < one["mean"] < one["high"] and one["truth_se"] < (one["high"] - one["low"]) / 2, (
            arm
        )
    assert 1 / 3 < found["fitted_customers"] / found["customers"] < 3


def test_worlds_are_what_users_meet():
    """Three in four have assumed forms; each form comes; numbers are the same whenever a world is drawn; scenarios can be read."""
    from validate.answer_forms import forms_known

    worlds = [answer_worlds.world(number) for number in range(28)]
    assert [bool(one.form) for one in worlds[:8]] == [False, False, False, True] * 2
    assert {one.form for one in worlds} == {"", *answer_worlds.OTHERS}
    assert {one.kind for one in worlds} == {*answer_worlds.ASSUMED, "other form"}
    assert worlds[9].table == answer_worlds.world(9).table != worlds[13].table
    assert {one.margin is None for one in worlds} == {True, False}
    with forms_known():
        for one in worlds:
            assert Scenario(one.table).focal == answer_worlds.OURS


def test_a_world_that_ran_does_not_run_again(tmp_path, monkeypatch):
    """What is kept is read; what was cut off is run anew; records come in order."""
    ran = []
    monkeypatch.setattr(answers, "answered", lambda one: ran.append(one.number) or {"number": one.number})
    assert answers.run(3, tmp_path) == answers.run(3, tmp_path) == {"number": 3}
    (tmp_path / "001.draft").write_text("{")
    assert answers.run(1, tmp_path) == {"number": 1} and ran == [3, 1]
    monkeypatch.setattr(answers, "FOLDER", tmp_path.parent)
    assert [one["number"] for one in answers.kept(tmp_path)] == [1, 3]
    assert not list(tmp_path.glob("*.draft"))


def test_nobody_else_sees_the_forms():
    """Parts of the study are there inside, and gone afterwards, also after a failure."""
    from validate.answer_forms import forms_known

    from regulars.contract import pricing, process

    with pytest.raises(ZeroDivisionError), forms_known():
        assert "fading" in process.names() and "specials" in pricing.names()
        raise ZeroDivisionError
    assert "fading" not in process.names() and "specials" not in pricing.names()


def test_no_worlds_no_section():
    assert answers_page.page([]) == ""
