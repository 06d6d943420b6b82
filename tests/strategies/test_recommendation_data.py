"""Recommendations rest on what the firm has on file, cost what they cost, and go on after a pause."""

import numpy as np
import pytest
from worlds.chances import near
from worlds.lives import goes_on, lives
from worlds.online_shops import communication, mine
from worlds.recommending import parents, shops, witnessed

from regulars.contract.recommender import Context, History
from regulars.ground.parameter import Problem

RULES = {"kind": "content_based", "gain": 0.5, "enough": 20}
OFFLINE = {"firms__shop__online": False}


def lived(scenario):
    """Every opportunity, as it ended."""
    return lives(scenario.market(log="memory").run())


def recommends(market):
    """The shop's recommendations, whatever else it does."""
    return market.firm("shop").strategies["recommendation"]


# ---------------------------------------------------------------- who is known


def test_nobody_is_shown_anything_whom_the_shop_cannot_identify():
    """Negative control, bit for bit: without a card or an account there are no data either."""
    market = shops(RULES, **OFFLINE).market(log="memory").run()
    assert lives(market).equals(lived(shops(**OFFLINE)))
    assert len(mine(market).history) == 0


def test_only_members_are_shown_something_and_only_they_are_learnt_from():
    card = {"information_system": {"enrolment": "randomised", "asked": 0.0}}
    market, (_, who, _, _, appeal, _, _) = witnessed(shops(RULES, card, **OFFLINE))
    member = market.firm("shop").strategies["information_system"].member
    assert (appeal[~member[who]] == 0).all() and (appeal[member[who]] != 0).mean() > 0.8
    assert member[recommends(market).history.customer].all()
    others = [
        log[~member[log["customer"]]].reset_index(drop=True)
        for log in (lives(market), lived(shops(**OFFLINE)))
    ]
    assert others[0].equals(others[1])


def test_an_audience_may_be_named():
    """Only customers who come often; everybody online is learnt from."""
    market, (time, who, _, _, appeal, _, _) = witnessed(shops({**RULES, "audience": "frequent:8"}))
    log = market.log.purchases()
    shown = appeal != 0
    assert shown.any()
    for i in np.unique(who[shown])[:40]:
        own = log[(log["customer"] == i) & (log["firm"] == "shop")]["time"]
        assert (own < time[shown & (who == i)].min()).sum() >= 8
    assert len(mine(market).history) == (log["firm"] == "shop").sum()


# ---------------------------------------------------------------- data


