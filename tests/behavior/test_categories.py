"""Categories: what is wanted, who sells it, and where customers are used to buying it."""

import numpy as np
import pytest
from oracles.judge import agrees, share_error, vanishes
from scipy.special import expit
from worlds.busy import world
from worlds.lives import differences

from regulars import Scenario
from regulars.ground.parameter import Problem
from regulars.market import Market

N = 20_000
GOODS = [{"name": "milk", "share": 3.0}, {"name": "fruit", "share": 1.0}, {"name": "toys", "share": 1.0}]
YOUNG = [{"name": "old"}, {"name": "young", "weight": 3.0, "shares": {"toys": 6.0, "milk": 0.0}}]


def shops(categories=GOODS, mix=None, sold=({}, {}), customers=N, days=2, **more):
    """Two shops alike but for what they sell; everybody meets one opportunity a day."""
    table = {
        "market": {"customers": customers, "days": days},
        "need": {"process": "calendar"},
        "taste": {"kind": "homogeneous"},
        "categories": categories,
        "mix": mix or {},
        "firms": [{"name": name, "categories": own} for name, own in zip("ab", sold, strict=True)],
        **more,
    }
    return Scenario(table).market(seed=17, log="memory")


def met(market):
    """(customer, category, chosen, quantity) of every opportunity, tick by tick."""
    seen = []

    def look(market):
        now = market.latest()
        seen.append(np.column_stack([now.who, now.category, now.chosen, now.quantity]))

    market.observers.append(look)
    market.run()
    return np.concatenate(seen).T


def lives(market):
    return market.log.opportunities()


# ---------------------------------------------------------------- what is wanted


def test_categories_come_up_in_their_shares():
    _, category, _, _ = met(shops(days=5))
    for k, share in enumerate((0.6, 0.2, 0.2)):
        agrees((category == k).mean(), share, share_error(share, category.size))


def test_every_kind_of_customer_has_its_own_shares():
    """Kinds occur by weight; shares not named are those of everybody."""
    market = shops(mix={"kinds": YOUNG}, days=10)
    shares = market.processes["categories"].shares
    young = shares[:, 2] > 0.5
    agrees(young.mean(), 0.75, share_error(0.75, N))
    assert shares[young] == pytest.approx(np.tile([0, 1 / 7, 6 / 7], (young.sum(), 1)))
    assert shares[~young] == pytest.approx(np.tile([0.6, 0.2, 0.2], ((~young).sum(), 1)))
    who, category, _, _ = met(market)
    of_young = young[who.astype(int)]
    agrees((category[of_young] == 2).mean(), 6 / 7, share_error(6 / 7, of_young.sum()))
    assert not (category[of_young] == 0).any()
    agrees((category[~of_young] == 0).mean(), 0.6, share_error(0.6, (~of_young).sum()))


@pytest.mark.parametrize("concentration", [0.7, 8.0])
def test_customers_differ_as_dirichlet(concentration):
    """Mean and spread of a customer's shares around those of all: variance m (1 - m) / (1 + concentration)."""
    shares = shops(mix={"concentration": concentration}).processes["categories"].shares
    assert shares.sum(axis=1) == pytest.approx(np.ones(N))
    for k, mean in enumerate((0.6, 0.2, 0.2)):
        spread = np.sqrt(mean * (1 - mean) / (1 + concentration))
        agrees(shares[:, k].mean(), mean, spread / np.sqrt(N))
        agrees(shares[:, k].std(), spread, spread / np.sqrt(N), sharp=0.06)
    alike = shops().processes["categories"].shares
    assert (alike == alike[0]).all()


def test_what_is_wanted_does_not_depend_on_what_firms_do():
    """The same customers want the same things whatever is sold, and whoever else is there."""
    _, category, _, _ = met(shops(customers=300, days=5, sold=({}, {})))
    who, other, chosen, _ = met(shops(customers=301, days=5, sold=({"milk": 2.0}, {"fruit": 0.0})))
    assert (category == other[who < 300]).all()
    assert (chosen == -1).any()


# ---------------------------------------------------------------- who sells it


