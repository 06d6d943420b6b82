"""Contracts that renew themselves: who does not attend goes on paying (regularities 3.7, 1.4 and O33)."""

import math

import numpy as np
import pytest

from regulars import Scenario
from regulars.ground.parameter import Problem
from regulars.laws.sbg import SBG
from regulars.market import Market
from regulars.measures import top_share

PROVES = ("P18",)
MONTH = 28.0


def gym(attention=1.0, lose_interest=0.0, *, customers=3000, months=39, firms=2, **changes):
    """Gyms at a flat fee a month; everybody is a member of one of them at the start."""
    return Scenario(
        {
            "market": {"customers": customers, "days": months * MONTH},
            "need": {"process": "calendar", "interval": MONTH},
            "switching": {"initial": "share"},
            "subscription": {"on": True, "attention": attention, "lose_interest": lose_interest},
            "firms": [{"name": name, "price": 70.0, "cost": 20.0} for name in "abc"[:firms]],
        }
    ).set({name.replace("__", "."): value for name, value in changes.items()})


def dates(market):
    """Where every billing date ended, shape (customers, months): number of the firm, or -1."""
    log = market.log.opportunities().sort_values(["customer", "time"])
    return log["firm"].cat.codes.to_numpy().reshape(market.customers.count, -1)


def paid_for_nothing(market):
    """Months paid after interest was lost, of those who lost it early enough to have cancelled by the end."""
    bored = market.processes["subscription"].bored
    late = market.scenario.spec.market.days - 25 * MONTH  # (1 - .302) ** 25 = .0001 go on for longer
    who = np.flatnonzero(bored < late)
    billed = np.arange(dates(market).shape[1]) * MONTH >= bored[who, None]
    assert who.size > 500
    return ((dates(market)[who] >= 0) & billed).sum(axis=1)


@pytest.mark.big
@pytest.mark.parametrize("attention", [0.302, 0.6])
def test_months_paid_for_nothing(attention):
    """(1 - kappa) / kappa months on the mean (DellaVigna & Malmendier 2006: 2.31), geometric."""
    wasted = paid_for_nothing(gym(attention, 2.0).market(log="memory").run())
    mean = (1 - attention) / attention
    assert attention != 0.302 or mean == pytest.approx(2.31, abs=0.005)
    sd = math.sqrt(1 - attention) / attention
    assert abs(wasted.mean() - mean) <= 4 * sd / math.sqrt(wasted.size)
    at_once = (wasted == 0).mean()
    assert abs(at_once - attention) <= 4 * math.sqrt(attention * (1 - attention) / wasted.size)


def test_who_attends_pays_for_nothing_not_once():
    assert not paid_for_nothing(gym(1.0, 2.0).market(log="memory").run()).any()


def test_who_does_not_attend_stays_where_he_is():
    """At a share of dates of 1 - kappa nothing can change; otherwise all is as without a contract."""
    kappa = 0.4
    market = gym(kappa, taste__kind="homogeneous").market(log="memory").run()
    codes = dates(market)
    changes = (codes[:, 1:] != codes[:, :-1]).mean()
    p, n = kappa / 2, codes[:, 1:].size  # two firms alike: half of those who compare go over
    assert abs(changes - p) <= 4 * math.sqrt(p * (1 - p) / n)


def test_attending_always_is_the_same_as_no_contract():
    """Attention 1 and interest for ever: the same lives, to the bit."""
    with_, without = (gym().set({"subscription.on": on}).market(log="memory").run() for on in (True, False))
    assert with_.log.opportunities().equals(without.log.opportunities())
    assert with_.ledger.table() == without.ledger.table()


def test_cancelling_is_told_once():
    market = gym(0.5, 3.0).market(log="memory").run()
    events = market.log.events()
    cancelled = events[events["event"] == "cancel"]
    assert cancelled["customer"].is_unique
    gone = (dates(market)[:, -1] < 0).sum()
    assert gone == len(cancelled) > 1000


