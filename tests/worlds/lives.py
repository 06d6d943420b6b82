"""What customers did in a market, and whether two markets are the same, to the bit."""

import numpy as np

from regulars.market import Market
from regulars.market.snapshot import take


def run(scenario, **options):
    """The market after its run, with its log."""
    return scenario.market(log="memory", **options).run()


def after(market, ticks):
    """The market `ticks` ticks later."""
    for _ in range(ticks):
        market.step()
    return market


def lives(market):
    """Every opportunity of everybody, in an order of its own."""
    return market.log.opportunities().sort_values(["customer", "occasion"], ignore_index=True)


def days_of(market):
    """Whether each customer bought on each day, shape (customers, days), where all have a date a day."""
    table = market.log.opportunities().sort_values(["customer", "time"])
    return table["firm"].notna().to_numpy().reshape(market.customers.count, -1)


def happened(market, kind):
    """Events of a kind."""
    events = market.log.events()
    return events[events["event"] == kind]


def same(one, other, books=True):
    """Assert that two markets lived the same lives and, with `books`, have the same books, to the bit."""
    assert lives(one).equals(lives(other))
    assert not books or one.ledger.table() == other.ledger.table()


def differ(one, other):
    """Negative control of `same`."""
    assert not lives(one).equals(lives(other))


def leaves(tree, name=""):
    """(name, value) of everything in a tree of tables, lists and arrays."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from leaves(value, f"{name}.{key}")
    elif isinstance(tree, (list, tuple)):
        yield f"{name}#", len(tree)
        for k, value in enumerate(tree):
            yield from leaves(value, f"{name}.{k}")
    else:
        yield name, tree


def differences(one, other, but=("sources",)):
    """Names of what differs between two markets, to the bit: state, books, logs."""
    a, b = dict(leaves(take(one))), dict(leaves(take(other)))
    names = set(a) ^ set(b)
    for name in a.keys() & b.keys():
        x, y = np.asarray(a[name]), np.asarray(b[name])
        if x.shape != y.shape or not (
            np.array_equal(x, y) if x.dtype.kind in "OU" else x.tobytes() == y.astype(x.dtype).tobytes()
        ):
            names.add(name)
    return sorted(name for name in names if not name.lstrip(".").startswith(but))


def goes_on(scenario, path, ticks, straight=None):
    """Assert that saving and going on is the same as going on `straight`: lives, state and books, to the bit."""
    straight = run(scenario) if straight is None else straight
    after(scenario.market(log="memory"), ticks).save(path)
    loaded = Market.load(path, log="memory").run()
    assert differences(straight, loaded) == []
    same(straight, loaded)
