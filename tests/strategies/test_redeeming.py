"""What rewards are worth to customers, by hand."""

import numpy as np
import pytest
from scipy.stats import poisson
from worlds.one_shop import collect

from regulars.kit.collecting import chance_of_loss, discounted_rate
from regulars.kit.redeeming import Reward, after_delay, felt_worth, what_to_aim_for

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


def aims(rules=(), rewards=REWARDS, head=0.0, per_unit=2.0, **changes):
    """What five customers with a basket of 3 at a price of 4 aim for; half of all opportunities end here."""
    about = {
        "market.customers": 5, "market.days": 1, "spending.basket": 3.0, "firms.a.price": 4.0, "choice.price_sensitivity": 0.5,
        "foresight.daily_discount": 0.9, **changes,
    }  # fmt: skip
    told = [{"name": r.name, "kind": r.kind, "points": r.points, "worth": r.worth} for r in rewards]
    table = {"reward_taste": 0.0, "redemption_rate": 0.5, **dict(rules), "rewards": told}
    market = collect(0.5, table, **about).market()
    strategy = market.firms[0].strategies["points"]
    return what_to_aim_for(market.firms[0], strategy.parameters, per_unit, head), market


def test_what_a_purchase_earns_toward_each_reward():
    """24 points, and 0.05 x 10 + 0.03 x 5 for talk, which buys no services unless it may."""
    mug = [Reward(name="mug", kind="good", points=100, worth=3.0)]
    repair = [Reward(name="repair", kind="service", points=100, worth=3.0)]
    for rewards, rules, earned, narrow in (
        (mug, {}, 24.65, False),
        (mug, {"most_talk": 0}, 24.0, False),
        (repair, {}, 24.0, True),
        (repair, {"talk_buys_services": True}, 24.65, False),
    ):
        found, _ = aims(rules, rewards)
        assert found.earned == pytest.approx([earned] * 5) and (found.narrow == narrow).all()
        assert (found.favourite == 0).all() and found.needed == pytest.approx([100.0] * 5)
    found, _ = aims({}, mug, head=30.0)
    assert found.needed == pytest.approx([70.0] * 5)
    found, _ = aims({"review_points": 0.0, "share_points": 0.0}, mug, per_unit=0.0)
    assert (found.worth == 0).all()  # nothing is earned, so nothing is aimed at


def test_what_the_aim_is_worth():
    """In logits: money's weight 0.5, less what waiting for the redemption takes; present bias counts once."""
    mug = [Reward(name="mug", kind="good", points=100, worth=3.0)]
    found, market = aims({"hassle": 1.0}, mug, **{"foresight.present_bias": 0.8})
    p, delta = found.p[0], found.delta[0]
    assert delta == pytest.approx(0.9) and 0.1 < p < 0.9
    visit = (
        p * delta / (1 - delta + p * delta)
    )  # discount from one visit to the next: sum over k of p (1-p)^k delta^(k+1)
    delay = 0.5 / (1 - 0.5 * visit)
    weight = market.firms[0].baseline.money_weight(np.arange(5))
    assert found.worth == pytest.approx(2.0 * delay * weight * 0.8)
    assert (aims({"hassle": 3.0}, mug)[0].favourite == -1).all() and (
        aims({"hassle": 3.0}, mug)[0].worth == 0
    ).all()


def test_who_waits_with_chance_rho_gets_there_in_the_end():
    """Worth of a redemption at each later visit with chance rho: sum over n of rho (1 - rho)^n d^n."""
    p, delta, rho = 0.3, 0.95, 0.4
    between = sum(p * (1 - p) ** k * delta ** (k + 1) for k in range(2000))
    exact = sum(rho * (1 - rho) ** n * between**n for n in range(2000))
    assert after_delay(rho, np.array([p]), np.array([delta])) == pytest.approx([exact])


@pytest.mark.parametrize(("steps", "needed"), [(10.0, 10), (9.4, 10), (10.0000001, 10), (10.2, 11), (0.3, 1)])
def test_points_are_lost_when_a_life_holds_too_few_purchases(steps, needed):
    p, rate, life = 0.2, 1 / 7, 364.0
    short = poisson.cdf(needed - 1, p * rate * life)
    assert chance_of_loss(p, rate, steps, life) == pytest.approx(-np.expm1(-short / (rate * life)))
    assert chance_of_loss(p, rate, steps, 0.0) == 0 and chance_of_loss(p, 1e-6, steps, 1.0) == 0.999


def test_rates_of_rewards():
    """Spread evenly over the purchases that it takes, with what fades over a card at the base rate."""
    assert discounted_rate(3.0, 10.0, 0.5, 1.0) == pytest.approx(0.3)
    fade = -np.log(0.9 * 0.95) * 10 / 0.5
    assert discounted_rate(3.0, 10.0, 0.5, 0.9, 0.05) == pytest.approx(0.3 * fade / np.expm1(fade))
    assert discounted_rate(3.0, 10.0, 0.5, 1.0, 0.05) < 0.3
