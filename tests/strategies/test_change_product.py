"""Change the product: developed at a cost, launched on a day, better or not, and strange to who was used to the old one."""

import numpy as np
import pytest
from worlds.lives import differ, goes_on, lives, run, same
from worlds.two_shops import attracts, bought, own, town

from regulars.contract.strategy import find
from regulars.ground.parameter import Problem

OFF = find("change_product").off
NEW = {"takes": 28.0, "investment": 0.0, "quality": 0.4}
TIED = {"switching__relation": 2.0, "switching__initial": "share"}  # regulars hold on to their shop


def test_a_new_product_pays_where_it_is_better():
    """Against a better rival: more is sold from the launch on, none before; the investment decides whether it pays."""
    rival = {"firms__rival__quality": 0.8, "market__days": 168.0}
    none, new = run(town(**rival)), run(town("change_product", NEW, **rival))
    a, b = lives(none), lives(new)
    assert a[a["time"] < 28.0].equals(b[b["time"] < 28.0])
    late = [((lived["firm"] == "shop") & (lived["time"] >= 28.0)).sum() for lived in (a, b)]
    assert late[1] > 1.05 * late[0]
    gained = new.firm("shop").profit - none.firm("shop").profit
    assert gained > 0
    paid, waste = (
        run(town("change_product", {**NEW, "investment": k * gained}, **rival)).firm("shop").profit
        for k in (0.5, 2.0)
    )
    assert paid > none.firm("shop").profit > waste
    # negative control: no better than the old one, nobody notices
    same(run(town("change_product", {**NEW, "quality": 0.0}, **rival)), none)


def test_it_is_launched_when_it_is_ready_and_a_day_begins():
    """From start_day on it takes so long; quality, cost and price of the firm are then those of the new product."""
    rules = {"start_day": 10.0, "takes": 4.5, "quality": 0.3, "cost": 0.5, "price": 1.0}
    market = town("change_product", rules).market()
    offers = []
    for _ in range(20):
        market.step()
        shop = market.firm("shop")
        offers.append((round(shop.quality - 0.5, 9), shop.cost, shop.price))
    quality = town().market().firm("shop").quality - 0.5
    assert offers[:15] == [(round(quality, 9), 7.0, 10.0)] * 15
    assert offers[15:] == [(round(quality + 0.3, 9), 7.5, 11.0)] * 5
    assert own(market, "change_product").launched[0]


def test_the_investment_is_spent_evenly_while_it_takes():
    market = town("change_product", {"start_day": 2.5, "takes": 10.0, "investment": 1000.0}).market()
    spent = []
    for _ in range(20):
        market.step()
        spent.append(market.ledger.value("overhead", market.firm("shop").index))
    assert spent == pytest.approx([max(0.0, min(day - 2.5, 10.0)) * 100.0 for day in range(1, 21)])
    at_once = town("change_product", {"start_day": 5.0, "takes": 0.0, "investment": 1000.0}).market()
    paid = []
    for _ in range(8):
        at_once.step()
        paid.append(at_once.ledger.value("overhead", at_once.firm("shop").index))
    assert paid == [0.0] * 5 + [1000.0] * 3
    unfinished = run(town("change_product", {"takes": 168.0, "investment": 1000.0}))
    assert unfinished.ledger.value("overhead", unfinished.firm("shop").index) == pytest.approx(500.0)
    assert not own(unfinished, "change_product").launched[0]


def test_it_may_be_no_better():
    """With risk r it fails in r of all worlds; what it costs is spent, and its price is asked, all the same."""
    rules = {**NEW, "takes": 1.0, "risk": 0.3, "price": 0.5}
    small = {"market__customers": 2, "market__days": 3.0}
    quality, better = town().market().firm("shop").quality, []
    for replicate in range(300):
        shop = town("change_product", rules, **small).market(replicate=replicate).run().firm("shop")
        better.append(shop.quality > quality)
        assert shop.price == 10.5
    assert abs(np.mean(better) - 0.7) < 4 * np.sqrt(0.3 * 0.7 / 300)
    assert not run(town("change_product", {**rules, "risk": 1.0})).firm("shop").quality > quality


