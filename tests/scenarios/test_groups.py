"""Firms that are written once and are many: defaults, firms like another one, groups, distributions across firms."""

import json
import statistics

import pytest

from regulars import Scenario, load
from regulars.contract.pricing import Pricing
from regulars.ground.parameter import Problem
from regulars.lab.compare import compare
from regulars.scenario.conduct import Strategies

SMALL = {"market": {"customers": 60, "days": 28}}
QUALITY = {"distribution": "normal", "mean": 0.5, "sd": 0.03}


def firms(*written, **table):
    """Firms of a scenario by name, as it reads them."""
    made = Scenario({**SMALL, **table, "firms": list(written)})
    return {firm.name: firm for firm in made.spec.firms}


def problems(*written, **table):
    with pytest.raises(Problem) as error:
        firms(*written, **table)
    return str(error.value)


def test_firms_written_once_are_those_written_out():
    """The same hash, hence the same market: nothing of how it is written is left."""
    short = {
        **SMALL,
        "platform": {"on": True},
        "firm_defaults": {"price": 2.0, "strategies": {"paid_traffic": {"budget": 28.0}}},
        "firms": [{"name": "ours", "cost": 1.0}, {"name": "shop {}", "count": 10}, {"name": "shop 03", "strategies": {"paid_traffic": {"limit": 5.0}}}],
    }  # fmt: skip
    one = {"price": 2.0, "strategies": {"paid_traffic": {"budget": 28.0}}}
    other = {"price": 2.0, "strategies": {"paid_traffic": {"budget": 28.0, "limit": 5.0}}}
    names = [f"shop {k:02}" for k in range(1, 11)]
    long = [{"name": "ours", "cost": 1.0, **one}] + [{"name": n, **(other if n == "shop 03" else one)} for n in names]  # fmt: skip
    written_out = Scenario({**SMALL, "platform": {"on": True}, "firms": long})
    assert Scenario(short).hash == written_out.hash
    assert Scenario(short).table == written_out.table
    changed = json.loads(json.dumps(short))
    changed["firm_defaults"]["price"] = 2.5
    assert Scenario(changed).hash != written_out.hash


def test_the_table_handed_over_stays_as_it_is():
    table = {**SMALL, "firm_defaults": {"price": 2.0}, "firms": [{"name": "a {}", "count": 2}]}
    before = json.dumps(table)
    Scenario(table).set({"firms.a 1.price": 5.0})
    assert json.dumps(table) == before


def test_like_a_firm_but_for_what_it_says_itself():
    found = firms(
        {"name": "gate", "price": 3.0, "cost": 1.0, "staff": {"people": 4, "wage": 9.0}, "categories": {"milk": 0.0}, "strategies": {"threshold_rebate": {"days": 3, "rate": 0.1}}, "pricing": {"kind": "follow", "every": 14}},
        {"name": "back", "like": "gate", "cost": 2.0, "staff": {"wage": 8.0}, "strategies": {"threshold_rebate": {"rate": 0.0}, "greeting": {}}},
        {"name": "side", "like": "back", "price": 4.0, "pricing": {"kind": "markup"}, "categories": {"bread": 1.0}},
        {"name": "other"},
        categories=[{"name": "milk"}, {"name": "bread"}],
    )  # fmt: skip
    back, side = found["back"], found["side"]
    assert (back.price, back.cost, side.price, side.cost) == (3.0, 2.0, 4.0, 2.0)
    assert (back.staff.people, back.staff.wage, side.staff.wage) == (4, 8.0, 8.0)
    assert side.strategies == Strategies.read({"threshold_rebate": {"days": 3, "rate": 0.0}, "greeting": {}})
    assert found["gate"].strategies == Strategies.read({"threshold_rebate": {"days": 3, "rate": 0.1}})
    assert (back.pricing.kind, side.pricing) == (
        "follow",
        Pricing.read({"kind": "markup"}),
    )  # another kind is another table
    assert (back.categories, side.categories) == (
        {"milk": 0.0},
        {"bread": 1.0},
    )  # what a firm sells is one list
    assert (found["other"].price, dict(found["other"].strategies)) == (1.0, {})


def test_what_all_firms_have_is_merged_below_what_one_is_like():
    found = firms(
        {"name": "a", "cost": 0.5},
        {"name": "b", "like": "a", "price": 3.0},
        firm_defaults={"price": 2.0, "cost": 0.1, "lease": {"term": 91.0}},
    )
    assert (found["a"].price, found["a"].cost, found["b"].price, found["b"].cost) == (2.0, 0.5, 3.0, 0.5)
    assert found["b"].lease.term == 91.0


