"""A simulated survey: what answers are made of, that asking changes nothing, and what answers foretell."""

import numpy as np
import pandas as pd
import pytest
from notebooks.pages import DOCS, rows
from oracles.judge import agrees, grouped, groups_of, vanishes
from worlds.busy import world
from worlds.lives import after, differences

from regulars import Scenario
from regulars.ground.errors import RegularsError
from regulars.ground.parameter import Problem, Spread, field_extra
from regulars.measures import intention
from regulars.minds import attitude
from regulars.minds.survey import SurveyRules, felt_intention, foreseen_chance, survey

PLAIN = {"error": 0.0, "leniency": 0.0, "use": 1.0, "reply": 1.0, "slip": 0.0, "rounded": False}
STILL = {"on": True, "noise": 0.0, "memory": 0.0}  # satisfaction stays where it is put
N = 4000


def plain(**rules):
    """No error, no style, everybody answers on a slider, but for what is asked."""
    return SurveyRules(**{**PLAIN, **rules})


def two_firms(customers=N, days=10, seed=5, **table):
    """Two firms where everybody buys every day, all of a's customers to begin with, so that all can be asked."""
    base = {
        "market": {"customers": customers, "days": days},
        "need": {"process": "calendar"},
        "taste": {"kind": "homogeneous"},
        "switching": {"initial": "share"},
        "experience": STILL,
        "firms": [{"name": "a", "share": 1.0}, {"name": "b", "share": 1.0}],
    }
    return Scenario({**base, **table}).market(seed=seed, log="memory")


def everywhere(satisfaction, customers=N, **table):
    """A market whose customers have these satisfactions with firm a, and bought there last."""
    market = two_firms(customers, **table)
    market.customers.incumbent[:] = 0
    market.customers.satisfaction[:, 0] = satisfaction
    market.endear()
    return market


# ---------------------------------------------------------------- what a rating is made of


@pytest.mark.parametrize("points", [10, 5])
def test_without_error_the_rating_is_the_image_of_satisfaction(points):
    latent = np.linspace(0, 1, N).astype("f4")
    market = everywhere(latent)
    slider = survey(market, "a", rules=plain(points=points))
    assert slider["customer"].tolist() == list(range(N)) and slider.attrs["asked"] == N
    np.testing.assert_allclose(slider["satisfaction"], 1 + (points - 1) * latent, atol=1e-6)
    rating = survey(market, "a", rules=plain(points=points, rounded=True))["satisfaction"]
    assert rating.is_monotonic_increasing and rating.unique().tolist() == list(range(1, points + 1))
    assert (rating - slider["satisfaction"]).abs().max() <= 0.5


def test_error_attenuates_as_theory_says():
    """Reliability r = var / (var + error^2): slope of the latent on the rating, and correlation of two surveys."""
    error, spread = 0.06, 0.05
    draws = np.random.default_rng(4).normal(0.5, spread, 20_000)
    market = everywhere(draws, 20_000)
    latent = market.customers.satisfaction[:, 0].astype(float)
    ratings = [
        survey(market, "a", rules=plain(error=error, points=2), number=k)["satisfaction"] for k in (1, 2)
    ]
    r = spread**2 / (spread**2 + error**2)
    group = groups_of(np.arange(20_000))
    agrees(*grouped_slope(latent, ratings[0].to_numpy(), r, group))
    retest = grouped(lambda x, y: np.corrcoef(x, y)[0, 1], group, *(x.to_numpy() for x in ratings))
    agrees(retest[0], r, retest[1], sharp=0.1)
    exact = survey(market, "a", rules=plain(points=2))["satisfaction"] - 1
    assert np.polyfit(exact, latent, 1)[0] == pytest.approx(
        1.0, abs=1e-5
    )  # control: no error, no attenuation


def grouped_slope(latent, rating, theory, group):
    value, error = grouped(lambda x, y: np.polyfit(y, x, 1)[0], group, latent, rating)
    return value, theory, error, 0.1


