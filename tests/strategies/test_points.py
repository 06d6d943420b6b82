"""Points (P3): what becomes of points against closed forms, and what they buy."""

import math

import numpy as np
import pytest
from worlds.one_shop import STAMPS, book, chosen, collect, mug

from regulars.ground.errors import RegularsError
from regulars.ground.parameter import Problem
from regulars.world.ledger import MILLION

YEAR = 365.25


# ---------------------------------------------------------------- what becomes of points


@pytest.mark.parametrize(
    ("stay", "steps", "oracle"), [(0.95, 5, 0.0999), (0.95, 10, 0.2147), (0.90, 10, 0.4052)]
)
def test_breakage_of_a_stamp_card(stay, steps, oracle):
    """1 - T s^T / (1 - s^T) (1 - s) / s for another-purchase probability s (regularities 4.11a)."""
    rules = {**STAMPS, "rewards": mug(steps)}
    exit_rate = -math.log(stay) * YEAR
    market = (
        collect(1.0, rules, **{"turnover.exit_rate": exit_rate, "market.customers": 4000, "market.days": 260})
        .market(log="memory")
        .run()
    )
    made = market.log.purchases().groupby("customer").size().to_numpy()
    used = steps * (made // steps)
    flows = {name: flow.sum() / MILLION for name, flow in book(market).flows.items()}
    assert flows["issued"] == made.sum() and flows["redeemed"] == used.sum()
    assert flows["issued"] == flows["redeemed"] + flows["forfeited"]  # everybody has left
    breakage = 1 - used.sum() / made.sum()
    error = (used - (1 - breakage) * made).std() / made.mean() / math.sqrt(made.size)
    exact = 1 - steps * stay**steps / (1 - stay**steps) * (1 - stay) / stay
    assert exact == pytest.approx(oracle, abs=5e-5)
    assert abs(breakage - exact) < 4 * error


@pytest.mark.parametrize("valid", [11, 0])
def test_expiry_and_leaving(valid):
    """rho (1 - q^12) / (1 - q), q = (1-mu)(1-rho): redeemed of points with 12 visits to live (4.11b, but for a first death)."""
    rho, mu, n = 0.05, 0.02, 5000
    rules = {
        **STAMPS,
        "rewards": mug(1, 1e-9),
        "redemption_rate": rho,
        "lot": 1.0,
        "purchase_valid": valid,
        "changes": [(1, 0.0)],
    }
    market = (
        collect(
            1.0,
            rules,
            **{
                "turnover.exit_rate": -math.log(1 - mu) * YEAR,
                "market.customers": n,
                "market.days": 30 if valid else 300,
            },
        )
        .market()
        .run()
    )
    q = (1 - mu) * (1 - rho)
    exact = rho * (1 - q ** (12 if valid else 1e9)) / (1 - q)
    assert exact * (1 - mu) == pytest.approx(0.40902 if valid else 0.7101, abs=1e-4)
    flows = {name: flow.sum() / MILLION for name, flow in book(market).flows.items()}
    assert flows["issued"] == n
    assert abs(flows["redeemed"] / n - exact) < 4 * math.sqrt(exact * (1 - exact) / n)
    assert flows["expired"] > 0 if valid else flows["expired"] == 0
    assert flows["redeemed"] + flows["expired"] + flows["forfeited"] == n


@pytest.mark.parametrize("valid", [0, 8])
def test_little_s_law(valid):
    """Points outstanding = points a day * days that a point lives: all points held are redeemed at a visit with chance rho."""
    rho, n = 0.2, 3000
    rules = {
        **STAMPS,
        "rewards": mug(1, 1e-9),
        "redemption_rate": rho,
        "most_rewards": 10**6,
        "lot": 1.0,
        "purchase_valid": valid,
    }
    market = collect(0.5, rules, **{"market.customers": n, "market.days": 160}).market()
    held = []
    market.observers.append(lambda m: held.append(m.firms[0].strategies["points"].points.copy() / MILLION))
    market.run()
    mean = np.array(held[60:]).mean(axis=0)
    per_day = (
        rho * 0.5
    )  # chance of a redemption on a day; a point waits for one from the end of its first day on
    alive = (1 - rho) * (1 - per_day) ** np.arange(valid + 1 if valid else 10**4)
    assert abs(mean.mean() - 0.5 * alive.sum()) < 4 * mean.std() / math.sqrt(n)


def test_expected_breakage_of_a_third_is_within_reach():
    """US 2011: a third of all points was never redeemed (4.11); plausible customers do that."""
    rules = {"rewards": mug(20), "reward_taste": 0.0, "redemption_rate": 0.3}
    changes = {
        "need.process": "poisson",
        "need.mean": 0.5,
        "need.shape": 0.8,
        "turnover.exit_rate": 0.3,
        "market.days": 1456,
        "market.tick": 7,
        "market.customers": 800,
    }
    flows = book(collect(0.5, rules, **changes).market().run()).flows
    lost = (flows["expired"] + flows["forfeited"]).sum()
    assert 0.2 < lost / (lost + flows["redeemed"].sum()) < 0.5


# ---------------------------------------------------------------- earning and redeeming


def test_rules_change_on_their_day():
    rules = {**STAMPS, "rewards": mug(), "changes": [(30, 2.0), (60, 0.0)]}
    market = collect(0.3, rules, **{"market.days": 90}).market().run()
    sold = market.log.totals.purchases[:, 0]
    assert book(market).flows["issued"].sum() == MILLION * (sold[:30].sum() + 2 * sold[30:60].sum())
    for days, gain in ((slice(0, 30), 0.3), (slice(30, 60), 0.6), (slice(60, 90), 0.0)):
        p, count = 0.3 * math.exp(gain) / (0.7 + 0.3 * math.exp(gain)), 2000 * 30
        assert abs(sold[days].sum() / count - p) < 4 * math.sqrt(p * (1 - p) / count)


def test_reviews_and_shares():
    """Each at its own chance and for its own time, at most so many a period; they do not buy services."""
    rules = {
        **STAMPS,
        "per_unit": 0.0,
        "rewards": mug(1e6),
        "review_rate": 0.2,
        "share_rate": 0.1,
        "most_talk": 10**4,
    }
    market = collect(1.0, rules, **{"market.days": 91}).market().run()
    issued = book(market).flows["issued"] / MILLION
    for way, (chance, points) in ((1, (0.2, 10)), (2, (0.1, 5))):
        told, n = issued[way] / points, 2000 * 91
        assert abs(told / n - chance) < 4 * math.sqrt(chance * (1 - chance) / n)
    few = collect(1.0, {**rules, "review_rate": 1.0, "most_talk": 3}, **{"market.days": 182}).market().run()
    assert book(few).flows["issued"][1] == 2 * 3 * 10 * 2000 * MILLION
    service = [{"name": "repair", "kind": "service", "points": 20, "worth": 5.0, "cost": 2.0}]
    for may, redeemed in ((False, 0), (True, 20 * 2000)):
        told = {
            **rules,
            "review_rate": 1.0,
            "share_rate": 0.0,
            "most_talk": 3,
            "rewards": service,
            "talk_buys_services": may,
        }
        assert (
            book(collect(1.0, told, **{"market.days": 10}).market().run()).flows["redeemed"].sum()
            == redeemed * MILLION
        )


def test_what_points_buy():
    """A coupon is taken off the next purchase, a good costs what it costs, a service is felt at the next purchase."""
    coupon = [{"name": "off", "kind": "coupon", "points": 4, "worth": 0.5}]
    market = (
        collect(1.0, {**STAMPS, "rewards": coupon}, **{"market.days": 20, "market.customers": 10})
        .market(log="memory")
        .run()
    )
    used = market.log.events().query("event == 'use_credit' and customer == 0")
    assert used["time"].tolist() == [4.0, 8.0, 12.0, 16.0] and used["amount"].tolist() == [0.5] * 4
    assert market.ledger.value("rewards", 0) == pytest.approx(5 * 10 * 0.5)
    assert market.ledger.value("liability", 0) == pytest.approx(10 * 0.5)  # the fifth coupon
    goods = (
        collect(1.0, {**STAMPS, "rewards": mug(4, 3.0, 1.2)}, **{"market.days": 21, "market.customers": 10})
        .market()
        .run()
    )
    assert goods.ledger.value("rewards", 0) == pytest.approx(10 * (5 * 1.2 + 1.2 / 4))
    assert goods.ledger.value("liability", 0) == pytest.approx(10 * 1.2 / 4)
    service = {"name": "repair", "kind": "service", "points": 4, "worth": 1.0}
    felt = [
        collect(1.0, {**STAMPS, "rewards": [{**service, "service": s}]}, **{"market.days": 5, "experience.on": True, "experience.noise": 0.0})
        .market().run().customers.satisfaction.mean()
        for s in (0.0, 0.4)
    ]  # fmt: skip
    assert felt[1] - felt[0] == pytest.approx(
        0.3 * 0.4, abs=1e-5
    )  # memory .3: only the fifth purchase is better


def test_hassle_and_not_getting_round_to_it():
    for rules in ({"hassle": 3.5}, {"redemption_rate": 0.0}):
        market = collect(0.3, {**STAMPS, "rewards": mug(), **rules}).market(log="memory").run()
        assert book(market).flows["redeemed"].sum() == 0
        assert (chosen(market) == chosen(collect(0.3).market(log="memory").run())).all()


def test_customers_differ_in_what_they_aim_for():
    market = collect(0.3, {}, **{"market.days": 1}).market()
    wanted = np.bincount(market.firms[0].strategies["points"].favourite, minlength=3) / 2000
    assert (wanted > 0.05).all()
    alike = collect(0.3, {"reward_taste": 0.0}, **{"market.days": 1}).market()
    assert len(set(alike.firms[0].strategies["points"].favourite.tolist())) == 1


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"review_valid": 100.0}, "review_valid: 100 days is no whole number of lots of 91 days; write 91 or 182"),
        ({"purchase_valid": 12}, "write 91, or 364 if 12 months are meant"),
        ({"changes": [(10.0, 1.0), (5.0, 2.0)]}, "changes.1"),
        ({"events": [(10.0, 5.0, 2.0)]}, "events.0"),
        ({"rewards": [{"name": "mug", "kind": "goods"}]}, "rewards.0.kind"),
        ({"rewards": [{"name": "mug", "poins": 3}]}, "did you mean 'points'"),
        ({"rewards": [{"name": "mug", "points": 0}]}, "rewards.0.points: 0.0 is outside [0.000001, inf)"),
        ({"endowed": 150.0, "endowed_again": True}, "endowed"),
    ],
)  # fmt: skip
def test_mistakes_are_told(rules, told):
    with pytest.raises(Problem) as problem:
        collect(0.3, rules)
    assert told in str(problem.value)


