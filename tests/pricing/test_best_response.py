"""Best response reaches the equilibria of theory; it is only as good as what the firm can know."""

import numpy as np
import pytest
from worlds.oligopoly import INFORMED, logit_market, logit_price, logit_share, prices

from regulars.scenario import Scenario

# ------------------------------------------------------------------ informed: the oracles


@pytest.mark.parametrize(
    ("firms", "outside", "sensitivity", "cost"),
    [
        (1, True, 1.0, 0.5),
        (2, True, 1.0, 0.5),
        (2, False, 1.0, 0.5),
        (4, True, 2.0, 0.0),
        (3, False, 0.8, 1.0),
    ],
)
def test_static_logit_equilibrium(firms, outside, sensitivity, cost):
    """p = c + 1 / (b (1 - P)) for symmetric firms, with and without an outside option (1%; the grid gives 0.01%)."""
    nothing = -1.0
    market = (
        logit_market(
            INFORMED, firms=firms, outside=outside, sensitivity=sensitivity, cost=cost, nothing=nothing
        )
        .market()
        .run()
    )
    assert prices(market) == pytest.approx(logit_price(firms, outside, nothing, sensitivity, cost), rel=1e-3)


def test_unequal_firms_meet_the_conditions_of_equilibrium():
    """Firms of different cost and share: each has p = c + 1 / (b (1 - P)) at its own share."""
    market = (
        logit_market(INFORMED, firms=3, **{"firms.0.cost": 0.2, "firms.1.share": 3.0, "firms.2.cost": 1.0})
        .market()
        .run()
    )
    p, c = prices(market), market.offers.arrays["cost"]
    pull = np.array([1, 3, 1]) / 5 * np.exp(-p)
    shares = pull / (pull.sum() + np.exp(-1.0) / 3)
    np.testing.assert_allclose(p, c + 1 / (1 - shares), rtol=2e-3)


def test_every_customer_its_own_taste_and_sensitivity():
    """With customers who differ the first-order condition holds for the sums over customers."""
    market = logit_market(
        INFORMED, customers=3000, days=15.0,
        **{"taste": {"kind": "normal", "sd": 1.0}, "choice.price_sensitivity": {"distribution": "lognormal", "mean": 1.5, "sd": 0.6}},
    ).market().run()  # fmt: skip
    p, c = prices(market), market.customers
    b = c.price_sensitivity.astype(float)
    pull = np.exp(c.taste.astype(float) - b[:, None] * p)
    shares = pull / (pull.sum(axis=1) + np.exp(market.scenario.spec.choice.outside_utility))[:, None]
    for f in range(2):
        own = shares[:, f]
        assert p[f] == pytest.approx(0.5 + own.sum() / (b * own * (1 - own)).sum(), rel=2e-3)


def line(**changes):
    """Two firms at the ends of a line; the transport cost of its whole length is worth 1 currency unit."""
    table = {
        "market": {"customers": 60_001, "days": 15.0},
        "need": {"process": "calendar"},
        "taste": {"kind": "hotelling", "transport": 2.0},
        "choice": {"mood": "none", "price_sensitivity": 2.0},
        "firms": [
            {"name": n, "price": p, "cost": 0.5, "position": x, "pricing": {**INFORMED, "points": 15}}
            for n, p, x in (("a", 1.4, 0.0), ("b", 1.7, 1.0))
        ],
    }
    market = Scenario(table).set(changes).market()
    # evenly, so that only the grid of prices is left as an error
    place = (np.arange(60_001) + 0.5) / 60_001
    market.customers.taste[...] = -2.0 * np.abs(place[:, None] - np.array([0.0, 1.0]))
    market.endear()
    return market


def test_hotelling():
    """p = c + t for both; with costs apart by d each moves by d/3 of the other's (Hotelling 1929; Tirole 1988, 7.1)."""
    assert prices(line().run()) == pytest.approx(1.5, rel=0.01)
    apart = prices(line(**{"firms.b.cost": 0.8}).run())
    assert apart == pytest.approx([0.5 + 1 + 0.3 / 3, 0.8 + 1 - 0.3 / 3], rel=0.01)


