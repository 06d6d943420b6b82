"""The platform: visitors are sold to those who bid, and the more bid the dearer each becomes."""

import math
from itertools import pairwise

import numpy as np
import pytest
from worlds.lives import differences

from regulars import Scenario
from regulars.market import Market

PROVES = ("M14",)
SHOPS = ("a", "b", "c", "d")


def scenario(bids, strategies=None, **changes):
    """Four shops of which a customer knows one in five; `bids` are their budgets a day."""
    firms = [
        {
            "name": name,
            "price": 1.0,
            "cost": 0.5,
            "strategies": {"paid_traffic": {"budget": bid}} if bid else {},
        }
        for name, bid in zip(SHOPS, bids, strict=True)
    ]
    return Scenario(
        {
            "market": {"customers": 2000, "days": 56},
            "need": {"mean": 1.5},
            "taste": {"kind": "homogeneous"},
            "choice": {"outside": True},
            "turnover": {"aware": 0.2},
            "platform": {"on": True, "visitors": 60.0, "floor": 0.2, "pull": 0.5},
            "firms": firms,
        }
    ).set(changes)


def run(*args, **changes):
    return scenario(*args, **changes).market(log="memory").run()


def sold(market):
    """The platform's own count."""
    return market.processes["platform"]


# ---------------------------------------------------------------- what a bid buys


@pytest.mark.parametrize(
    ("bids", "rules", "clicks"),
    [
        ([10.0, 30.0, 0.0, 0.0], {}, [15.0, 45.0, 0.0, 0.0]),  # 40 for 60 visitors: two thirds each
        ([1.0, 3.0, 0.0, 0.0], {}, [5.0, 15.0, 0.0, 0.0]),  # at the floor; the others go unsold
        ([10.0, 30.0, 0.0, 0.0], {"floor": 0.0}, [15.0, 45.0, 0.0, 0.0]),
        ([10.0, 30.0, 0.0, 0.0], {"exponent": 2.0}, [6.0, 54.0, 0.0, 0.0]),
        ([4.0, 36.0, 0.0, 0.0], {"exponent": 0.5}, [15.0, 45.0, 0.0, 0.0]),
        ([0.0, 0.0, 0.0, 0.0], {}, [0.0, 0.0, 0.0, 0.0]),
        ([10.0, 10.0, 10.0, 10.0], {"visitors": 0.0}, [0.0, 0.0, 0.0, 0.0]),
    ],
)
def test_visitors_by_hand(bids, rules, clicks):
    market = scenario((0, 0, 0, 0), **{f"platform.{name}": value for name, value in rules.items()}).market()
    assert sold(market).expected(np.array(bids)) == pytest.approx(clicks)


def test_clicks_come_as_often_as_they_are_bought():
    market = run((10.0, 30.0, 2.0, 0.0))
    for clicks, bid in zip(sold(market).clicks[:3], (10.0, 30.0, 2.0), strict=True):
        mean = 56 * 60.0 * bid / 42.0
        assert abs(clicks - mean) <= 4 * math.sqrt(mean)
    assert sold(market).clicks[3] == 0


def test_each_click_is_paid_at_its_price():
    market = run((10.0, 30.0, 2.0, 0.0))
    market.ledger.check()
    for f, clicks in enumerate(sold(market).clicks):
        assert market.ledger.value("acquisition", f) == pytest.approx(clicks * round(42.0 / 60.0, 6))
        assert market.ledger.value("acquisition", f) == pytest.approx(sold(market).spent[f])
    events = market.log.events()
    events = events[events["event"] == "click"]
    assert events.groupby("firm").size().to_dict() == dict(
        zip("abc", sold(market).clicks.tolist(), strict=False)
    )
    assert events["amount"].sum() == pytest.approx(sold(market).spent.sum())


# ---------------------------------------------------------------- the price of a customer


def cost_of_a_customer(bidders, **changes):
    """What shop a pays for each customer who buys there for the first time after a click."""
    market = run((20.0,) * bidders + (0.0,) * (4 - bidders), **{"market.customers": 10_000, **changes})
    return sold(market).spent[0] / sold(market).won[0]


def test_the_more_bid_the_dearer_a_new_customer():
    """Sum of bids over visitors: twice, four times as many sellers, twice, four times the price of the same visitor."""
    alone, two, four = (cost_of_a_customer(n) for n in (1, 2, 4))
    assert two / alone == pytest.approx(2.0, rel=0.15)
    assert four / alone == pytest.approx(4.0, rel=0.15)
    # control: a platform that grows with its sellers
    level = cost_of_a_customer(4, **{"platform.visitors": 240.0})
    assert level / alone == pytest.approx(1.0, rel=0.15)


def test_at_the_floor_a_rival_does_not_matter():
    alone, two = (cost_of_a_customer(n, **{"platform.floor": 2.0}) for n in (1, 2))
    assert two / alone == pytest.approx(1.0, rel=0.15)


def test_first_purchases_after_a_click_are_counted():
    market = run((10.0, 30.0, 0.0, 0.0), **{"switching.initial": "nobody"})
    clicks = market.log.events()
    clicks = clicks[clicks["event"] == "click"].groupby(["firm", "customer"])["time"].min()
    first = market.log.purchases().groupby(["firm", "customer"], observed=True)["time"].min()
    both = clicks.to_frame("click").join(first.rename("first"), how="inner")
    won = (both["first"] >= both["click"]).groupby("firm").sum()
    assert [won.get(name, 0) for name in SHOPS] == sold(market).won.tolist()
    assert won["b"] > 50


