"""Where some customers, rewards or parts have something and others have not: it counts for those that have."""

import numpy as np
import pytest
from worlds.chances import chance, within
from worlds.corner import corner
from worlds.lives import days_of
from worlds.one_shop import collect, mug, shop

from regulars.kit.qualifying import progress_worth
from regulars.strategies.tiers import enjoy


def test_trouble_with_a_coupon_is_felt_by_those_who_have_it():
    """Half off saves half a logit, less 0.3 of trouble for every other customer."""
    rules = {
        "audience": "everybody",
        "reach": 1.0,
        "effect": 0.0,
        "discount": 0.5,
        "valid": 1.0,
        "every": 7.0,
    }
    market = corner({"coupons": rules}, customers=20_000, days=1).market(log="memory")
    hassle = market.firms[0].strategies["coupons"].hassle
    hassle[::2] = 0.3
    came = days_of(market.run())[:, 0]
    within(came[::2], chance(0.2))
    within(came[1::2], chance(0.5))


def test_a_service_among_other_rewards_is_enjoyed():
    """One reward of three is a service that improves the next purchase; without it nothing serves."""
    service = {"name": "repair", "kind": "service", "points": 50.0, "worth": 4.0, "cost": 1.0, "service": 0.3}
    for rewards, serves in (([service, *mug(17.0)], True), ([{**service, "service": 0.0}, *mug(17.0)], False), (mug(17.0), False)):  # fmt: skip
        strategy = (
            collect(0.3, {"rewards": rewards}, **{"market.days": 1}).market().firms[0].strategies["points"]
        )
        assert bool(strategy.serves) == serves


@pytest.mark.parametrize("interval", [0.0, 7.0])
def test_progress_of_the_rest_of_the_period(interval):
    """Who meets opportunities by chance expects the rest of the period's pace, on dates those that are left."""
    thresholds, steps = np.array([20.0, 50.0]), np.array([[1.0, 2.0]])
    time, end, pace, amount, spent = 10.0, 28.0, 0.2, 5.0, 12.0
    appeal = np.zeros(1)
    one = np.ones(1)
    enjoy(
        np.zeros(1, np.int64), np.array([time]), end, np.array([True]), np.zeros(1, np.int8), np.array([int(spent * 1e6)]), 0 * one,
        0 * one, 30.0, False, np.zeros(3), np.zeros(3), np.zeros(3), thresholds, steps, pace * one, amount * one, interval, 0.5 * one,
        appeal, np.zeros(0), np.zeros(0),
    )  # fmt: skip
    dates = 2 if interval else 0  # on days 17 and 24
    mean = pace * (dates * interval if interval else end - time)
    expected = progress_worth(amount, mean, dates, steps, thresholds, spent, 0, 0)[0]
    assert appeal[0] == pytest.approx(0.5 * expected) and expected > 0


def test_a_response_is_known_where_both_parts_of_a_cluster_were_watched():
    """Enough customers with and without messages; a cluster that lacks either is not known, and tried."""
    rules = {"groups": 3, "enough": 10.0}
    market = shop(
        0.3, {"precision_push": rules}, **{"firms.a.online": True, "market.customers": 50, "market.days": 1}
    ).market()
    push = market.firms[0].strategies["precision_push"]
    push.evidence[0] = [[10.0, 20.0], [9.0, 200.0], [200.0, 9.0]]
    push.evidence[1] = [[30.0, 40.0], [18.0, 0.0], [0.0, 9.0]]
    push.evidence[2] = [[100.0, 100.0], [50.0, 0.0], [0.0, 10.0]]
    gain, error = push.response()
    assert gain.tolist() == [1.0, np.inf, np.inf]
    assert error.tolist() == [pytest.approx(np.sqrt((10 - 9) / 10 + (5 - 4) / 20)), 0.0, 0.0]