def test_nobody_buys_what_is_not_sold():
    _, category, chosen, _ = met(shops(sold=({"milk": 0.0}, {"milk": 0.0, "fruit": 0.0})))
    assert set(chosen[category == 0]) == {0, 1}
    assert set(chosen[category == 1]) == {1}
    assert set(chosen[category == 2]) == {-1}


def test_a_firm_pulls_in_each_category_by_its_own_number():
    _, category, chosen, _ = met(shops(sold=({"milk": 0.9, "fruit": -1.3, "toys": 0.0}, {})))
    for k, pull in enumerate((0.9, -1.3, 0.0)):
        rows = category == k
        agrees((chosen[rows] == 0).mean(), expit(pull), share_error(expit(pull), rows.sum()), sharp=0.1)


def test_baskets_differ_by_category():
    goods = [{"name": "milk"}, {"name": "fruit", "basket": 2.5}]
    _, category, chosen, quantity = met(shops(goods, spending={"basket": 2.0}))
    assert (chosen >= 0).all()
    assert quantity == pytest.approx(np.where(category == 1, 5.0, 2.0))


# ---------------------------------------------------------------- habits


@pytest.mark.parametrize("unfamiliar", [1.4, 0.0])
def test_what_was_never_bought_here_is_not_thought_of_here(unfamiliar):
    """Used to buying milk, and only milk, at the first shop: it has the advantage for milk, and for nothing else."""
    market = shops(GOODS[:2], mix={"unfamiliar": unfamiliar}, days=1)
    market.customers.familiar[:, 0] = 1  # the first bit: milk
    _, category, chosen, _ = met(market)
    for k, advantage in enumerate((unfamiliar, 0.0)):
        rows = category == k
        expected = expit(advantage)
        agrees((chosen[rows] == 0).mean(), expected, share_error(expected, rows.sum()), sharp=0.07)


def test_one_purchase_makes_familiar():
    """One bit for every category bought at a shop, up to the last of 32; once is enough."""
    goods = [{"name": f"g{k}"} for k in range(32)]
    market = shops(goods, customers=200, days=40, mix={"unfamiliar": 0.5})
    who, category, chosen, _ = (column.astype(int) for column in met(market))
    expected = np.zeros((200, 2), np.uint32)
    np.bitwise_or.at(expected, (who, chosen), np.left_shift(np.uint32(1), category.astype(np.uint32)))
    assert (market.customers.familiar == expected).all()
    assert (expected >> 31).any()


def test_habits_are_no_promotion():
    """Who does not hear promotions of rivals is no more used to them than before."""
    more = {"experience": {"on": True, "memory": 0.0, "initial": 1.0}, "mix": {"unfamiliar": 1.4}, "days": 1}
    market = shops(GOODS[:2], devotion={"on": True, "immunity": 1.0, "ease": 0.0, "basket": 0.0}, **more)
    market.customers.familiar[:, 0] = 3
    market.customers.incumbent[...] = 0
    chosen = met(market)[2]
    agrees((chosen == 0).mean(), expit(1.4), share_error(expit(1.4), N))


def test_cross_selling_begins_slowly():
    """With habits the first purchase of toys at the shop of milk comes later than without."""

    def toys_at_home(unfamiliar):
        market = shops(mix={"unfamiliar": unfamiliar}, days=1)
        market.customers.familiar[:, 0] = 1
        market.customers.familiar[:, 1] = 7  # the other shop is known for everything
        _, category, chosen, _ = met(market)
        return (chosen[category == 2] == 0).mean(), (category == 2).sum()

    slow, n = toys_at_home(2.0)
    agrees(slow, expit(-2.0), share_error(expit(-2.0), n), sharp=0.2)
    even, n = toys_at_home(0.0)
    vanishes(even - 0.5, share_error(0.5, n), 0.03)


# ---------------------------------------------------------------- off, looking, saving


def test_one_category_is_none():
    """A market in which all is of one kind lives as one that knows no kinds, to the bit."""
    plain = world().market(log="memory").run()
    assert "categories" not in plain.processes
    assert not plain.customers.has("familiar")
    one = world(categories=[{"name": "all"}]).market(log="memory").run()
    assert lives(one).equals(lives(plain))