# ---------------------------------------------------------------- what cannot be counted


@pytest.mark.parametrize(
    ("rules", "price", "told"),
    [
        ({"per_unit": 1e9}, 1000.0, "a purchase earns more than 9.007e\\+09 points"),
        ({"per_unit": 9e9}, 1e5, "a purchase earns more than 9.007e\\+09 points"),
        ({"per_unit": 1e6, "changes": [(3.0, 9e9)]}, 1e-3, None),
        ({"per_unit": 1e6, "changes": [(3.0, 9e9)]}, 2.0, "a purchase earns more"),
        ({"per_unit": 0.0, "endowed": 9e9, "rewards": mug(9e9), "endowed_again": False}, 1.0, None),
    ],
)
def test_points_that_cannot_be_counted_are_refused(rules, price, told):
    market = collect(
        1.0, {**STAMPS, **rules}, **{"market.days": 6, "market.customers": 50, "firms.0.price": price}
    ).market()
    if told is None:
        market.run().ledger.check()
        return
    with pytest.raises(RegularsError, match=rf"firms\.\w+\.strategies\.points: {told}"):
        market.run()


def test_points_of_all_customers_do_not_wrap():
    """Nine billion points each for two thousand customers, day by day: more than a word of millionths."""
    rules = {**STAMPS, "per_unit": 8e9, "rewards": (), "purchase_valid": 0.0}
    market = collect(1.0, rules, **{"market.days": 10, "market.customers": 2000}).market().run()
    market.ledger.check()
    sold = int(market.totals.purchases[:, 0].sum())
    assert sold == 20_000 and book(market).flows["issued"].tolist()[0] == sold * 8 * 10**15 > 2**63
    assert market.ledger.value("outstanding", 0) == sold * 8e9


def test_one_customer_s_points_are_bounded():
    rules = {**STAMPS, "per_unit": 9e9, "rewards": (), "purchase_valid": 0.0}
    market = collect(1.0, rules, **{"market.days": 600, "market.customers": 3}).market()
    with pytest.raises(RegularsError, match=r"a customer holds more than 4\.612e\+12"):
        market.run()


@pytest.mark.parametrize(("points", "most"), [(1e-7, 1), (1e9, 10**6)])
def test_rewards_that_cannot_be_counted_are_refused(points, most):
    reward = [{"name": "mug", "kind": "good", "points": points, "cost": 1e6}]
    with pytest.raises(Problem, match=r"rewards\.0"):
        collect(1.0, {**STAMPS, "rewards": reward, "most_rewards": most})
