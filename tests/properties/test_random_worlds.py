"""Any market that a scenario can describe keeps its books, and does not mind what must not matter.

Worlds are drawn over all that is declared (`anything`), by number; `make validate` runs REGULARS_WORLDS of them. To look
at world 17 alone: `check(world(17))`.
"""

import os

import pytest
from properties.what_holds import SOMETIMES, check
from worlds.anything import POLICIES, PROCESSES, STRATEGIES, Attempt, Builder, attempts, world

from regulars import Scenario
from regulars.contract import pricing, recommender, strategy
from regulars.scenario.whole import whole_offer, whole_spec

COMMON = range(40)  # worlds in which every strategy, process and policy has been
ATONCE = 25  # worlds in one slow test
MANY = range(1000, 1000 + int(os.environ.get("REGULARS_WORLDS", "2000")), ATONCE)


def some(number, how_many=2):
    """Other ways to live a world, by its number, so that all have their turn."""
    return [SOMETIMES[(number + 4 * k) % len(SOMETIMES)] for k in range(how_many)]


@pytest.mark.parametrize("number", COMMON)
def test_what_holds_in_any_market(number):
    check(world(number), some(number, how_many=1))


@pytest.mark.slow
@pytest.mark.parametrize("first", MANY)
def test_what_holds_in_thousands_of_markets(first):
    """All faults of a batch are told together."""
    faults = []
    for number in range(first, first + ATONCE):
        try:
            check(world(number), some(number))
        except Exception as fault:  # whatever it is, the others are looked at too
            faults.append(f"world {number}: {type(fault).__name__}: {fault}")
    assert not faults, "\n".join(faults)


# ---------------------------------------------------------------- the worlds themselves


def test_they_have_had_everything():
    """Every strategy, process and policy, and most of what is drawn can be mended into a scenario."""
    drawn = [attempt for number in COMMON for attempt in attempts(number)]
    assert sum(attempt.refused is None for attempt in drawn) / len(drawn) > 0.7
    specs = [Scenario(world(number)).spec for number in COMMON]
    assert {name for spec in specs for firm in spec.firms for name in firm.strategies} == set(STRATEGIES)
    assert {firm.pricing.kind for spec in specs for firm in spec.firms} >= set(POLICIES)
    assert {kind for spec in specs for kind in PROCESSES if kind.wanted(spec)} == set(PROCESSES)


def test_a_world_is_known_by_its_number():
    one, other = (Attempt(7, 0).table for _ in range(2))
    assert one == other != Attempt(8, 0).table


def test_there_is_life_in_them():
    """Most are markets in which something is bought, so that there is something to be wrong."""
    bought = [Scenario(world(number)).market().run().totals.purchases.sum() for number in COMMON[::4]]
    assert sum(purchases >= 10 for purchases in bought) / len(bought) > 0.5


def kinds():
    """All tables of parameters by name: sections, firms, and those of strategies, policies and recommenders."""
    for folder in (strategy, pricing, recommender):
        yield from ((name, folder.find(name).Parameters) for name in folder.names())
    sections = [(name, field.annotation) for name, field in whole_spec().model_fields.items()]
    yield from ((name, kind) for name, kind in sections if hasattr(kind, "read"))
    yield "firms", whole_offer()


def test_every_parameter_is_drawn():
    """None stays as it is, but what others put together, the name of a file, and what names published evidence."""
    fixed = []
    for name, kind in kinds():
        tables = [Builder(number, 0).walk.table(kind, name, name) for number in range(40)]
        for parameter in kind.model_fields:
            if len({repr(table[parameter]) for table in tables if parameter in table}) < 2:
                fixed.append(f"{name}.{parameter}")
    assert fixed == [
        "recommendation.rules",
        "network.file",
        "evidence.settings",
        "evidence.sure",
        "firms.strategies",
        "firms.pricing",
    ]