def test_the_data_are_the_shops_own_log_and_a_log_can_be_learnt_from():
    """Category and product stand in the log; a recommender fitted to it recommends the same."""
    market = (
        parents({**RULES, "kind": "collaborative", "every": 7.0}, market__days=85).market(log="memory").run()
    )
    own, log = mine(market), market.log.purchases()
    log = log[(log["firm"] == "shop") & (log["time"] < 84)]
    history = History(own.history.catalogue)
    history.add(log["customer"], log["product"], log["time"])
    assert int(own.learnt[0]) == len(history)
    twin = type(own.recommender)(history.catalogue).fit(history)
    who, moment = np.arange(market.customers.count), Context(85.0, category=1)
    assert (twin.recommend(who, moment) == own.recommender.recommend(who, moment)).all()
    assert (log["category"].cat.codes == log["product"] // 5).all()


@pytest.mark.parametrize(
    ("learning", "times"), [(None, 1.0), (0.05, 1.0), (0.1, 2.0), (0.2, 4.0), (0.9, 5.0)]
)
def test_an_information_system_makes_more_purchases_usable(learning, times):
    """A fifth of the purchases gets into the data, insight times as many with a system, never more than all."""
    system = {} if learning is None else {"information_system": {"learning": learning, "asked": 0.0}}
    market = shops({**RULES, "recorded": 0.2}, system).market().run()
    bought = market.firm("shop").purchases
    assert near(len(recommends(market).history) / bought, min(0.2 * times, 1.0), bought)


def test_with_an_information_system_recommendations_suit_better():
    """P23: the same people and the same recommender, with four times the data."""
    rules = {**RULES, "recorded": 0.1, "gain": 0.1}
    ran = [witnessed(shops(rules, system)) for system in ({}, {"information_system": {"asked": 0.0}})]
    data = [len(recommends(market).history) for market, _ in ran]
    assert data[1] > 3 * data[0]
    fits = [appeal[time > 56].mean() / 0.1 for _, (time, _, _, _, appeal, _, _) in ran]
    assert fits[1] > 1.2 * fits[0]


def test_nothing_is_shown_before_there_are_enough_data_and_then_only_what_was_known_at_the_last_look():
    rules = {**RULES, "every": 14.0, "enough": 1500}
    market, (time, _, _, _, appeal, _, _) = witnessed(shops(rules))
    log = market.log.purchases()
    known = [(log.loc[log["firm"] == "shop", "time"] < day).sum() for day in range(0, 112, 14)]
    first = 14 * int(np.argmax(np.array(known) >= 1500))
    assert first > 14 and (appeal[time < first] == 0).all() and (appeal[time >= first] != 0).mean() > 0.9
    assert int(mine(market).learnt[0]) == known[-1]


# ---------------------------------------------------------------- money


def test_costs_by_hand():
    """So much for each recommendation shown, so much a day, and both from the first one and the first day on."""
    market, (_, _, _, _, appeal, _, _) = witnessed(shops({**RULES, "cost": 0.02, "upkeep": 3.0}))
    f = market.firm("shop").index
    assert communication(market) == pytest.approx(0.02 * (appeal != 0).sum())
    assert market.ledger.value("overhead", f) == pytest.approx(3.0 * 112)


def test_what_is_not_sold_here_is_not_recommended():
    sells = {"firms__shop__categories": {"household": 0.0, "baby": 0.0}}
    market, (_, _, _, category, appeal, _, _) = witnessed(parents({**RULES, "cost": 0.5}, **sells))
    assert (category == 2).any() and (appeal[category == 2] == 0).all()
    assert communication(market) == pytest.approx(0.5 * (appeal != 0).sum())


# ---------------------------------------------------------------- going on


@pytest.mark.parametrize("kind", ["popular", "content_based", "collaborative", "contextual"])
def test_saved_and_loaded_it_goes_on(kind, tmp_path):
    """In the middle between two looks at the data."""
    context = {
        "assortment__season": 0.5,
        "assortment__sequel": 0.5,
        "market__customers": 200,
        "market__days": 70,
    }
    scenario = parents({**RULES, "kind": kind, "recorded": 0.7}, **context)
    goes_on(scenario, tmp_path / "market", 39)


def test_a_branch_may_use_another_recommender_on_the_same_data():
    market = shops(RULES, market__customers=200).market(log="memory")
    while market.day < 50:
        market.step()
    learnt = int(mine(market).learnt[0])
    same, other = market.branch(), market.branch({"firms.shop.strategies.recommendation.kind": "popular"})
    assert mine(other).recommender.title() == "popular" and int(mine(other).learnt[0]) == learnt
    assert (mine(other).recommender.counts == mine(market).recommender.counts).all()
    ends = [lives(m.run()) for m in (market, same, other)]
    assert ends[0].equals(ends[1]) and not ends[0].equals(ends[2])


# ---------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        (
            {"kind": "populer"},
            r"recommendation\.kind: no recommender is called 'populer'; did you mean 'popular'",
        ),
        (
            {"rules": {"shrinkege": 2.0}},
            r"recommendation\.rules\.shrinkege: no parameter.*did you mean 'shrinkage'",
        ),
        (
            {"rules": {"shrinkage": -1.0}},
            r"recommendation\.rules\.shrinkage: -1\.0 is outside \[0, 1000000\]",
        ),
        ({"audience": "regulars"}, r"recommendation\.audience: 'regulars' is no audience"),
        ({"enough": 0}, r"recommendation\.enough: 0 is outside \[1, 1000000000\]"),
    ],
    ids=str,
)
def test_mistakes_are_told(rules, told):
    with pytest.raises(Problem, match=told):
        shops({**RULES, **rules})


def test_without_products_there_is_nothing_to_recommend():
    with pytest.raises(Problem, match=r"no products to recommend: set assortment\.on"):
        shops(RULES, assortment__on=False)


def test_parameters_of_the_recommender_reach_it():
    assert (
        mine(shops({**RULES, "rules": {"shrinkage": 3.0}}).market()).recommender.parameters.shrinkage == 3.0
    )