# ---------------------------------------------------------------- what a click does


def test_a_click_makes_the_firm_known():
    """Four in five visitors did not know the firm; on the fifth the click is wasted."""
    market = run((30.0, 0.0, 0.0, 0.0), **{"market.days": 7.0})
    c, events = market.customers, market.log.events()
    clicked = events.loc[events["event"] == "click", "customer"].nunique()
    new = int(((c.aware_from[:, 0] > -np.inf) & (c.aware_from[:, 0] < np.inf)).sum())
    assert (events["event"] == "aware").sum() == new
    assert abs(new / clicked - 0.8) <= 4 * math.sqrt(0.8 * 0.2 / clicked)
    assert (c.aware_from[:, 1:] == market.people().aware_from[:, 1:]).all()


def test_a_click_pulls_by_its_logits_and_fades():
    """Who clicked in the morning chooses by a logit with the pull added, less what has faded since."""
    rules = {
        "need.mean": 7.0,
        "turnover.aware": 1.0,
        "platform.visitors": 4000.0,
        "choice.outside_utility": -1.0,
        "market.customers": 20_000,
        "market.days": 1.0,
    }
    for pull, half_life, low, high in (
        (1.2, 3660.0, 0.2, 0.3),
        (1.2, 0.25, 0.04, 0.15),
        (0.0, 3660.0, -0.03, 0.03),
    ):
        changes = {**rules, "platform.pull": pull, "platform.half_life": half_life}
        market = run((4000.0, 0.0, 0.0, 0.0), **changes)
        log = market.log.opportunities()
        clicked = np.isin(log["customer"], market.log.events().query("event == 'click'")["customer"])
        at = log["time"].to_numpy()
        assert clicked.sum() > 3000
        shares = []
        for rows, extra in ((clicked, pull * 2.0 ** (-at / half_life)), (~clicked, 0.0 * at)):
            p = np.exp(extra) / (np.exp(extra) + 3.0 + 4.0 * math.exp(-1.0))  # four shops of a quarter each
            here = (log["firm"] == "a").to_numpy()[rows]
            assert abs(here.mean() - p[rows].mean()) <= 4 * math.sqrt(p.mean() * (1 - p.mean()) / rows.sum())
            shares.append(here.mean())
        assert low < shares[0] - shares[1] < high


def test_who_is_not_in_the_market_does_not_click():
    market = run((30.0, 0.0, 0.0, 0.0), **{"turnover.exit_rate": 5.0, "turnover.entry_rate": 5.0})
    events = market.log.events().query("event == 'click'")
    c, who = market.customers, events["customer"].to_numpy()
    assert (c.entry[who] <= events["time"]).all() and (c.exit[who] > events["time"]).all()
    assert (who >= 2000).any()


def test_a_higher_bid_never_attracts_less():
    markets = [run((bid, 20.0, 20.0, 0.0)) for bid in (0.0, 5.0, 20.0, 80.0)]
    clicks, sales = (
        [f(m) for m in markets] for f in (lambda m: sold(m).clicks[0], lambda m: m.firm("a").purchases)
    )
    assert clicks == sorted(clicks) and sales == sorted(sales) and sales[-1] > 1.2 * sales[0]
    visitors = [
        set(
            map(
                tuple,
                m.log.events().query("event == 'click' and firm == 'a'")[["customer", "time"]].to_numpy(),
            )
        )
        for m in markets
    ]
    assert all(few <= many for few, many in pairwise(visitors))


# ---------------------------------------------------------------- off, saving, ticks


def test_nobody_bids_nothing_happens():
    none = run((0, 0, 0, 0))
    off = run((0, 0, 0, 0), **{"platform.on": False})
    assert (
        none.log.opportunities().equals(off.log.opportunities()) and none.ledger.table() == off.ledger.table()
    )
    assert "platform" not in off.processes


def test_clicks_without_effect_only_cost():
    """Control: everybody knows every firm, and a click does not pull."""
    still = {"turnover.aware": 1.0, "platform.pull": 0.0}
    none, paid = run((0, 0, 0, 0), **still), run((20.0, 0, 0, 0), **still)
    assert none.log.opportunities().equals(paid.log.opportunities())
    assert none.firm("a").profit - paid.firm("a").profit == pytest.approx(sold(paid).spent[0])
    assert sold(paid).spent[0] > 500


@pytest.mark.parametrize("tick", [0.5, 7.0])
def test_the_length_of_a_tick_does_not_matter(tick):
    day, other = (run((20.0, 10.0, 0, 0), **{"market.tick": t}) for t in (1.0, tick))
    assert (sold(day).clicks == sold(other).clicks).all() and (sold(day).paid == sold(other).paid).all()
    if tick < 1:
        lives = [
            m.log.purchases().sort_values(["customer", "occasion"], ignore_index=True) for m in (day, other)
        ]
        assert lives[0].equals(lives[1])
    else:
        assert other.firm("a").purchases == pytest.approx(day.firm("a").purchases, rel=0.02)


def test_it_goes_on_where_it_was_saved(tmp_path):
    straight, market = (scenario((20.0, 10.0, 0, 0)).market() for _ in range(2))
    straight.run()
    for _ in range(30):
        market.step()
    market.save(tmp_path / "m")
    assert differences(straight, Market.load(tmp_path / "m").run()) == []
