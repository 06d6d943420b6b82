"""Branches: another scenario from today on, for the same people, and the past left alone."""

import numpy as np
import pytest
from worlds.busy import REBATE, world
from worlds.everything import WORLD
from worlds.lives import after, differences

from regulars.contract.strategy import Strategy
from regulars.ground.errors import RegularsError
from regulars.market import Market
from regulars.market.going_on import beginnings
from regulars.market.snapshot import copied, take
from regulars.scenario import Scenario
from regulars.scenario.declared import declared
from regulars.strategies.threshold_rebate import ThresholdRebate
from regulars.world.ledger import MILLION

EASY = {"everyday_low_price": {"discount": 0.2}}


def rows(market):
    return market.log.opportunities()


@pytest.mark.parametrize("day", [0, 17, 45])
def test_an_unchanged_branch_is_the_same_life(day):
    scenario = world()
    market = after(scenario.market(log="memory"), day)
    before = copied(take(market))
    branch = market.branch()
    assert differences(market, branch) == []
    after(branch, 45 - day)
    assert repr(take(market)) == repr(before)  # the market it grew from has not noticed
    assert differences(branch, scenario.market(log="memory").run()) == []
    assert differences(branch, after(market, 45 - day)) == []


def test_a_branch_of_a_loaded_market(tmp_path):
    market = after(world().market(), 10)
    branch = Market.load(market.save(tmp_path / "m")).branch({"firms.a.price": 1.5})
    assert differences(branch.run(), market.branch({"firms.a.price": 1.5}).run()) == []


def test_people_keep_their_opportunities_and_the_past_stays():
    market = after(world().market(log="memory"), 20)
    branch = market.branch({"firms.b.strategies": EASY, "firms.a.price": 2.0}).run()
    straight, other = rows(market.run()), rows(branch)
    for column in ("time", "customer", "occasion"):
        assert np.array_equal(straight[column], other[column])
    past = straight["time"] < 20
    assert straight[past].equals(other[past])
    assert not straight[~past].equals(other[~past])
    both = straight["firm"].notna() & other["firm"].notna()
    assert np.array_equal(straight["quantity"][both], other["quantity"][both])


def test_a_strategy_that_comes_starts_today():
    market = after(world({}).market(), 20)
    arm = market.branch({"firms.a.strategies": REBATE})
    state = arm.firms[0].strategies["threshold_rebate"]
    assert not state.visits.any() and not state.member.any()
    arm.run()
    assert state.member.any() and arm.ledger.value("rewards", 0) > 0
    arm.ledger.check()


def test_a_strategy_that_goes_takes_its_state_and_leaves_its_debts():
    market = after(world({**REBATE, **EASY}).market(), 20)
    owed = market.ledger.value("liability", 0)
    arm = market.branch({"firms.a.strategies": EASY})
    assert list(arm.firms[0].strategies) == ["everyday_low_price"]
    assert owed > 0 and arm.ledger.value("liability", 0) == owed
    arm.run()
    assert arm.ledger.value("liability", 0) == arm.firms[0].card.purse.total().sum() / MILLION < owed
    assert arm.ledger.value("discounts", 0) > market.ledger.value("discounts", 0)


def test_the_same_strategy_keeps_its_state():
    market = after(world().market(), 17)
    arm = market.branch({"firms.b.strategies": EASY})
    for name, array in market.firms[0].strategies["threshold_rebate"].arrays.items():
        assert np.array_equal(array, arm.firms[0].strategies["threshold_rebate"].arrays[name]), name
        assert array is not arm.firms[0].strategies["threshold_rebate"].arrays[name]
    assert np.array_equal(market.firms[0].card.purse.held, arm.firms[0].card.purse.held)


def test_changed_rules_keep_the_state_and_are_derived_again(monkeypatch):
    told = []
    monkeypatch.setattr(ThresholdRebate, "revise", lambda self: told.append(self.parameters.rate))
    market = after(world().market(), 17)
    market.branch()
    assert told == []
    arm = market.branch({"firms.a.strategies.threshold_rebate.rate": 0.9})
    assert told == [0.9]
    assert np.array_equal(
        arm.firms[0].strategies["threshold_rebate"].visits,
        market.firms[0].strategies["threshold_rebate"].visits,
    )