def test_a_strategy_written_in_an_arm_is_the_whole_strategy():
    """An arm says all of a strategy, as ever; what the firm was like is no part of it."""
    made = Scenario({**SMALL, "firm_defaults": {"strategies": {"threshold_rebate": {"days": 3, "rate": 0.2}}}, "firms": [{"name": "a"}, {"name": "b"}], "arms": {"x": {"strategies": {"threshold_rebate": {"days": 2}}}}})  # fmt: skip
    assert made.arm("x").spec.firms[0].strategies == Strategies.read({"threshold_rebate": {"days": 2}})
    assert made.arm("x").spec.firms[1].strategies == Strategies.read(
        {"threshold_rebate": {"days": 3, "rate": 0.2}}
    )


def test_names_of_a_group_are_in_order_of_number():
    assert list(firms({"name": "a{}", "count": 3})) == ["a1", "a2", "a3"]
    names = list(firms({"name": "shop {} of many", "count": 120}))
    assert (names[0], names[9], names[119]) == ("shop 001 of many", "shop 010 of many", "shop 120 of many")
    assert list(firms({"name": "{}", "count": 1}, {"name": "b"})) == ["1", "b"]


def test_the_first_firm_written_is_the_focal_one():
    group, one = {"name": "shop {}", "count": 3}, {"name": "ours"}
    assert Scenario({"firms": [one, group]}).focal == "ours"
    assert Scenario({"firms": [group, one]}).focal == "shop 1"
    assert Scenario({"firms": [group, {"name": "shop 1", "price": 2.0}]}).focal == "shop 1"


# ------------------------------------------------------------------ distributions across firms


@pytest.mark.parametrize(
    ("table", "mean", "sd"),
    [
        (QUALITY, 0.5, 0.03),
        ({"distribution": "uniform", "low": 0.45, "high": 0.55}, 0.5, 0.1 / 12**0.5),
        ({"distribution": "lognormal", "mean": 0.5, "sd": 0.1}, 0.5, 0.1),
        ({"distribution": "beta", "mean": 0.5, "sd": 0.1}, 0.5, 0.1),
        ({"distribution": "fixed", "mean": 0.4}, 0.4, 0.0),
    ],
    ids=lambda x: x.get("distribution") if isinstance(x, dict) else None,
)
def test_few_firms_are_as_the_distribution_says(table, mean, sd):
    """No luck of a draw: of 48 firms the mean is within 1/200 of a standard deviation, and that within 4%."""
    values = [firm.quality for firm in firms({"name": "f {}", "count": 48, "quality": table}).values()]
    assert statistics.fmean(values) == pytest.approx(mean, abs=0.005 * sd + 1e-9)
    assert statistics.pstdev(values) == pytest.approx(sd, rel=0.04, abs=1e-12)


def test_values_stand_at_evenly_spaced_quantiles():
    values = sorted(f.quality for f in firms({"name": "f {}", "count": 50, "quality": {"distribution": "uniform", "low": 0.0, "high": 1.0}}).values())  # fmt: skip
    assert values == pytest.approx([(k + 0.5) / 50 for k in range(50)], abs=1e-8)


def test_values_are_known_beforehand_and_hang_on_no_seed():
    """Pinned, so that a scenario keeps its firms on every machine and in every version."""
    table = {"name": "f {}", "count": 4, "quality": QUALITY}
    qualities = [f.quality for f in firms(table).values()]
    assert qualities == [0.534510481, 0.490440819, 0.509559181, 0.465489519]
    assert qualities == [f.quality for f in firms(table, market={"customers": 60, "seed": 77}).values()]
    assert qualities == [f.quality for f in firms({**table, "name": "shop {}", "cost": {**QUALITY}}).values()]


def test_two_numbers_of_a_group_have_nothing_to_do_with_one_another():
    made = firms({"name": "f {}", "count": 200, "quality": QUALITY, "price": QUALITY, "strategies": {"everyday_low_price": {"discount": QUALITY}}})  # fmt: skip
    rows = [[f.quality for f in made.values()], [f.price for f in made.values()]]
    rows.append([f.strategies["everyday_low_price"].discount for f in made.values()])
    assert all(sorted(row) == sorted(rows[0]) for row in rows)
    for a, b in ((0, 1), (0, 2), (1, 2)):
        assert abs(statistics.correlation(rows[a], rows[b])) < 3 / 200**0.5


