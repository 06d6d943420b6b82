"""Sums of whole numbers in two words: exact where 64 bits would wrap."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.ground import wide
from regulars.ground.kernel import kernel
from regulars.ground.wide import carry

EXAMPLES = settings(max_examples=60, derandomize=True, deadline=None, database=None)
WORD = st.integers(-(2**63), 2**63 - 1)
BIG = 2**53  # as large as an amount may be


@EXAMPLES
@given(st.lists(WORD, max_size=6), st.sampled_from([1, 300]))
def test_totals_are_exact(numbers, times):
    """Few numbers and many, of either sign."""
    many = np.array(numbers * times, np.int64)
    assert wide.total(many) == sum(numbers) * times
    assert wide.totals(np.array([many, many[::-1]])) == [sum(numbers) * times] * 2
    keys = np.arange(many.size) % 3
    assert wide.totals_by(keys, many, 4) == [sum(many[keys == k].tolist()) for k in range(4)]


@kernel
def add_up(sums, amounts, block):
    """Add amounts block by block, as the page does."""
    for k in range(amounts.size):
        sums[0, k % 2, 0] += amounts[k]
        if k % block == block - 1:
            carry(sums)
    carry(sums)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_loop_carries(sign):
    amounts = np.full(20_000, sign * BIG, np.int64)
    sums = wide.words(2, 1)
    add_up(sums, amounts, 256)
    assert wide.whole(sums).tolist() == [[sign * 10_000 * BIG]] * 2
    assert wide.listed(sums[:, :, 0]) == [sign * 10_000 * BIG] * 2
    assert ((sums[0] >= 0) & (sums[0] < 2**32)).all()
    with np.errstate(over="ignore"):
        assert amounts.sum() != 20_000 * sign * BIG, "64 bits do wrap here"


def test_sums_add_like_numbers():
    """Words of several loops are added word by word."""
    one, other = wide.words(2, 1), wide.words(2, 1)
    add_up(one, np.array([BIG, -7]), 1)
    add_up(other, np.array([5, -BIG]), 1)
    assert wide.whole(one + other).tolist() == [[BIG + 5], [-7 - BIG]]
