"""The calendar: what happens on whole days happens once and on the same days, whatever the length of a tick."""

import numpy as np
import pytest

from regulars.world.calendar import DAYS_A_YEAR, days_begun, days_ended, due, within

FINE = (1.0, 0.5, 0.25, 0.1, 1 / 3)  # ticks of a day at most, that go into a day
ODD = (0.7, 1.5, 7.0, 30.0)


def ticks(tick, days):
    """The times at which the ticks of a run begin, as a market works them out."""
    return [k * tick for k in range(round(days / tick))]


# ---------------------------------------------------------------- days that begin and end


@pytest.mark.parametrize("tick", (*FINE, *ODD))
def test_every_day_begins_and_ends_once(tick):
    for of in (days_begun, days_ended):
        assert [day for now in ticks(tick, 210) for day in of(now, tick)] == list(range(210))


def test_by_hand():
    assert list(days_begun(0.0, 0.5)) == [0] and list(days_begun(0.5, 0.5)) == []
    assert list(days_ended(0.0, 0.5)) == [] and list(days_ended(0.5, 0.5)) == [0]
    assert list(days_begun(7.0, 7.0)) == list(days_ended(7.0, 7.0)) == list(range(7, 14))


# ---------------------------------------------------------------- every so many days


def done(every, tick, days=60, since=0.0, first=0.0):
    """When something is done that recurs."""
    next_time = np.full(1, first)
    return [now for now in ticks(tick, days) if now >= since and due(next_time, now, every)]


@pytest.mark.parametrize("tick", FINE)
@pytest.mark.parametrize("every", [1.0, 3.0, 7.0, 3.3, 10.5, 0.3])
def test_what_recurs_is_done_on_the_same_days(every, tick):
    assert done(every, tick) == pytest.approx(done(every, 1.0))


def test_the_rhythm_is_kept():
    assert done(28.0, 1.0, 90) == done(28.0, 7.0, 90) == [0, 28, 56, 84]
    assert done(2.5, 1.0, 11) == [0, 3, 5, 8, 10]  # every second one falls into the middle of a day
    assert done(0.3, 1.0, 4) == [0, 1, 2, 3]  # at most once a day
    assert done(10.0, 7.0, 60) == [0, 14, 21, 35, 42, 56]  # with the first tick after


def test_what_begins_late_counts_from_then_on():
    assert done(28.0, 1.0, 200, since=100.0) == [100, 128, 156, 184]
    assert done(28.0, 1.0, 60, first=12.0) == [12, 40]


# ---------------------------------------------------------------- once a year


@pytest.mark.parametrize("tick", (*FINE, *ODD))
def test_a_birthday_comes_once_a_year_and_on_its_day(tick):
    """Four years: day b and 365.25 days later each, whatever the tick; a tick of a day or less begins with that day."""
    birthdays = np.arange(0.0, 365.0, 7.0)
    seen = [[] for _ in birthdays]
    for now in ticks(tick, 1470):
        for who in within(birthdays, now, tick, DAYS_A_YEAR):
            seen[who].append(now)
    for birthday, times in zip(birthdays, seen, strict=True):
        days = np.floor(birthday + DAYS_A_YEAR * np.arange(5))
        days = days[days < 1470 // tick * tick]
        assert len(times) == days.size >= 4
        assert np.all(np.array(times) <= days + 1e-6) and np.all(
            days < np.array(times) + max(tick, 1e-6) - 1e-6
        )
        if tick in FINE:
            assert times == pytest.approx(days)


def test_nobody_has_a_birthday_between_days():
    birthdays = np.array([3.0, 4.0, 20.0])
    assert within(birthdays, 3.5, 0.5, DAYS_A_YEAR).size == 0
    assert within(birthdays, 3.0, 0.5, DAYS_A_YEAR).tolist() == [0]
    assert within(birthdays, 0.0, 7.0, DAYS_A_YEAR).tolist() == [0, 1]
    assert within(np.array([2.6, 3.4]), 2.0, 1.0, DAYS_A_YEAR).tolist() == [
        0
    ]  # the day on which the hour falls
