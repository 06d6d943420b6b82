"""Quality, service, time, effort and risk: each pulls by its weight, and their balance in money is what is acted on."""

import numpy as np
import pytest
from oracles.judge import agrees, share_error, vanishes
from scipy.special import expit

from regulars import Scenario
from regulars.behavior.levers import LEVERS
from regulars.ground.errors import RegularsError
from regulars.ground.parameter import Problem
from regulars.minds import delivered_value

N = 20_000
WEIGHTS = {name: weight for name, (weight, _) in LEVERS.items()}
UNIFORM = {"distribution": "uniform", "low": 0.0, "high": 2.0}
CHOICE = {
    "price_sensitivity": {"distribution": "lognormal", "mean": 1.0, "sd": 0.5},
    "quality_weight": {"distribution": "normal", "mean": 2.0, "sd": 0.5},
    "service_weight": UNIFORM,
    "hour": {"distribution": "lognormal", "mean": 3.0, "sd": 2.0},
    "effort_weight": UNIFORM,
    "risk_weight": UNIFORM,
}
SHOPS = [
    {"name": "a", "price": 2.0, "quality": 0.9, "service": 0.4, "hours": 0.5, "effort": 1.0, "risk": 0.8},
    {"name": "b", "price": 1.5, "quality": 0.4, "service": 0.1, "hours": 0.2, "effort": 0.3, "risk": 1.1},
]


def shops(choice, levels=({}, {}), customers=N, days=2, **more):
    """Two shops alike but for these numbers; everybody buys once a day."""
    table = {
        "market": {"customers": customers, "days": days},
        "need": {"process": "calendar"},
        "taste": {"kind": "homogeneous"},
        "choice": choice,
        "firms": [{"name": name, "quality": 0.0, **level} for name, level in zip("ab", levels, strict=True)],
        **more,
    }
    return Scenario(table).market(seed=3, log="memory")


def share(market, customers=None):
    """Share of the first shop in the purchases (of these customers), from the log; and over how many."""
    log = market.log.opportunities()
    if customers is not None:
        log = log[log["customer"].isin(customers)]
    return float((log["firm"] == "a").mean()), len(log)


def lives(market):
    """Where every opportunity ended."""
    return market.log.opportunities()["firm"].astype(str).tolist()


@pytest.mark.parametrize("level", [0.5, -0.7])
@pytest.mark.parametrize("lever", ["quality", "service"])
def test_benefits_are_felt_by_their_weight(lever, level):
    found, n = share(shops({WEIGHTS[lever]: 1.6}, ({lever: level}, {})).run())
    agrees(found, expit(1.6 * level), share_error(found, n))


@pytest.mark.parametrize("lever", LEVERS)
def test_each_lever_pulls_by_its_weight(lever):
    """The share of a shop that has more of one lever is the logit of weight x level, and a half where it weighs nothing."""
    sign, level, weight = LEVERS[lever][1], 0.8, WEIGHTS[lever]
    money = {"price_sensitivity": 0.5} if lever == "hours" else {}  # an hour costs money
    worth = 0.5 if lever == "hours" else 1.0
    alike = shops({weight: 1.5, **money}, ({lever: level}, {})).run()
    found, n = share(alike)
    agrees(found, expit(sign * worth * 1.5 * level), share_error(found, n))

    differing = shops({weight: UNIFORM, **money}, ({lever: level}, {})).run()
    found, n = share(differing)
    expected = expit(sign * worth * level * differing.customers.columns[weight].astype(float)).mean()
    agrees(found, expected, share_error(found, n))

    nothing = shops({weight: 0.0, **money}, ({lever: level}, {})).run()
    found, n = share(nothing)
    vanishes(found - 0.5, share_error(0.5, n), 0.02)
    if lever not in ("quality", "service"):  # those are also felt
        assert lives(nothing) == lives(shops(money).run())


def test_the_price_is_a_lever_too():
    found, n = share(shops({"price_sensitivity": 1.5}, ({"price": 1.4}, {})).run())
    agrees(found, expit(-1.5 * 0.4), share_error(found, n))


def test_weights_alike_by_either_road():
    """One number for all, and a distribution without spread, are the same world; so is one that is kept by customer."""
    one = shops({"quality_weight": 1.5}, ({"quality": 0.8}, {})).run()
    same = shops(
        {"quality_weight": {"distribution": "normal", "mean": 1.5, "sd": 0.0}}, ({"quality": 0.8}, {})
    ).run()
    assert lives(one) == lives(same)
    assert not one.customers.has("liking")
    by_customer = shops({"quality_weight": 1.5, "hour": 1.0}, ({"quality": 0.8}, {})).run()
    assert by_customer.customers.has("liking")
    assert lives(by_customer) == lives(one)