def test_all_opportunities_of_a_tick_can_be_looked_at():
    """`latest` shows every opportunity of a long tick with its category, though customers had several."""
    market = shops(
        customers=200, days=28, need={"mean": 9.0}, market={"customers": 200, "days": 28, "tick": 7}
    )
    who, category, _, _ = met(market)
    assert len(who) == len(lives(market)) > 6000
    short = shops(customers=200, days=28, need={"mean": 9.0})
    found = [
        np.bincount((3 * table[0] + table[1]).astype(int), minlength=600)
        for table in (met(short), (who, category))
    ]
    assert (found[0] == found[1]).all()  # and a category does not depend on the length of a tick


def test_threads_and_saving(tmp_path):
    scenario = world(categories=GOODS, mix={"unfamiliar": 1.0, "concentration": 2.0, "kinds": YOUNG})
    straight = scenario.market(log="memory").run()
    assert lives(straight).equals(lives(scenario.market(log="memory", threads=2).run()))
    market = scenario.market(log="memory")
    for _ in range(9):
        market.step()
    loaded = Market.load(market.save(tmp_path / "m"))
    assert loaded.customers.familiar.any()
    assert differences(straight, loaded.run()) == []


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"categories": [{"name": "milk"}, {"name": "milk"}]},
            r"categories\.1\.name: 'milk' is the name of another",
        ),
        ({"categories": [{"name": ""}]}, r"categories\.0\.name: '' will not do"),
        ({"categories": [{"name": "milk", "share": 0.0}]}, r"categories\.0\.share: at least one"),
        ({"categories": [{"name": "milk", "share": -1.0}]}, r"categories\.0\.share: -1\.0 is outside"),
        ({"categories": [{"name": "milk", "basket": 0.0}]}, r"categories\.0\.basket"),
        ({"categories": [{"name": "milk", "price": 1.0}]}, r"categories\.0\.price: no parameter"),
        ({"categories": [{"name": f"g{k}"} for k in range(33)]}, r"categories: 33 categories are too many"),
        ({"mix": {"kinds": [{"name": "k", "weight": 0.0}]}}, r"mix\.kinds\.0\.weight"),
        (
            {"mix": {"kinds": [{"name": "k", "shares": {"mlk": 1.0}}]}},
            r"mix\.kinds\.0\.shares\.mlk: .* did you mean 'milk'",
        ),
        (
            {"mix": {"kinds": [{"name": "k", "shares": {"milk": -1.0}}]}},
            r"mix\.kinds\.0\.shares: .* at least 0",
        ),
        (
            {"mix": {"kinds": [{"name": "k", "shares": {"milk": 0, "fruit": 0, "toys": 0}}]}},
            r"mix\.kinds\.0\.shares: .* nothing",
        ),
        (
            {"mix": {"kinds": [{"name": "k", "shares": {"milk": float("nan")}}]}},
            r"mix\.kinds\.0\.shares\.milk: nan",
        ),
        ({"mix": {"concentration": -1.0}}, r"mix\.concentration"),
        ({"mix": {"unfamiliar": 99.0}}, r"mix\.unfamiliar"),
        (
            {"firms": [{"name": "a", "categories": {"milch": 0.0}}]},
            r"firms\.0\.categories\.milch: .* did you mean 'milk'",
        ),
        (
            {"firms": [{"name": "a", "categories": {"milk": float("inf")}}]},
            r"firms\.0\.categories\.milk: inf",
        ),
        (
            {"firms": [{"name": "a", "categories": {"milk": 51.0}}]},
            r"firms\.0\.categories\.milk: 51\.0 is outside",
        ),
        ({"firms": [{"name": "a", "categories": {"milk": "much"}}]}, r"firms\.0\.categories\.milk"),
        (
            {"categories": [], "firms": [{"name": "a", "categories": {"milk": 0.0}}]},
            r"firms\.0\.categories\.milk: no category",
        ),
    ],
)
def test_nonsense_is_named(changes, told):
    with pytest.raises(Problem, match=told):
        Scenario({"categories": GOODS, "firms": [{"name": "a"}], **changes})
