"""Stocks that fade: half of it in a half-life, worked out whenever it is needed."""

import numpy as np
import pytest

from regulars.world.fading import faded, toward_one


def test_half_is_gone_in_a_half_life():
    value, since = np.array([1.0, 1.0, 0.4, -2.0]), np.array([0.0, 10.0, 5.0, 0.0])
    left = faded(value, since, 20.0, 10.0)
    assert left == pytest.approx([0.25, 0.5, 0.4 * 2**-1.5, -0.5])
    assert left.dtype == np.float64


def test_it_does_not_matter_when_one_looks():
    value, since, half_life = np.array([0.7, 0.2]), np.array([0.0, 3.0]), 9.0
    between = faded(value, since, 7.0, half_life)
    assert faded(between, np.full(2, 7.0), 31.0, half_life) == pytest.approx(
        faded(value, since, 31.0, half_life), rel=1e-12
    )


def test_without_a_half_life_it_lasts():
    assert np.array_equal(
        faded(np.array([0.3, 0.9], np.float32), np.zeros(2), 1e6, 0.0), np.array([0.3, 0.9], np.float32)
    )


def test_nothing_grows_by_fading():
    """Not even when one looks at a time before: a stock noted later in the day stands as it was noted."""
    assert faded(np.ones(1), np.array([5.0]), 4.0, 1.0).tolist() == [1.0]


def test_what_never_was_is_nothing():
    """Zero since for ever, as for who has never heard a message, and whatever the times are."""
    never = faded(np.zeros(2), np.array([-np.inf, 0.0]), np.array([3.0, 9.0]), 7.0)
    assert never.tolist() == [0.0, 0.0]


def test_each_has_its_own_time():
    now = np.array([1.0, 2.0, 3.0])
    assert faded(np.ones(3), np.zeros(3), now, 1.0) == pytest.approx([0.5, 0.25, 0.125])


def test_half_is_left_and_not_less():
    """Negative control of the first: with another half-life another share is left."""
    assert faded(np.ones(1), np.zeros(1), 10.0, 20.0)[0] == pytest.approx(0.5**0.5)


def test_a_stock_fills_by_a_share_of_what_is_missing():
    stock = np.zeros(1)
    for n in range(1, 6):
        stock = toward_one(stock, 0.2)
        assert stock[0] == pytest.approx(1.0 - 0.8**n, rel=1e-12)
    assert toward_one(np.array([0.0, 0.5, 1.0]), 1.0).tolist() == [1.0, 1.0, 1.0]
    assert toward_one(np.array([0.0, 0.5, 1.0]), 0.0).tolist() == [0.0, 0.5, 1.0]
    assert toward_one(np.array([0.0, 0.5]), np.array([0.5, 0.2])) == pytest.approx([0.5, 0.6])


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_a_full_stock_stays_full(share):
    assert toward_one(np.ones(3), share).tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("half_life", [1e-300, 1e-30, 1e-9])
def test_a_half_life_of_next_to_nothing_leaves_nothing_or_all(half_life):
    """In single precision too, in which such a half-life is 0 and a time over it no number."""
    since = np.array([0.0, 7.0], np.float32)
    assert faded(np.array([0.5, 0.25], np.float32), since, 7.0, half_life).tolist() == [0.0, 0.25]
