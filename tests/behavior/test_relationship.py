"""Relationship benefits (Gwinner, Gremler & Bitner 1998): four stocks, each with its own sources, decay and effects."""

import numpy as np
import pytest
from oracles.judge import agrees, grouped, share_error, vanishes
from scipy.special import expit
from worlds.lives import lives
from worlds.relations import STILL, N, deepened, share, shops

from regulars.processes.relationship import BENEFITS

# ---------------------------------------------------------------- how they come and go


@pytest.mark.parametrize("benefit", BENEFITS)
def test_each_stock_fades_by_its_own_half_life(benefit):
    """Half is gone in every half-life; looking does not change it, and nor does what happens to another stock."""
    own = {name: 7.0 * (k + 1) for k, name in enumerate(BENEFITS)}
    rules = {**STILL, **{f"{name}_half_life": days for name, days in own.items()}}
    market = deepened(shops(rules, customers=3, days=1), {benefit: 0.8})
    relationship, who = market.processes["relationship"], np.arange(3)
    for days in (0.0, 1.0, own[benefit], 100.0):
        expected = 0.8 * 0.5 ** (days / own[benefit])
        assert relationship.stock(benefit, who, 0, days) == pytest.approx(expected, rel=1e-6)
    assert relationship.stock(benefit, who, 1, 5.0).tolist() == [0.0] * 3
    other = BENEFITS[BENEFITS.index(benefit) - 1]
    for day in (3.0, 4.5, 11.0):
        relationship.add(0, other, who, 0.3, day)
    assert relationship.stock(benefit, who, 0, 11.0) == pytest.approx(
        0.8 * 0.5 ** (11 / own[benefit]), rel=1e-6
    )


def test_a_half_life_of_nothing_means_for_ever():
    market = deepened(shops(STILL, customers=2), dict.fromkeys(BENEFITS, 0.25))
    for benefit in BENEFITS:
        assert (
            market.processes["relationship"].stock(benefit, np.arange(2), 0, 36500.0).tolist() == [0.25] * 2
        )


def test_a_firm_adds_to_what_is_missing():
    """x <- x + share (1 - x): never above 1; a share below 0 takes away of what is there."""
    market = shops(STILL, customers=4)
    relationship, who = market.processes["relationship"], np.arange(4)
    for _ in range(3):
        relationship.add(0, "special", who, np.array([0.0, 0.1, 0.5, 1.0]), 0.0)
    assert relationship.stock("special", who, 0, 0.0) == pytest.approx(
        [0.0, 1 - 0.9**3, 1 - 0.5**3, 1.0], rel=1e-6
    )
    relationship.add(0, "special", np.array([False, False, False, True]), -0.25, 0.0)
    assert relationship.stock("special", who, 0, 0.0)[3] == pytest.approx(0.75)
    assert all((market.customers.columns[name] == 0).all() for name in BENEFITS if name != "special")


def test_nothing_added_is_nothing_touched():
    """Working a stock out would round it: whoever gets nothing keeps it to the bit, whatever others get."""
    rules = {**STILL, **{f"{name}_half_life": 7.0 for name in BENEFITS}}
    market = deepened(shops(rules, customers=300, days=20), {name: 0.7 for name in BENEFITS}).run()
    relationship, c = market.processes["relationship"], market.customers
    before = {name: c.columns[name].copy() for name in (*BENEFITS, "tended")}
    half = np.arange(300) % 2 * 0.3
    relationship.add(0, "social", np.arange(300), half, np.linspace(30.0, 31.0, 300))
    for name, then in before.items():
        assert c.columns[name][half == 0].tobytes() == then[half == 0].tobytes()
    assert (c.social[half > 0, 0] != before["social"][half > 0, 0]).all()
    relationship.add(0, "respect", np.arange(300), np.zeros(300), 33.0)
    assert c.respect[half == 0].tobytes() == before["respect"][half == 0].tobytes()


@pytest.mark.parametrize("gain", [0.1, 0.4])
def test_confidence_grows_with_every_good_purchase(gain):
    """c <- c 2^(-1/h), then c + gain (1 - c), day after day."""
    rules = {**STILL, "confidence_gain": gain, "confidence_half_life": 10.0}
    market = shops(rules, ({},), customers=20, days=15).run()
    expected = 0.0
    for _ in range(15):
        expected *= 0.5 ** (1 / 10)
        expected += gain * (1 - expected)
    assert market.customers.confidence[:, 0] == pytest.approx(np.full(20, expected), rel=1e-5)
    assert market.customers.tended[:, 0].tolist() == [14.0] * 20
    assert not any(market.customers.columns[name].any() for name in BENEFITS if name != "confidence")


def test_a_failure_takes_confidence_away():
    """Each failure takes its share; without failures nothing is lost."""
    rules = {**STILL, "confidence_loss": 0.3}
    experience = {"on": True, "noise": 0.0}
    for failure, expected in ((1.0, 0.7**4), (0.0, 1.0)):
        market = shops(rules, ({"failure": failure},), customers=20, days=4, experience=experience)
        deepened(market, {"confidence": 1.0, "respect": 1.0}).run()
        assert market.customers.confidence[:, 0] == pytest.approx(np.full(20, expected), rel=1e-5)
        assert (market.customers.respect == [1.0]).all()  # a failure is no insult


def test_visits_make_friends_where_there_is_time_for_people():
    market = shops({**STILL, "personal_contact": 0.2}, ({},), customers=20, days=6).run()
    assert market.customers.social[:, 0] == pytest.approx(np.full(20, 1 - 0.8**6), rel=1e-5)
    assert not any(market.customers.columns[name].any() for name in BENEFITS if name != "social")
    market = shops(STILL, ({},), customers=20, days=6).run()
    assert not market.customers.social.any()