def test_offers_that_were_changed_by_hand_stay_unless_the_scenario_says_otherwise():
    market = after(world().market(), 5)
    market.firms[0].price, market.firms[0].cost = 1.7, 0.3
    arm = market.branch({"firms.a.price": 0.9})
    assert (arm.firms[0].price, arm.firms[0].cost) == (0.9, 0.3)
    assert market.branch().firms[0].price == 1.7


def test_traits_follow_the_scenario_only_where_it_moves_them():
    market = after(world(**{"choice.price_sensitivity": 1.0}).market(), 20)
    market.customers[3].price_sensitivity = 7.0
    market.customers[4].basket = 5.0
    arm = market.branch({"choice.price_sensitivity": 2.0, "firms.a.share": 3.0})
    assert arm.customers[3].price_sensitivity == arm.customers[5].price_sensitivity == 2.0
    assert arm.customers[4].basket == 5.0
    for lived in ("incumbent", "satisfaction", "expectation"):
        assert np.array_equal(getattr(arm.customers, lived), getattr(market.customers, lived))


def test_a_changed_bond_is_felt_at_once():
    market = after(world().market(), 20)
    arm = market.branch({"bond.on": False})
    assert np.array_equal(arm.customers.attraction, arm.customers.taste)
    assert not np.array_equal(market.customers.attraction, market.customers.taste)
    back = arm.branch({"bond.on": True, "bond.response": "two_threshold"})
    np.testing.assert_allclose(back.customers.attraction, market.customers.attraction, rtol=0, atol=1e-6)
    priced = market.branch({"choice.price_sensitivity": 3.0})
    assert np.array_equal(priced.customers.attraction, market.customers.attraction)


def test_portability():
    """Switching costs fall on a day: people change firm more, and only from then on."""
    scenario = world(
        {},
        **{
            "switching.relation": 3.0,
            "market.customers": 1000,
            "experience.on": False,
            "bond.on": False,
            "search.on": False,
        },
    )
    market = after(scenario.market(log="memory"), 20)
    free = rows(market.branch({"switching.relation": 0.0}).run())
    held = rows(market.run())

    def changes(table, late):
        bought = table[table["firm"].notna() & ((table["time"] >= 20) == late)].sort_values("time")
        codes = bought["firm"].cat.codes
        return (codes != codes.groupby(bought["customer"]).shift().fillna(codes)).mean()

    assert changes(free, False) == changes(held, False)
    assert changes(free, True) > 1.5 * changes(held, True)


def test_longer_is_going_on():
    scenario = world(**{"turnover.entry_rate": 0.0, "turnover.exit_rate": 0.0})
    market = after(scenario.market(log="memory"), 45)
    longer = market.branch({"market.days": 60.0}).run()
    assert differences(longer, scenario.set({"market.days": 60.0}).market(log="memory").run()) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"market.customers": 300}, "this change makes 3[0-9]+ customers of 2[0-9]+"),
        ({"market.days": 400.0}, "a branch keeps its people"),
        ({"market.days": 10.0}, "on day 20 already, it cannot end on day 10"),
        ({"market.tick": 0.5}, "market.tick cannot change"),
        ({"need.mean": 4.0}, r"\[need\] and market.tick cannot change"),
        ({"firms.b.name": "z"}, "firms of a market cannot come or go"),
        ({"market.seed": 7}, r"market\.seed = 7 cannot change in a branch, .* the draws of seed 1"),
        ({"switching.initial": "nobody"}, r"switching\.initial cannot change .* these have begun with share"),
        ({"experience.initial": 0.9}, r"experience\.initial cannot change in a branch"),
        ({"firms.a.pricey": 1.0}, "did you mean 'firms.a.price'"),
        ({"firms.a.strategies.threshold_rebate.window": 14}, "threshold_rebate: these rules cannot change in a branch, its 'table'"),
    ],
)  # fmt: skip
def test_what_a_branch_cannot_be(changes, told, monkeypatch):
    own = ThresholdRebate.save
    monkeypatch.setattr(
        ThresholdRebate, "save", lambda self: {**own(self), "table": np.zeros(self.parameters.window)}
    )
    monkeypatch.setattr(
        ThresholdRebate, "revise", Strategy.revise
    )  # has nothing to derive `table` again with
    market = after(world().market(), 20)
    with pytest.raises(RegularsError, match=told):
        market.branch(changes)
    assert market.branch().day == 20


