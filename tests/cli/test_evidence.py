"""`regulars evidence`: published effects, priors made of them, and what is known of a parameter."""

import json

import pytest

from regulars.evidence.collection import collection
from regulars.lab.yardstick import names

ALL = collection()


def told(call, *words):
    done = call("evidence", *words, "--json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def test_the_list_has_every_effect_with_its_grade(call):
    text = call("evidence").stdout
    assert [one["name"] for one in told(call)] == list(ALL.effects)
    line = next(line for line in text.splitlines() if line.startswith("last-gap"))
    assert line.split() == ["last-gap", "0.8", "(0.077)", "B", "strategies.stamp_card.progress_perception"]
    line = next(line for line in text.splitlines() if line.startswith("coupon-exposure"))
    assert line.split() == ["coupon-exposure", "sign", "only", "C", "strategies.coupons.effect"]
    assert f"{len(ALL.effects)} published effects" in text and "D  nobody has measured it" in text


def test_only_some_grades(call):
    best = [name for name, effect in ALL.effects.items() if effect.grade == "A"]
    assert [one["name"] for one in told(call, "--grade", "a")] == best and best
    assert {one["grade"] for one in told(call, "--grade", "a, D")} == {"A", "D"}
    for grade in ("E", "A,E", ""):
        done = call("evidence", "--grade", grade)
        assert done.exit_code == 2 and "there are A, B, C, D" in done.stderr
    assert call("evidence", "last-gap", "--grade", "A").exit_code == 2


def test_an_effect_in_full(call):
    text = call("evidence", "present-bias-money").stdout
    for part in (
        "estimate  0.938 (0.0171) worth of anything later against now",
        "95%       0.905 to 0.972",
        "between   0.08, judgement (standard deviation between studies or markets)",
        "source    Cheung, Tymula & Wang 2025",
        "read      the abstract or a copy of the source was read (papers.ssrn.com/abstract=5222564)",
        "grade     A: several field studies",
        "bears on  foresight.present_bias",
    ):
        assert part in text, part
    one = told(call, "present-bias-money")[0]["effects"][0]
    assert one["error"] == pytest.approx(0.01709, abs=1e-5) and one["spread"] == pytest.approx(
        0.0818, abs=1e-4
    )


@pytest.mark.parametrize(
    "name",
    ["foresight.credit_weight", "strategies.tiers.levels.status", "arms.a.strategies.tiers.levels.status"],
)
def test_what_is_known_of_a_parameter(call, name):
    about = told(call, name)[0]
    assert about["kind"] == "parameter" and not about["assumption"] and about["effects"] and about["priors"]
    grades = [one["grade"] for one in about["effects"]]
    assert grades == sorted(grades)
    text = call("evidence", name).stdout
    assert text.startswith(f"{about['name']}: ") and about["priors"][0]["name"] in text


def test_a_number_without_a_source_is_an_assumption(call):
    text = call("evidence", "firms.ours.strategies.points.rounding").stdout
    assert text.startswith("strategies.points.rounding: how the points") and "assumption: no source" in text
    assert told(call, "strategies.points.rounding")[0]["assumption"] is True
    assert "assumption" not in call("evidence", "foresight.credit_weight").stdout.split("\n")[1]


def test_a_prior_a_topic_a_strategy_and_a_section(call):
    text = call("evidence", "price-elasticity-of-shops").stdout
    assert (
        "prior     lognormal, mean 2.2, sd 1.3 to 7 (% of sales per % of price, as a positive number)" in text
    )
    assert "rests on  price-elasticity-brands, optimal-markup" in text and "[uncertainty]" not in text
    text = " ".join(call("evidence", "looking-ahead", "redemption-rate").stdout.split())
    assert '"foresight.foresight" = { prior = "looking-ahead" } in [uncertainty]' in text
    assert (
        '"arms.*.strategies.points.redemption_rate" = { prior = "redemption-rate" } in [uncertainty]' in text
    )
    assert {one["parameter"] for one in told(call, "foresight")[0]["priors"]} >= {
        "foresight.foresight",
        "foresight.credit_weight",
    }
    assert {one["name"] for one in told(call, "price")[0]["effects"]} == {
        n for n, t in ALL.topics.items() if t == "price" and n in ALL.effects
    }
    for name in ("stamp-card", "stamp_card", "strategies.stamp_card"):
        assert {"last-gap", "endowed-progress"} <= {one["name"] for one in told(call, name)[0]["effects"]}
    assert {one["parameter"] for one in told(call, "relationship")[0]["priors"]} == {
        f"relationship.{kind}_weight" for kind in ("social", "special", "confidence", "respect")
    }
    assert [one["name"] for one in told(call, "last-gap", "price")] == ["last-gap", "price"]


def test_a_parameter_by_its_last_word_is_the_prior_of_that_name(call):
    told = [
        json.loads(call("evidence", name, "--json").stdout)[0]
        for name in ("redemption_rate", "redemption-rate")
    ]
    assert told[0] == told[1] and told[0]["kind"] == "prior"


def test_a_word_of_a_source_finds_what_stands_on_it(call):
    told = json.loads(call("evidence", "kivetz", "--json").stdout)[0]
    assert told["kind"] == "word" and "last-gap" in [one["name"] for one in told["effects"]]
    assert all("Kivetz" in one["citation"] + one["place"] + one["measures"] for one in told["effects"])
    assert call("evidence", "ki").exit_code == 1  # too short to mean anybody


@pytest.mark.parametrize(
    ("name", "near"),
    [("last-gaps", "last-gap"), ("foresight.present_bais", "foresight.present_bias"), ("points.hasle", "strategies.points.hassle")],
)  # fmt: skip
def test_a_typo_is_answered_with_the_nearest(call, name, near):
    done = call("evidence", name)
    assert (done.exit_code, done.stdout) == (1, "")
    assert (
        f"{name}: no published effect, prior, topic or parameter of this name, and no source says it; did you mean '{near}'?"
        in done.stderr
    )


# ---------------------------------------------------------------- --check


def test_a_scenario_held_against_published_patterns(call, tiny):
    done = call("evidence", "--check", tiny, "--replicates", "2")
    assert done.exit_code == 0, done.stderr
    assert f"0 pass, 0 fail, {len(names())} no mechanism" in done.stdout and "no stamp card" in done.stdout
    card = "[arms.card.strategies.stamp_card]\nstamps = 5\nprogress_perception = 1.5\nsize = 2.0\n"
    tiny.write_text(
        tiny.read_text(encoding="utf-8").replace("days = 28", "days = 120") + card, encoding="utf-8"
    )
    held = json.loads(
        call(
            "evidence", "--check", tiny, "--replicates", "2", "--arms", "card", "--customers", "80", "--json"
        ).stdout
    )
    gap = next(one for one in held if one["yardstick"] == "last_gap")
    assert (
        gap["arm"] == "card" and gap["effect"] == "last-gap" and gap["grade"] == "B" and gap["simulated"] < 1
    )
    assert gap["interval"] == pytest.approx([0.8 - 1.96 * 0.14258, 0.8 + 1.96 * 0.14258], abs=1e-4)
    assert gap["verdict"] in ("pass", "fail") and gap["why"]


@pytest.mark.parametrize(
    "words",
    [("last-gap", "--check", "x"), ("--check", "x", "--grade", "A"), ("--replicates", "3"), ("--arms", "a")],
)
def test_what_goes_with_check_and_what_does_not(call, words):
    done = call("evidence", *words)
    assert done.exit_code == 2 and "goes with" in done.stderr


def test_a_scenario_that_is_not_there(call):
    done = call("evidence", "--check", "pointz")
    assert done.exit_code == 1 and "did you mean 'points'?" in done.stderr
