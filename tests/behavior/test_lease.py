"""The landlord: success raises the rent by his share, and a shop may move instead."""

import numpy as np
import pytest
from worlds.lives import differences

from regulars import Scenario
from regulars.ground.parameter import Problem
from regulars.market import Market
from regulars.world.customers import NOBODY

PROVES = ("X4", "M14")
TERM = 91.0


def scenario(lease=None, quality=0.5, **changes):
    """Two shops and staying at home; a margin of half the price; better goods pull where they are known."""
    shop = {"name": "shop", "price": 10.0, "cost": 5.0, "rent": 20.0, "quality": quality}
    if lease is not None:
        shop["lease"] = {"term": TERM, **lease}
    return Scenario(
        {
            "market": {"customers": 500, "days": 4 * TERM},
            "need": {"mean": 2.0},
            "choice": {"outside": True, "quality_weight": 2.0},
            "firms": [shop, {"name": "rival", "price": 10.0, "cost": 5.0}],
        }
    ).set(changes)


def terms_of(market, number=4):
    """Run; profit per day in each term, and the rent in force during it."""
    profits, rents, before = [], [], 0.0
    f = market.names.index("shop")
    for _ in range(number):
        for day in range(int(TERM)):
            market.step()
            if day == 0:
                rents.append(market.firm("shop").rent)
        profits.append((market.ledger.profit(f) - before) / TERM)
        before = market.ledger.profit(f)
    market.ledger.check()
    return np.array(profits), np.array(rents)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_success_raises_the_rent_by_the_share(share):
    """New rent = old + share x (profit after rent per day - normal), never less than the old one."""
    normal = 200.0
    profits, rents = terms_of(scenario({"share": share, "normal": normal}).market())
    assert rents[0] == 20.0
    expected = rents[:-1] + share * np.maximum(profits[:-1] - normal, 0.0)
    assert rents[1:] == pytest.approx(expected)
    assert (rents[-1] > 40.0) == (share > 0)


def test_the_rent_is_booked_day_by_day():
    market = scenario({"share": 0.5}).market()
    _, rents = terms_of(market)
    assert market.ledger.value("rent", market.names.index("shop")) == pytest.approx(
        TERM * rents.sum(), abs=1e-3
    )
    assert market.ledger.value("rent", market.names.index("rival")) == 0.0


def gains(lease):
    """What better goods (programme) add to the profit per day, term by term, paired world against paired world."""
    return (
        terms_of(scenario(lease, quality=0.8).market())[0]
        - terms_of(scenario(lease, quality=0.5).market())[0]
    )


def test_a_landlord_who_takes_all_leaves_nothing_of_a_gain():
    """With share 1 the gain is the shop's for one term and the landlord's ever after; without him it stays (control)."""
    free, normal = gains(None), float(terms_of(scenario().market())[0].mean())
    all_taken, none_taken = (gains({"share": share, "normal": normal}) for share in (1.0, 0.0))
    assert (free > 60.0).all()
    assert none_taken == pytest.approx(free)
    assert all_taken[0] == pytest.approx(free[0])
    assert np.abs(all_taken[1:]).max() < 0.1 * free[0]


def test_a_failing_shop_is_spared():
    """No gain, no rise, and never a fall."""
    _, rents = terms_of(scenario({"share": 1.0, "normal": 1e6}).market())
    assert (rents == 20.0).all()


def test_a_limited_rise():
    _, rents = terms_of(scenario({"share": 1.0, "rise_limit": 0.25}).market())
    assert rents == pytest.approx(20.0 * 1.25 ** np.arange(4))


def test_a_larger_share_never_leaves_more():
    profits = [terms_of(scenario({"share": share}).market())[0].sum() for share in (0.0, 0.25, 0.5, 1.0)]
    assert profits == sorted(profits, reverse=True)


def test_no_lease_no_process():
    assert "lease" not in scenario().market().processes
    assert list(scenario({}).market().processes) == ["lease"]


