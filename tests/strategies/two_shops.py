"""Two shops and staying at home, for strategies to prove themselves in; and what every one of them has to bear."""

import math

from market.worlds import differences

from regulars import Scenario
from regulars.market import Market


def town(name=None, rules=None, **changes):
    """Two shops, customers who differ and learn from experience; `name` is a strategy of the first one, with its rules."""
    table = {
        "market": {"customers": 400, "days": 84, "focal": "shop"},
        "need": {"mean": 2.0, "shape": 2.0},
        "taste": {"concentration": 1.5},
        "choice": {"outside": True, "outside_utility": -2.0, "price_sensitivity": 0.1},
        "spending": {"basket": {"distribution": "gamma", "mean": 2.0, "sd": 1.0}, "variation": 0.3},
        "experience": {"on": True},
        "bond": {"response": "linear"},
        "firms": [
            {
                "name": "shop",
                "price": 10.0,
                "cost": 7.0,
                "strategies": {} if name is None else {name: rules or {}},
            },
            {"name": "rival", "price": 10.0, "cost": 7.0},
        ],
    }
    return Scenario(table).set({key.replace("__", "."): value for key, value in changes.items()})


def corner(name=None, rules=None, p=0.5, **changes):
    """One shop, a date a day, base chance p of buying one unit at 1 that costs 0.5; a currency unit is worth one logit."""
    table = {
        "market": {"customers": 1000, "days": 28},
        "need": {"process": "calendar"},
        "taste": {"kind": "homogeneous"},
        "choice": {
            "outside": p < 1.0,
            "outside_utility": -1.0 - logit(p) if p < 1.0 else 0.0,
            "price_sensitivity": 1.0,
        },
        "firms": [
            {
                "name": "shop",
                "price": 1.0,
                "cost": 0.5,
                "strategies": {} if name is None else {name: rules or {}},
            }
        ],
    }
    return Scenario(table).set({key.replace("__", "."): value for key, value in changes.items()})


def logit(p):
    """Log odds."""
    return math.log(p / (1.0 - p))


def chance(logits):
    """The probability of these log odds."""
    return 1.0 / (1.0 + math.exp(-logits))


def within(hits, p, ses=4.0):
    """Hold the mean of yes-or-no draws to a probability, by four standard errors."""
    assert abs(hits.mean() - p) <= ses * math.sqrt(p * (1.0 - p) / hits.size), (hits.mean(), p)


def run(scenario, **options):
    """The market after its run."""
    return scenario.market(log="memory", **options).run()


def own(market, name):
    """The first shop's strategy of this name."""
    return market.firm("shop").strategies[name]


def lives(market):
    """Every opportunity of everybody, in an order of its own."""
    return market.log.opportunities().sort_values(["customer", "occasion"], ignore_index=True)


def days_of(market):
    """Whether each customer bought on each day, shape (customers, days), where all have a date a day."""
    table = market.log.opportunities().sort_values(["customer", "time"])
    return table["firm"].notna().to_numpy().reshape(market.customers.count, -1)


def bought(market, firm="shop"):
    """Purchases at a firm, in order of customer and time."""
    table = lives(market)
    return table[table["firm"] == firm].reset_index(drop=True)


def same(one, other, books=True):
    """Assert that two markets lived the same lives and, with `books`, have the same books, to the bit."""
    assert lives(one).equals(lives(other))
    assert not books or one.ledger.table() == other.ledger.table()


def differ(one, other):
    """Negative control of `same`."""
    assert not lives(one).equals(lives(other))


def paired(scenario, **changes):
    """A market with its control, the first shop without strategies: (control, arm) after their run."""
    control = scenario.set({"firms.shop.strategies": {}}).market(log="memory")
    arm = scenario.set(changes).market(log="memory", against=control)
    for _ in range(control.ticks):
        control.step()
        arm.step()
    return control, arm


def goes_on(scenario, path, ticks):
    """Assert that saving and going on is the same as going on: lives, state and books, to the bit."""
    straight = run(scenario)
    market = scenario.market(log="memory")
    for _ in range(ticks):
        market.step()
    market.save(path)
    loaded = Market.load(path, log="memory").run()
    assert differences(straight, loaded) == []
    same(straight, loaded)


def half_days_change_nothing(scenario):
    """Assert that it does not matter whether a tick is a day or half a day."""
    one, other = run(scenario), run(scenario.set({"market.tick": 0.5}))
    same(one, other, books=False)
    for mine, its in zip(one.ledger.table(), other.ledger.table(), strict=True):
        assert math.isclose(mine["amount"], its["amount"], abs_tol=1e-3), (mine, its)


def attracts(worlds, more=1.0):
    """Assert that from world to world the first shop sells no less, and in the last `more` times what it sells in the first."""
    sales = [run(world).firm("shop").purchases for world in worlds]
    assert sales == sorted(sales), sales
    assert sales[-1] >= more * sales[0] > 0, sales
    return sales