@pytest.mark.parametrize("weight", [1.5, UNIFORM])
def test_a_lever_changed_is_felt_the_next_day(weight):
    market = shops({"effort_weight": weight}, days=4)
    market.step()
    market.firms[0].effort = 0.8
    market.run()
    log = market.log.opportunities()
    weights = (
        market.customers.effort_weight.astype(float) if market.customers.has("effort_weight") else 1.5
    ) * np.ones(N)
    for after, expected in ((False, 0.5), (True, expit(-0.8 * weights).mean())):
        rows = log[(log["time"] >= 1.0) == after]
        agrees((rows["firm"] == "a").mean(), expected, share_error(expected, len(rows)))


def test_service_is_felt_at_every_purchase():
    """What is experienced is quality and service together."""
    market = shops(
        {},
        ({"quality": 0.3, "service": 0.25}, {}),
        customers=50,
        experience={"on": True, "noise": 0.0, "memory": 1.0},
    )
    market.run()
    bought = market.customers.incumbent == 0
    assert bought.any()
    assert market.customers.satisfaction[bought, 0] == pytest.approx(0.55, abs=1e-6)


# ---------------------------------------------------------------- delivered value


@pytest.mark.parametrize("basket", [1.0, {"distribution": "lognormal", "mean": 12.0, "sd": 6.0}])
def test_delivered_value_is_what_customers_act_on(basket):
    """What one shop is worth more than the other, in money, is the log odds of choosing it, customer by customer."""
    market = shops(CHOICE, SHOPS, days=1, spending={"basket": basket})
    c, everyone = market.customers, np.arange(N)
    a, b = delivered_value(market, "a"), delivered_value(market, "b")
    advantage = (a["total"] - b["total"]).to_numpy() * c.price_sensitivity / c.basket
    chance = market.base_probability(0, everyone)
    assert np.log(chance / (1 - chance)) == pytest.approx(advantage, abs=2e-5)
    market.run()
    order = np.argsort(advantage)
    for fifth in np.array_split(order, 5):  # and that is what they do
        found, n = share(market, fifth)
        agrees(
            found, expit(advantage[fifth]).mean(), share_error(expit(advantage[fifth]).mean(), n), sharp=0.25
        )


def test_the_balance_in_money_by_hand():
    """Values less costs; everything in currency per usual basket."""
    market = shops(CHOICE, SHOPS, customers=5, spending={"basket": 4.0})
    c, table = market.customers, delivered_value(market, "a").set_index("customer")
    for i in range(5):
        money = 4.0 / c.price_sensitivity[i]  # currency per logit
        expected = {
            "quality": 0.9 * c.quality_weight[i] * money,
            "service": 0.4 * c.service_weight[i] * money,
            "time": 0.5 * c.hour[i],
            "effort": 1.0 * c.effort_weight[i] * money,
            "risk": 0.8 * c.risk_weight[i] * money,
            "price": 8.0,
        }
        assert table.loc[i, list(expected)].to_dict() == pytest.approx(expected, rel=1e-6)
        costs = sum(expected[name] for name in ("time", "effort", "risk", "price"))
        assert table.loc[i, "total"] == pytest.approx(
            expected["quality"] + expected["service"] - costs, rel=1e-6
        )


def test_without_weights_only_the_price_counts():
    market = shops({"price_sensitivity": 1.0}, SHOPS, customers=9)
    table = delivered_value(market, "a")
    assert (table[["quality", "service", "time", "effort", "risk"]] == 0).all(axis=None)
    assert table["total"].tolist() == [-2.0] * 9


def test_the_price_on_the_shelf_counts():
    cheaper = {**SHOPS[0], "strategies": {"everyday_low_price": {"discount": 0.25}}}
    market = shops({"price_sensitivity": 1.0}, (cheaper, SHOPS[1]), customers=9).run()
    assert delivered_value(market, "a")["price"].tolist() == pytest.approx([1.5] * 9)


def test_nothing_has_a_worth_in_money_to_whom_money_is_nothing():
    with pytest.raises(RegularsError, match="minds the price"):
        delivered_value(shops({"quality_weight": 1.0}, SHOPS, customers=9), "a")
    market = shops({"price_sensitivity": 1.0, "quality_weight": 1.0}, SHOPS, customers=9)
    market.customers.price_sensitivity[4] = 0.0
    table = delivered_value(market, "a")
    assert table["quality"].isna().tolist() == [k == 4 for k in range(9)]
    assert not table["price"].isna().any()


def test_no_such_firm():
    with pytest.raises(RegularsError, match=r"did you mean 'a'|known here"):
        delivered_value(shops({"price_sensitivity": 1.0}, customers=9), "aa")


@pytest.mark.parametrize("weight", WEIGHTS.values())
def test_a_weight_below_nothing_is_refused(weight):
    with pytest.raises(Problem, match=rf"choice\.{weight}"):
        shops({weight: -1.0})
