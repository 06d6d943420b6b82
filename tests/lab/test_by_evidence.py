"""One line takes every published prior of what is switched on; what the user says that they know replaces them."""

import math

import numpy as np
import pytest

from regulars import compare, load
from regulars.contract import strategy
from regulars.evidence.collection import collection
from regulars.ground.chance import Chance
from regulars.ground.errors import RegularsError
from regulars.lab.said import FIXED, assumed_in_words, with_sure
from regulars.lab.uncertainty import drawn, drawn_and_told, uncertain_values
from regulars.scenario import Scenario
from regulars.scenario.sure import everyday_names, read_sure

PRIORS = collection().priors
SHOPS = {
    "market": {"customers": 60, "days": 56, "focal": "ann"},
    "choice": {"price_sensitivity": 3.0, "outside": True, "outside_utility": -5.0},
    "firms": [{"name": "ann", "price": 2.0, "cost": 1.4}, {"name": "bob", "price": 1.5, "cost": 1.2}],
    "arms": {
        "card": {"strategies": {"stamp_card": {}}},
        "wish": {"strategies": {"greeting": {"effect": 0.2}}},
        "known": {"strategies": {"tailoring": {"welcome": 0.0}}},
    },
    "evidence": {"priors": "published"},
}
SHOP = Scenario(SHOPS)
Z = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])


def lines(scenario):
    return {line.name: line for line in uncertain_values(scenario)}


def test_what_the_scenario_does_not_say_is_as_published():
    """Means, and where customers differ their spread; what it says stays, and what makes something act is its own."""
    ahead = PRIORS["looking-ahead"]
    assert SHOP.value("foresight.foresight") == {
        "distribution": "beta",
        "mean": 0.45,
        "sd": 0.35,
        "low": 0.0,
        "high": 1.0,
    }
    assert (ahead.mean, ahead.customers_sd) == (0.45, 0.35)
    assert (
        SHOP.value("arms.card.strategies.stamp_card.progress_perception")
        == PRIORS["progress-perception"].mean
    )
    assert SHOP.value("arms.wish.strategies.greeting.effect") == 0.2
    assert SHOP.value("switching.relation") == 0 and SHOP.value("relationship.social_weight") == 0.5
    usual = Scenario({name: table for name, table in SHOPS.items() if name != "evidence"})
    assert usual.value("foresight.foresight") == 1.0
    assert uncertain_values(usual) == []
    assert usual.set({"evidence.priors": "published"}).spec.foresight == SHOP.spec.foresight


def test_every_prior_of_what_is_switched_on_is_drawn_and_no_other():
    card, greeting = (
        "arms.card.strategies.stamp_card.progress_perception",
        "arms.wish.strategies.greeting.effect",
    )
    ahead = {
        f"foresight.{one}.mean" for one in ("foresight", "daily_discount", "present_bias", "credit_weight")
    }
    assert set(lines(SHOP)) == {"choice.price_sensitivity.mean", "margin", card, greeting, *ahead}
    feeling = {"experience.on": True, "bond.on": True, "relationship.on": True, "arms": {}}
    assert set(lines(SHOP.set(feeling))) == {
        "choice.price_sensitivity.mean", "margin", "bond.response", "experience.loss_aversion",
        *(f"relationship.{one}_weight" for one in ("social", "special", "confidence", "respect")),
    }  # fmt: skip


def test_what_is_not_said_is_drawn_from_the_prior_and_what_is_said_around_it():
    found = lines(SHOP.set({"experience.on": True, "relationship.on": True}))
    (law,), prior = found["relationship.respect_weight"].laws, PRIORS["respect-weight"]
    assert law(Z) == pytest.approx(prior.law(Z)) and law(Z).min() > 0  # the parameter itself may be below 0
    (wish,) = found["arms.wish.strategies.greeting.effect"].laws
    assert wish(Z) == pytest.approx(0.2 + 0.08 * Z, abs=1e-9)
    (card,) = lines(SHOP.set({"arms.card.strategies.stamp_card.progress_perception": 0.56}))[
        "arms.card.strategies.stamp_card.progress_perception"
    ].laws
    root = math.sqrt(math.log1p((0.25 / 0.28) ** 2))  # the prior's coefficient of variation
    assert card(Z) == pytest.approx(0.56 * np.exp(root * Z - root**2 / 2))


