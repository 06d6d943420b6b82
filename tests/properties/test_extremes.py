"""Every number of a scenario at the ends of what it may be, and far out: refused beforehand, or a market in good order."""

import hashlib
import warnings

import numpy as np
import pytest
from contract.books import audit
from worlds.extremes import cases, world

from regulars import Scenario
from regulars.ground.errors import RegularsError

OFTEN = 1 / 32  # share of the cases that are looked at every time; the others are slow in all


def often(case):
    """Whether a case is among those, by a draw of its own."""
    return hashlib.blake2b(repr(case).encode(), digest_size=1).digest()[0] < 256 * OFTEN


def told(case):
    """A case in words."""
    name, value = case
    return f"{name}={'-'.join(map(str, value.values())) if isinstance(value, dict) else value}"


CASES = [
    pytest.param(*case, id=told(case), marks=() if often(case) else pytest.mark.slow) for case in cases()
]


@pytest.mark.parametrize(("name", "value"), CASES)
def test_a_refusal_or_numbers(name, value):
    """Refused beforehand, or at the latest when a price is set or a purchase made that cannot be counted; or in good order."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            market = Scenario(world(name, value)).market(log="memory").run()
        except RegularsError as refusal:
            assert any(word in str(refusal) for word in (*name.split(".")[-2:], "price"))
            return
    audit(market)
    assert np.isfinite(market.offers.table).all()
    assert all((array >= 0).all() for array in market.totals.arrays().values())


def test_the_cases_are_all_of_them():
    """The walk finds sections, lists of tables, strategies and policies; its ends are those that are declared."""
    found = dict.fromkeys(name for name, _ in cases())
    for name in ("firms.price", "firms.staff.wage", "firms.lease.term", "mix.kinds.weight", "bond.lower",
                 "strategies.points.rewards.points", "strategies.tiers.levels.discount", "pricing.learn.highest"):  # fmt: skip
        assert name in found
    values = [value for name, value in cases() if name == "firms.quality"]
    assert values == [-10.0, 10.0]
    assert {value for name, value in cases() if name == "firms.share"} == {1e-300, 1e-9, 9e9, 1e15, 1e300}
    assert 0 < sum(often(case) for case in cases()) < 100