def test_numbers_of_pricing_are_those_of_its_former_name():
    """Drawn in 0.1 under `policy`: a new name of a section gives nobody another price."""
    margin = {"distribution": "uniform", "low": 0.0, "high": 1.0}
    made = firms({"name": "f {}", "count": 4, "pricing": {"kind": "markup", "margin": margin}})
    assert [firm.pricing.parameters.margin for firm in made.values()] == [0.625, 0.125, 0.375, 0.875]


def test_numbers_anywhere_in_a_firm_differ_and_whole_ones_stay_whole():
    across = {"distribution": "uniform", "low": 2.0, "high": 9.0}
    made = firms(
        {
            "name": "f {}", "count": 5, "known": {"distribution": "uniform", "low": 0.0, "high": 1.0}, "categories": {"milk": QUALITY}, "staff": {"people": across},
            "strategies": {"threshold_rebate": {"days": across, "window": 14, "effort": {"distribution": "lognormal", "mean": 5.0, "sd": 3.0}}}, "pricing": {"kind": "markup", "margin": QUALITY},
        },
        categories=[{"name": "milk"}],
    )  # fmt: skip
    for read in (
        lambda f: f.known, lambda f: f.categories["milk"], lambda f: f.staff.people, lambda f: f.strategies["threshold_rebate"].days, lambda f: f.pricing.parameters.margin,
    ):  # fmt: skip
        assert len({read(firm) for firm in made.values()}) == 5
    assert sorted(firm.staff.people for firm in made.values()) == [3, 4, 6, 7, 8]
    efforts = [firm.strategies["threshold_rebate"].effort for firm in made.values()]
    assert all(effort == efforts[0] for effort in efforts) and efforts[0].sd == 3.0  # over customers, as ever


def test_a_distribution_in_the_defaults_is_drawn_across_each_group():
    made = firms({"name": "a {}", "count": 4}, {"name": "one", "quality": 0.7}, firm_defaults={"quality": QUALITY})  # fmt: skip
    assert len({firm.quality for firm in made.values()}) == 5 and made["one"].quality == 0.7


def test_a_firm_like_one_of_a_group_has_its_numbers():
    made = firms({"name": "f {}", "count": 9, "quality": QUALITY}, {"name": "twin", "like": "f 4", "price": 3.0}, {"name": "f 5", "price": 2.0}, {"name": "more {}", "count": 3, "like": "f {}"})  # fmt: skip
    assert (made["twin"].quality, made["twin"].price) == (made["f 4"].quality, 3.0)
    assert made["f 5"].price == 2.0 and made["f 5"].quality != made["f 4"].quality
    assert len({made[f"more {k}"].quality for k in (1, 2, 3)}) == 3


# ------------------------------------------------------------------ names and files


def test_a_name_still_means_one_firm_of_a_group():
    made = Scenario({**SMALL, "firms": [{"name": "ours"}, {"name": "seller {}", "count": 12, "quality": QUALITY}], "arms": {"x": {"set": {"firms.seller 07.price": 3.0}}}})  # fmt: skip
    changed = made.set({"firms.seller 07.price": 2.0})
    assert changed.value("firms.seller 07.price") == changed.value("firms.7.price") == 2.0
    assert [f.price for f in changed.spec.firms].count(1.0) == 12
    assert [f.quality for f in changed.spec.firms] == [f.quality for f in made.spec.firms]
    assert made.arm("x").value("firms.seller 07.price") == 3.0
    assert {f.price for f in made.set({"firms.*.price": 4.0}).spec.firms} == {4.0}
    assert made.set({"firms.ours": {"name": "ours", "like": "seller 07"}}).spec.firms[0].quality == made.spec.firms[7].quality  # fmt: skip
    assert set(compare(made, replicates=1, jobs=1).metrics["arm"]) == {"control", "x"}