def test_what_is_off_is_not_in_doubt():
    still = SHOP.set({"foresight.foresight": 0.0, "arms.wish.strategies.greeting.effect": 0.0})
    assert not {"foresight.foresight.mean", "arms.wish.strategies.greeting.effect"} & set(lines(still))
    full = lines(SHOP.set({"foresight.foresight": 1.0}))["foresight.foresight.mean"]
    assert float(full.laws[0](-1.0)) < 0.9 and float(full.laws[0](3.0)) <= 1.0


def test_margin_is_drawn_at_one_quantile_for_all_firms():
    line = lines(SHOP)["margin"]
    costs = np.array([law(Z) for law in line.laws])
    margins = 1 - costs / np.array([[2.0], [1.5]])
    assert (np.diff(margins, axis=1) > 0).all()
    assert margins[:, 2] == pytest.approx([0.3, 0.2], abs=0.01)
    told = [
        row["value"] for k in range(40) for row in drawn_and_told(SHOP, 1, k)[1] if row["input"] == "margin"
    ]
    assert np.std(told) == pytest.approx(0.06, rel=0.35) and np.mean(told) == pytest.approx(0.3, abs=0.03)
    assert {row["source"] for row in drawn_and_told(SHOP, 1, 0)[1] if row["input"] == "margin"} == {
        "money inputs"
    }


def test_a_drawn_price_sensitivity_sells_at_list_price_what_it_sold(monkeypatch):
    """Appeal makes up for what a list price pulls more or less: without that the outside option would take all."""

    def bought(z, held):
        monkeypatch.setattr(Chance, "normal", lambda *_, z=z: np.array([z]))
        here = drawn(SHOP, 1, 0)
        monkeypatch.undo()
        changes = {} if held else {"firms.ann.appeal": 0.0, "firms.bob.appeal": 0.0}
        here = here.arm("control").set({**changes, "market.customers": 2000})
        return here.value("choice.price_sensitivity"), here.market().run().totals.purchases.sum()

    (low, few), (high, many) = bought(-1.0, True), bought(1.0, True)
    assert high > 2 * low and many == pytest.approx(few, rel=0.05)
    assert bought(1.0, False)[1] < 0.5 * bought(-1.0, False)[1]


def test_price_sensitivity_and_margin_go_together():
    """Correlation -.4 of the normal draws: where customers mind prices, prices leave less."""
    rows = [drawn_and_told(SHOP, 3, k)[1] for k in range(200)]
    table = {
        name: [r["value"] for row in rows for r in row if r["input"] == name]
        for name in ("margin", "choice.price_sensitivity.mean")
    }
    price = np.log(table["choice.price_sensitivity.mean"])
    assert np.corrcoef(price, table["margin"])[0, 1] == pytest.approx(-0.4, abs=0.15)
    ahead = [r["value"] for row in rows for r in row if r["input"] == "foresight.foresight.mean"]
    assert abs(np.corrcoef(ahead, table["margin"])[0, 1]) < 0.2


def test_one_draw_holds_for_all_arms_and_a_form_may_change():
    both = SHOP.set({
        "arms.other": {"strategies": {"stamp_card": {"stamps": 5}}}, "experience.on": True, "bond.on": True,
    })  # fmt: skip
    path = "strategies.stamp_card.progress_perception"
    seen = set()
    for k in range(8):
        here = drawn(both, 1, k)
        assert here.value(f"arms.card.{path}") == here.value(f"arms.other.{path}")
        seen.add(here.spec.bond.response)
    assert seen == {"linear", "two_threshold"}


def test_one_prior_alone_has_nothing_to_go_with():
    alone = SHOP.set({"choice.price_sensitivity": 0.0})
    assert set(lines(alone)) >= {"margin"} and "choice.price_sensitivity.mean" not in lines(alone)
    assert (
        len(
            {
                row["value"]
                for k in range(3)
                for row in drawn_and_told(alone, 1, k)[1]
                if row["input"] == "margin"
            }
        )
        == 3
    )


def test_what_does_nothing_without_another_is_not_in_doubt():
    """Demotion hurts by the status that is lost."""
    level = {"name": "gold", "threshold": 100, "discount": 0.02}
    for status, drawn_ in ((0.0, False), (0.1, True)):
        tiers = SHOP.set(
            {"arms": {"t": {"strategies": {"tiers": {"levels": [{**level, "status": status}]}}}}}
        )
        assert tiers.value("arms.t.strategies.tiers.demotion_hurt") == PRIORS["demotion-hurt"].mean
        assert ("arms.t.strategies.tiers.demotion_hurt" in lines(tiers)) == drawn_


