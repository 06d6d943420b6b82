"""Stock: more of it sells more and costs more, and the best lies where the newsvendor says."""

import math
from itertools import pairwise

import numpy as np
import pytest
from worlds.lives import differences

from regulars import Scenario
from regulars.ground.parameter import Problem
from regulars.kit import newsvendor
from regulars.market import Market

PROVES = ("M16", "P20")


def scenario(rules=None, there=0.85, days=168.0, **changes):
    """Two shops and staying at home; demand of a small neighbourhood, which varies from day to day."""
    strategies = {} if rules is None else {"stock": rules}
    return Scenario(
        {
            "market": {"customers": 100, "days": days},
            "need": {"mean": 1.4},
            "taste": {"kind": "homogeneous"},
            "choice": {"outside": True},
            "firms": [
                {"name": "shop", "price": 3.0, "cost": 2.0, "availability": there, "strategies": strategies},
                {"name": "rival", "price": 3.0, "cost": 2.0},
            ],
        }
    ).set(changes)


def run(*args, **options):
    return scenario(*args, **options).market(log="memory").run()


def plan(market):
    return market.firm("shop").strategies["stock"].plan


# ---------------------------------------------------------------- the newsvendor's sums


@pytest.mark.parametrize("z", [-3.0, -0.5, 0.0, 1.0, 2.5, 5.0])
def test_units_short_and_left_over(z):
    """E max(D - z, 0) and E max(z - D, 0) of a standard normal D, by quadrature."""
    x = np.linspace(-12.0, 12.0, 480_001)
    density = np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi) * (x[1] - x[0])
    assert newsvendor.loss(z) == pytest.approx((np.maximum(x - z, 0) * density).sum(), abs=1e-9)
    assert newsvendor.left_over(z) == pytest.approx((np.maximum(z - x, 0) * density).sum(), abs=1e-9)
    assert newsvendor.safety_of(newsvendor.loss(z)) == pytest.approx(z, abs=1e-6)


def test_the_critical_fractile():
    """Phi(z) = m / (m + h): nothing nearby earns more."""
    assert newsvendor.best_safety(1.0, 1.0) == pytest.approx(0.0)
    assert newsvendor.best_safety(3.0, 1.0) == pytest.approx(0.6744898)
    for margin, cost in ((1.0, 0.1), (2.0, 0.5), (0.2, 1.0)):
        earned = [
            -margin * newsvendor.loss(z) - cost * newsvendor.left_over(z)
            for z in newsvendor.best_safety(margin, cost) + np.linspace(-1, 1, 201)
        ]
        assert np.argmax(earned) == 100
    assert newsvendor.best_safety(1.0, 0.0) == 10.0 and newsvendor.best_safety(0.0, 1.0) == -10.0


# ---------------------------------------------------------------- in the market


def test_more_stock_never_loses_sales():
    """The same customers before fuller shelves: every sale of less stock is a sale of more, too."""
    markets = [run({"safety": safety}) for safety in (0.0, 0.5, 1.0, 3.0)]
    sold = []
    for market in markets:
        log = market.log.opportunities()
        sold.append(set(map(tuple, log.loc[log["firm"] == "shop", ["customer", "occasion"]].to_numpy())))
    assert all(less < more for less, more in pairwise(sold))
    # what is won comes from the rival and from those who bought nothing
    assert markets[-1].firm("rival").purchases < markets[0].firm("rival").purchases
    stock = [market.ledger.value("overhead", 1) for market in markets]
    assert stock[0] == 0.0 and stock == sorted(stock)


def test_shelves_by_the_formula():
    """What is short falls by L(z + safety) / L(z), with L(z) the part that is short now, by demand as the till showed it."""
    market = run({"safety": 1.0, "holding": 0.02}, days=29.0)
    bought = market.log.purchases()
    bought = bought[(bought["firm"] == "shop") & (bought["time"] < 28)]
    units = bought.groupby(np.floor(bought["time"]))["quantity"].sum().reindex(range(28), fill_value=0.0)
    mean, sd = units.mean() / 0.85, units.std() / 0.85
    z = newsvendor.safety_of(0.15 * mean / sd)
    extra = sd * (newsvendor.left_over(z + 1) - newsvendor.left_over(z))
    assert plan(market) == pytest.approx([newsvendor.loss(z + 1) / newsvendor.loss(z), extra], rel=1e-5)
    assert market.ledger.value("overhead", market.names.index("shop")) == pytest.approx(
        0.02 * extra, rel=1e-4
    )
    assert market.firm("shop").availability == 0.85  # between the days the firm's own number stands


def test_nothing_before_the_first_review():
    a, b = (run(rules).log.opportunities() for rules in ({"safety": 3.0}, None))
    assert a[a["time"] < 28].equals(b[b["time"] < 28]) and not a.equals(b)


MARGIN, HOLDING = 1.0, 0.25


def earned(safety):
    """Profit of a long run with so much safety stock added, and where that stands."""
    market = run({"safety": safety, "holding": HOLDING}, days=1092.0)
    return market.firm("shop").profit


def test_the_best_stock_lies_at_the_critical_fractile():
    """In a sweep profit is highest where Phi(z) = margin / (margin + holding), and the rule finds the place."""
    market = run({"rule": "newsvendor", "holding": HOLDING}, days=1092.0)
    days, units, squares, there = market.firm("shop").strategies["stock"].tally
    mean, sd = units / there, math.sqrt((squares - units**2 / days) / (days - 1)) * days / there
    now = newsvendor.safety_of(0.15 * mean / sd)
    best = newsvendor.best_safety(MARGIN, HOLDING) - now
    assert 0.5 < best < 1.0
    profits = [earned(step) for step in (0.0, 0.5 * best, best, best + 0.6, best + 1.2)]
    assert profits.index(max(profits)) == 2
    assert market.firm("shop").profit == pytest.approx(profits[2], rel=0.005)


def test_dear_stock_is_not_held():
    """Where a unit left over costs more than a sale brings, the newsvendor adds nothing."""
    none, rule = run(), run({"rule": "newsvendor", "holding": 50.0})
    assert rule.ledger.table() == none.ledger.table()


def test_what_spoils_costs_the_goods():
    fresh, rotten = (run({"safety": 1.0, "holding": 0.0, "waste": waste}) for waste in (0.0, 0.1))
    f = fresh.names.index("shop")
    assert fresh.log.opportunities().equals(rotten.log.opportunities())
    assert fresh.ledger.value("overhead", f) == 0.0 and rotten.ledger.value("overhead", f) > 10.0
    assert fresh.ledger.value("cost_of_goods", f) == rotten.ledger.value("cost_of_goods", f)
    rotten.ledger.check()


def test_full_shelves_need_no_stock():
    """Control: where everything is there already, nothing is added and nothing paid."""
    full, none = run({"safety": 3.0}, there=1.0), run(there=1.0)
    assert full.log.opportunities().equals(none.log.opportunities())
    assert full.ledger.table() == none.ledger.table()


@pytest.mark.parametrize("day", [10, 40, 84])
def test_it_goes_on_where_it_was_saved(day, tmp_path):
    straight, market = (scenario({"safety": 1.0}).market() for _ in range(2))
    straight.run()
    for _ in range(day):
        market.step()
    market.save(tmp_path / "m")
    assert differences(straight, Market.load(tmp_path / "m").run()) == []


def test_mistakes_are_told():
    with pytest.raises(Problem, match="standard deviations of daily demand"):
        scenario({"safety": -1.0})
    with pytest.raises(Problem, match="newsvendor"):
        scenario({"rule": "newsboy"})