@pytest.mark.parametrize(
    ("form", "cost", "change"),
    [("premium", 0.5, 6.2), ("premium", 1.0, 18.7), ("penalty", 0.5, -1.3), ("penalty", 1.0, 0.4)],
)
def test_short_sighted_firms_and_switching_costs(form, cost, change):
    """Myopic duopoly with state dependence, price against 1.4011 without it [K]: the Arie-Grieco sign flip.

    u = 1 - p, + s if last bought here (premium) or - s if not (penalty), buying nothing 0, cost 0.
    """
    market = logit_market(
        {**INFORMED, "highest": 3.0}, cost=0.0, price=1.42, customers=6000, days=9.0,
        **{"switching.form": form, "switching.relation": cost, "switching.initial": "even"},
    ).market().run()  # fmt: skip
    assert logit_price(2, True, -1.0, 1.0, 0.0) == pytest.approx(1.4011, abs=1e-4)
    assert 100 * (prices(market).mean() / 1.4011 - 1) == pytest.approx(change, abs=0.5)


# ------------------------------------------------------------------ rewards: neutrality and pass-through


def reward_effect(reward, firms=2, customers=500, **changes):
    """Markets at rest without and with a reward for every purchase, worth `reward` at a cost of `reward`."""
    at = [
        logit_market(INFORMED, firms=firms, customers=customers, days=16.0, reward=r, **changes)
        .market(log="memory")
        .run()
        for r in (0.0, reward)
    ]
    return at, (prices(at[1]) - prices(at[0])) / reward


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"choice.outside": False},
        {
            "taste": {"kind": "dirichlet", "concentration": 2.0},
            "choice.price_sensitivity": {"distribution": "lognormal", "mean": 1.5, "sd": 0.5},
        },
    ],
    ids=["outside", "no outside", "unlike customers"],
)
def test_a_symmetric_reward_is_passed_on_in_full(changes):
    """Every firm gives r per purchase at cost r: prices rise by r, nothing else changes (neutrality, [D])."""
    (without, given), passed = reward_effect(0.3, **changes)
    assert passed == pytest.approx(1.0, abs=0.02)
    assert given.totals.purchases[-1] == pytest.approx(without.totals.purchases[-1], abs=3)
    assert given.ledger.value("rewards", 0) == pytest.approx(0.3 * given.firms[0].purchases)


def test_a_reward_that_nobody_values_is_only_a_cost():
    """Negative control: short-sighted customers do not see it, and firms cannot pass all of it on."""
    _, passed = reward_effect(0.3, **{"foresight.foresight": 0.0})
    assert (passed < 0.9).all() and (passed > 0.3).all()
    p0, p1 = (logit_price(2, True, cost=c) for c in (0.5, 0.8))
    assert passed == pytest.approx((p1 - p0) / 0.3, abs=0.01)


def test_no_reward_no_change():
    at = [
        logit_market(INFORMED, **{f"firms.{k}.strategies": s for k in range(2)}).market().run()
        for s in ({}, {"threshold_rebate": {"rate": 0.0}})
    ]
    assert np.array_equal(prices(at[0]), prices(at[1]))


def test_with_prices_fixed_the_reward_is_lost_per_sale():
    """The unpriced half of neutrality: shares alike, and each sale costs r (no outside option)."""
    at = [
        logit_market({}, customers=5000, outside=False, reward=r, days=20.0).market(log="memory").run()
        for r in (0.0, 0.3)
    ]
    firm = [m.log.opportunities()["firm"] for m in at]
    assert firm[0].equals(firm[1])
    assert at[1].firms[0].profit == pytest.approx(at[0].firms[0].profit - 0.3 * at[0].firms[0].purchases)


def test_a_reward_of_one_firm_wins_customers():
    """One firm alone: its share rises, its list price by less than the reward."""
    scenario = logit_market(INFORMED, days=16.0, reward=0.3, **{"firms.1.strategies": {}})
    without, given = logit_market(INFORMED, days=16.0).market().run(), scenario.market().run()
    passed = (prices(given) - prices(without)) / 0.3
    assert 0.8 < passed[0] <= 1.0 + 1e-3 and abs(passed[1]) < 0.05


