"""Audiences: every kind by hand on a file that is known, who is in the market, and names that will not do."""

import math
import re
import warnings
from pathlib import Path

import numpy as np
import pytest

from regulars import Scenario
from regulars.contract.aim import Aimed, problem
from regulars.ground.errors import RegularsError
from regulars.ground.parameter import Problem
from regulars.strategies.greeting import Greeting
from regulars.world.audience import KINDS, NUMBERED

NOW = 100.0


@pytest.fixture
def shop():
    """A shop whose file knows six of eight customers; the last two never showed a card."""
    table = {
        "market": {"customers": 8, "days": 200},
        "firms": [
            {
                "name": "shop",
                "strategies": {
                    "points": {"enrolment": "randomised"},
                    "everyday_low_price": {"discount": 0.0},
                },
            }
        ],
    }
    firm = Scenario(table).market().firms[0]
    file = firm.file
    file.known[:6] = True
    file.first[:6] = [0.0, 10.0, 50.0, 75.0, 95.0, 70.0]
    file.last[:6] = [99.0, 60.0, 80.0, 75.0, 95.0, 100.0]
    file.count[:6] = [100, 6, 4, 1, 1, 31]
    file.recent[:6] = [900.0, 60.0, 40.0, 10.0, 5.0, 501.0]
    firm.strategies["points"].member[:] = [0, 0, 0, 0, 0, 0, 1, 0]
    return firm


def who(firm, name, day=NOW):
    """Numbers of an audience."""
    return set(np.flatnonzero(firm.audience(name, day)).tolist())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("everybody", {0, 1, 2, 3, 4, 5, 6, 7}),
        ("identified", {0, 1, 2, 3, 4, 5, 6}),  # the file, and who has a card and has not bought yet
        ("members", {6}),
        ("members:points", {6}),
        ("spent:0", {0, 1, 2, 3, 4, 5}),
        ("spent:50", {0, 1, 5}),
        ("spent:500", {0, 5}),  # 501 was spent on that very day
        ("spent:501", {0}),  # more than, not as much as
        ("spent:1e9", set()),
        ("frequent:1", {0, 1, 2, 3, 4, 5}),
        ("frequent:6", {0, 1, 5}),
        ("frequent:6.5", {0, 5}),
        ("heavy:1", {0, 1, 2, 3, 4, 5}),
        ("heavy:0.5", {0, 5, 1}),
        ("heavy:0.2", {0, 5}),  # a fifth of six, rounded up
        ("heavy:0.001", {0}),
        ("new:30", {3, 4, 5}),
        ("new:5", {4}),
        ("new:0", set()),
        ("lapsed:39", {1}),
        ("lapsed:40", set()),  # more than 40 days, not 40
        ("lapsed:20", {1, 3}),
        ("lapsed:0", {0, 1, 2, 3, 4}),
        # gaps of 10 days, away for 40 and for 20, which is not more than twice the gap
        ("lapsing:2", {1}),
        ("lapsing:1.9", {1, 2}),
        ("lapsing:0", {0, 1, 2}),  # who bought once has no gap of his own
        ("segment:quiet", set()),
    ],
)
def test_every_kind_by_hand(shop, name, expected):
    assert who(shop, name) == expected


