"""Privileges: who has them, what they are worth beside money, what exclusivity does, what they cost and to which source."""

import math

import numpy as np
import pytest
from worlds.chances import near
from worlds.corner import corner
from worlds.lives import happened, lives, run
from worlds.online_shops import mine, purchases, world

from regulars import Scenario
from regulars.ground.parameter import Problem

ALL = {"audience": "everybody", "exclusivity": 0.0, "cost": 0.0}
BEST = {"audience": "spent:3", "worth": 1.0, "cost": 0.1}


def privileges(**rules):
    """Privileges, as the rules say."""
    return {"privileges": rules}


def test_privileges_pull_the_privileged_only():
    """Who never has them lives as without, opportunity by opportunity; who has comes more."""
    market, none = run(world(privileges(**BEST))), run(world())
    ever = set(happened(market, "privilege")["customer"])
    a, b = lives(market), lives(none)
    outside = ~a["customer"].isin(ever)
    assert 50 < len(ever) < 550 and a[outside].equals(b[outside])
    ours = [(t.loc[~outside, "firm"] == "shop").sum() for t in (a, b)]
    assert ours[0] > 1.1 * ours[1]


def test_who_is_privileged_by_hand():
    """At the look on day 84: the sum of what was paid, each weighed by e^(-age in years), above 3."""
    market = run(world(privileges(**BEST), market__days=85))
    table = lives(market)
    table = table[(table["firm"] == "shop") & (table["time"] < 84)]
    weighed = table["amount"] * np.exp(-(84 - table["time"]) / 365.25)
    recent = weighed.groupby(table["customer"]).sum().reindex(range(600), fill_value=0.0)
    clear = np.abs(recent - 3.0).to_numpy() > 1e-4
    assert (mine(market).privileged == (recent > 3.0).to_numpy())[clear].all() and clear.mean() > 0.99
    assert 0.1 < mine(market).privileged.mean() < 0.9
    before = run(world(privileges(**BEST), market__days=28))
    assert not mine(before).privileged.any() and lives(before).equals(lives(run(world(market__days=28))))


def test_a_privilege_moves_the_odds_by_its_worth():
    n = 20_000
    for rules, pull in ((ALL, 0.7), ({**ALL, "exclusivity": 1.0}, 0.0)):
        market = run(
            corner(privileges(**rules, worth=0.7), p=0.4, online=True, market__customers=n, market__days=3)
        )
        p = 1 / (1 + 1.5 * math.exp(-pull))
        assert near(lives(market)["firm"].notna().mean(), p, 3 * n)


def test_the_more_have_it_the_less_it_is_worth():
    """worth (1 - part)^exclusivity, where the part is that of the customers who are in the market."""
    come_and_go = {"turnover__exit_rate": 1.0, "turnover__entry_rate": 1.0}
    felt, parts = [], []
    for spent in (12, 6, 3, 1, 0):
        market = run(
            world(privileges(**{**BEST, "audience": f"spent:{spent}"}), **come_and_go, market__days=85)
        )
        own, c = mine(market), market.customers
        here = (c.entry <= 84) & (c.exit > 84)
        assert own.part[0] == own.privileged.sum() / here.sum() and not own.privileged[~here].any()
        assert own.felt() == pytest.approx(1.0 - own.part[0])
        parts.append(own.part[0])
        felt.append(own.felt())
    assert parts == sorted(parts) and felt == sorted(felt)[::-1] and felt[-1] < 0.7 * felt[0]
    flat = mine(run(world(privileges(**{**BEST, "exclusivity": 0.0}), market__days=85)))
    assert flat.felt() == 1.0 and flat.part[0] > 0.1


# ---------------------------------------------------------------- beside money (claim C13)


def money_or_privilege(sensitivity, worth):
    """Purchases and profit where everybody gets 5% off, or a privilege that costs as much."""
    market = {"choice__price_sensitivity": sensitivity, "choice__outside_utility": -sensitivity}
    ran = [
        run(world(own, **market))
        for own in (
            {"everyday_low_price": {"discount": 0.05}},
            privileges(**{**ALL, "cost": 0.05}, worth=worth, depth=0.0),
        )
    ]
    return [(m.firm("shop").purchases, m.firm("shop").profit) for m in ran]


def test_a_privilege_that_is_felt_like_money_works_like_money():
    """Worth = money weight x its cost: the same customers come on the same days, and the profit is the same."""
    (cheap, cheap_profit), (served, served_profit) = money_or_privilege(2.0, 0.05 * 2.0)
    assert abs(cheap - served) <= 2 and served_profit == pytest.approx(cheap_profit, rel=1e-3)


