"""Which part of the points that are out will be redeemed: against simulation, and against what a market does with them later."""

import math

import numpy as np
import pytest

from regulars import Market, Scenario
from regulars.kit.breakage import HORIZON, expected, redeemed_share
from regulars.world.ledger import MILLION

RNG = np.random.default_rng(5)


def one(lacking, earned, pace, left, rho=1.0):
    arrays = (np.array([float(x)]) for x in (lacking, earned, pace))
    return float(redeemed_share(np.zeros((1, 1)), *arrays, np.array([float(left)]), rho)[0, 0])


@pytest.mark.parametrize(("lacking", "earned", "pace", "left", "rho"), [
    (0.0, 1.0, 0.05, 30.0, 1.0), (3.0, 1.0, 0.05, 90.0, 1.0), (3.5, 1.0, 0.1, 60.0, 0.4), (0.0, 2.0, 0.02, 50.0, 0.3), (90.0, 1.0, 1.0, 100.0, 0.2),
])  # fmt: skip
def test_it_is_what_poisson_purchases_do(lacking, earned, pace, left, rho):
    """Purchases simulated one by one: is any from the n-th on, within the time left, used?"""
    needed, runs = max(math.ceil(lacking / earned), 1), 20_000
    come = RNG.poisson(pace * left, runs)
    chances = np.maximum(come - needed + 1, 0)
    used = RNG.random(runs) < 1 - (1 - rho) ** chances
    exact = one(lacking, earned, pace, left, rho)
    assert abs(used.mean() - exact) < 4 * math.sqrt(exact * (1 - exact) / runs)


def test_its_ends():
    assert one(math.inf, 1.0, 1.0, 100.0) == 0.0  # aims for nothing
    assert (
        one(5.0, 0.0, 1.0, 100.0) == 0.0 and one(0.0, 0.0, 1.0, 100.0) > 0.99
    )  # earns no more, but has enough
    assert one(0.0, 1.0, 0.0, 100.0) == 0.0  # never comes
    assert one(1.0, 1.0, 0.001, math.inf) == pytest.approx(1 - math.exp(-0.001 * HORIZON))
    assert one(1.0, 1.0, 0.1, 30.0, 0.0) == 0.0  # never gets round to it
    assert 0.0 <= one(1e6, 1.0, 1.0, 10.0, 0.5) < 1e-12


def test_what_is_expected_is_a_mean_over_points():
    lots, share = np.array([[1, 3], [4, 0]]), np.array([[1.0, 0.5], [0.25, 9.0]])
    assert expected(lots, share, np.array([2.0, 8.0])) == pytest.approx(
        (1 * 2 + 3 * 0.5 * 2 + 4 * 0.25 * 8) / 8
    )
    assert expected(np.zeros((2, 2)), share, np.array([2.0, 8.0])) == 0.0


def programme(**rules):
    """A shop with a card: 100 points for a voucher of 5, a purchase earns 20, four quarters valid; half of the customers hardly come."""
    points = {
        "per_unit": 2.0, "review_rate": 0.0, "share_rate": 0.0, "purchase_valid": 182.0, "redemption_rate": 0.7,
        "rewards": [{"name": "voucher", "kind": "good", "points": 100.0, "worth": 5.0, "cost": 5.0}], "reward_taste": 0.0, **rules,
    }  # fmt: skip
    return Scenario({
        "market": {"customers": 3000, "days": 728}, "need": {"mean": 0.02, "shape": 0.5},
        "foresight": {"foresight": 0.0}, "spending": {"basket": 10.0},
        "firms": [{"name": "shop", "price": 1.0, "cost": 0.5, "strategies": {"points": points}}],
    })  # fmt: skip


def test_the_estimate_is_what_becomes_of_the_points():
    """Of the points that are out after a year, the part that is redeemed in the year after. Customers do not look ahead, so that rates
    stay as they are; points go oldest first, so that those held on day 364 are the first that each customer redeems or loses."""
    market = Market(programme(), log="memory")
    while market.day < 364:
        market.step()
    card = market.firms[0].strategies["points"]
    held, foretold = card.points.astype(float) / MILLION, card.book.cost / 0.05
    assert market.ledger.value("liability", 0) == pytest.approx(held.sum() * foretold * 0.05, rel=1e-6)
    events = market.run().log.events()
    events = events[(events["time"] >= 364) & events["event"].isin(["redeem", "expire"])].sort_values(
        ["customer", "time"], kind="stable"
    )
    left, redeemed = held.copy(), np.zeros(len(held))
    for who, event, amount in zip(events["customer"], events["event"], events["amount"], strict=True):
        part = min(left[who], amount)
        left[who] -= part
        redeemed[who] += part * (event == "redeem")
    assert left.max() < 1e-6
    share = redeemed.sum() / held.sum()
    error = (
        math.sqrt(((redeemed - share * held) ** 2).sum()) / held.sum()
    )  # of a ratio over independent customers (Cochran 1977)
    assert 0.05 < share < 0.9 and abs(foretold - share) < 4 * error


def test_an_unreachable_reward_changes_nothing():
    """A reward that nobody can reach priced every point, as long as a point cost the mean over the catalogue."""
    rewards = [{"name": "voucher", "kind": "good", "points": 100.0, "worth": 5.0, "cost": 5.0}]
    dear = [*rewards, {"name": "car", "kind": "good", "points": 1e7, "worth": 20000.0, "cost": 2e4}]
    plain, with_it = (Market(programme(rewards=r)).run() for r in (rewards, dear))
    assert plain.ledger.value("liability", 0) == with_it.ledger.value("liability", 0) > 0


def test_deferred_revenue_shares_out_what_was_paid():
    """IFRS 15, example 52: 100 of goods, 10 points worth 0.95 each after breakage: 8.7 of the 100 are for the points."""
    market = Market(programme())
    card = market.firms[0].strategies["points"]
    while market.day < 28:
        market.step()
    card.value, card.rate = 0.95, 0.1
    out = float(card.book.outstanding.sum()) / MILLION
    assert card.deferred_revenue() / out * 10 == pytest.approx(8.6758, abs=1e-3)
    assert market.firms[0].deferred_revenue() == card.deferred_revenue()
