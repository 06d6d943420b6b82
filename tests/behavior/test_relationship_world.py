"""Relations in a whole market: switched off, given nonsense, in long ticks, on two threads, saved and branched."""

import numpy as np
import pytest
from worlds.busy import world
from worlds.lives import differences, lives
from worlds.relations import STILL, deepened, shops

from regulars.ground.errors import RegularsError
from regulars.ground.parameter import Problem
from regulars.market import Market


def test_off_is_off():
    """Relations that do nothing are none; and a market without them has no columns for them."""
    market = world().market(seed=3, log="memory").run()
    assert not market.customers.has("social")
    assert market.processes == {}
    market.firms[0].relations.deepen("social", np.arange(3), 0.5, 0.0)  # a strategy need not ask
    idle = (
        world(**{f"relationship.{name}": value for name, value in STILL.items()})
        .market(seed=3, log="memory")
        .run()
    )
    assert lives(idle).equals(lives(market))


@pytest.mark.parametrize(
    ("benefit", "amount", "told"),
    [
        ("respekt", 0.5, "did you mean 'respect'"),
        ("social", 1.5, "share in"),
        ("social", -1.01, "share in"),
        ("social", np.nan, "share in"),
        ("social", np.array([0.1, np.inf]), "share in"),
    ],
)
def test_no_such_benefit_and_no_such_share(benefit, amount, told):
    market = shops(STILL, customers=2)
    with pytest.raises(RegularsError, match=told):
        market.firms[0].relations.deepen(benefit, np.arange(2), amount, 0.0)
    assert not market.customers.social.any()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("confidence_gain", 1.2),
        ("social_half_life", -1.0),
        ("forgiveness", -0.1),
        ("respect_weight", 51.0),
        ("trust", 0.5),
    ],
)
def test_rules_out_of_bounds_are_refused(name, value):
    with pytest.raises(Problem, match=rf"relationship\.{name}"):
        shops({name: value})


# ---------------------------------------------------------------- time, threads, saving


FULL = {
    "relationship.on": True, "relationship.personal_contact": 0.1, "devotion.on": True, "relationship.social_half_life": 15.0,
    "firms.a.risk": 0.5, "choice.risk_weight": {"distribution": "uniform", "low": 0.0, "high": 2.0},
}  # fmt: skip


def test_the_length_of_a_tick_and_threads_do_not_matter():
    quiet = world({}, **FULL, **{"firms.b.pricing": {}})

    def table(scenario, **options):
        rows = lives(scenario.market(seed=3, log="memory", **options).run())
        return rows.sort_values(["customer", "occasion"], ignore_index=True)

    days = table(quiet)
    assert len(days) > 1000
    assert table(quiet.set({"market.tick": 5.0})).equals(days)
    assert table(quiet, threads=2).equals(days)


def test_a_saved_market_goes_on_with_its_relations(tmp_path):
    scenario = world(**FULL)

    def first(market):
        for _ in range(10):
            market.step()
        return deepened(market, {"special": 0.4, "respect": 0.6}, np.arange(0, 200, 3))

    straight = first(scenario.market(log="memory")).run()
    market = first(scenario.market(log="memory"))
    loaded = Market.load(market.save(tmp_path / "m"))
    assert loaded.customers.special.any()
    assert differences(straight, loaded.run()) == []
    assert lives(straight).equals(lives(loaded))
    branched = market.branch({}, log="memory")
    assert differences(market.run(), branched.run(), but=("sources", "rows", "log")) == []


def test_relations_begin_in_a_branch():
    """A market that never knew relations can begin to."""
    market = world().market(seed=3)
    for _ in range(10):
        market.step()
    branched = market.branch({"relationship.on": True, "devotion.on": True})
    assert not branched.customers.confidence.any()
    assert branched.run().customers.confidence.any()