def test_style_is_the_persons_and_stays():
    """Leniency moves all answers of a customer alike, in every survey, so that unrelated items correlate."""
    market = everywhere(0.5)
    style = {"leniency": {"distribution": "normal", "sd": 0.1}}
    first, second = (survey(market, "a", rules=plain(**style), number=k) for k in (1, 2))
    pd.testing.assert_frame_equal(first, second)
    assert first["satisfaction"].std() == pytest.approx(9 * 0.1, rel=0.05)
    mixed = survey(market, "a", rules=plain(error=0.05, **style))
    halo, error = grouped(
        lambda x, y: np.corrcoef(x, y)[0, 1],
        groups_of(np.arange(N)),
        mixed["satisfaction"].to_numpy(),
        mixed["recommendation"].to_numpy(),
    )
    agrees(halo, 0.1**2 / (0.1**2 + 0.05**2), error, sharp=0.1)
    alone = survey(market, "a", rules=plain(error=0.05))  # control: errors alone have nothing in common
    free = grouped(
        lambda x, y: np.corrcoef(x, y)[0, 1],
        groups_of(np.arange(N)),
        alone["satisfaction"].to_numpy(),
        alone["recommendation"].to_numpy(),
    )
    vanishes(*free, 0.1)


def test_scale_use_stretches():
    low, high = (
        survey(everywhere(s), "a", rules=plain(use=0.5, points=2))["satisfaction"].iloc[0] for s in (0.2, 0.8)
    )
    assert high - low == pytest.approx(0.5 * 0.6, abs=1e-6)


def test_a_bounded_scale_hides_surpluses():
    """Near the top a gain shows less than an equal loss; well inside the scale they show alike."""

    def shown(level, change):
        means = [survey(everywhere(s), "a", rules=SurveyRules(reply=1.0)) for s in (level, level + change)]
        difference = means[1]["satisfaction"] - means[0]["satisfaction"]
        return difference.mean(), difference.std() / np.sqrt(N)

    (gain, a), (loss, b) = shown(0.9, 0.1), shown(0.9, -0.1)
    assert gain > 0 and gain + 4 * np.hypot(a, b) < 0.7 * -loss
    (gain, a), (loss, b) = shown(0.4, 0.1), shown(0.4, -0.1)
    vanishes(gain + loss, np.hypot(a, b), 0.1)


# ---------------------------------------------------------------- who answers


def test_only_who_has_been_there_rates():
    market = after(world().market(log="memory"), 20)
    known = market.log.purchases()
    bought = set(known.loc[known["firm"] == "b", "customer"]) | set(
        np.flatnonzero(market.customers.incumbent == 1)
    )
    everyone = survey(market, "b", "everyone", plain())
    rated = everyone.dropna(subset="satisfaction")["customer"]
    assert set(rated) <= bought and len(everyone) > len(rated) > 0
    buyers = survey(market, "b", "buyers", plain())
    assert set(buyers["customer"]) == set(rated) and buyers["satisfaction"].notna().all()
    c = market.customers
    present = (c.entry <= market.day) & (market.day < c.exit)
    assert set(everyone["customer"]) == set(np.flatnonzero(present))
    strangers = (c.aware_from[:, 1] > market.day)[everyone["customer"]]
    assert strangers.any() and everyone.loc[strangers, "intention"].isna().all()
    assert not (everyone.loc[strangers, "first_in_mind"] == "b").any()
    assert everyone.loc[~strangers, "intention"].notna().all()


def test_without_a_log_only_present_customers_are_known():
    kept, bare = (after(world().market(log=log), 20) for log in ("memory", "totals"))
    with pytest.raises(RegularsError, match="buyers are known from the log"):
        survey(bare, "a", "buyers")
    handed = survey(bare, "a", "buyers", purchases=kept.log.purchases())
    pd.testing.assert_frame_equal(handed, survey(kept, "a", "buyers"))
    pd.testing.assert_frame_equal(survey(bare, "a"), survey(kept, "a"))


