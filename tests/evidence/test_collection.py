"""Published effects: what their files may say, and that they speak of parameters that there are."""

from typing import get_args

import pytest
from scipy import special

import regulars.ground.parameter as parameter
from regulars.evidence import collection as shelf
from regulars.evidence.collection import DATA, behind, collection, evidence_of
from regulars.evidence.published import CHECKED, GRADES, STRENGTHS, PublishedEffect, PublishedPrior
from regulars.ground.errors import RegularsError
from regulars.ground.interval import interval
from regulars.ground.parameter import Problem
from regulars.scenario.paths import every_path, plain_path

ALL = collection()
EFFECT = {"measures": "x", "design": "panel", "citation": "A 2020", "checked": "abstract", "grade": "C"}
PRIOR = {
    "parameter": "foresight.foresight",
    "family": "beta",
    "mean": 0.4,
    "sd": 0.2,
    "reasoning": "why",
    "strength": "none",
}
ASKED = (  # what a programme's profit depends on and no log of sales tells
    "foresight.foresight", "foresight.daily_discount", "foresight.present_bias", "foresight.credit_weight", "choice.price_sensitivity",
    "firms.cost", "choice.outside_utility", "strategies.tailoring.welcome", "strategies.greeting.effect", "relationship.social_weight",
    "relationship.special_weight", "relationship.confidence_weight", "relationship.respect_weight", "strategies.tiers.levels.status",
    "strategies.channels.effect", "strategies.coupons.effect", "strategies.recovery.relief", "word_of_mouth.praise",
    "word_of_mouth.blame", "strategies.points.redemption_rate", "strategies.stamp_card.progress_perception",
)  # fmt: skip


def test_what_is_said_is_said_of_parameters_that_there_are():
    known = every_path()
    for name, effect in ALL.effects.items():
        assert set(effect.bears_on) <= set(known), name
    for name, prior in ALL.priors.items():
        assert prior.parameter in known, name


@pytest.mark.parametrize("name", ALL.priors)
def test_a_prior_of_a_parameter_lies_inside_its_bounds(name):
    """Ten standard normal errors either way; a prior of something else has what it takes to convert it."""
    prior = ALL.priors[name]
    if prior.values:
        assert set(prior.values) <= set(get_args(every_path()[prior.parameter].annotation))
        return
    bounds = parameter.field_extra(every_path()[prior.parameter])["bounds"]
    values = prior.law(special.ndtri([1e-9, 0.5, 1 - 1e-9]))
    assert (values[:-1] < values[1:]).all()
    assert prior.unit or all(value in interval(bounds) for value in values)


def test_no_name_stands_for_two_things():
    """What is asked by name is an effect, a prior, a topic, a section, a strategy or a parameter."""
    paths = every_path()
    spoken = {path.split(".")[0] for path in paths} | {
        path.split(".")[1] for path in paths if path.startswith("strategies.")
    }
    names = [*ALL.effects, *ALL.priors, *set(ALL.topics.values())]
    assert len(names) == len(set(names)) and not set(names) & (spoken | set(paths))


@pytest.mark.parametrize("path", ASKED)
def test_what_decides_a_programme_has_a_prior_and_evidence(path):
    assert ALL.priors_of(path)
    assert ALL.about(path) or all(prior.strength == "none" for prior in ALL.priors_of(path).values())


def test_every_effect_says_where_it_is_from_and_how_far_to_trust_it():
    for name, effect in ALL.effects.items():
        assert any(digit.isdigit() for digit in effect.citation), name
        assert effect.weakness and effect.grade in GRADES and effect.checked in CHECKED, name
        assert effect.read_at or effect.checked == "not checked", name
        assert effect.bears_on or effect.patterns, name
    assert {prior.strength for prior in ALL.priors.values()} <= set(STRENGTHS)
    assert {ALL.topics[name] for name in ALL.effects} == {file.stem for file in DATA.glob("*.toml")}


def test_nothing_that_was_not_checked_counts_for_more_than_an_assumption():
    unchecked = [effect for effect in ALL.effects.values() if effect.checked == "not checked"]
    assert unchecked and {effect.grade for effect in unchecked} == {"D"}
    with pytest.raises(Problem, match="grade: C, and the number has not been checked: that is D"):
        PublishedEffect.read({**EFFECT, "checked": "not checked"})


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"estimate": 1.0, "interval": [2.0, 1.0]}, "interval: 2 is not below 1"),
        ({"estimate": 1.0, "interval": [0.0, 2.0], "standard_error": 1.0}, "give one of the two"),
        ({"standard_error": 1.0}, "there is a spread and no number"),
        ({"grade": "A"}, "A is for a size, and there is no number: C at most"),
        ({"estimate": 1.0, "between": 0.1}, "say where the spread between studies comes from"),
        ({"estimate": 1.0, "between_from": "derived"}, "say where the spread between studies comes from"),
        ({"bears_one": ["x"]}, "did you mean 'bears_on'"),
    ],
)
def test_what_an_effect_cannot_say(more, told):
    with pytest.raises(Problem, match=told):
        PublishedEffect.read({**EFFECT, **more})


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"sd": 0.5}, r"sd = 0.5 is more than a beta prior of mean 0.4 from 0 to 1 can have \(0.4899\)"),
        ({"strength": "weak"}, "a prior rests on published effects, or its strength is 'none'"),
        ({"rests_on": ["x"]}, "a prior rests on published effects, or its strength is 'none'"),
        ({"unit": "%"}, "needs its unit and how to convert it"),
        (
            {"family": "one of"},
            "a prior of the family 'one of' has values with a weight each, and no other has",
        ),
        ({"values": ["a", "b"], "weights": [1, 1]}, "a prior of the family 'one of' has values"),
        ({"family": "one of", "values": ["a", "b"], "weights": [1]}, "has values with a weight each"),
        ({"goes_with": "firms.cost"}, "say what it goes with and how closely, or neither"),
    ],
)
def test_what_a_prior_cannot_say(more, told):
    with pytest.raises(Problem, match=told):
        PublishedPrior.read({**PRIOR, **more})