def test_a_line_of_the_user_goes_before_the_prior():
    mine = SHOP.set({"uncertainty": {"firms.*.cost": 0.01}})
    assert "margin" not in lines(mine) and lines(mine)["firms.*.cost"].doubt.sd == 0.01


def test_a_resolved_scenario_draws_the_same():
    import tomllib

    again = Scenario(tomllib.loads(SHOP.toml()))
    assert again.hash == SHOP.hash
    assert drawn_and_told(again, 1, 2)[1] == drawn_and_told(SHOP, 1, 2)[1]


def test_a_setting_chooses_among_priors():
    tiers = SHOP.set(
        {"arms": {"t": {"strategies": {"tiers": {}}}}, "evidence.settings": ["rewards in kind", "services"]}
    )
    assert (
        tiers.value("foresight.present_bias")["mean"] == PRIORS["present-bias"].mean
    )  # written when it was first read
    fresh = Scenario({**SHOPS, "evidence": {"priors": "published", "settings": ["rewards in kind"]}})
    assert fresh.value("foresight.present_bias")["mean"] == PRIORS["present-bias-of-things"].mean
    with pytest.raises(RegularsError, match="no prior is for 'retial'; did you mean 'retail'"):
        SHOP.set({"evidence.settings": ["retial"]})


# ---------------------------------------------------------------- what the user knows


@pytest.mark.parametrize(
    ("text", "path", "value", "within"),
    [
        ("margin", "firms.cost", None, None),
        ("margin = 0.31", "firms.cost", 0.31, None),
        ("margin=31% within 2%", "firms.cost", 0.31, 0.02),
        ("price sensitivity within 0.5", "choice.price_sensitivity", None, 0.5),
        ("greeting effect = -.1", "strategies.greeting.effect", -0.1, None),
        ("foresight.foresight", "foresight.foresight", None, None),
        ("price_sensitivity = 2", "choice.price_sensitivity", 2.0, None),
        ("weight of later rewards phi = 0.5", "foresight.foresight", 0.5, None),
    ],
)
def test_a_statement_is_read(text, path, value, within):
    said = read_sure(text)
    assert (said.path, said.value, said.within) == (path, pytest.approx(value), pytest.approx(within))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("margn = 0.31", "'margn' is nothing that is assumed; did you mean 'margin'"),
        ("price sensitivty", "did you mean 'price sensitivity'"),
        ("margin = about a third", "is no statement of what is sure"),
        ("margin 0.6", "write margin = 0.6"),
        ("margin = 0.3 within 0", "within 0 is no width; it must be above 0"),
        ("redemption rate = 0.5", "nothing in this scenario has it"),
        ("margin = 31", "margin = 31 is no share of the price; write 0.31 or 31%"),
        ("foresight = 2", r"foresight = 2 will not do: foresight.foresight.mean lies in \[0, 1\]"),
    ],
)
def test_a_wrong_statement_is_refused(text, told):
    with pytest.raises(RegularsError, match=told):
        with_sure(SHOP, [text])


def test_everyday_names_are_of_one_parameter_each():
    names = everyday_names()
    assert {prior.parameter for prior in PRIORS.values()} == set(names.values())
    assert "effect" not in names and names["coupons effect"] == "strategies.coupons.effect"


def test_what_is_sure_is_set_and_no_longer_drawn():
    sure = with_sure(SHOP, ["margin = 0.31", "foresight"])
    assert sure.value("firms.ann.cost") == pytest.approx(2 * 0.69) and sure.value("firms.bob.cost") == 1.2
    other = with_sure(SHOP.set({"market.focal": "bob"}), ["margin = 0.31"])
    assert other.value("firms.bob.cost") == pytest.approx(1.5 * 0.69) and other.value("firms.ann.cost") == 1.4
    assert not {"margin", "foresight.foresight.mean"} & set(lines(sure))
    assert "foresight.present_bias.mean" in lines(sure)
    near = with_sure(sure, ["margin = 0.31 within 0.02"])
    told = np.array(
        [r["value"] for k in range(60) for r in drawn_and_told(near, 1, k)[1] if r["input"] == "margin"]
    )
    assert told.std() == pytest.approx(0.02 / 1.96, rel=0.3) and told.mean() == pytest.approx(0.31, abs=0.005)
    assert (
        "You said that margin is 0.31 (within 0.02, 19 times in 20), that foresight is 0.45 (sure)."
        in assumed_in_words(near)
    )