def test_files_are_merged_first_and_firms_written_out_after(tmp_path):
    (tmp_path / "base.toml").write_text('[firm_defaults]\nprice = 2.0\n[[firms]]\nname = "ours"\n[[firms]]\nname = "shop {}"\ncount = 3\nquality = { distribution = "uniform", low = 0.4, high = 0.6 }\n')  # fmt: skip
    over = tmp_path / "over.toml"
    over.write_text('extends = "base.toml"\n[firm_defaults]\ncost = 1.0\n[[firms]]\nname = "shop {}"\ncount = 20\n[[firms]]\nname = "shop 07"\nprice = 9.0\n')  # fmt: skip
    base, made = load(tmp_path / "base.toml"), load(over)
    assert [len(one.spec.firms) for one in (base, made)] == [4, 21]
    assert {firm.cost for firm in made.spec.firms} == {1.0} and {firm.cost for firm in base.spec.firms} == {0.0}  # fmt: skip
    assert {firm.name for firm in made.spec.firms if firm.price == 9.0} == {"shop 07"}
    assert min(firm.quality for firm in made.spec.firms) == pytest.approx(0.405)


def test_a_market_of_a_group_runs_and_is_written_out_whole(tmp_path):
    made = Scenario({**SMALL, "firms": [{"name": "f {}", "count": 3, "quality": QUALITY}]})
    market = made.market().run()
    assert len(market.firms) == 3
    market.save(tmp_path / "saved.regulars")
    assert type(market).load(tmp_path / "saved.regulars").scenario.hash == made.hash


