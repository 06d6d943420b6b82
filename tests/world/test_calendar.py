"""The calendar: what recurs is done on the day on which it falls due, and once."""

import ast
import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import regulars
from regulars.world.calendar import (
    DAYS_A_YEAR,
    begun,
    due,
    edges,
    end_of,
    is_whole,
    next_month,
    period_of,
    periods,
    turns,
    within,
)


def done(every, days=60, since=0.0, first=0.0):
    """When something is done that recurs."""
    next_time = np.full(1, first)
    return [day for day in range(days) if day >= since and due(next_time, float(day), every)]


def test_the_rhythm_is_kept():
    assert done(28.0, 90) == [0, 28, 56, 84]
    assert done(2.5, 11) == [0, 3, 5, 8, 10]  # every second one falls into the middle of a day
    assert done(0.3, 4) == [0, 1, 2, 3]  # at most once a day


def test_what_begins_late_counts_from_then_on():
    assert done(28.0, 200, since=100.0) == [100, 128, 156, 184]
    assert done(28.0, 60, first=12.0) == [12, 40]


@pytest.mark.parametrize("length", [1.0, 3.0, 7.0, 10.5, 0.3, 0.1, 30.4375])
def test_a_period_begins_on_the_day_after_which_it_is_due(length):
    begins = [day for day in range(400) if turns(float(day), length)]
    assert begins == sorted({int(np.ceil(round(k * length, 9))) for k in range(4001)} & set(range(400)))
    assert [periods(float(day), length) for day in (0, 1)] == [0, int(round(1 / length, 9))]


def test_a_birthday_comes_once_a_year_and_on_its_day():
    """Four years: day b and 365.25 days later each."""
    birthdays = np.arange(0.0, 365.0, 7.0)
    seen = [[] for _ in birthdays]
    for day in range(1470):
        for who in within(birthdays, float(day), DAYS_A_YEAR):
            seen[who].append(day)
    for birthday, days in zip(birthdays, seen, strict=True):
        due_on = np.floor(birthday + DAYS_A_YEAR * np.arange(5))
        assert days == due_on[due_on < 1470].tolist()


def test_a_birthday_falls_on_the_day_of_its_hour():
    assert within(np.array([2.6, 3.4]), 2.0, DAYS_A_YEAR).tolist() == [0]


def test_periods_are_whole_but_for_rounding():
    """0.3 / 0.1 is 2.9999999999999996: three periods are over all the same, and one that is short by more is not."""
    assert (0.3 / 0.1) < 3 and periods(0.3, 0.1) == 3 and periods(0.2999, 0.1) == 2
    times = pd.Series([0.0, 0.0999, 0.3, 0.7], index=[4, 5, 6, 7])
    found = period_of(times, 0.1)
    assert found.tolist() == [0, 0, 3, 7] and found.index.tolist() == [4, 5, 6, 7]
    assert [period_of(np.array([t]), 0.1)[0] for t in times] == [periods(t, 0.1) for t in times]


def test_a_period_that_is_underway_has_begun():
    assert [begun(day, 7.0) for day in (0.0, 0.5, 7.0, 7.5, 14.0)] == [0, 1, 1, 2, 2]
    assert begun(0.3, 0.1) == 3 and (0.6 / 0.2) < 3 and begun(0.1 + 0.2, 0.1) == 3


@pytest.mark.parametrize("length", [7.0, 0.1, 30.4375])
def test_edges_of_whole_periods(length):
    for end in (0.0, 0.5 * length, 3 * length, 3.5 * length):
        found = edges(end, length)
        assert len(found) == periods(end, length) + 1 and found[0] == 0.0
        assert found[-1] <= end + length * 1e-9 and found[-1] + length > end + length * 1e-9
        assert np.diff(found) == pytest.approx(length)


def test_what_is_a_whole_number_of_lots():
    assert (
        is_whole(0.0, 7.0) and is_whole(364.0, 91.0) and is_whole(0.3, 0.1) and is_whole(5 * 30.4375, 30.4375)
    )
    assert not is_whole(90.0, 91.0) and not is_whole(7.001, 7.0) and not is_whole(3.5, 7.0)


def test_a_log_ends_with_the_day_of_its_last_purchase():
    assert end_of(pd.Series([3.0, 9.5])) == 10.0 and end_of(np.array([9.0])) == 10.0
    assert end_of(pd.Series([3.0, 9.5]), 20) == 20.0 and end_of(pd.Series([], dtype=float)) == 0.0


def test_the_month_after():
    for day, first in (
        ((2026, 1, 31), (2026, 2, 1)),
        ((2026, 12, 1), (2027, 1, 1)),
        ((2028, 2, 29), (2028, 3, 1)),
    ):
        assert next_month(dt.date(*day)) == dt.date(*first)


ROUNDED_ELSEWHERE = {  # what is nearly a whole number there is no time, or stands in a compiled loop
    "world/audience.py": "a share of customers",
    "measures/heavy_buyers.py": "a share of customers",
    "strategies/recovery.py": "cases that the staff has time for",
    "kit/breakage.py": "purchases to a reward",
    "kit/collecting.py": "purchases to a reward",
    "kit/qualifying.py": "purchases to a level; calendar dates, in a compiled loop",
}


def test_only_the_calendar_tells_whole_periods():
    """Nobody else rounds a number down or up with a tolerance of its own."""
    root = Path(regulars.__file__).parent
    found = {}
    for file in root.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("floor", "ceil"):
                inside = [part for arg in node.args for part in ast.walk(arg) if isinstance(part, ast.BinOp)]
                if any(is_tiny(part.right) and isinstance(part.op, (ast.Add, ast.Sub)) for part in inside):
                    found.setdefault(file.relative_to(root).as_posix(), []).append(node.lineno)
    assert found.pop("world/calendar.py") and set(found) == set(ROUNDED_ELSEWHERE), found


def is_tiny(node):
    return getattr(node, "id", "") == "NEARLY" or (
        isinstance(node, ast.Constant) and isinstance(node.value, float) and 0 < node.value < 1e-4
    )