def test_error_and_spread_of_an_effect():
    """(2 - 0) / 3.92 = .5102, with .8 between markets: sqrt(.5102^2 + .8^2) = .9488."""
    told = {**EFFECT, "estimate": 1.0, "interval": [0.0, 2.0], "between": 0.8, "between_from": "reported"}
    effect = PublishedEffect.read(told)
    assert (effect.error, effect.spread) == (
        pytest.approx(0.51021, abs=1e-5),
        pytest.approx(0.94885, abs=1e-5),
    )
    assert PublishedEffect.read({**EFFECT, "estimate": 1.0}).spread is None
    assert PublishedEffect.read({**EFFECT, "estimate": 1.0, "standard_error": 0.3}).spread == 0.3


def test_what_is_known_of_a_parameter_and_that_nothing_is():
    assert list(ALL.about("foresight.credit_weight"))[-1] == "stockpiled-points"  # the best grade first
    assert set(ALL.priors_of("foresight.present_bias")) == {"present-bias", "present-bias-of-things"}
    assert set(ALL.about("strategies.stamp_card")) >= {"last-gap", "endowed-progress"}
    assert evidence_of("foresight.credit_weight") == [
        "mental-account (B)",
        "gift-card-resale (B)",
        "stockpiled-points (C)",
    ]
    assert evidence_of("strategies.points.rounding") == []
    with pytest.raises(
        RegularsError, match="last-gaps: no published effect of this name; did you mean 'last-gap'"
    ):
        ALL.effect("last-gaps")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (("strategies.stamp_card.progress_perception", "Kivetz et al. 2006", True), "evidence: last-gap (B), endowed-progress (B)"),
        (("strategies.points.purchase_valid", "", True), "evidence: points-unredeemed (C)"),
        (("strategies.points.review_points", "source documents, P3", True), "source documents, P3"),
        (("strategies.points.lot", "", True), "assumption"),
        (("strategies.points.rounding", "", False), ""),
    ],
)  # fmt: skip
def test_what_stands_behind_a_number(told, words):
    assert behind(*told) == words


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("arms.card.strategies.points.hassle", "strategies.points.hassle"),
        ("firms.0.strategies.points.hassle", "strategies.points.hassle"),
        ("strategies.points.hassle", "strategies.points.hassle"),
        ("firms.ours.cost", "firms.cost"),
        ("firms.cost", "firms.cost"),
        ("foresight.foresight", "foresight.foresight"),
    ],
)
def test_a_dotted_name_as_a_path(name, path):
    assert plain_path(name) == path and path in every_path()


def entry(name, **more):
    lines = [f"{key} = {value!r}".replace("'", '"') for key, value in {**EFFECT, **more}.items()]
    return f"[effects.{name}]\n" + "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        ({"a": entry("x"), "b": entry("x")}, r"b.toml: effects.x: this name is taken in a.toml"),
        ({"a": entry("x", grade="E")}, r"a.toml: effects.x.grade: 'E' will not do"),
        ({"a": "[effects"}, "a.toml: "),
        ({"a": "[findings.x]\n"}, "a.toml: findings: a file of evidence has the tables 'effects' and 'priors'"),
        (
            {"a": entry("last-gap") + '[priors.p]\nparameter = "x"\nfamily = "normal"\nreasoning = "y"\nstrength = "weak"\nrests_on = ["last-gab"]\n'},
            "rests_on: no published effect is called last-gab; did you mean 'last-gap'",
        ),
    ],
)  # fmt: skip
def test_files_that_will_not_do_are_told_with_their_place(texts, told, tmp_path):
    for name, text in texts.items():
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RegularsError, match=told):
        collection(tmp_path)


def test_a_folder_is_the_list(tmp_path):
    (tmp_path / "a.toml").write_text(entry("x"), encoding="utf-8")
    (tmp_path / "b.toml").write_text(entry("y"), encoding="utf-8")
    found = shelf.collection(tmp_path)
    assert (list(found.effects), found.topics) == (["x", "y"], {"x": "a", "y": "b"})