# ------------------------------------------------------------------ what is told


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ([{"name": "a", "like": "gate"}, {"name": "gates"}], "firms.a.like: no firm is called 'gate'; did you mean 'gates'?"),
        ([{"name": "a", "like": "shop 7"}, {"name": "shop {}", "count": 12}], "did you mean 'shop 07'?"),
        ([{"name": "a", "like": "a"}], "firms.a.like: a firm cannot be like itself (a -> a)"),
        ([{"name": "a", "like": "b"}, {"name": "b", "like": "c"}, {"name": "c", "like": "a"}], "firms.b.like: a firm cannot be like itself (b -> c -> a -> b)"),
        ([{"name": "shop {}", "count": 3, "like": "shop 2"}], "a firm cannot be like itself (shop {} -> shop 2 -> shop {})"),
        ([{"name": "a", "like": 5}], "firms.a.like: no firm is called 5"),
        ([{"name": "a", "count": 3}], "firms.a.name: 'a' will not do for 3 firms: a group needs {} once in its name, where the number goes; write 'a {}'"),
        ([{"name": "{} {}", "count": 3}], "a group needs {} once"),
        ([{"name": "a {}", "count": 0}], "firms.a {}.count: 0 will not do: a whole number of firms is needed, from 1 to 10,000"),
        ([{"name": "a {}", "count": 2.5}], "firms.a {}.count: 2.5 will not do"),
        ([{"name": "a {}", "count": True}], "firms.a {}.count: True will not do"),
        ([{"name": "a {}", "count": 3}, {"name": "a {}", "count": 2}], "firms.a {}.name: 'a {}' is written twice"),
        ([{"name": "a{}", "count": 12}, {"name": "a1{}", "count": 3}], "firms.a1{}.name: this makes 'a11', and so does the group 'a{}'"),
        ([{"name": "a {}", "count": 12}, {"name": "a 7"}], "firms.a 7.name: the group 'a {}' calls this one 'a 07'; write that, or another name"),
        ([{"name": "a", "quality": QUALITY}], "a number is needed here: 'a' is one firm, and a distribution across firms needs a group of them"),
        ([{"name": "b {}", "count": 2, "quality": QUALITY}, {"name": "a", "like": "b {}"}], "'a' is one firm"),
        ([{"name": "a {}", "count": 5, "quality": {**QUALITY, "sd": -1}}], "firms.a {}.quality.sd: -1"),
        ([{"name": "a {}", "count": 5, "quality": {**QUALITY, "distribution": "norml"}}], "firms.a {}.quality.distribution: 'norml' will not do"),
        ([{"name": "a {}", "count": 5, "failure": {"distribution": "normal", "mean": 0.1, "sd": 0.1}}], "firms.a {}.failure: -0.0281551566 is outside [0, 1]"),
        ([{"name": "a {}", "count": 5, "coutn": 3}], "firms.a {}.coutn: no parameter of this name; did you mean 'count'?"),
        ([{"name": "a {}", "count": 5, "price": -1.0}, {"name": "b"}], "list price ('a 1' and 4 more)"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_in_the_words_of_the_user(written, told):
    assert told in problems(*written)


def test_names_that_are_missing_or_twice_are_told_where_firms_have_defaults():
    common = {"firm_defaults": {"price": 2.0}}
    assert "firms.1.name: 'a' is the name of another firm already" in problems({"name": "a"}, {"name": "a"}, **common)  # fmt: skip
    assert "firms.1.name: this parameter is needed" in problems({"name": "a"}, {"cost": 1.0}, **common)
    assert "firms.0.name: a name is needed" in problems({"like": "a"}, {"name": "a"}, **common)


def test_what_is_wrong_with_the_defaults():
    assert "firm_defaults: a table is needed here, not 5" in problems({"name": "a"}, firm_defaults=5)
    assert "firm_defaults.name: this belongs into one firm" in problems({"name": "a"}, firm_defaults={"name": "b"})  # fmt: skip
    told = problems({"name": "a"}, {"name": "b {}", "count": 5}, firm_defaults={"price": -1.0})
    assert told.startswith("firm_defaults.price: -1.0 is outside [0, inf)") and "('a' and 5 more)" in told
    assert "did you mean 'firm_defaults'?" in problems({"name": "a"}, firm_default={})


WRONG = """[firm_defaults]
cost = -1.0

[[firms]]
name = "ours"

[[firms]]
name = "shop {}"
count = 12
failure = { distribution = "uniform", low = 0.0, high = 1.2 }
price = -2.0

[[firms]]
name = "shop 07"
share = 0

[[firms]]
name = "back"
like = "bcak"

[[firms]]
name = "side"
like = "shop 07"
brand = 3.0
"""


def test_check_tells_all_of_it_with_the_line_at_which_it_is_written(tmp_path):
    from regulars.cli.problems import problems_of

    file = tmp_path / "shops.toml"
    file.write_text(WRONG)
    found = {(one.line, one.parameter) for one in problems_of(file)[1]}
    assert found == {(2, "firm_defaults.cost"), (10, "firms.shop {}.failure"), (11, "firms.shop {}.price"), (15, "firms.8.share"), (19, "firms.back.like"), (24, "firms.14.brand")}  # fmt: skip
    file.write_text(WRONG.replace('like = "bcak"\n', ""))
    with pytest.raises(Problem, match=r"shops.toml, line 11: firms\.shop \{\}\.price: -2.0 is outside"):
        load(file)


@pytest.mark.parametrize(
    ("firm", "places"),
    [
        ('name = "a {}"\ncount = 0\n', ["firms.a {}.count"]), ('name = "a"\nlike = "b"\n', ["firms.a.like"]), ('name = "a"\ncount = 2\n', ["firms.a.name"]),
        ('name = "a"\nquality = { distribution = "uniform" }\n', ["firms.a.quality"]),
        ('name = "a {}"\ncount = 2\nquality = { distribution = "normal", sd = -1 }\nprice = -1\n', ["firms.a {}.quality.sd", "firms.a {}.price"]),
    ],
)  # fmt: skip
def test_check_tells_each_mistake_once(firm, places, tmp_path):
    from regulars.cli.problems import problems_of

    file = tmp_path / "shops.toml"
    file.write_text(f"[[firms]]\n{firm}")
    assert [one.parameter for one in problems_of(file)[1]] == places


def test_the_schema_takes_what_is_written_once():
    from regulars.cli.schema import whole_schema

    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(whole_schema())
    good = {"firm_defaults": {"price": 2.0, "strategies": {"paid_traffic": {"budget": 28.0}}}, "firms": [{"name": "a {}", "count": 3, "like": "b", "quality": QUALITY, "known": QUALITY, "staff": {"people": QUALITY}, "strategies": {"paid_traffic": {"budget": QUALITY}}}, {"name": "b"}]}  # fmt: skip
    validator.validate(good)
    for wrong in ({"count": 0}, {"count": "3"}, {"like": 5}, {"quality": {"distribution": "norml"}}, {"online": QUALITY}, {"price": -1}):  # fmt: skip
        with pytest.raises(jsonschema.ValidationError):
            validator.validate({"firms": [{"name": "a {}", **wrong}]})
    for wrong in ({"name": "x"}, {"prize": 1}, {"count": 3}):
        with pytest.raises(jsonschema.ValidationError):
            validator.validate({"firm_defaults": wrong, "firms": [{"name": "a"}]})
    in_an_arm = {"firms": [{"name": "a"}], "arms": {"x": {"strategies": {"paid_traffic": {"budget": QUALITY}}}}}  # fmt: skip
    with pytest.raises(jsonschema.ValidationError):  # an arm is of one firm
        validator.validate(in_an_arm)
