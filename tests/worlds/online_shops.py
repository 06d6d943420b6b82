"""Two shops that take orders online, so that they know who buys, and customers who may stay at home."""

from regulars import Scenario


def world(strategies=None, rival=None, **changes):
    """The scenario; `strategies` of the shop and of its rival, changes by dotted name with `__` for the dots."""
    table = {
        "market": {"customers": 600, "days": 112, "focal": "shop"},
        "need": {"mean": 2.0, "shape": 2.0},
        "taste": {"concentration": 2.0},
        "choice": {"outside": True, "outside_utility": -1.0, "price_sensitivity": 1.0},
        "firms": [
            {"name": name, "price": 1.0, "cost": 0.6, "online": True, "strategies": own or {}}
            for name, own in (("shop", strategies), ("rival", rival))
        ],
    }
    return Scenario(table).set({name.replace("__", "."): value for name, value in changes.items()})


def mine(market):
    """The one strategy of the shop."""
    (strategy,) = market.firm("shop").strategies.values()
    return strategy


def purchases(scenario):
    """Purchases at the shop."""
    return scenario.market().run().firm("shop").purchases


def communication(market):
    """What the shop spent on communication, currency units."""
    return market.ledger.value("communication", market.firm("shop").index)