def test_privilege_or_money_hangs_on_who_minds_the_price():
    """The same privilege at the same cost beats money among those who mind prices little, and loses among the others."""
    (cheap, _), (served, profit) = money_or_privilege(1.0, 0.15)
    (cheap_too, cheap_profit), (served_too, less) = money_or_privilege(6.0, 0.15)
    assert served > cheap and served_too < cheap_too
    assert profit > money_or_privilege(1.0, 0.15)[0][1] and less < cheap_profit


# ---------------------------------------------------------------- cost and source


def test_a_privileged_visit_costs_and_nobody_elses():
    market = run(world(privileges(**{**ALL, "cost": 0.3}, worth=0.2)))
    market.ledger.check()
    f = market.firm("shop").index
    assert market.ledger.value("rewards", f) == pytest.approx(0.3 * market.firm("shop").purchases)
    assert market.ledger.value("rewards", 1 - f) == 0


def test_every_unit_has_its_source():
    """In lockstep the cost of a visit lies where the same opportunity ended without the privileges."""
    control = world().market()
    market = world(privileges(**BEST)).market(log="memory", against=control)
    kept = np.zeros(4, np.int64)
    while control.day < 112:
        control.step()
        market.step()
        here = market.latest()
        own = mine(market).privileged[here.who] & (here.chosen == market.firm("shop").index)
        kept += np.bincount(here.source[own], minlength=4)
    by_source = market.ledger.by_source[market.firm("shop").index]
    assert (by_source == kept * 100_000).all() and (by_source[:3] > 0).all() and by_source[3] == 0
    assert by_source.sum() == market.ledger.money["rewards"][market.firm("shop").index]


def test_better_service_is_felt():
    on = {"experience__on": True, "bond__on": True, "bond__response": "linear"}
    served, plain = (run(world(privileges(**ALL, worth=0.0, service=s), **on)) for s in (0.4, 0.0))
    f = served.firm("shop").index
    assert served.customers.satisfaction[:, f].mean() > plain.customers.satisfaction[:, f].mean() + 0.1
    assert served.firm("shop").purchases > plain.firm("shop").purchases


def test_special_treatment_grows_with_privileged_visits():
    on = {
        "relationship__on": True,
        "relationship__special_half_life": 0.0,
        "relationship__special_weight": 0.0,
    }
    market = run(world(privileges(**ALL, worth=0.0, depth=0.1), **on, relationship__confidence_gain=0.0))
    table, f = lives(market), market.firm("shop").index
    visits = np.bincount(table.loc[table["firm"] == "shop", "customer"], minlength=600)
    assert market.customers.special[:, f] == pytest.approx(1 - 0.9**visits, abs=1e-4)


# ---------------------------------------------------------------- off, generosity


@pytest.mark.parametrize("worth", [0.0, 1.0])
def test_more_of_it_never_attracts_less(worth):
    if worth:  # more exclusive, hence worth more to the same customers
        sales = [purchases(world(privileges(**{**BEST, "exclusivity": e}))) for e in (5.0, 2.0, 1.0, 0.0)]
    else:
        sales = [purchases(world(privileges(**{**BEST, "worth": w}))) for w in (0.0, 0.3, 0.8, 2.0)]
    assert sales == sorted(sales) and sales[-1] > 1.02 * sales[0]


def test_both_shops_may_have_them():
    both, none = run(world(privileges(**BEST), privileges(**BEST))), run(world())
    both.ledger.check()
    assert (both.ledger.money["rewards"] > 0).all()
    assert both.totals.purchases.sum() > none.totals.purchases.sum()


# ---------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"audience": "spent"}, "number is needed after 'spent:'"),
        ({"audience": "members:pionts"}, "did you mean 'points'"),
        ({"worth": -0.1}, "pull of privileges"),
        ({"exclusivty": 2.0}, "did you mean 'exclusivity'"),
    ],
)
def test_mistakes_are_told(rules, told):
    with pytest.raises(Problem, match=told):
        world(privileges(**rules))


def test_members_of_what_the_firm_does_not_have():
    with pytest.raises(Problem, match=r"privileges\.audience: 'members:points' is nobody"):
        world(privileges(audience="members:points"))
    assert isinstance(world(privileges(audience="members")), Scenario)