def test_every_decision_looks_at_the_opportunities_since_the_one_before():
    """Of now, not of all that ever was: customers of whom nobody is left count for nothing."""
    seen = []
    market = logit_market(
        {**INFORMED, "every": 5.0}, customers=300, days=20.0, **{"turnover.exit_rate": 20.0}
    ).market()
    demand = market.pricing[0].demand
    look = demand.at
    demand.at = lambda prices: (seen.append((market.day, len(demand.rounds))), look(prices))[1]
    market.run()
    assert {rounds for _, rounds in seen} == {0, 5} and {day for day, _ in seen} == {0, 5, 10, 15}


# ------------------------------------------------------------------ what a firm can know


def learned(seed, **changes):
    rules = {"kind": "best_response", "every": 1.0}
    return (
        logit_market(rules, customers=20_000, days=150.0, price=1.3, **{"market.seed": seed, **changes})
        .market()
        .run()
    )


def test_a_firm_learns_its_price_from_its_own_till():
    """Estimated demand: the resting point is the logit equilibrium (mean of six bases within 3%)."""
    bases = np.array([[p.base for p in learned(seed).pricing] for seed in (1, 2, 3)])
    assert bases.mean() == pytest.approx(logit_price(2, True), rel=0.03)
    assert abs(bases / logit_price(2, True) - 1).max() < 0.10


def test_learning_allows_for_what_rewards_cost():
    """A discount of 10% for all at the till: the list price makes up for it as p = c / k + 1 / (b k (1 - P))."""
    cut = {f"firms.{k}.strategies": {"everyday_low_price": {"discount": 0.1}} for k in range(2)}
    with_cut, informed = learned(1, **cut), logit_market(INFORMED, **cut).market().run()
    assert np.mean([p.base for p in with_cut.pricing]) == pytest.approx(logit_price(2, True) / 0.9, rel=0.04)
    assert prices(informed) == pytest.approx(logit_price(2, True) / 0.9, rel=1e-3)


def test_without_variation_nothing_is_learned():
    """Negative control: a firm whose price never moves knows nothing of its demand, and stays where it is."""
    market = (
        logit_market({"kind": "best_response", "every": 1.0, "probe": 1e-12}, customers=500, days=40.0)
        .market()
        .run()
    )
    assert prices(market) == pytest.approx(1.0, rel=1e-9)


def test_informed_demand_is_what_customers_do():
    """The witness's expected sales agree with the sales of the day within 4 standard errors, programmes and all."""
    changes = {
        "need": {"process": "poisson", "mean": 7.0}, "taste": {"kind": "dirichlet", "concentration": 1.5},
        "switching.relation": 1.0, "experience.on": True, "bond.on": True, "bond.response": "two_threshold", "search.on": True,
        "turnover": {"aware": 0.7, "noticing_rate": 5.0}, "spending": {"basket": 2.0, "variation": 0.5},
        "firms.0.strategies": {"threshold_rebate": {"days": 2, "rate": 0.1}}, "firms.1.strategies": {"everyday_low_price": {"discount": 0.1}},
    }  # fmt: skip
    market = logit_market({}, customers=20_000, days=12.0, **changes).market()
    for _ in range(8):
        market.step()
    witnesses = [market.demand(f) for f in range(2)]
    before = (
        market.customers.incumbent.copy(),
        market.customers.commitment.copy(),
        market.customers.attraction.copy(),
    )
    market.step()
    for name, values in zip(("incumbent", "commitment", "attraction"), before, strict=True):
        # as they were when they chose; few met two opportunities
        market.customers.columns[name][...] = values
    for f, witness in enumerate(witnesses):
        sales = witness.at(np.array([market.firms[f].price]))
        bought = market.totals.purchases[8, f]
        assert sales.opportunities == market.totals.opportunities[8]
        assert abs(sales.purchases[0] - bought) < 4 * np.sqrt(bought)
        assert sales.paid[0] == pytest.approx(market.totals.paid[8, f] / 1e6, rel=0.05)
        assert logit_share(1.0, 2, True, -1.0, 1.0) > 0