@pytest.mark.big
def test_retention_rises_as_the_restless_leave():
    """Tastes Dirichlet, first firm by chance: stayers by date are a shifted beta-geometric with a = S (1-s), b = S s."""
    concentration, months = 1.5, 12
    market = (
        gym(customers=20_000, months=months, taste__concentration=concentration).market(log="memory").run()
    )
    first = np.asarray(market.people().incumbent)
    stayed = np.cumprod(dates(market) == first[:, None], axis=1)
    law = SBG(concentration / 2, concentration / 2)
    n = len(first)
    alive = stayed.mean(axis=0)
    expected = law.survival(np.arange(1, months + 1))
    assert np.all(np.abs(alive - expected) <= 4 * np.sqrt(expected * (1 - expected) / n))
    retention = alive[1:] / alive[:-1]
    assert retention[-1] > retention[0] + 0.15
    alike = gym(customers=20_000, months=6, taste__kind="homogeneous").market(log="memory").run()
    left = np.cumprod(dates(alike) == np.asarray(alike.people().incumbent)[:, None], axis=1).mean(axis=0)
    flat = left[1:] / left[:-1]
    assert np.all(np.abs(flat - 0.5) <= 4 * 0.5 / np.sqrt(n * left[:-1]))


def test_revenue_is_spread_more_evenly_than_where_visits_are_paid():
    """The best fifth brings a smaller part of it (.59 against .68: McCarthy & Winer): a flat fee hides who comes often."""
    flat = gym(0.302, 0.5, months=13).market(log="memory").run()
    visits = {"need.process": "poisson", "need.mean": 1.0, "need.shape": 0.8, "subscription.on": False}
    visits |= {f"firms.{name}.price": 17.0 for name in "ab"}
    each = gym(months=13).set(visits).market(log="memory").run()
    shares = [
        top_share(m.log.purchases().groupby("customer")["amount"].sum().to_numpy()) for m in (flat, each)
    ]
    assert shares[0] < shares[1] - 0.1
    assert 0.45 < shares[1] < 0.75


def test_hard_to_stop_never_loses():
    """The less its customers attend, the more the firms sell: paired, the same people lose interest on the same days."""
    sold = [
        gym(kappa, 1.0, months=13).market().run().totals.purchases.sum() for kappa in (1.0, 0.7, 0.302, 0.1)
    ]
    assert sold == sorted(sold) and sold[-1] > sold[0]


def test_ticks_saving_and_branches(tmp_path):
    scenario = gym(0.5, 1.0, customers=300, months=13)
    whole = scenario.market(log="memory").run()
    half = scenario.set({"market.tick": 0.5}).market(log="memory").run()
    assert np.array_equal(dates(whole), dates(half))
    first = scenario.market(log="memory")
    while first.day < 6.5 * MONTH:
        first.step()
    again = Market.load(first.save(tmp_path / "gym.market")).run()
    assert np.array_equal(dates(again), dates(whole))
    freed = first.branch({"subscription.attention": 1.0}).run()
    assert freed.totals.purchases.sum() < whole.totals.purchases.sum()
    whole.ledger.check()


def test_begun_by_a_branch_it_binds_those_who_are_customers_by_then():
    start = gym(1.0, customers=300, months=13).set({"subscription.on": False, "switching.initial": "nobody"})
    market = start.market(log="memory")
    while market.day < 6 * MONTH:
        market.step()
    bound = market.branch({"subscription.on": True, "subscription.attention": 1e-9}).run()
    codes = dates(bound)
    assert (codes[:, 6:] == codes[:, [5]]).all()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"attention": 0.0}, r"\(0, 1\]"),
        ({"lose_interest": -1.0}, "per year"),
        ({"atention": 0.5}, "'subscription.attention'"),
    ],
)
def test_mistakes_are_told(change, told):
    with pytest.raises(Problem, match=told):
        gym().set({f"subscription.{name}": value for name, value in change.items()})


@pytest.mark.parametrize("bound", ["renewed unattended", "hard contract"])
def test_nobody_is_held_to_what_the_firm_does_not_sell(bound):
    """A firm without books sells none, whoever is bound to it; what it sells it goes on selling to them.

    A subscription is one at a time: who buys books elsewhere is under contract there. A signed contract is each firm's own.
    """
    world = {
        "market": {"customers": 200, "days": 182},
        "need": {"mean": 1.0},
        "switching": {"initial": "share"},
        "categories": [{"name": "milk"}, {"name": "books"}],
        "firms": [{"name": "dairy", "categories": {"milk": 0.0}}, {"name": "other"}],
    }
    if bound == "hard contract":
        world["firms"][0]["strategies"] = {"contract": {"binding": "hard", "attention": 0.1}}
    else:
        world["subscription"] = {"on": True, "attention": 0.3}
    bought = Scenario(world).market(log="memory").run().log.purchases()
    sold = bought.groupby(["firm", "category"], observed=False).size()
    assert sold["dairy", "books"] == 0 and sold["other", "books"] > 500
    milk = sold["dairy", "milk"] / bought["category"].eq("milk").sum()
    assert milk > (0.55 if bound == "hard contract" else 0.1)
