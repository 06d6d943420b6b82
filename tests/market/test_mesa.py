"""A market is a mesa model and a firm a mesa agent: agent sets, collectors and batch runs work on them."""

import mesa
import numpy as np
import pandas as pd
import pytest
from worlds.busy import world
from worlds.lives import after

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
    assert list(firms.columns) == ["firm", "price", "revenue", "profit"]
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
        {**common, "firm": f.name, "price": f.price, "revenue": f.revenue, "profit": f.profit}
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
    columns = [*keys, "day", "purchases", "price", "revenue", "profit"]
    return pd.DataFrame(rows)[columns].sort_values(keys).reset_index(drop=True)


def expected(steps):
    rows = [row for c in (40, 80) for r in range(2) for step in steps for row in direct(c, r, step)]
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("options", "steps"),
    [
        ({"max_steps": 100}, [6]),  # ends by itself: the last row is the end of the market
        ({"max_steps": 100, "data_collection_period": 1}, range(7)),
        ({"max_steps": 4}, [4]),
        ({"max_steps": 4, "data_collection_period": 1}, range(5)),
        ({"max_steps": 5, "data_collection_period": 2}, [0, 2, 4, 5]),
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
