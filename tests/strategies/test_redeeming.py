"""What rewards are worth to customers, by hand."""

import numpy as np
import pytest
from worlds.one_shop import collect

from regulars.behavior.redeeming import Reward, felt_worth

REWARDS = (
    Reward(name="mug", kind="good", worth=3.0),
    Reward(name="voucher", kind="coupon", worth=2.0),
    Reward(name="repair", kind="service", worth=5.0),
)


def worths(spread, hassle=0.0, customers=40_000):
    """What the rewards are worth to customers who count a unit of credit as 0.7 in cash."""
    changes = {"market.customers": customers, "market.days": 1, "foresight.credit_weight": 0.7}
    firm = collect(0.3, **changes).market().firms[0]
    return felt_worth(firm, REWARDS, spread, hassle)


def test_worth_is_that_of_the_average_customer_whatever_the_spread():
    """Lognormal with a mean of 1 and a coefficient of variation of `spread`; a coupon counts as store credit."""
    mean = np.array([3.0, 0.7 * 2.0, 5.0])
    assert worths(0.0, customers=3) == pytest.approx(mean[:, None] * np.ones(3))
    assert worths(0.0, hassle=1.5, customers=3) == pytest.approx((mean - 1.5)[:, None] * np.ones(3))
    for spread in (0.3, 0.8):
        found = worths(spread)
        assert np.abs(found.mean(axis=1) / mean - 1).max() < 4 * spread / np.sqrt(40_000)
        assert found.std(axis=1) / mean == pytest.approx([spread] * 3, rel=0.05)
        assert np.log(found).std(axis=1) == pytest.approx([np.sqrt(np.log(1 + spread**2))] * 3, rel=0.02)
        assert np.abs(np.corrcoef(np.log(found)) - np.eye(3)).max() < 0.02  # a taste for each
