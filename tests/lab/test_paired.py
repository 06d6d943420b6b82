"""What an arm may change: a change of any section of a scenario is refused, or the section declares itself free."""

import re
from pathlib import Path

import pytest

from regulars.ground.errors import RegularsError
from regulars.ground.parameter import inside
from regulars.lab.compare import compare
from regulars.scenario import CONTROL, Scenario, whole_spec
from regulars.scenario.declared import declared

# firms, and the market around the customers; whatever else a scenario says makes the customers or what they meet
FREE = {
    "firms",
    "search",
    "portability",
    "subscription",
    "availability",
    "platform",
    "image",
    "returns",
}
BASE = {
    "about": {"title": "two shops"},
    "market": {"customers": 20, "days": 7.0, "window": 7.0},
    "choice": {"outside": True},
    "experience": {"on": True},
    "network": {"on": True, "kind": "random", "degree": 4},
    "firms": [{"name": "ann"}, {"name": "bob"}],
    "arms": {"other": {}},
    "uncertainty": {"firms.0.price": 0.1},
}
BY_HAND = {  # no parameters, or none in BASE
    "about": {"about.title": "no shops"},
    "categories": {"categories": [{"name": "tea"}, {"name": "rice"}]},
    "situations": {"situations": [{"name": "with friends", "chance": 0.2}]},
    "arms": {"arms": {"third": {}}},
    "norm": {"norm.on": True, "norm.weight": 1.0},
    "mood": {"mood.on": True, "mood.sd": 0.5},
    "cost_to_serve": {"cost_to_serve.on": True, "cost_to_serve.cost": 0.5},
    "uncertainty": {"uncertainty": {"firms.1.price": 0.1}},
    "correlations": {"correlations": [{"between": ["firms.0.price", "firms.1.price"], "value": 0.5}]},
    "evidence": {"evidence.sure": ["margin"]},
    "posterior": {"posterior": {"firms.1.price": [1.0, 1.1]}},
}


def others(parameter):
    """Other values that a declared parameter might have."""
    now = parameter.value
    if isinstance(now, bool):
        return [not now]
    if isinstance(now, dict):  # a distribution over customers
        now = now["mean"]
    if isinstance(now, (int, float)):
        return [
            x for x in (now + 1, now + 0.25, now / 2) if not parameter.bounds or inside(x, parameter.bounds)
        ]
    return [choice for choice in parameter.choices if choice != now]


def change_of(scenario, section):
    """A change within a section that leaves a readable scenario, as `arms.NAME.set` takes it."""
    if section in BY_HAND:
        return BY_HAND[section]
    for name, parameter in declared(scenario.spec).items():
        for value in others(parameter) if name.startswith(f"{section}.") and not parameter.spread else ():
            try:
                if getattr(scenario.set({name: value}).spec, section) != getattr(scenario.spec, section):
                    return {name: value}
            except RegularsError:
                continue
    raise AssertionError(f"no parameter of [{section}] can be changed")


@pytest.mark.parametrize("section", whole_spec().model_fields)
def test_an_arm_changes_a_section_or_is_refused(section):
    scenario = Scenario(BASE)
    arm = Scenario({**BASE, "arms": {"other": {"set": change_of(scenario, section)}}})
    assert getattr(arm.arm("other").spec, section) != getattr(arm.arm(CONTROL).spec, section)
    if section in FREE:
        assert compare(arm, replicates=1, jobs=1).arms == ("other",)
    else:
        with pytest.raises(
            RegularsError, match=rf'arms\.other\.set\.".*": this changes \[{section}\]'
        ) as told:
            compare(arm, replicates=1, jobs=1)
        assert all(f"[{free}]" in str(told.value) for free in FREE)


def test_the_reference_says_which():
    text = (Path(__file__).parents[2] / "docs/reference/scenarios.md").read_text()
    told = text.split("### `[arms.NAME]`")[1].split("may not change")[0]
    assert set(re.findall(r"`\[+(\w+)\]+`", told)) == FREE


def test_firms_come_and_go_in_no_arm():
    arm = Scenario({**BASE, "arms": {"other": {"set": {"firms": [{"name": "ann"}, {"name": "bess"}]}}}})
    with pytest.raises(
        RegularsError, match=r'arms\.other\.set\."firms": this makes other firms than those of the control'
    ):
        compare(arm, replicates=1, jobs=1)