def other(parameter):
    """Another value that a parameter may have."""
    value = parameter.value
    if isinstance(value, bool):
        return [not value]
    if parameter.choices:
        return [choice for choice in parameter.choices if choice != value]
    if isinstance(value, (int, float)):
        return [type(value)(near) for near in (value * 1.5 or 0.3, value * 0.5 or 1, value + 1, value - 1)]
    return []


def begun(scenario):
    """What customers begin with, and what firms offer them then."""
    market = scenario.market()
    return {**market.customers.columns, **market.offers.arrays}


def test_no_change_of_how_a_market_begins_is_taken_and_forgotten():
    """Whatever moves nothing but what customers have lived since is refused: the branch would be the same market."""
    scenario = Scenario(WORLD).set({"market.days": 4.0, "voice.on": True})
    market, base, found = after(scenario.market(), 2), begun(scenario), set()
    lived = {column.name for column in market.customers.declared.values() if column.lived}
    for parameter in declared(scenario.spec).values():
        section = getattr(scenario.spec, str(parameter.path[0]))
        if not getattr(section, "on", True) and not parameter.name.endswith(".on"):
            continue  # what is off does nothing
        for value in other(parameter):
            try:
                changed = scenario.set({parameter.name: value})
                now = begun(changed)
            except RegularsError:
                continue
            moved = {name for name in base if not np.array_equal(base[name], now.get(name))}
            if moved & lived and moved <= {*lived, "attraction"} and now.keys() == base.keys():
                with pytest.raises(RegularsError, match=f"{parameter.name} cannot change in a branch"):
                    market.branch({parameter.name: value})
                found.add(parameter.name)
            break
    assert found == set(beginnings(market.customers))


def test_a_beginning_counts_where_the_branch_begins_it():
    market = after(world(**{"experience.on": False, "bond.on": False, "search.on": False}).market(), 5)
    arm = market.branch({"experience.on": True, "experience.initial": 0.9})
    assert (arm.customers.satisfaction == np.float32(0.9)).all()


def test_the_seed_that_a_market_has_may_be_said():
    market = after(world().market(seed=7), 3)
    assert market.branch({"market.seed": 7}).chance.seed == market.branch().chance.seed == 7
    with pytest.raises(RegularsError, match="keep the draws of seed 7"):
        market.lockstep({"other": {"market.seed": 8}})


def test_newcomers_do_not_make_up_for_other_customers():
    """Three customers fewer at the start and three newcomers more are as many in all, and other people."""
    market = after(world(**{"market.days": 20.0}).market(), 5)
    people, start = market.customers.count, market.scenario.spec.market.customers
    rates = (rate / 10 for rate in range(4, 60))
    more = ({"market.customers": start - 3, "turnover.entry_rate": rate} for rate in rates)
    change = next(c for c in more if market.scenario.set(c).market().customers.count == people)
    with pytest.raises(RegularsError, match=r"market\.customers cannot change in a branch"):
        market.branch(change)


# ------------------------------------------------------------------ days that broke off