def test_regulars_have_to_get_used_to_it():
    """A share of those who bought here last is nobody's regular on the day of the launch; the others stay tied."""
    rules = {**NEW, "quality": 0.0, "estranged": 0.4}
    none, new = town(**TIED).market(log="memory"), town("change_product", rules, **TIED).market(log="memory")
    for _ in range(28):
        none.step()
        new.step()
    f = none.firm("shop").index
    regulars = np.flatnonzero(new.customers.incumbent == f)
    events = new.log.events
    assert events().empty
    none.step()
    new.step()
    strangers = events().loc[events()["event"] == "estranged", "customer"].to_numpy()
    assert (
        set(strangers) < set(regulars)
        and abs(strangers.size / regulars.size - 0.4) < 4 * 0.5 / regulars.size**0.5
    )
    none.run()
    new.run()
    a, b = lives(none), lives(new)
    others = ~np.isin(a["customer"], strangers)
    assert a[others].equals(b[others]) and not a[~others].equals(b[~others])
    assert new.firm("shop").purchases < none.firm("shop").purchases  # what held them is gone
    # negative controls: nobody estranged, and nothing that held them
    same(run(town("change_product", {**rules, "estranged": 0.0}, **TIED)), run(town(**TIED)))
    assert lives(run(town("change_product", rules))).equals(lives(run(town())))


def test_stickiness_can_be_worth_more_than_the_product():
    """The question of P25: a slightly better product that estranges all regulars loses what a much better one wins."""
    sold = [
        run(town("change_product", {"takes": 14.0, "investment": 0.0, "quality": q, "estranged": e}, **TIED)).firm("shop").purchases
        for q, e in ((0.0, 0.0), (0.05, 1.0), (1.0, 1.0))
    ]  # fmt: skip
    assert sold[1] < sold[0] < sold[2]


def test_off_is_nothing_at_all():
    none = run(town(**TIED))
    same(run(town("change_product", {**OFF, "takes": 14.0}, **TIED)), none)
    same(run(town("change_product", {**NEW, "start_day": 500.0, "investment": 1e6}, **TIED)), none)
    differ(run(town("change_product", NEW, **TIED)), none)


def test_price_and_cost_end_at_nothing():
    market = run(town("change_product", {**NEW, "takes": 1.0, "price": -50.0, "cost": -50.0}))
    assert market.firm("shop").price == market.firm("shop").cost == 0.0
    market.ledger.check()
    late = bought(market)
    assert (late.loc[late["time"] >= 1.0, "amount"] == 0.0).all()


@pytest.mark.parametrize(
    ("parameter", "values", "more"),
    [
        ("quality", (0.0, 0.1, 0.3, 0.6), 1.05),
        ("price", (2.0, 0.0, -2.0, -4.0), 1.05),
        ("takes", (84.0, 56.0, 28.0, 0.0), 1.03),
        ("estranged", (1.0, 0.6, 0.3, 0.0), 1.01),
    ],
)
def test_a_better_offer_never_attracts_less(parameter, values, more):
    attracts([town("change_product", {**NEW, "takes": 14.0, parameter: v}, **TIED) for v in values], more)


def test_one_that_begins_in_a_branch_takes_its_time():
    """A development that a branch begins late is neither finished nor paid for already."""
    market = town().market(log="memory")
    for _ in range(42):
        market.step()
    branch = market.branch(
        {"firms.shop.strategies.change_product": {"takes": 28.0, "investment": 2800.0, "quality": 0.3}}
    )
    f, quality = branch.firm("shop").index, branch.firm("shop").quality
    for day in range(42, 71):
        assert branch.firm("shop").quality == quality
        assert branch.ledger.value("overhead", f) == pytest.approx(100.0 * (day - 42))
        branch.step()
    assert branch.firm("shop").quality == pytest.approx(quality + 0.3)


@pytest.mark.parametrize("ticks", [10, 40])
def test_it_survives_saving(ticks, tmp_path):
    """Saved during the development, and after the launch."""
    rules = {
        "takes": 20.5,
        "investment": 500.0,
        "quality": 0.3,
        "price": 0.5,
        "cost": 0.2,
        "estranged": 0.5,
        "risk": 0.2,
    }
    scenario = town("change_product", rules, market__days=56, **TIED)
    goes_on(scenario, tmp_path / "m", ticks)


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"takes": -1.0}, "how long it takes"),
        ({"investment": -1.0}, "currency"),
        ({"risk": 2.0}, "probability"),
        ({"estranged": 1.1}, "share of regulars"),
        ({"start": 3.0}, "did you mean 'start_day'"),
    ],
)
def test_mistakes_are_told(rules, told):
    with pytest.raises(Problem, match=told):
        town("change_product", rules)
