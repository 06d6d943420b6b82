"""What a scenario names must be there: audiences, firms and values, told before anything runs."""

import json

import pytest

from regulars import Scenario
from regulars.contract.strategy import Strategy, find, names
from regulars.ground.errors import RegularsError
from regulars.kit.segments import NAMES

AIMED = {
    "coupons": lambda audience: {"audience": audience},
    "greeting": lambda audience: {"audience": audience},
    "channels": lambda audience: {"channels": [{"name": "post", "audience": audience}]},
}


def shop(own=None, arms=None, rival=None):
    return Scenario(
        {
            "market": {"customers": 30, "days": 14, "focal": "ours"},
            "firms": [
                {"name": "ours", "strategies": own or {}},
                {"name": "other", "strategies": rival or {}},
            ],
            "arms": arms or {},
        }
    )


def arm(*pairs, **change):
    return {"x": {"strategies": dict(pairs), "set": change}}


@pytest.mark.parametrize("strategy", AIMED)
@pytest.mark.parametrize(
    ("audience", "beside", "told"),
    [
        ("members:points", {}, "'points' is not what this firm does"),
        ("members:everyday_low_price", {"everyday_low_price": {}}, "'everyday_low_price' has no members"),
        ("segment:at_risk", {}, "nothing that this firm does finds segments"),
        ("segment:at_rsk", {"information_system": {}}, "did you mean 'at_risk'"),
        ("segment:unhappy", {"information_system": {"asked": 0.0}}, "segment 'unhappy'"),
        ("segment:cluster 3", {"precision_push": {"groups": 3}}, "segment 'cluster 3'"),
    ],
)
def test_an_audience_that_cannot_be(strategy, audience, beside, told):
    named = {strategy: AIMED[strategy](audience)}
    with pytest.raises(
        RegularsError, match=rf"firms.1.strategies.{strategy}.*{audience}' is nobody: .*{told}"
    ):
        shop({**beside, **named})
    with pytest.raises(
        RegularsError, match=rf"arms.x.strategies.{strategy}.*{audience}' is nobody: .*{told}"
    ):
        shop(beside, arm(*named.items()))
    with pytest.raises(RegularsError, match=rf"arms.x.strategies.{strategy}.*is nobody"):
        shop({}, arm(*beside.items(), *named.items()), rival={"points": {}, "information_system": {}})


def test_an_audience_that_can_be_with_what_the_firm_or_the_arm_has():
    coupons, points = ("coupons", {"audience": "members:points"}), ("points", {})
    shop(dict([coupons, points])).market().run()
    shop({"points": {}}, arm(coupons)).arm("x").market().run()
    shop({}, arm(coupons, points)).arm("x").market().run()
    for segment, finder in (("champions", "information_system"), ("cluster 0", "precision_push")):
        shop({}, arm((finder, {}), ("coupons", {"audience": f"segment:{segment}"}))).arm("x").market().run()


def test_the_control_lacks_what_only_an_arm_has():
    with pytest.raises(
        RegularsError, match=r"firms\.1\.strategies\.coupons\.audience: 'members:points' is nobody"
    ):
        shop({"coupons": {"audience": "members:points"}}, arm(("points", {})))


def test_what_an_arm_sets_counts():
    coupons = ("coupons", {"audience": "members:points"})
    added = shop({}, arm(coupons, **{"firms.ours.strategies.points": {}}))
    assert "points" in added.arm("x").spec.firms[1].strategies
    gone = shop({"points": {}}, arm(coupons, **{"firms.ours.strategies": {"coupons": coupons[1]}}))
    with pytest.raises(RegularsError, match="'points' is not what this firm does"):
        gone.arm("x")


def test_strategies_tell_the_segments_that_they_enter():
    """Every segment that appears in the file of a firm is one that a strategy said it enters."""
    market = shop(
        {"points": {}, "information_system": {"review": 7.0}, "precision_push": {"every": 7.0}}
    ).market()
    market.run()
    firm = market.firm("ours")
    told = [name for strategy in firm.strategies.values() for name in strategy.segments(strategy.parameters)]
    assert set(firm.file.segments) <= set(told)
    assert set(NAMES) | {"cluster 0"} <= set(firm.file.segments)
    assert [name for name in names() if find(name).segments is not Strategy.segments]


def test_check_tells_the_place_of_an_audience_and_of_a_doubt(tmp_path, capsys):
    from typer.testing import CliRunner

    from regulars.cli.app import app

    file = tmp_path / "bad.toml"
    file.write_text(
        """[market]
customers = 30
[[firms]]
name = "ours"
[arms.x.strategies.coupons]
audience = "members:points"
[arms.y]
strategies.points = {}
strategies.coupons = { audience = "members:points" }
[uncertainty]
"choice.price_sensitivty" = 0.5
"""
    )
    told = CliRunner().invoke(app, ["check", str(file), "--json"])
    problems = json.loads(told.stdout)["scenarios"][0]["problems"]
    assert told.exit_code == 1
    assert [(p["line"], p["parameter"]) for p in problems] == [
        (6, "arms.x.strategies.coupons.audience"),
        (11, "uncertainty.choice.price_sensitivty"),
    ]