# ---------------------------------------------------------------- what they do


@pytest.mark.parametrize("weight", [1.2, -0.8])
@pytest.mark.parametrize("benefit", BENEFITS)
def test_each_stock_pulls_by_its_weight_alone(benefit, weight):
    """Half full, it pulls by half its weight, however much the others would weigh; without weight, not at all."""
    rules = {**STILL, **{f"{name}_weight": 9.0 for name in BENEFITS}, f"{benefit}_weight": weight}
    market = deepened(shops(rules), {benefit: 0.5})
    assert market.processes["relationship"].pull_of(np.arange(3), 0, 0.0) == pytest.approx(weight / 2)
    found, n = share(market.run())
    agrees(found, expit(weight / 2), share_error(found, n))
    rules[f"{benefit}_weight"] = 0.0
    assert lives(deepened(shops(rules), {benefit: 0.5}).run()).equals(lives(shops({}).run()))


@pytest.mark.parametrize("benefit", BENEFITS)
def test_the_pull_fades_with_the_stock(benefit):
    """Day by day the share of the firm is the logit of weight x what is left, visits or not."""
    rules = {**STILL, f"{benefit}_weight": 2.0, f"{benefit}_half_life": 3.0}
    market = deepened(shops(rules, days=10), {benefit: 1.0})
    log = market.run().log.opportunities()
    for day in (0, 3, 9):
        found = (log.loc[log["time"] == day, "firm"] == "a").mean()
        agrees(found, expit(2.0 * 0.5 ** (day / 3)), share_error(found, N))
    left = market.customers.columns[benefit][:, 0] * 0.5 ** ((9 - market.customers.tended[:, 0]) / 3)
    np.testing.assert_allclose(left, 0.5**3, rtol=1e-5)  # whenever the customer came last


@pytest.mark.parametrize("benefit", BENEFITS)
def test_confidence_alone_forgives(benefit):
    """Satisfaction after a failure: quality less what of the severity is not forgiven."""
    rules = {**STILL, "forgiveness": 0.6}
    experience = {"on": True, "noise": 0.0, "memory": 1.0}
    table = {
        "levels": ({"quality": 0.9, "failure": 1.0, "severity": 0.5},),
        "customers": 50,
        "experience": experience,
    }
    market = deepened(shops(rules, **table), {benefit: 0.5}).run()
    forgiven = 0.6 * 0.5 if benefit == "confidence" else 0.0
    assert market.customers.satisfaction[:, 0] == pytest.approx(
        np.full(50, 0.9 - 0.5 * (1 - forgiven)), rel=1e-6
    )
    off = deepened(shops({**rules, "forgiveness": 0.0}, **table), {benefit: 0.5}).run()
    assert off.customers.satisfaction.tobytes() == shops({}, **table).run().customers.satisfaction.tobytes()


@pytest.mark.parametrize("risk_weight", [1.5, {"distribution": "uniform", "low": 0.5, "high": 2.5}])
def test_confidence_takes_away_risk(risk_weight):
    """What risk costs a customer falls by reassurance x confidence; all of it at full confidence."""
    choice, levels = {"risk_weight": risk_weight}, ({"risk": 0.8}, {})
    for confidence, reassurance in ((0.0, 1.0), (1.0, 1.0), (0.5, 0.6)):
        market = shops({**STILL, "reassurance": reassurance}, levels, choice=choice)
        relationship = deepened(market, {"confidence": confidence}).processes["relationship"]
        left = 0.8 * (1 - reassurance * confidence) * relationship.risk_weight.astype(float)
        pull = relationship.pull_of(np.arange(N), 0, 0.0)
        np.testing.assert_allclose(pull, 0.8 * relationship.risk_weight - left, rtol=0, atol=1e-5)
        found, n = share(market.run())
        agrees(found, expit(-left).mean(), share_error(found, n))
    off = deepened(shops(STILL, levels, choice=choice), {"confidence": 1.0}).run()
    assert lives(off).equals(lives(shops({}, levels, choice=choice).run()))


def test_a_relation_is_no_promotion():
    """The devoted who do not hear a rival's promotions still feel their relation with the rival."""
    more = {
        "experience": {"on": True, "memory": 0.0}, "devotion": {"on": True, "immunity": 1.0, "ease": 0.0},
        "switching": {"initial": "taste"}, "levels": ({}, {"share": 1.0001}),
    }  # fmt: skip
    market = deepened(shops({**STILL, "social_weight": 1.0}, **more), {"social": 1.0})
    market.customers.satisfaction[...] = 1.0
    assert (market.customers.incumbent == 1).all()
    found, n = share(market.run())
    agrees(found, expit(1.0), share_error(found, n))


def test_trust_makes_regulars():
    """Where confidence pulls, who bought here yesterday is likelier to buy here today; where it weighs nothing, not."""

    def loyalty(weight):
        market = shops(
            {**STILL, "confidence_gain": 0.3, "confidence_weight": weight}, customers=4000, days=30
        )
        firm = market.run().log.opportunities().sort_values(["customer", "time"])["firm"] == "a"
        chosen = firm.to_numpy().reshape(4000, 30)[:, 10:]
        same = chosen[:, 1:] == chosen[:, :-1]
        return grouped(lambda rows: rows.mean(), np.arange(4000) % 25, same)

    repeats, error = loyalty(2.0)
    assert repeats - 0.5 > 10 * error
    assert repeats > 0.52
    vanishes(loyalty(0.0)[0] - 0.5, loyalty(0.0)[1], 0.01)