@pytest.mark.parametrize("tick", [0.5, 7.0])
def test_the_length_of_a_tick_does_not_matter(tick):
    day, other = (scenario({"share": 0.5}, **{"market.tick": t}).market().run() for t in (1.0, tick))
    assert day.firm("shop").rent == pytest.approx(other.firm("shop").rent)
    assert day.firm("shop").profit == pytest.approx(other.firm("shop").profit)


MOVING = {"share": 1.0, "move_above": 2.0, "moving_cost": 500.0, "left_behind": 0.4}


def test_moving_saves_the_rent_and_loses_customers():
    """A shop that moves goes on paying its first rent, pays for each move, and is unknown to those left behind."""
    market = scenario(MOVING).market(log="memory")
    _, rents = terms_of(market)
    f = market.names.index("shop")
    assert (rents == 20.0).all() and market.processes["lease"].moves[f] == 3
    assert market.ledger.value("overhead", f) == 3 * 500.0
    bought = market.log.purchases()
    bought = bought[bought["firm"] == "shop"]
    counts = np.histogram(bought["time"], TERM * np.arange(5))[0]
    kept = counts[1:] / counts[:-1]
    assert kept == pytest.approx([0.6] * 3, abs=4 * np.sqrt(0.4 * 0.6 / 180))
    everybody = scenario({**MOVING, "left_behind": 0.0}).market(log="memory").run()
    stayed = scenario({"share": 0.0}).market(log="memory").run()
    assert everybody.log.opportunities().equals(stayed.log.opportunities())  # control


def test_those_left_behind_lose_the_habit_of_this_shop_and_no_other():
    """The share `left_behind` of those who came last forget the shop; regulars of the rival stay regulars of the rival."""
    market = scenario(MOVING).market(log="memory")
    f, lease = market.names.index("shop"), market.processes["lease"]
    for _ in range(int(TERM)):
        market.step()
    before = market.customers.incumbent.copy()
    lease.open(TERM)
    events = market.log.events()
    left = events.loc[events["event"] == "left_behind", "customer"].to_numpy()
    stay = np.setdiff1d(np.arange(before.size), left)
    assert lease.moves[f] == 1 and left.size == pytest.approx(
        0.4 * before.size, abs=4 * np.sqrt(0.24 * before.size)
    )
    expected = before.copy()
    expected[left[before[left] == f]] = NOBODY
    assert (market.customers.incumbent == expected).all()
    assert all((before[group] == firm).sum() > 20 for group in (left, stay) for firm in (0, 1))
    assert (
        np.isinf(market.customers.aware_from[left, f]).all()
        and (market.customers.aware_from[left, 1 - f] <= 0).all()
    )
    assert (market.customers.aware_from[stay] <= 0).all()


def test_those_left_behind_find_the_shop_again_by_passing_by():
    again, never = (
        scenario(MOVING, **{"turnover.noticing_rate": rate}).market().run().firm("shop").purchases
        for rate in (12.0, 0.0)
    )
    assert again > 1.2 * never


@pytest.mark.parametrize("day", [0, 50, 120])
def test_it_goes_on_where_it_was_saved(day, tmp_path):
    straight, market = (scenario(MOVING).market() for _ in range(2))
    straight.run()
    for _ in range(day):
        market.step()
    market.save(tmp_path / "m")
    assert differences(straight, Market.load(tmp_path / "m").run()) == []


def test_a_lease_signed_in_a_branch_begins_then():
    market = scenario().market()
    for _ in range(100):
        market.step()
    branch = market.branch({"firms.shop.lease": {"share": 1.0, "term": TERM}})
    for _ in range(int(TERM)):
        branch.step()
    assert branch.firm("shop").rent == 20.0
    branch.step()
    assert branch.firm("shop").rent > 100.0
    assert market.branch({"firms.shop.rent": 30.0}).firm("shop").rent == 30.0


def test_mistakes_are_told():
    with pytest.raises(Problem, match=r"lease\.share.*share of the gain"):
        scenario({"share": 1.5})
    with pytest.raises(Problem, match="did you mean 'share'"):
        scenario({"shares": 0.5})
