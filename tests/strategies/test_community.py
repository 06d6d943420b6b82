"""Community: members are held by the friends who belong, and join where friends did."""

import math

import numpy as np
import pytest
from worlds.lives import after, differences
from worlds.one_shop import chosen, shop, two_firms

from regulars import Market
from regulars.ground.parameter import Problem

TIES = {"network.on": True, "network.kind": "small_world", "network.degree": 6.0}
HALF = {"enrolment": "randomised", "enrolled_share": 0.5}
ALONE = {"belonging": 0.0, "company": 0.0, "social": 0.0, "upkeep": 0.0, "cost": 0.0}


def club(market):
    return market.firms[0].strategies["community"]


def bought(market):
    """Who bought when, shape (customers, days), where everybody has an opportunity a day."""
    log = market.log.opportunities().sort_values(["customer", "time"])
    return log["firm"].notna().to_numpy().reshape(market.customers.count, -1)


def mingled(rules, network=TIES, **changes):
    """The shop and its club, after its days."""
    scenario = shop(0.3, {"community": {**HALF, **rules}}, **network, **{"market.days": 60, **changes})
    return scenario.market(log="memory").run()


def test_friends_in_the_club_pull():
    """Log odds of a member's visit = log odds before + belonging + company x (share of the friends who belong)."""
    none = bought(shop(0.3, **{"market.days": 60}).market(log="memory").run())
    base = math.log(0.3 / 0.7)
    for company in (1.2, 0.0):
        market = mingled({"belonging": 0.2, "company": company})
        visits, member = bought(market), club(market).member
        friends = market.network.share_of_friends(member)
        assert (visits[~member] == none[~member]).all()  # who does not belong feels nothing
        for share in np.unique(friends[member]):
            who = member & (friends == share)
            p, n = 1 / (1 + math.exp(-(base + 0.2 + company * share))), visits[who].size
            assert abs(visits[who].mean() - p) <= 4 * math.sqrt(p * (1 - p) / n)
        assert np.unique(friends[member]).size > 5


def joined(company, **network):
    """Member or not, where those who find it worthwhile join."""
    rules = {
        "belonging": 0.1,
        "company": company,
        "enrolment": "offered",
        "effort": {"distribution": "lognormal", "mean": 40.0, "sd": 60.0},
    }
    market = shop(0.3, {"community": rules}, **network, **{"market.days": 90}).market().run()
    return market, club(market).member


def test_friends_join_together():
    """With company members have more friends who are members than others have; without it they have as many."""
    gaps = []
    for company in (0.6, 0.0):
        market, member = joined(company, **TIES)
        friends = market.network.share_of_friends(member)
        assert 100 < member.sum() < 1900
        gaps.append(friends[member].mean() - friends[~member].mean())
        error = friends.std() * math.sqrt(1 / member.sum() + 1 / (~member).sum())
    assert gaps[0] > 5 * error and abs(gaps[1]) < 3 * error
    assert joined(0.6, **TIES)[1].sum() > joined(0.0, **TIES)[1].sum()


def test_friends_are_those_who_are_there():
    """By hand: the share of friends who belong, among those who are in the market; without ties, of all others."""
    edges = {"network.on": True, "network.kind": "edges", "network.edges": ((0, 1), (0, 2), (0, 3), (3, 4))}
    small = {"market.customers": 6, "market.days": 2}
    for network, wanted in (
        (edges, [0.5, 0.0, 0.0, 0.0, 0.0, 0.0]),  # 1 belongs, 2 does not, 3 is not there any more
        ({"network.on": True, "network.kind": "mixing"}, [1 / 3, 0.0, 1 / 3, 0.25, 0.25, 1 / 3]),
        ({}, [1 / 3, 0.0, 1 / 3, 0.25, 0.25, 1 / 3]),
    ):
        market = shop(0.3, {"community": {}}, **network, **small).market()
        market.customers.exit[3], market.customers.entry[4] = 1.0, 5.0
        club(market).member[:] = [False, True, False, True, True, False]
        club(market).enrolled[:] = True
        market.step()
        market.step()
        # on the second morning 0, 1, 2 and 5 are there
        assert club(market).friends == pytest.approx(wanted)


def test_visits_make_acquaintances():
    """Social benefits after n visits of a member: 1 - (1 - social) ^ n, where nothing fades."""
    benefits = {
        "relationship.on": True,
        "relationship.social_half_life": 0.0,
        "relationship.social_weight": 0.0,
        "relationship.confidence_weight": 0.0,
        "relationship.confidence_gain": 0.0,
    }
    market = mingled(
        {"social": 0.1, "belonging": 0.0, "company": 0.0}, **benefits, **{"market.customers": 200}
    )
    member, visits = club(market).member, bought(market).sum(axis=1)
    assert market.customers.social[:, 0] == pytest.approx(np.where(member, 1 - 0.9**visits, 0.0), abs=1e-5)
    # felt, they bring members back
    felt = mingled(
        {"social": 0.1, "belonging": 0.0, "company": 0.0},
        **{**benefits, "relationship.social_weight": 1.0, "market.customers": 200},
    )
    assert bought(felt)[member].sum() > 1.1 * bought(market)[member].sum()
    assert (bought(felt)[~member] == bought(market)[~member]).all()


def test_costs_by_hand():
    """Upkeep a day, and for each member a part of a year's cost; whatever the length of a tick."""
    rules = {"upkeep": 5.0, "cost": 12.0}
    spent = []
    for tick in (1.0, 0.5, 7.0):
        market = mingled(rules, **{"market.customers": 300, "market.days": 28, "market.tick": tick})
        spent.append(market.ledger.value("overhead", 0))
        market.ledger.check()
    members = club(market).member.sum()
    assert spent == pytest.approx([28 * (5.0 + 12.0 * members / 365.25)] * 3, abs=1e-4)


@pytest.mark.parametrize("generous", ["belonging", "company"])
def test_more_belonging_never_attracts_less(generous):
    sales = []
    for strength in (0.0, 0.2, 0.5, 1.5):
        rules = {"community": {**ALONE, generous: strength}}
        sales.append(two_firms((rules, None), **TIES).market().run().firms[0].purchases)
    assert sales == sorted(sales) and sales[-1] > 1.1 * sales[0]


def test_company_can_repel():
    """Who wants to be apart stays away where all belong."""
    free, crowded = (mingled({"belonging": 0.0, "company": company}) for company in (0.0, -1.0))
    assert chosen(crowded).sum() < chosen(free).sum()


def test_it_goes_on_where_it_was_saved(tmp_path):
    """In the middle of a day, with people joining by the hour."""
    rules = {"enrolment": "offered", "effort": 5.0, "company": 1.0}
    changes = {**TIES, "market.tick": 0.5, "market.days": 30, "relationship.on": True}
    scenario = two_firms(({"community": rules}, {"community": rules}), **changes)
    straight, market = scenario.market().run(), after(scenario.market(), 17)
    market.save(tmp_path / "m")
    assert differences(straight, Market.load(tmp_path / "m").run()) == []


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"company": 50.0}, "logits"),
        ({"belonging": float("nan")}, "belonging"),
        ({"upkeep": -1.0}, "currency per day"),
        ({"companion": 1.0}, "did you mean 'company'"),
    ],
)
def test_mistakes_are_told(rules, told):
    with pytest.raises(Problem, match=told):
        shop(0.3, {"community": rules})
