"""Two shops that take orders online, so that they know who buys, and customers who may stay at home."""

import math

import numpy as np

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


def corner(strategies, p=0.5, **changes):
    """One shop, one date a day, chance p to buy were nothing done: what is done moves the log odds."""
    odds = math.log(p / (1 - p))
    table = {
        "market": {"customers": 1000, "days": 56},
        "need": {"process": "calendar"},
        "taste": {"kind": "homogeneous"},
        "choice": {"outside": True, "outside_utility": -1.0 - odds, "price_sensitivity": 1.0},
        "firms": [{"name": "shop", "cost": 0.5, "online": True, "strategies": strategies}],
    }
    return Scenario(table).set({name.replace("__", "."): value for name, value in changes.items()})


def run(scenario, **options):
    """The market after its run, with a log."""
    return scenario.market(log="memory", **options).run()


def mine(market):
    """The one strategy of the shop."""
    (strategy,) = market.firm("shop").strategies.values()
    return strategy


def choices(market):
    """Every opportunity, in an order of its own."""
    return market.log.opportunities().sort_values(["customer", "occasion"], ignore_index=True)


def happened(market, kind):
    """Events of a kind."""
    events = market.log.events()
    return events[events["event"] == kind]


def purchases(scenario):
    """Purchases at the shop."""
    return scenario.market().run().firm("shop").purchases


def communication(market):
    """What the shop spent on communication, currency units."""
    return market.ledger.value("communication", market.firm("shop").index)


def bought(market, customers, days):
    """Whether each of the customers of a `corner` bought on each day."""
    table = market.log.opportunities().sort_values(["customer", "time"])
    return table["firm"].notna().to_numpy().reshape(customers, days)


def near(share, chance, n):
    """Hold a share of n draws to its chance, by four standard errors."""
    return abs(share - chance) <= 4 * math.sqrt(chance * (1 - chance) / n)


def logistic(x):
    """Chance for log odds."""
    return 1 / (1 + np.exp(-np.asarray(x)))


def goes_on(scenario, path, at):
    """Whether a market that is saved on day `at` and loaded again lives, pays and remembers as one never interrupted."""
    from regulars import Market

    whole = run(scenario)
    half = scenario.market(log="memory")
    while half.day < at:
        half.step()
    loaded = Market.load(half.save(path), log="memory").run()
    same_state = all(
        (np.asarray(a) == np.asarray(b)).all()
        for a, b in zip(mine(whole).save().values(), mine(loaded).save().values(), strict=True)
    )
    return (
        choices(whole).equals(choices(loaded))
        and whole.ledger.table() == loaded.ledger.table()
        and same_state
    )


def half_days_are_nothing(scenario):
    """Whether ticks of half a day make the same lives."""
    whole, halves = (choices(run(scenario.set({"market.tick": tick}))) for tick in (1.0, 0.5))
    return whole.equals(halves)


def off_is_off(name, rules, **changes):
    """Whether a strategy with its `off` values, and lively ones besides, leaves every choice and every book alone."""
    from regulars.world.strategy import find

    off = run(world({name: {**rules, **find(name).off}}, **changes))
    none = run(world(**changes))
    return choices(off).equals(choices(none)) and off.ledger.table() == none.ledger.table()
