"""A dotted name means one thing, wherever it is written; what means nothing is refused with a hint."""

import pytest

from regulars import Market, Scenario
from regulars.ground.errors import RegularsError
from regulars.lab.sweep import sweep
from regulars.lab.uncertainty import uncertain_values
from regulars.scenario.declared import declared
from regulars.scenario.names import meant

REBATE = "strategies.threshold_rebate"


@pytest.fixture(scope="module")
def shops():
    return Scenario(
        {
            "market": {"customers": 40, "days": 28, "focal": "ours"},
            "need": {"process": "calendar", "attendance": 0.6},
            "choice": {"price_sensitivity": {"distribution": "lognormal", "mean": 1.0, "sd": 0.3}},
            "firms": [
                {"name": "ours", "cost": 0.7, "strategies": {"points": {}}},
                {"name": "theirs", "cost": 0.7, "pricing": {"kind": "markup"}},
            ],
            "arms": {
                "rebate": {"strategies": {"threshold_rebate": {"days": 3}}},
                "both": {"strategies": {"threshold_rebate": {"days": 4}, "tiers": {}}},
                "a.b": {"strategies": {"everyday_low_price": {"discount": 0.05}}},
            },
        }
    )


def paths(scenario, name):
    return [place.path for place in meant(scenario.spec, name)]


def test_every_declared_name_means_the_one_parameter_that_it_lists(shops):
    for name, parameter in declared(shops.spec).items():
        assert paths(shops, name) == [parameter.path]


def test_numbers_of_a_distribution_have_its_unit(shops):
    """And its meaning; a standard deviation has bounds of its own, and the name of a distribution no unit."""
    found = declared(shops.spec)
    parts = [one for one in found.values() if one.spread]
    assert {one.name.rpartition(".")[2] for one in parts} == {"distribution", "mean", "sd", "low", "high"}
    assert any(found[one.spread].unit for one in parts)
    for one in parts:
        whole, part = found[one.spread], one.name.rpartition(".")[2]
        assert one.meaning == whole.meaning and one.unit == ("" if part == "distribution" else whole.unit)
        assert one.bounds == {"distribution": "", "sd": "[0, inf)"}.get(part, whole.bounds)


def test_firms_arms_and_every_one_of_them(shops):
    assert paths(shops, "firms.theirs.price") == paths(shops, "firms.1.price") == [("firms", 1, "price")]
    assert paths(shops, "firms.*.cost") == [("firms", 0, "cost"), ("firms", 1, "cost")]
    assert paths(shops, f"arms.*.{REBATE}.days") == [
        ("arms", arm, "strategies", "threshold_rebate", "days") for arm in ("rebate", "both")
    ]
    assert paths(shops, "arms.a.b.strategies.everyday_low_price.discount")[0][1] == "a.b"
    assert paths(shops, "firms.0.strategies.points.rewards.1.points")[0][-3:] == ("rewards", 1, "points")


def test_a_firm_named_like_the_number_of_another_keeps_its_name():
    odd = Scenario({"firms": [{"name": "1", "price": 5.0}, {"name": "2", "price": 6.0}]})
    assert odd.value("firms.1.price") == 5.0
    assert [n for n in declared(odd.spec) if n.endswith(".price")] == ["firms.0.price", "firms.2.price"]
    assert {d.name: d.value for d in declared(odd.spec).values()}["firms.2.price"] == odd.value(
        "firms.2.price"
    )


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        (f"firms.ours.{REBATE}.days", f"did you mean 'arms.rebate.{REBATE}.days' or 'arms.both.{REBATE}.days' or 'arms.*.{REBATE}.days'?"),
        (f"firms.theirs.{REBATE}.days", f"to add it, set 'firms.theirs.{REBATE}' to a whole table"),
        ("arms.rebate.strategies.tiers.base", "did you mean 'arms.both.strategies.tiers.base'?"),
        ("arms.rebate.strategies.points.per_unit", "did you mean 'firms.ours.strategies.points.per_unit'?"),
        ("firms.ours.strategies.coupons.every", "to add it, set 'firms.ours.strategies.coupons' to a whole table"),
        ("arms.rebat.strategies.threshold_rebate.days", "did you mean 'rebate'?"),
        ("arms.*.strategies.coupons.every", "to add it"),
        ("firms.our.price", "did you mean 'ours'?"),
        ("firms.9.price", "use 0 to 1"),
        ("firms.0.pricing.margin", "there is no pricing policy here"),
        ("firms.0.lease.share", "there is no 'lease' here"),
        ("firms.0.categories.bread", "no 'bread' in 'categories'"),
        ("market.days.x", "nothing inside 'days'"),
        ("choice.price_sensitivity.sigma", "a distribution has distribution, mean, sd, low, high"),
        ("firms.ours.prise", "did you mean 'firms.ours.price'?"),
        ("zork", "no parameter of this name; `regulars show SCENARIO --parameters` lists all there are"),
        ("market.zork", "no parameter of this name; `regulars show SCENARIO --parameters` lists all there are"),
        ("need.atendance", "did you mean 'need.attendance'?"),
        ("price", "did you mean 'firms.0.price'?"),
        ("market.days.", "no name of a parameter"),
        ("market..days", "no name of a parameter"),
        ("", "no name of a parameter"),
        (5, "5 is no name of a parameter"),
    ],
)  # fmt: skip
def test_what_means_nothing_is_refused_alike_everywhere(shops, name, hint):
    ways = [
        lambda: shops.set({name: 1}),
        lambda: shops.value(name),
        lambda: sweep(shops, {name: [1]}, replicates=1),
    ]
    if isinstance(name, str) and "." in name and "*" not in name:
        ways += [lambda: Market(shops, **{name.replace(".", "__"): 1})]
        ways += [lambda: uncertain_values(shops.set({"uncertainty": {name: 0.1}}))]
    for way in ways:
        with pytest.raises(RegularsError) as told:
            way()
        assert hint in str(told.value)
        assert str(name) in str(told.value)