def test_nonresponse_follows_satisfaction():
    """The chance of answering is a logit of satisfaction, so that respondents are not the customers; control: no tilt."""
    latent = np.random.default_rng(1).uniform(0, 1, 20_000)
    market = everywhere(latent, 20_000)
    tilted = survey(market, "a", rules=plain(reply=0.3, reply_tilt=2.0, reply_extremes=1.0))
    odds = np.log(0.3 / 0.7) + 2.0 * (latent - 0.5) + 1.0 * 2 * np.abs(latent - 0.5)
    chance = 1 / (1 + np.exp(-odds))
    share = np.isin(np.arange(20_000), tilted["customer"])
    for part in (latent < 0.2, (latent > 0.4) & (latent < 0.6), latent > 0.8):
        expected = chance[part].mean()
        agrees(share[part].mean(), expected, np.sqrt(expected * (1 - expected) / part.sum()), sharp=0.2)
    assert latent[tilted["customer"]].mean() > latent.mean() + 0.05
    level = survey(market, "a", rules=plain(reply=0.3, reply_tilt=0.0, reply_extremes=0.0))
    answered = latent[level["customer"]]
    vanishes(answered.mean() - latent.mean(), answered.std() / np.sqrt(len(answered)), 0.02)


def test_a_sample_is_a_sample():
    market = everywhere(np.linspace(0, 1, N))
    full, part = survey(market, "a"), survey(market, "a", size=500)
    assert part.attrs["asked"] == 500 and len(part) < 500
    both = full[full["customer"].isin(part["customer"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(both, part, check_like=False)
    some = survey(market, "a", np.arange(0, N, 2), plain())
    mask = survey(market, "a", np.arange(N) % 2 == 0, plain())
    pd.testing.assert_frame_equal(some, mask)
    assert survey(market, "a", [], plain()).empty
    assert survey(market, "b", rules=plain()).empty  # nobody's last purchase was there


def test_mistakes_are_told():
    market = everywhere(0.5, 20)
    with pytest.raises(RegularsError, match="no firm is called 'A'"):
        survey(market, "A")
    with pytest.raises(RegularsError, match="choose 'customers'"):
        survey(market, "a", "buyer")
    with pytest.raises(RegularsError, match="customers 0 to 19"):
        survey(market, "a", [3, 20])
    with pytest.raises(Problem, match=r"reply: 0.0 is outside \(0, 1\]"):
        SurveyRules.read({"reply": 0.0})
    with pytest.raises(Problem, match="did you mean 'leniency'"):
        SurveyRules.read({"lenience": 0.1})


def test_the_rules_are_documented_as_they_are():
    def told(value):
        value = value.centre if isinstance(value, Spread) else value
        return str(value).lower() if isinstance(value, bool) else f"{value:g}"

    table = rows(DOCS / "reference" / "measures.md", 4)
    written = {row[0].strip("`"): (row[1], row[2]) for row in table}
    fields = SurveyRules.model_fields
    assert {
        name: (told(f.default), field_extra(f)["unit"]) for name, f in fields.items()
    }.items() <= written.items()


# ---------------------------------------------------------------- asking changes nothing


def test_a_survey_changes_no_later_life():
    """Bit for bit, however often and whomever one asks."""
    asked, left = (world().market(log="memory") for _ in range(2))
    for _ in range(30):
        for firm in ("a", "b"):
            for sample in ("customers", "buyers", "everyone"):
                survey(asked, firm, sample)
        asked.step()
        left.step()
    assert differences(asked, left) == []


def test_answers_are_the_customers_own():
    """The same in a branch, whoever else is asked, and in a market with more customers; other surveys, other errors."""
    market = after(world(**{"turnover.entry_rate": 0.0}).market(log="memory"), 20)
    full = survey(market, "a", "everyone")
    pd.testing.assert_frame_equal(full, survey(market.branch(), "a", "everyone"))
    alone = survey(market, "a", [int(full["customer"].iloc[3])])
    pd.testing.assert_frame_equal(alone, full.iloc[[3]].reset_index(drop=True))
    again = survey(market, "a", "everyone", number=999)
    both = full.merge(again, on="customer")
    assert 0 < len(both) < len(full)  # others answer
    assert (both["intention_x"] != both["intention_y"]).any()


# ---------------------------------------------------------------- intention


@pytest.mark.parametrize("form", ["penalty", "premium"])
@pytest.mark.parametrize("outside", [False, True])
def test_the_foreseen_chance_is_the_models_where_satisfaction_does_nothing(form, outside):
    market = after(
        world(
            **{
                "bond.on": False,
                "choice.outside": outside,
                "choice.quality_weight": 1.3,
                "switching.form": form,
                "turnover.aware": 1.0,
            }
        ).market(),
        20,
    )
    market.customers.incumbent[:20] = -1
    everyone = np.arange(market.customers.count)
    for f in range(2):
        np.testing.assert_allclose(
            foreseen_chance(market, f, everyone), market.base_probability(f, everyone), rtol=1e-5
        )


LEVELS = (0.5, 0.7, 0.9)


def second_differences(bond, rules, later=20):
    """Stated intention and later share of purchases of the same agents at three levels of satisfaction with firm a."""
    market = two_firms(3000, days=later, taste={"kind": "normal", "sd": 0.5}, bond=bond)
    market.customers.incumbent[:] = 0
    market.customers.satisfaction[:, 1] = LEVELS[1]
    stated, done = [], []
    for level in LEVELS:
        arm = market.branch()
        arm.customers.incumbent[:] = 0
        arm.customers.satisfaction[...] = market.customers.satisfaction
        arm.customers.satisfaction[:, 0] = level
        arm.endear()
        answers = survey(arm, "a", rules=rules)
        stated.append(answers["intention"].to_numpy())
        done.append(intention.later_behaviour(answers, arm.run().log.purchases(), "share").to_numpy())
    curves = (x[0] - 2 * x[1] + x[2] for x in (stated, done))
    return [(x.mean(), x.std(ddof=1) / np.sqrt(len(x))) for x in curves]


TWO_THRESHOLDS = {
    "on": True,
    "response": "two_threshold",
    "upper": {"distribution": "normal", "mean": 0.82, "sd": 0.05},
    "lower": 0.2,
}


@pytest.mark.parametrize("rules", [plain(), SurveyRules(reply=1.0)], ids=["exact", "as people answer"])
def test_intent_has_decreasing_and_behaviour_increasing_returns(rules):
    """Same agents, two thresholds (Mittal & Kamakura 2001: signs of the second differences)."""
    (stated, a), (done, b) = second_differences(TWO_THRESHOLDS, rules)
    assert stated < -4 * a and done > 4 * b


def test_straight_responses_have_no_curvature():
    """Control: linear bond and no saturation, around the middle of the sigmoid."""
    bond = {"on": True, "response": "linear", "slope": 2.0, "middle": LEVELS[1]}
    (stated, _), (done, error) = second_differences(bond, plain(saturation=0.0))
    assert stated == pytest.approx(0.0, abs=1e-5)
    vanishes(done, error, 0.02)


def test_intention_foretells_better_than_satisfaction():
    """Satisfaction looks back; intention knows prices, tastes and what leaving costs. Signs, from answers and log."""
    customers = 3000
    table = {
        "taste": {"kind": "normal", "sd": 1.0},
        "choice": {"price_sensitivity": {"distribution": "lognormal", "mean": 2.0, "sd": 1.0}},
        "switching": {"initial": "share", "relation": {"distribution": "gamma", "mean": 1.0, "sd": 0.7}},
        "experience": {"on": True, "noise": 0.2},
        "bond": {"on": True, "response": "linear", "slope": 2.0},
        "firms": [{"name": "a", "price": 1.2, "quality": 0.6}, {"name": "b", "price": 1.0, "quality": 0.5}],
    }
    market = after(two_firms(customers, days=90, **table), 60)
    answers = survey(market, "a", "buyers", SurveyRules(reply=1.0))
    value, error = better(answers, market.run().log.purchases())
    assert value > 4 * error and value > 0.1


def better(answers, log):
    """How much better intention foretells the later share of purchases than satisfaction does."""

    def gain(group):
        found = intention.foretells(answers[group], log, ("satisfaction", "intention"))
        return found["intention"] - found["satisfaction"]

    parts = [gain(answers["customer"] % 15 == g) for g in range(15)]
    return gain(answers["customer"] >= 0), np.std(parts, ddof=1) / np.sqrt(15)


def test_intention_foretells_no_better_where_only_satisfaction_matters():
    """Control: one taste, one price, free to leave: both rank customers alike."""
    table = {
        "experience": {"on": True, "noise": 0.2},
        "bond": {"on": True, "response": "linear", "slope": 6.0},
    }
    market = after(two_firms(1500, days=60, **table), 30)
    answers = survey(market, "a", "buyers", plain())
    found = intention.foretells(answers, market.run().log.purchases(), ("satisfaction", "intention"))
    assert found["satisfaction"] > 0.2
    assert found["intention"] == pytest.approx(found["satisfaction"], abs=1e-6)


# ---------------------------------------------------------------- recommendation, identification, first in mind


def test_the_locked_in_intend_to_stay_and_do_not_recommend():
    """Switching costs and prices act on intention only; attraction acts on all but satisfaction."""
    free = everywhere(0.5, switching={"initial": "share", "relation": 0.0})
    locked = everywhere(0.5, switching={"initial": "share", "relation": 3.0})
    dear = everywhere(
        0.5,
        choice={"price_sensitivity": 2.0},
        firms=[{"name": "a", "price": 2.0}, {"name": "b", "price": 1.0}],
    )
    liked = everywhere(0.5, firms=[{"name": "a", "appeal": 1.0}, {"name": "b"}])
    means = {
        name: survey(market, "a", rules=plain()).mean(numeric_only=True)
        for name, market in (("free", free), ("locked", locked), ("dear", dear), ("liked", liked))
    }
    for name in ("locked", "dear"):
        for item in ("satisfaction", "recommendation", "identification"):
            assert means[name][item] == means["free"][item]
    assert means["dear"]["intention"] + 1 < means["free"]["intention"] < means["locked"]["intention"] - 1
    assert means["liked"]["satisfaction"] == means["free"]["satisfaction"]
    for item in ("intention", "recommendation", "identification"):
        assert means["liked"][item] > means["free"][item] + 0.3
    assert means["liked"]["identification"] == pytest.approx(10 / (1 + np.exp(-1.0)))


def test_first_in_mind_is_a_logit_of_attraction_and_habit():
    market = everywhere(0.5, 20_000, firms=[{"name": "a", "appeal": 0.5}, {"name": "b"}])
    for habit, slip in ((0.0, 1.0), (1.0, 1.0), (1.0, 2.0)):
        named = survey(market, "a", rules=plain(habit=habit, slip=slip))["first_in_mind"]
        expected = 1 / (1 + np.exp(-(0.5 + habit) / slip))
        agrees((named == "a").mean(), expected, np.sqrt(expected * (1 - expected) / 20_000))
    assert (survey(market, "a", rules=plain())["first_in_mind"] == "a").all()


# ---------------------------------------------------------------- what they said and what they did


def test_stated_chances_can_be_right_on_average():
    """Control of the gap: where the whole intention is the foreseen chance and the bond is off, people do what they say."""
    table = {"taste": {"kind": "normal", "sd": 1.5}, "switching": {"initial": "share", "relation": 0.7}}
    market = after(two_firms(6000, days=30, **table), 29)
    honest = survey(market, "a", rules=plain(feeling_weight=0.0))
    pleased = survey(market, "a", rules=plain(feeling_weight=1.0))
    log = market.run().log.purchases()
    told = intention.intention_gap(honest, log).loc["all"]
    vanishes(told["gap"], told["standard_error"], 0.03)
    said = intention.intention_gap(pleased, log).loc["all"]
    assert abs(said["gap"]) > 4 * said["standard_error"]  # feeling alone does not know what keeps people here


def test_unknown_relationship_is_no_relationship():
    market = everywhere(0.5, 10)
    assert "relationship" not in market.processes
    assert attitude.preference_gap(market, "a", np.arange(10)) == pytest.approx(np.zeros(10))


def test_felt_intention_saturates_from_0_to_1():
    satisfaction = np.linspace(0, 1, 11)
    assert (felt_intention(satisfaction, 0.0) == satisfaction).all()
    found = felt_intention(satisfaction, 3.0)
    assert found == pytest.approx((1 - np.exp(-3 * satisfaction)) / (1 - np.exp(-3)))
    assert found[0] == 0 and found[-1] == pytest.approx(1) and (np.diff(found, 2) < 0).all()
