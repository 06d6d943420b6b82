"""One of each public thing, small."""

import functools

from regulars import Designs, Market, Panel, Scenario, compare, pilot, plain, simulate_pilot, sweep, update

SHOPS = {
    "market": {"customers": 60, "days": 28},
    "choice": {"price_sensitivity": 3.0},
    "firms": [
        {"name": "anna", "cost": 0.7, "strategies": {"points": {}}},
        {"name": "bob", "cost": 0.7},
    ],
    "arms": {"cheaper": {"strategies": {"everyday_low_price": {"discount": 0.05}}}},
}


def scenario(**changes):
    return Scenario({**SHOPS, **changes})


def market():
    """A market after five days."""
    made = Market(scenario())
    for _ in range(5):
        made.step()
    return made


def plain_market():
    """The same five days in plain Python, without the points."""
    made = plain.PlainMarket(scenario(firms=[{"name": "anna", "cost": 0.7}, {"name": "bob", "cost": 0.7}]))
    for _ in range(5):
        made.step()
    return made


@functools.cache
def log():
    return Market(scenario(), log="memory").run().log.purchases().astype({"firm": str})


def panel():
    return Panel(log(), name="till", currency="yuan")


@functools.cache
def comparison():
    return compare(scenario(), replicates=3, jobs=1)


@functools.cache
def swept():
    return sweep(scenario(), {"firms.anna.price": [0.9, 1.0]}, replicates=2, jobs=1)


def doubtful():
    return scenario(uncertainty={"choice.price_sensitivity": 0.5})


@functools.cache
def planned():
    designs = Designs(weeks=[2], measure="purchases")
    return pilot(doubtful(), "cheaper", designs, replicates=10, jobs=1)


@functools.cache
def updated():
    table = simulate_pilot(scenario(), "cheaper", 2, treated=30, held_out=30)
    return update(doubtful(), table, "cheaper", 2, replicates=12, jobs=1)
