"""What customers hold, by what earned it: every split is exact to the millionth, nothing is ever below zero."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.ground.errors import RegularsError
from regulars.world.purse import Purse

EXAMPLES = settings(max_examples=60, derandomize=True, deadline=None, database=None)
AMOUNT = st.one_of(st.integers(0, 5), st.integers(0, 10**6), st.integers(0, 10**14))
HELD = st.lists(st.lists(AMOUNT, min_size=3, max_size=3), min_size=1, max_size=6)  # customers x sources


def purse(held):
    made = Purse(len(held[0]), len(held))
    made.held[...] = np.array(held, np.int64).T
    return made


@EXAMPLES
@given(HELD, st.data())
def test_a_split_is_exact(held, data):
    """Shares sum to the amount, in proportion to what is held, to a few millionths."""
    amounts = np.array([data.draw(AMOUNT) for _ in held], np.int64)
    made, everyone = purse(held), np.arange(len(held))
    shares = made.shares(everyone, amounts)
    assert (shares.sum(axis=0) == amounts).all() and (shares >= 0).all()
    for i, row in enumerate(held):
        total = sum(row)
        if total == 0:
            assert shares[-1, i] == amounts[i], "nothing held: earned by no opportunity"
            continue
        for s, part in enumerate(row):
            exact = int(amounts[i]) * part / total
            assert abs(shares[s, i] - exact) <= 3 + 1e-15 * exact
            assert part > 0 or shares[s, i] == 0


@EXAMPLES
@given(HELD, st.data())
def test_taking(held, data):
    """At most what is there; from every source at most what is there of it; what is taken is gone."""
    amounts = np.array([data.draw(AMOUNT) for _ in held], np.int64)
    made, everyone = purse(held), np.arange(len(held))
    before = made.held.copy()
    taken = made.take(everyone, amounts)
    assert (taken.sum(axis=0) == np.minimum(amounts, before.sum(axis=0))).all()
    assert (taken >= 0).all() and (taken <= before).all()
    assert (made.held == before - taken).all()


def test_adding_twice_in_one_go():
    made = Purse(2, 3)
    made.add(np.array([1, 1, 2]), np.array([5, 7, 9], np.int64), np.array([0, 1, 1]))
    made.add(np.array([1]), np.array([100], np.int64), 0)
    assert made.held.tolist() == [[0, 105, 0], [0, 7, 9]]
    assert made.total().tolist() == [0, 112, 9]
    assert made.total(np.array([2])).tolist() == [9]


def test_a_purse_that_is_full_says_so():
    """A word that wraps would make a debt of a fortune; the sum over the sources fits as well."""
    made = Purse(3, 2)
    made.add(np.array([1]), np.array([made.most], np.int64), 0)
    made.add(np.array([1]), np.array([made.most], np.int64), 2)
    assert made.total().tolist() == [0, 2 * made.most] and 3 * made.most <= 2**62
    for put in (
        lambda: made.add(np.array([0, 1]), np.array([5, 1], np.int64), np.array([0, 2])),
        lambda: made.add_all(np.array([0, 1]), np.array([[5, 0], [0, 0], [0, 2**62]], np.int64)),
        lambda: Purse(1, 2).add(np.array([1, 1, 1]), np.array([2**62, 2**62, 2**62], np.int64), 0),
    ):
        with pytest.raises(
            RegularsError, match=r"customer 1 has come to hold more than 1\.54e\+12|4\.61e\+12 units"
        ):
            put()


def test_adding_by_source():
    one, other = Purse(2, 3), Purse(2, 3)
    one.add_all(np.array([2, 0]), np.array([[5, 7], [0, 9]], np.int64))
    other.add(np.array([2, 0]), np.array([5, 7], np.int64), 0)
    other.add(np.array([0]), np.array([9], np.int64), 1)
    assert one.held.tolist() == other.held.tolist() == [[7, 0, 5], [9, 0, 0]]


def test_emptying():
    made = purse([[1, 2, 3], [4, 5, 6]])
    made.empty(np.array([1]))
    assert made.total().tolist() == [6, 0]
    made.empty()
    assert made.total().tolist() == [0, 0]


@pytest.mark.parametrize("amount", [0, 1, 2, 999_999, 1_000_001])
def test_one_source_takes_it_all(amount):
    made = purse([[10**6, 0, 0]])
    assert made.shares(np.array([0]), np.array([amount], np.int64)).tolist() == [[amount], [0], [0]]