@pytest.mark.parametrize("tick", [1.0, 7.0])
def test_a_market_that_broke_off_is_neither_saved_nor_branched_nor_compared(tick, tmp_path, monkeypatch):
    """Half of its parts have lived the day: what went on from there would be no market that anybody described."""
    market = after(world(**{"market.tick": tick}).market(), 2)
    monkeypatch.setattr(ThresholdRebate, "settle", lambda self, round: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        market.step()
    monkeypatch.undo()
    day = market.day
    for what, told in (
        (lambda: market.save(tmp_path / "m"), "be saved"),
        (market.branch, "be branched"),
        (lambda: market.branch({"firms.a.price": 2.0}), "be branched"),
        (lambda: market.lockstep({"same": {}}), "be branched"),
        (lambda: Market(market.scenario, against=market), "be the control of another one"),
        (market.step, "go on"),
        (market.run, "go on"),
    ):
        with pytest.raises(
            RegularsError,
            match=rf"broke off on day {day:g} \(ZeroDivisionError: .*cannot {told}; build it anew",
        ):
            what()
    assert market.day == day and not list(tmp_path.iterdir())


def test_a_part_cannot_save_the_market_while_a_day_is_passing(tmp_path, monkeypatch):
    market, told = after(world().market(), 2), []

    def saving(self, round):
        with pytest.raises(RegularsError, match=r"day \d of this market is not over") as error:
            market.save(tmp_path / "m")
        told.append(error)

    monkeypatch.setattr(ThresholdRebate, "settle", saving)
    market.step()
    assert told and not list(tmp_path.iterdir())
    market.observers.append(lambda market: market.save(tmp_path / "m"))  # after the day is over it may be
    market.step()
    assert Market.load(tmp_path / "m").day == 4.0


# ------------------------------------------------------------------ comparing branches


def test_two_branches_are_compared():
    market = after(world().market(), 20)
    control = market.branch()
    same, arm = (
        market.branch(against=control),
        market.branch({"firms.a.strategies.everyday_low_price": {"discount": 0.3}}, against=control),
    )
    held = market.firms[0].card.purse.held.sum()
    assert held > 0 and arm.firms[0].card.purse.held[-1].sum() == held == arm.firms[0].card.purse.held.sum()
    earlier = market.ledger.by_source.sum(axis=1)
    assert np.array_equal(arm.ledger.by_source[:, -1], earlier) and np.array_equal(
        arm.ledger.by_source.sum(axis=1), earlier
    )
    for _ in range(25):
        for each in (control, same, arm):
            after(each, 1)
    straight = market.run()
    assert differences(straight, control) == []
    assert {name.split(".")[1] for name in differences(straight, same)} <= {
        "ledger",
        "firms",
    }  # split by source
    assert np.array_equal(same.totals.paid, straight.totals.paid) and not np.array_equal(
        arm.totals.paid, straight.totals.paid
    )
    for each in (same, arm):
        each.ledger.check()
        rewarded = each.ledger.money["rewards"] + each.ledger.money["discounts"]
        assert np.array_equal(each.ledger.by_source.sum(axis=1), rewarded)
        assert each.ledger.value("liability", 0) == each.firms[0].card.purse.total().sum() / MILLION
    assert (
        same.ledger.by_source[0, 1] == 0 == same.ledger.by_source[0, 2]
    )  # nobody was won who was not there already
    assert arm.ledger.by_source[0, 1] > 0
    alone = arm.branch()
    assert alone.sources == 1 and np.array_equal(
        alone.ledger.by_source[:, 0], arm.ledger.by_source.sum(axis=1)
    )


def test_a_control_of_another_day_or_world_is_refused():
    market = after(world().market(), 10)
    late = after(market.branch(), 1)
    with pytest.raises(RegularsError, match="control is on day 11 and this market on day 10"):
        market.branch(against=late)
    with pytest.raises(RegularsError, match="another world"):
        market.branch(against=after(world().market(replicate=1), 10))


def test_what_serving_costs_follows_a_branch():
    """Costs of serving are drawn for each customer; a branch that doubles them doubles everybody's, and keeps the people."""
    cost = {"distribution": "gamma", "mean": 1.0, "sd": 0.5}
    shops = {
        "market": {"customers": 40, "days": 28},
        "cost_to_serve": {"on": True, "cost": cost},
        "firms": [{"name": "ann"}],
    }
    market = Market(shops)
    market.step()
    dearer = market.branch(
        {"cost_to_serve.on": True, "cost_to_serve.cost.mean": 2.0, "cost_to_serve.cost.sd": 1.0}
    )
    assert np.allclose(dearer.customers.serving_cost, 2.0 * market.customers.serving_cost)
    assert (dearer.customers.entry == market.customers.entry).all()