def test_a_name_changes_the_same_values_in_set_and_in_a_sweep(shops):
    """One name once changed the control by `set` and the arms by `sweep`."""
    name = f"arms.*.{REBATE}.days"
    changed = shops.set({name: 6})
    days = [changed.value(f"arms.{arm}.{REBATE}.days") for arm in ("rebate", "both")]
    assert days == [6, 6] and changed.value(name) == 6
    assert "threshold_rebate" not in changed.arm("control").spec.firms[0].strategies
    found = sweep(shops, {name: [6]}, replicates=1, jobs=1)
    assert found.manifest["status"][0]["scenario_hash"] == changed.hash
    with pytest.raises(RegularsError, match="several values: 3, 4"):
        shops.value(name)


def test_a_strategy_is_added_and_replaced_as_a_whole_table(shops):
    added = shops.set({"firms.theirs.strategies.coupons": {"every": 14}})
    assert added.value("firms.theirs.strategies.coupons.every") == 14
    replaced = shops.set({f"arms.both.{REBATE}": {"rate": 0.2}})
    assert replaced.value(f"arms.both.{REBATE}.days") == Scenario(
        {"firms": [{"name": "a", "strategies": {"threshold_rebate": {}}}]}
    ).value(f"firms.a.{REBATE}.days")
    with pytest.raises(RegularsError, match="5 is not the whole table"):
        shops.set({"firms.theirs.strategies.coupons": 5})
    with pytest.raises(RegularsError, match="did you mean 'coupons'"):
        shops.set({"firms.theirs.strategies.coupon": {}})


def test_one_number_of_a_distribution_leaves_the_rest(shops):
    spread = shops.set({"choice.price_sensitivity.mean": 2.0}).spec.choice.price_sensitivity
    assert (spread.distribution, spread.mean, spread.sd) == ("lognormal", 2.0, 0.3)
    both = {"foresight.foresight.low": 0.2, "foresight.foresight.distribution": "uniform"}
    spread = shops.set(both).spec.foresight.foresight
    assert (spread.distribution, spread.low, spread.high) == ("uniform", 0.2, 1.0)
    with pytest.raises(
        RegularsError, match=r"foresight\.sd: changes nothing in a distribution that is 'fixed'"
    ):
        shops.set({"foresight.foresight.sd": 0.2})


def test_a_value_inside_a_list_that_was_not_written_keeps_the_others(shops):
    name = "firms.ours.strategies.points.rewards.1.points"
    changed = shops.set({name: 777.0})
    rewards, before = (
        changed.value("firms.0.strategies.points.rewards"),
        shops.value("firms.0.strategies.points.rewards"),
    )
    assert rewards[1]["points"] == 777 and len(rewards) == len(before) and rewards[0] == before[0]
    assert "rewards" not in shops.table["firms"][0]["strategies"]["points"]


@pytest.mark.parametrize(
    "changes",
    [
        {"firms.0.price": 1.0, "firms.ours.price": 2.0},
        {"firms.*.price": 1.0, "firms.theirs.price": 2.0},
        {"choice.price_sensitivity": 1.0, "choice.price_sensitivity.sd": 2.0},
        {"firms.0.strategies": {}, "firms.0.strategies.points.per_unit": 2.0},
    ],
)
def test_two_names_of_one_value_are_refused(shops, changes):
    first, second = changes
    with pytest.raises(RegularsError, match="give one of them") as told:
        shops.set(changes)
    assert first in str(told.value) and second in str(told.value)


def test_changes_are_a_table(shops):
    for wrong in (5, "market.days=3", [("market.days", 3)]):
        with pytest.raises(RegularsError, match="a table from name to value"):
            shops.set(wrong)


def test_an_arm_sets_values_of_its_own_strategies(shops):
    arm = {"strategies": {"threshold_rebate": {}}, "set": {f"firms.ours.{REBATE}.days": 5}}
    scenario = shops.set({"arms": {"x": arm}})
    assert scenario.arm("x").value(f"firms.ours.{REBATE}.days") == 5
    wrong = shops.set({"arms": {"x": {"set": {f"firms.ours.{REBATE}.days": 5}}}})
    with pytest.raises(RegularsError, match="to add it"):
        wrong.arm("x")


def test_an_arm_that_names_an_arm(shops):
    """It once heard that there was no such arm, with an empty list."""
    both = shops.set({"arms.both.set": {"arms.rebate.strategies": 1}})
    with pytest.raises(RegularsError, match=r"there are no arms here; inside an arm a name means the market"):
        both.arm("both")
    with pytest.raises(RegularsError, match="there are no arms here"):
        shops.arm("control").set({"arms.rebate.strategies.threshold_rebate.days": 3})