def test_what_is_sure_goes_before_draws_of_a_log_and_lines_of_the_user():
    fitted = SHOP.set({"evidence.priors": "none", "uncertainty": {"foresight.foresight": 0.1}, "posterior": {"firms.ann.cost": [1.4, 1.0, 1.8], "need.mean": [1.0, 1.1, 0.9]}})  # fmt: skip
    assert drawn(fitted, 1, 0).value("firms.ann.cost") == 1.0
    sure = with_sure(fitted, ["margin = 0.25", "foresight = 0.5"])
    here = drawn(sure, 1, 0)
    assert here.value("firms.ann.cost") == 1.5 and here.value("need.mean") == 1.1
    assert here.value("foresight.foresight")["mean"] == 0.5


def test_the_interval_narrows_by_what_is_known():
    """Money for each purchase won, at a margin that may be off, or not."""
    market = Scenario({
        **SHOPS, "market": {"customers": 400, "days": 56, "focal": "ann"}, "choice": {"price_sensitivity": 3.0}, "arms": {"cheaper": {"strategies": {"everyday_low_price": {"discount": 0.02}}}},
    })  # fmt: skip
    known = ["margin = 0.3", "price sensitivity = 3"]
    wide, narrow = (compare(market, replicates=6, jobs=1, sure=sure) for sure in ((), known))
    a, b = (c.wide("incremental_profit")["cheaper"].std() for c in (wide, narrow))
    assert b < 0.7 * a
    assert not wide.inputs.empty and narrow.inputs.empty
    assert assumed_in_words(narrow.scenario)[0] == FIXED
    assert wide.doubtful and not narrow.doubtful
    few, spread = wide.ranking().iloc[0], wide.wide("incremental_profit")["cheaper"].std()
    assert (
        few["high"] - few["low"] > 4 * spread
    )  # of one further market: t(5) x 2 x sqrt(1 + 1/6) = 5.6; of the mean 2.1


def test_a_value_in_a_file_stands_where_it_belongs():
    with pytest.raises(RegularsError, match="write the value where it stands, and 'margin' here"):
        Scenario({**SHOPS, "evidence": {"sure": ["margin = 0.31"]}})
    assert "margin" not in lines(Scenario({**SHOPS, "evidence": {"priors": "published", "sure": ["margin"]}}))


# ---------------------------------------------------------------- what an answer tells


def test_an_answer_tells_what_it_assumes():
    fixed = assumed_in_words(SHOP.set({"evidence.priors": "none"}))
    assert fixed[0] == FIXED
    assert assumed_in_words(SHOP)[0].startswith(
        "What is assumed of customers and costs is drawn from published priors (8 inputs)"
    )
    own = SHOP.set({"evidence.priors": "none", "uncertainty": {"need.mean": 0.1}})
    assert "held fixed but for need.mean" in assumed_in_words(own)[0]


def test_what_no_trial_supports_is_told():
    told = " ".join(assumed_in_words(SHOP))
    assert (
        "No field study supports what greeting is assumed to gain (effect): trials found no effect." in told
    )
    assert "(`regulars evidence thank-you-calls thanks-by-hand`)" in told
    assert (
        "Published priors say otherwise of greeting effect, 0.2 here (0.03, standard deviation 0.08)." in told
    )
    assert " ".join(assumed_in_words(SHOP, ["wish", "card"])) == told
    without = " ".join(assumed_in_words(SHOP, ["card", "known"]))  # the arm that greets does not run
    assert "No field study" not in without and "greeting" not in without
    own = SHOP.set({"firms.ann.strategies": {"greeting": {"effect": 0.2}}})
    assert "No field study supports what greeting" in " ".join(assumed_in_words(own, ["card"]))
    none = " ".join(assumed_in_words(SHOP.set({"arms.wish.strategies.greeting.effect": 0.0})))
    assert "No field study" not in none and "otherwise" not in none


def test_programmes_that_look_ahead_say_so():
    """Those made of parts that value what is to come, and no others."""
    import inspect
    import sys

    for name in strategy.names():
        kind = strategy.find(name)
        source = "".join(
            inspect.getsource(sys.modules[one.__module__])
            for one in kind.__mro__[:-1]
            if one.__module__.startswith("regulars.")
        )
        looks = any(word in source for word in (".foresight", "Qualifying(", "Collecting("))
        assert kind.foresees == looks, name
    assert "foresight.foresight.mean" in lines(
        load("scenarios/tiers.toml").set({"evidence.priors": "published"})
    )
