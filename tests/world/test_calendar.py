"""The calendar: what recurs is done on the day on which it falls due, and once."""

import numpy as np
import pytest

from regulars.world.calendar import DAYS_A_YEAR, due, periods, turns, within


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
