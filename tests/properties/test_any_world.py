"""Lives that do not touch, and the plain day, in worlds that are drawn for them by hypothesis.

What holds in any world at all is in `test_random_worlds`.
"""

import os

import numpy as np
import pytest
from contract.listening import life, run, same_lives
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from worlds.any_world import APART, KNOWN_TO_THE_PLAIN_DAY, STRATEGIES, worlds

from regulars import Scenario
from regulars.plain import PlainMarket
from regulars.world.ledger import MILLION

PLAIN = ("everyday_low_price",)  # what the plain day knows for customers who are not alike
WORLDS = int(os.environ.get("REGULARS_WORLDS", "2000"))  # of a study
PART = 50  # of them are tried in one test
EXAMPLES = settings(
    max_examples=20,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],  # a failure is told at once, not made smaller for minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


PROPERTIES = {}


def holds_in(*examples):
    """A property, tried on a few examples by each run of the tests, and on `WORLDS` by `make validate`."""

    def tried(check):
        PROPERTIES[check.__name__.removeprefix("test_")] = check, examples
        return EXAMPLES(given(*examples)(check))

    return tried


# Worth of progress is tabulated by type of customer. In a market of a dozen customers one more may turn a list of
# types into a ladder of types, which moves what the others see by a thousandth of a logit: lives, not promises.


@holds_in(worlds())
def test_one_more_customer_leaves_the_others_alone(world):
    n = world["market"]["customers"]
    larger = {**world, "market": {**world["market"], "customers": n + 1}}
    same_lives(run(world), run(larger), n, promises=False)


@holds_in(worlds(), st.integers(0, 10**6), st.floats(0.0, 3.0))
def test_a_nudge_stays_with_the_nudged(world, who, sensitivity):
    who %= world["market"]["customers"]

    def nudge(market):
        market.customers[who].price_sensitivity = sensitivity

    same_lives(run(world), run(world, nudge), but=[who], promises=False)


def plainly(world):
    """The same world without what the plain day does not know: gamma traits, and programmes."""
    unknown = {*STRATEGIES, *APART} - {*PLAIN, *KNOWN_TO_THE_PLAIN_DAY}
    if isinstance(world, dict):
        cut = {name: plainly(value) for name, value in world.items() if name not in unknown}
        return {**cut, "distribution": "lognormal"} if cut.get("distribution") == "gamma" else cut
    return [plainly(item) for item in world] if isinstance(world, list) else world


@holds_in(worlds())
def test_the_plain_day_agrees(world):
    world = plainly(world)
    log = life(run(world))[0]
    plain = PlainMarket(Scenario(world), seed=world["market"]["seed"])
    rows = sorted(plain.run(), key=lambda row: (row.customer, row.occasion))
    assert log["customer"].tolist() == [row.customer for row in rows]
    assert log["firm"].astype(object).where(log["firm"].notna(), None).tolist() == [row.firm for row in rows]
    assert np.rint(log["amount"] * MILLION).tolist() == [row.paid for row in rows]


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, WORLDS, PART))
@pytest.mark.parametrize("holds", PROPERTIES)
def test_in_thousands_of_worlds(holds, first):
    """In parts that are drawn by their number: an interrupted study goes on, and more worlds are only the ones added."""
    check, examples = PROPERTIES[holds]
    part = settings(EXAMPLES, derandomize=False, max_examples=min(PART, WORLDS - first))
    part(seed(first)(given(*examples)(check)))()
