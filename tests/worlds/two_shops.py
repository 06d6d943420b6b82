"""Two shops and staying at home, for strategies to prove themselves in; and what every one of them has to bear."""

from worlds.lives import lives, run

from regulars import Scenario


def town(name=None, rules=None, **changes):
    """Two shops, customers who differ and learn from experience; `name` is a strategy of the first one, with its rules."""
    table = {
        "market": {"customers": 400, "days": 84, "focal": "shop"},
        "need": {"mean": 2.0, "shape": 2.0},
        "taste": {"concentration": 1.5},
        "choice": {"outside": True, "outside_utility": -2.0, "price_sensitivity": 0.1},
        "spending": {"basket": {"distribution": "gamma", "mean": 2.0, "sd": 1.0}, "variation": 0.3},
        "experience": {"on": True},
        "bond": {"on": True, "response": "linear"},
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


def own(market, name):
    """The first shop's strategy of this name."""
    return market.firm("shop").strategies[name]


def bought(market, firm="shop"):
    """Purchases at a firm, in order of customer and time."""
    table = lives(market)
    return table[table["firm"] == firm].reset_index(drop=True)


def paired(scenario, **changes):
    """A market with its control, the first shop without strategies: (control, arm) after their run."""
    control = scenario.set({"firms.shop.strategies": {}}).market(log="memory")
    arm = scenario.set(changes).market(log="memory", against=control)
    for _ in range(control.ticks):
        control.step()
        arm.step()
    return control, arm


def attracts(worlds, more=1.0):
    """Assert that from world to world the first shop sells no less, and in the last `more` times what it sells in the first."""
    sales = [run(world).firm("shop").purchases for world in worlds]
    assert sales == sorted(sales), sales
    assert sales[-1] >= more * sales[0] > 0, sales
    return sales
