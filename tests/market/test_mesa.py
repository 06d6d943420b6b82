"""A market is a mesa model and a firm a mesa agent: agent sets, collectors and batch runs work on them."""

import mesa
import numpy as np
import pandas as pd
import pytest
from worlds.busy import world
from worlds.lives import after

from regulars.ground.errors import RegularsError
from regulars.market import Market
from regulars.world.firms import Firm

TABLE = {
    "market": {"customers": 80, "days": 6.0},
    "choice": {"price_sensitivity": 1.0},
    "firms": [{"name": "a", "price": 1.0, "cost": 0.6}, {"name": "b", "price": 1.2, "cost": 0.6}],
}


def test_agents():
    market = after(Market(TABLE), 3)
    assert isinstance(market, mesa.Model) and list(market.agents) == market.firms
    assert all(isinstance(firm, mesa.Agent) for firm in market.agents)
    assert market.agents_by_type[Firm].get("name") == ["a", "b"]
    assert [firm.unique_id for firm in market.agents] == [1, 2]
    assert list(market.agents.select(lambda firm: firm.price > 1.1)) == [market.firm("b")]
    assert market.agents.agg("profit", sum) == sum(firm.profit for firm in market.firms) != 0
    assert market.agents.agg("price", [min, max]) == [1.0, 1.2]
    market.agents.set("price", 2.0)
    assert market.agents.get("price") == [2.0, 2.0]
    market.agents.do(lambda firm: setattr(firm, "cost", firm.price / 2))
    assert np.array_equal(market.offers.arrays["cost"], [1.0, 1.0])
    assert market.agents.groupby("price").count() == {2.0: 2}


def test_an_agent_set_acts_on_the_market():
    dear = Market(TABLE)
    dear.agents.select(lambda firm: firm.name == "a").set("price", 9.0)
    assert after(dear, 6).firm("a").purchases < after(Market(TABLE), 6).firm("a").purchases


def test_collected_tables():
    market = Market(TABLE).run()
    models = market.datacollector.get_model_vars_dataframe()
    assert list(models.index) == [0, 1, 2, 3, 4, 5, 6]  # row k: after k steps
    assert list(models["day"]) == [0, 1, 2, 3, 4, 5, 6]
    assert list(models["purchases"]) == [0, *np.cumsum(market.totals.purchases.sum(axis=1))]
    firms = market.datacollector.get_agent_vars_dataframe()
    assert list(firms.columns) == ["firm", "price", "gross_sales", "profit"]
    assert firms.loc[(6, 2), "profit"] == market.firms[1].profit and firms.loc[(0, 1), "profit"] == 0
    assert not market.running and market.steps == 6


def test_collectors_of_ones_own():
    market = Market(TABLE, collect=False)
    after(market, 2)
    market.datacollector = mesa.DataCollector(
        {"share": lambda m: m.firms[0].purchases / max(sum(f.purchases for f in m.firms), 1)},
        {"cost": "cost"},
    )
    market.run()
    shares = market.datacollector.get_model_vars_dataframe()["share"]
    assert len(shares) == 5 and shares.iloc[-1] == market.firms[0].purchases / market.totals.purchases.sum()
    costs = market.datacollector.get_agent_vars_dataframe()
    assert (
        list(costs.index.get_level_values("Step").unique()) == [2, 3, 4, 5, 6]
        and (costs["cost"] == 0.6).all()
    )


def test_collecting_changes_nothing_and_can_be_off():
    without = Market(TABLE, collect=False).run()
    assert without.datacollector.get_model_vars_dataframe().empty
    assert np.array_equal(without.totals.paid, Market(TABLE).run().totals.paid)


def test_the_clock():
    market = Market(TABLE)
    assert market.running and market.steps == 0
    market.step()
    assert (market.steps, market.day) == (1, 1.0) and getattr(market, "time", 1.0) == 1.0
    market.run_model()
    assert (market.steps, market.day, market.running) == (6, 6.0, False)
    market.step()  # past the end nothing happens
    assert market.tick == 6 and len(market.datacollector.get_model_vars_dataframe()) == 7


@pytest.mark.skipif(not hasattr(mesa.Model, "run_for"), reason="this mesa has no schedule")
def test_the_schedule():
    market, straight = Market(TABLE), after(Market(TABLE), 4)
    market.run_for(1)
    market.run_until(4)
    assert (market.steps, market.time, market.day) == (4, 4.0, 4.0)
    assert same_tables(market, straight)
    market.run_for(100)
    assert (market.tick, market.running) == (6, False)
    assert same_tables(market, Market(TABLE).run())


