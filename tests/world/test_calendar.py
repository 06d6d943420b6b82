"""The calendar: what happens on whole days happens on the same days, whatever the length of a tick."""

import numpy as np
import pytest

from regulars.world.calendar import DAYS_A_YEAR, days_begun, days_ended, due, within

TICKS = (1.0, 0.5, 0.25, 0.1, 1 / 3)


def ticks(tick, days):
    """The times at which the ticks of a run begin, as a market works them out."""
    return [k * tick for k in range(round(days / tick))]


@pytest.mark.parametrize("tick", (*TICKS, 7.0, 0.7))
def test_every_day_begins_and_ends_once(tick):
    days = 70
    begun = [d for now in ticks(tick, days) for d in days_begun(now, tick)]
    ended = [d for now in ticks(tick, days) for d in days_ended(now, tick)]
    assert begun == list(range(days))
    assert ended == list(range(days))


def test_a_day_ends_with_its_last_tick():
    assert list(days_begun(3.0, 0.5)) == [3] and list(days_begun(3.5, 0.5)) == []
    assert list(days_ended(3.0, 0.5)) == [] and list(days_ended(3.5, 0.5)) == [3]
    assert list(days_begun(7.0, 7.0)) == list(days_ended(7.0, 7.0)) == [7, 8, 9, 10, 11, 12, 13]


def done(every, tick, days=60, first=0.0, since=0.0):
    """When something is done that recurs."""
    next_time = np.full(1, first)
    return [now for now in ticks(tick, days) if now >= since and due(next_time, now, every)]


@pytest.mark.parametrize("tick", TICKS)
@pytest.mark.parametrize("every", [1.0, 3.0, 7.0, 3.3, 10.5, 0.3])
def test_what_recurs_is_done_on_the_same_days(every, tick):
    assert done(every, tick) == pytest.approx(done(every, 1.0))


def test_the_rhythm_is_kept():
    assert done(28.0, 1.0, 90) == [0, 28, 56, 84]
    assert done(2.5, 1.0, 11) == [0, 3, 5, 8, 10]  # every second one falls into the middle of a day
    assert done(0.3, 1.0, 4) == [0, 1, 2, 3]  # at most once a day
    assert done(10.0, 7.0, 60) == [0, 14, 21, 35, 42, 56]  # with the first tick after
    assert done(28.0, 7.0, 90) == [0, 28, 56, 84]


def test_what_begins_late_counts_from_then_on():
    assert done(28.0, 1.0, 200, since=100.0) == [100, 128, 156, 184]
    assert done(28.0, 1.0, 60, first=12.0) == [12, 40]


@pytest.mark.parametrize("tick", (*TICKS, 7.0, 0.7))
def test_a_birthday_comes_once_a_year(tick):
    birthdays = np.floor(np.linspace(0.0, DAYS_A_YEAR, 50, endpoint=False))
    seen = np.zeros(50, int)
    on = {}
    for now in ticks(tick, 1540 if tick == 0.7 else 1463):
        for who in within(birthdays, now, tick, DAYS_A_YEAR):
            seen[who] += 1
            on.setdefault(int(who), []).append(now)
    assert set(seen.tolist()) <= {4, 5} and seen.sum() == pytest.approx(50 * 1463 / DAYS_A_YEAR, abs=12)
    if tick < 1.0 and tick != 0.7:
        for who, times in on.items():
            assert times == pytest.approx(
                [float(round(t)) for t in times]
            )  # with the tick that begins the day
            assert times[:4] == pytest.approx(np.floor(birthdays[who] + DAYS_A_YEAR * np.arange(4)))


def test_nobody_has_a_birthday_between_days():
    assert within(np.array([3.0, 4.0]), 3.5, 0.5, DAYS_A_YEAR).size == 0
    assert within(np.array([3.0, 4.0]), 3.0, 0.5, DAYS_A_YEAR).tolist() == [0]
    assert within(np.array([3.0, 4.0, 20.0]), 0.0, 7.0, DAYS_A_YEAR).tolist() == [0, 1]