def test_the_page_lists_every_kind():
    """The page that error messages and parameters name tells all audiences, by names that work."""
    page = Path(__file__).parents[2] / "docs" / "reference" / "audiences.md"
    told = re.findall(r"^\| `([^`]+)` \|", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert {name.partition(":")[0] for name in told} == set(KINDS)
    assert not any(problem(name) for name in told)


def test_every_kind_is_tried():
    tried = {name.partition(":")[0] for name, _ in test_every_kind_by_hand.pytestmark[0].args[1]}
    assert tried == set(KINDS)


def test_spending_fades_with_the_days(shop):
    """A year after the last purchase e^-1 of it counts."""
    later = 99.0 + 365.25
    assert who(shop, f"spent:{900 / math.e - 0.1}", later) == {0}
    assert who(shop, f"spent:{900 / math.e + 0.1}", later) == set()


def test_ties_in_a_rank_go_by_number(shop):
    shop.file.recent[:6] = 7.0
    shop.file.last[:6] = 90.0
    assert who(shop, "heavy:0.5") == {0, 1, 2}


def test_a_tenth_of_thirty_is_three():
    """Products such as 0.07 x 100, a hair above a whole number, are not rounded up."""
    firm = Scenario({"market": {"customers": 100, "days": 9}, "firms": [{"name": "shop"}]}).market().firms[0]
    firm.file.known[:] = True
    for share in np.arange(1, 101) / 100:
        assert firm.audience(f"heavy:{share}", 1.0).sum() == round(100 * share)


def test_segments_are_what_a_strategy_has_entered(shop):
    shop.file.segments["quiet"] = np.arange(8) % 2 == 0
    assert who(shop, "segment:quiet") == {0, 2, 4, 6} and who(shop, "segment:loud") == set()


def test_only_who_is_in_the_market(shop):
    c = shop.customers
    c.entry[0], c.exit[1] = NOW + 1, NOW
    for name in ("everybody", "identified", "spent:0", "heavy:1", "lapsed:0", "lapsing:0"):
        assert not who(shop, name) & {0, 1}
    c.entry[0], c.exit[1] = NOW, NOW + 1e-3
    assert who(shop, "everybody") == set(range(8))


def test_an_empty_file_is_no_trouble():
    firm = Scenario({"market": {"customers": 3, "days": 9}, "firms": [{"name": "shop"}]}).market().firms[0]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for kind in NUMBERED:
            assert not firm.audience(f"{kind}:1", 0.0).any()
        for name in ("identified", "members", "segment:any"):
            assert not firm.audience(name, 0.0).any()
    assert firm.audience("everybody", 0.0).all()


def test_who_orders_online_is_identified_from_the_first_order_on():
    table = {
        "market": {"customers": 3, "days": 9},
        "firms": [{"name": "shop", "online": True}],
        "need": {"mean": 3.0},
    }
    market = Scenario(table).market(log="memory")
    firm = market.firms[0]
    assert not firm.audience("identified", 0.0).any(), "strangers are nobody's customers"
    market.run()
    ordered = np.unique(market.log.purchases()["customer"])
    assert ordered.size and np.flatnonzero(firm.audience("identified", 8.0)).tolist() == ordered.tolist()


def test_members_of_a_firm_that_has_none(shop):
    for name, told in (("tiers", "is not what this firm does"), ("everyday_low_price", "has no members")):
        with pytest.raises(RegularsError, match=f"firms.shop: audience 'members:{name}' is nobody.*{told}"):
            shop.audience(f"members:{name}", NOW)


@pytest.mark.parametrize(
    ("strategies", "arm", "told"),
    [
        ({"coupons": {"audience": "members:points"}}, {}, "firms.0.strategies.coupons.audience: 'members:points' is nobody"),
        ({"coupons": {"audience": "members:stock"}, "stock": {}}, {}, "'stock' has no members"),
        (
            {"channels": {"channels": [{"name": "post"}, {"name": "app", "audience": "members:tiers"}]}}, {},
            "firms.0.strategies.channels.channels.1.audience: 'members:tiers' is nobody: 'tiers' is not what this firm does",
        ),
        ({}, {"strategies": {"events": {"audience": "members:tiers"}}}, "arms.more.strategies.events.audience"),
        ({"events": {"audience": "members:tiers"}, "tiers": {}}, {}, ""),
        ({"tiers": {}}, {"strategies": {"events": {"audience": "members:tiers"}}}, ""),
        ({}, {"strategies": {"events": {"audience": "members:tiers"}, "tiers": {}}}, ""),
        ({}, {"strategies": {"events": {"audience": "members:tiers"}}, "set": {"firms.a.strategies.tiers.period": 9.0}}, ""),
        ({}, {"strategies": {"events": {"audience": "members:tiers"}}, "set": {"firms.a.strategies": {"tiers": {}}}}, ""),
    ],
)  # fmt: skip
def test_members_of_nothing_are_told_before_anything_runs(strategies, arm, told):
    """Also in the rows of a table, and in an arm, which has what the focal firm has besides."""
    table = {"firms": [{"name": "a", "strategies": strategies}, {"name": "b"}], "arms": {"more": arm}}
    if not told:
        assert Scenario(table).spec.arms
        return
    with pytest.raises(Problem, match=told):
        Scenario(table)


# ---------------------------------------------------------------- names that will not do


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "known here: everybody"),
        (" ", "known here"),
        (":", "known here"),
        ("everyone", "did you mean 'everybody'?"),
        ("Members", "did you mean 'members'?"),
        ("spend:500", "did you mean 'spent'?"),
        ("identified:5", "'identified' stands alone"),
        ("everybody:", "'everybody' stands alone"),
        ("spent", "a number is needed after 'spent:' (currency, at least 0)"),
        ("spent:", "a number is needed after 'spent:'"),
        ("spent:much", "a number is needed after 'spent:'"),
        ("spent:-1", "currency, at least 0"),
        ("spent:5:6", "a number is needed after 'spent:'"),
        ("spent:nan", "currency, at least 0"),
        ("spent:inf", "currency, at least 0"),
        ("frequent:0", "purchases, at least 1"),
        ("heavy:0", "share of customers, above 0 and at most 1"),
        ("heavy:1.01", "share of customers, above 0 and at most 1"),
        ("heavy:20%", "a number is needed after 'heavy:'"),
        ("new:-1", "days, at least 0"),
        ("lapsing:-2", "multiples of the own mean gap"),
        ("lapsed:x", "days, at least 0"),
        ("members:", "a name is needed after 'members:'"),
        ("members:pionts", "no strategy is called 'pionts'; did you mean 'points'?"),
        ("segment", "a name is needed after 'segment:'"),
        ("segment:", "a name is needed after 'segment:'"),
        ("Ω" * 5000, "known here"),
        ("members:../../points", "no strategy is called"),
        ("spent:500\n", ""),  # white space around a number is no mistake
    ],
)
def test_names_that_will_not_do(name, told):
    assert told in problem(name)
    if told:
        with pytest.raises(Problem) as raised:
            Aimed.read({"audience": name}, ("firms", 0))
        assert str(raised.value).startswith("firms.0.audience: ") and told in str(raised.value)
    else:
        assert problem(name) == "" and Aimed.read({"audience": name}).audience == name


@pytest.mark.parametrize("name", ["everybody", "members:tiers", "spent:0", "heavy:1", "segment:a b:c"])
def test_names_that_will(name):
    assert problem(name) == "" and Greeting.Parameters.read({"audience": name}).audience == name


@pytest.mark.parametrize("value", [5, None, True, ["members"], {"members": 1}])
def test_what_is_no_name_at_all(value):
    with pytest.raises(Problem, match=r"audience.*whom the firm addresses"):
        Aimed.read({"audience": value})
