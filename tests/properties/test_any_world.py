"""What holds in any market that a scenario can describe; the examples are found by hypothesis."""

import os

import numpy as np
import pytest
from contract.books import audit
from contract.listening import life, run, same, same_lives, slice_finely
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from plain.plain_day import PlainMarket
from worlds.any_world import APART, KNOWN_TO_THE_PLAIN_DAY, STRATEGIES, worlds

from regulars import Scenario
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


@holds_in(worlds())
def test_books_balance_and_nobody_holds_less_than_nothing(world):
    audit(run(world))


@holds_in(worlds(together=True), st.integers(2, 3))
def test_lives_that_touch_are_the_same_again(world, threads):
    """Talk, norms, complaints and empty shelves: same seed, same world, on any number of threads, books in balance."""
    one = run(world)
    audit(one)
    with pytest.MonkeyPatch.context() as patch:
        slice_finely(patch, 2)
        same_lives(one, run(world, threads=threads))


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


@holds_in(worlds(), st.randoms(use_true_random=False))
def test_order_of_writing_does_not_matter(world, shuffler):
    firms = [{**firm, "strategies": dict(reversed(firm["strategies"].items()))} for firm in world["firms"]]
    shuffler.shuffle(firms)
    same_lives(run(world), run({**world, "firms": firms}))


@holds_in(worlds(), st.integers(2, 4))
def test_threads_do_not_matter(world, threads):
    alone = run(world)
    with pytest.MonkeyPatch.context() as patch:
        slice_finely(patch, 2)
        same_lives(alone, run(world, threads=threads))


@holds_in(worlds(programmes=False), st.sampled_from([0.25, 2.0, 7.0, 28.0]))
def test_the_length_of_a_tick_does_not_matter(world, tick):
    same(life(run(world))[0], life(run({**world, "market": {**world["market"], "tick": tick}}))[0])


@holds_in(worlds())
def test_a_control_alike_changes_nothing(world):
    """In an A/A comparison every opportunity ends as in the control, and every reward was for a kept purchase."""
    scenario = Scenario(world)
    control = scenario.market()
    arm = scenario.market(log="memory", against=control)
    for _ in range(control.ticks):
        control.step()
        arm.step()
    same(life(arm)[0], life(run(world))[0])
    for f in range(len(arm.names)):
        elsewhere = np.delete(arm.ledger.by_source[f], [f, len(arm.names) + 1])
        assert (elsewhere == 0).all()


@holds_in(worlds(programmes=False), st.integers(0, 2))
def test_the_log_tells_what_the_totals_tell(world, replicate):
    market = run(world, replicate=replicate)
    log, totals = market.log.opportunities(), market.log.totals
    assert totals.opportunities.sum() == len(log)
    for f in range(len(market.names)):
        mine = log[log["firm"].cat.codes == f]
        assert totals.purchases[:, f].sum() == len(mine)
        assert totals.listed[:, f].sum() == np.rint(mine["listed"] * MILLION).sum()
        assert totals.paid[:, f].sum() == np.rint(mine["amount"] * MILLION).sum()


def plainly(world):
    """The same world without what the plain day does not know: gamma and truncated traits, and programmes."""
    unknown = {*STRATEGIES, *APART} - {*PLAIN, *KNOWN_TO_THE_PLAIN_DAY}
    if isinstance(world, dict):
        cut = {name: plainly(value) for name, value in world.items() if name not in unknown}
        return {**cut, "distribution": "lognormal"} if cut.get("distribution") in ("gamma", "normal") else cut
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