def same_tables(one, two):
    return all(
        getattr(one.datacollector, f"get_{kind}_vars_dataframe")().equals(
            getattr(two.datacollector, f"get_{kind}_vars_dataframe")()
        )
        for kind in ("model", "agent")
    )


def test_a_market_that_goes_on_has_the_clock_of_its_day(tmp_path):
    market = after(Market(TABLE), 4)
    for other in (Market.load(market.save(tmp_path / "m")), market.branch()):
        assert other.steps == 4 and getattr(other, "time", 4.0) == 4.0 and other.day == 4.0
        other.step()
        assert other.steps == 5 and getattr(other, "time", 5.0) == 5.0 and other.day == 5.0
        other.run()
        firms = other.datacollector.get_agent_vars_dataframe()
        assert list(firms.index.get_level_values("Step").unique()) == [4, 5, 6]


class Counting(Market):
    """A model of a user, who collects in the step as mesa's guide says."""

    def __init__(self, **options):
        super().__init__(**options)
        self.seen = 0
        self.datacollector = mesa.DataCollector({"seen": "seen", "day": "day"}, {"price": "price"})

    def step(self):
        super().step()
        self.seen += 1
        self.datacollector.collect(self)


def test_collecting_in_the_step_is_collecting_once(tmp_path):
    market = Counting(scenario=TABLE).run()
    market.step()
    assert list(market.datacollector.get_model_vars_dataframe()["seen"]) == list(range(7))
    rows = mesa.batch_run(Counting, {"scenario": [TABLE]}, max_steps=6, display_progress=False)
    assert {(row["seen"], row["day"]) for row in rows} == {(6, 6.0)}
    loaded = Counting.load(after(Counting(scenario=TABLE), 4).save(tmp_path / "m"))
    assert loaded.seen == 0 and after(loaded, 2).seen == 2  # no step of the user's for the days before


def test_a_collector_of_agents_only():
    market = Market(TABLE)
    market.datacollector = mesa.DataCollector(agent_reporters={"gross_sales": "gross_sales"})
    after(market, 2)
    rows = market.datacollector.get_agent_vars_dataframe()
    assert list(rows.index) == [(step, firm) for step in range(3) for firm in (1, 2)]


class Failing(Market):
    """A model of a user that breaks within its third day."""

    def step(self):
        super().step()
        if self.tick == 3:
            raise ZeroDivisionError("by the user")


def test_a_day_that_broke_off_is_not_gone_on_with():
    market = Failing(TABLE)
    with pytest.raises(ZeroDivisionError):
        market.run()
    for go_on in (market.step, market.run):
        with pytest.raises(RegularsError, match=r"broke off on day 3 \(ZeroDivisionError: by the user\)"):
            go_on()
    assert market.tick == 3


def test_a_reporter_that_fails_leaves_the_market_whole():
    market = after(Market(TABLE), 2)
    good = market.datacollector
    market.datacollector = mesa.DataCollector({"x": lambda m: 1 / (m.day - 4)})
    with pytest.raises((ZeroDivisionError, RuntimeError)):
        market.run()
    market.datacollector = good
    after(market, 1)
    assert market.tick == 5
    market.run()
    assert market.tick == 6 and np.array_equal(market.totals.paid, Market(TABLE).run().totals.paid)


def test_what_mesa_offers_and_a_market_cannot_do_is_refused():
    market = Market(TABLE)
    for reset in (market.reset_rng, market.reset_randomizer):
        for given in ((), (5,)):
            with pytest.raises(RegularsError, match="build another market with seed="):
                reset(*given)
    for remove in (market.remove_all_agents, market.firms[0].remove, lambda: market.agents.do("remove")):
        with pytest.raises(RegularsError, match="firm 'a' cannot leave its market"):
            remove()
    with pytest.raises(RegularsError, match=r"cannot be replaced; market\.branch"):
        market.scenario = Market(TABLE).scenario
    market.agents.do("step")  # what mesa gives every agent: nothing
    assert len(market.agents) == 2 and after(market, 6).ledger.profit(0) == Market(TABLE).run().ledger.profit(
        0
    )


def test_agents_of_the_user_come_and_go():
    market = Market(TABLE)
    extra = mesa.Agent(market)
    assert list(market.agents) == [*market.firms, extra]
    extra.remove()
    assert list(market.agents) == market.firms


def test_no_attribute_of_a_market_hides_one_of_mesas():
    bare = mesa.Model(rng=1)
    ours = {*vars(Market), *vars(Market.__mro__[1]), *vars(Market(TABLE)).keys() - vars(bare).keys()}
    hidden = {name for name in ours if hasattr(bare, name) and not name.startswith("__")}
    meant = {
        "scenario",
        "register_agent",
        "deregister_agent",
        "reset_rng",
        "reset_randomizer",
        "step",
        "run_model",
    }
    assert hidden - meant <= {"observables"}  # which mesa 3.5 writes into every class


def direct(customers, replicate, steps):
    """What a run by hand says after `steps` steps: rows as of mesa's batch_run."""
    market = after(
        Market({**TABLE, "market": {"customers": customers, "days": 6.0}}, replicate=replicate), steps
    )
    common = {
        "market__customers": customers,
        "replicate": replicate,
        "Step": steps,
        "day": market.day,
        "purchases": int(market.totals.purchases.sum()),
    }
    return [
        {**common, "firm": f.name, "price": f.price, "gross_sales": f.gross_sales, "profit": f.profit}
        for f in market.firms
    ]


def batch(**options):
    rows = mesa.batch_run(
        Market,
        {"scenario": [TABLE], "market__customers": [40, 80], "replicate": range(2)},
        display_progress=False,
        **options,
    )
    keys = ["market__customers", "replicate", "Step", "firm"]
    columns = [*keys, "day", "purchases", "price", "gross_sales", "profit"]
    return pd.DataFrame(rows)[columns].sort_values(keys).reset_index(drop=True)


def expected(steps):
    rows = [row for c in (40, 80) for r in range(2) for step in steps for row in direct(c, r, step)]
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("options", "steps"),
    [
        ({"max_steps": 100}, [6]),  # ends by itself: the last row is the end of the market
        ({"max_steps": 6}, [6]),
        ({"max_steps": 100, "data_collection_period": 1}, range(7)),
        ({"max_steps": 6, "data_collection_period": 1}, range(7)),
        ({"max_steps": 7, "data_collection_period": 2}, [0, 2, 4, 6]),
    ],
)
def test_batch_run_agrees_with_runs_by_hand(options, steps):
    rows, wanted = batch(**options), expected(steps)
    pd.testing.assert_frame_equal(rows, wanted[rows.columns], check_exact=True, check_dtype=False)
    assert (
        rows.groupby(["market__customers", "replicate"])["profit"].max().is_unique
    )  # replicates are other people


def test_batch_run_in_two_processes():
    one, two = batch(max_steps=10), batch(max_steps=10, number_processes=2)
    pd.testing.assert_frame_equal(one, two, check_exact=True)


class Reporting(Market):
    """A market with a collector of its own, put in the way mesa's users do it."""

    def __init__(self, **options):
        super().__init__(**options)
        self.datacollector = mesa.DataCollector({"profit": lambda m: m.firms[0].profit})


class CollectingAtOnce(Reporting):
    def __init__(self, **options):
        super().__init__(**options)
        self.datacollector.collect(self)


@pytest.mark.parametrize("kind", [Reporting, CollectingAtOnce])
def test_models_built_on_a_market(kind, tmp_path):
    rows = mesa.batch_run(
        kind, {"scenario": [TABLE]}, max_steps=100, data_collection_period=1, display_progress=False
    )
    straight = Market(TABLE)
    assert [row["profit"] for row in rows] == [0.0, *(after(straight, 1).firms[0].profit for _ in range(6))]
    market = after(kind(scenario=TABLE), 3)
    for other in (kind.load(market.save(tmp_path / "m")), market.branch()):
        assert type(other) is kind and other.run().firms[0].profit == straight.firms[0].profit


def test_scenarios_as_a_parameter(tmp_path):
    file = tmp_path / "dear.toml"
    file.write_text('[[firms]]\nname = "a"\nprice = 3.0\n[market]\ncustomers = 20\ndays = 3.0\n')
    rows = mesa.batch_run(
        Market, {"scenario": [str(file), TABLE], "seed": [4]}, max_steps=10, display_progress=False
    )
    assert {(row["firm"], row["price"]) for row in rows} == {("a", 3.0), ("a", 1.0), ("b", 1.2)}


def test_a_market_in_a_with_block(tmp_path):
    with world().market(log=tmp_path / "log.parquet") as market:
        after(market, 5)
        market.observers.append(print)
    assert len(pd.read_parquet(tmp_path / "log.parquet")) == market.totals.opportunities.sum()
    assert not market.observers
    with pytest.raises(ZeroDivisionError), world().market(log=tmp_path / "other.parquet") as market:
        after(market, 5)
        _ = 1 / 0
    assert len(pd.read_parquet(tmp_path / "other.parquet")) > 0
