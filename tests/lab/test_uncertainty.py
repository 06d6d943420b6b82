"""Values known with a standard error: drawn around their estimate, with that error, within their bounds."""

import math

import numpy as np
import pytest
from scipy import stats

from regulars import compare, sweep
from regulars.ground.chance import Chance, purpose
from regulars.ground.errors import RegularsError
from regulars.ground.interval import interval
from regulars.ground.parameter import Problem
from regulars.lab.uncertainty import drawn, uncertain_values
from regulars.scenario import Scenario, load

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(61)  # a standard normal
WEIGHTS = WEIGHTS / WEIGHTS.sum()
SHOPS = {
    "about": {"title": "two shops"},
    "market": {"customers": 20, "days": 7.0},
    "choice": {"outside": True, "outside_utility": -1.5, "price_sensitivity": 3.0},
    "spending": {"basket": {"distribution": "gamma", "mean": 12.0, "sd": 4.0}},
    "firms": [{"name": "ann", "price": 2.0, "appeal": 1.5}, {"name": "bob", "failure": 0.98}],
}


def values(monkeypatch, name, se, nodes=NODES, scenario=None):
    """The values that a parameter takes for standard normal draws `nodes`."""
    scenario = (scenario or Scenario(SHOPS)).set({"uncertainty": {name: se}})
    found = []
    for z in nodes:
        monkeypatch.setattr(Chance, "normal", lambda *_, z=z: np.array([z]))
        found.append(drawn(scenario, 1, 1).value(name))
    return np.array([v["mean"] if isinstance(v, dict) else v for v in found])


def moments(x):
    """Mean and standard deviation over the nodes."""
    mean = float(WEIGHTS @ x)
    return mean, math.sqrt(WEIGHTS @ (x - mean) ** 2)


@pytest.mark.parametrize(
    ("name", "estimate", "se"),
    [
        ("choice.price_sensitivity", 3.0, 0.4),  # from 0: lognormal
        ("choice.price_sensitivity", 3.0, 3.0),
        ("firms.0.price", 2.0, 1.0),
        ("spending.basket", 12.0, 5.0),  # of a distribution, the mean
        ("choice.outside_utility", -1.5, 0.7),  # of either sign: normal
        ("firms.0.appeal", 1.5, 0.7),
    ],
)
def test_draws_have_the_mean_and_the_error_that_are_known(monkeypatch, name, estimate, se):
    found = values(monkeypatch, name, se)
    assert moments(found) == pytest.approx((estimate, se), rel=1e-6)
    assert (np.diff(found) > 0).all()
    if name not in ("choice.outside_utility", "firms.0.appeal"):
        assert (found > 0).all() and np.log(found) == pytest.approx(
            np.log(found).mean() + NODES * math.sqrt(math.log(1 + (se / estimate) ** 2))
        )


def test_draws_do_not_pile_up_at_the_declared_bounds(monkeypatch):
    """A chance between 0 and 1 is drawn from a beta distribution; clipped it had 18% at exactly 1 and too low a mean.

    A value that stands at a bound goes inside as far as a normal one: half the draws were at exactly 0.
    """
    z = NODES[(NODES > -5) & (NODES < 5)]
    scenario = Scenario(SHOPS).set({"foresight.credit_weight": 0.82})
    found = values(monkeypatch, "foresight.credit_weight", 0.25, z, scenario)
    law = stats.beta(0.82 * 1.3616, 0.18 * 1.3616)  # .82 x .18 / .0625 - 1 = 1.3616
    assert found == pytest.approx(law.ppf(stats.norm.cdf(z)), abs=1e-9)
    assert found[z < 1.5].max() < 1  # the clipped lognormal one is at 1 from z = .82 on
    low = values(monkeypatch, "firms.0.failure", 0.1, (-3.0, 0.0, 1.0))
    assert low == pytest.approx([0.1 * stats.norm.ppf(0.5 + stats.norm.cdf(x) / 2) for x in (-3.0, 0.0, 1.0)])


def test_a_drawn_mean_carries_the_spread_between_customers_along(monkeypatch):
    """A beta distribution with mean .45 and sd .35 has a + b = 1.0204; a mean of .096 with that sd is no beta distribution at all."""
    told = {"distribution": "beta", "mean": 0.45, "sd": 0.35}
    scenario = Scenario(SHOPS).set(
        {
            "foresight.foresight": told,
            "uncertainty": {"foresight.foresight": 0.25, "choice.price_sensitivity": 1.0},
        }
    )
    scenario = scenario.set(
        {"choice.price_sensitivity": {"distribution": "lognormal", "mean": 3.0, "sd": 1.5}}
    )
    for z in (-2.5, -1.0, 0.5, 2.0):
        monkeypatch.setattr(Chance, "normal", lambda *_, z=z: np.array([z]))
        spec = drawn(scenario, 1, 1).spec
        beta, price = spec.foresight.foresight, spec.choice.price_sensitivity
        assert beta.mean != pytest.approx(0.45, abs=0.01)
        assert beta.mean * (1 - beta.mean) / beta.sd**2 - 1 == pytest.approx(0.2475 / 0.1225 - 1)
        assert price.sd / price.mean == pytest.approx(0.5)
    assert compare(scenario.set({"arms": {"same": {}}}), replicates=12, jobs=1).replicates == 12


def test_a_spread_that_is_drawn_itself_does_not_go_along(monkeypatch):
    monkeypatch.setattr(Chance, "normal", lambda *_: np.array([1.0]))
    alone = Scenario(SHOPS).set({"uncertainty": {"spending.basket": 3.0}})
    both = Scenario(SHOPS).set({"uncertainty": {"spending.basket": 3.0, "spending.basket.sd": 0.4}})
    mean = drawn(alone, 1, 1).spec.spending.basket.mean
    assert drawn(alone, 1, 1).spec.spending.basket.sd == pytest.approx(4.0 * mean / 12.0)
    assert drawn(both, 1, 1).spec.spending.basket.mean == mean
    assert 4.0 < drawn(both, 1, 1).spec.spending.basket.sd < 4.5 < 4.0 * mean / 12.0
    fixed = Scenario(SHOPS).set({"posterior": {"spending.basket": [12.0, 6.0, 24.0]}})
    assert [drawn(fixed, 1, k).spec.spending.basket.sd for k in (0, 1)] == pytest.approx([2.0, 8.0])


def test_the_other_numbers_of_a_distribution_stay(monkeypatch):
    monkeypatch.setattr(Chance, "normal", lambda *_: np.array([1.0]))
    basket = drawn(
        Scenario(SHOPS).set({"uncertainty": {"spending.basket.sd": 1.0}}), 1, 1
    ).spec.spending.basket
    assert (basket.distribution, basket.mean) == ("gamma", 12.0) and basket.sd > 4.0


def test_each_parameter_has_a_draw_of_its_own_in_every_replicate():
    names = {"choice.price_sensitivity": 0.5, "choice.outside_utility": 0.5, "firms.0.price": 0.5}
    scenario = Scenario(SHOPS).set({"uncertainty": names})
    assert drawn(Scenario(SHOPS), 1, 0).spec == drawn(Scenario(SHOPS), 1, 3).spec == Scenario(SHOPS).spec
    taken = {(seed, k): drawn(scenario, seed, k) for seed in (1, 2) for k in (0, 1)}
    for name in names:
        assert len({market.value(name) for market in taken.values()}) == 4
    for (seed, k), market in taken.items():
        z = Chance(seed, k).normal(purpose("uncertainty", "choice.outside_utility"), [0])[0]
        assert market.value("choice.outside_utility") == pytest.approx(-1.5 + 0.5 * z)
        assert drawn(scenario, seed, k).spec == market.spec


@pytest.mark.parametrize(
    ("name", "se", "told"),
    [
        ("firms.ann.price", 1e200, r"1e\+200 leaves nothing of the estimate, 2; at most 2e\+06 is possible .*currency per unit"),
        ("need.mean", 1e160, "at most .* is possible"),
        ("choice.outside_utility", 1e31, "at most 1e\\+30 is possible"),
        ("firms.ann.price", 2.1e6, "at most 2e\\+06"),
        ("spending.basket", 1e300, "leaves nothing of the estimate, 12"),
        ("market.customers", 5, r"\[market\] says how a run is made"),
        ("market.days", 2, r"\[market\] says how a run is made"),
        ("market.seed", 1, r"\[market\] says how a run is made"),
        ("market.tick", 0.1, r"\[market\] says how a run is made"),
        ("market.window", 2, r"\[market\] says how a run is made"),
        ("assortment.products", 1, r"this is a whole number \(20\)"),
        ("arms.rebate.strategies.threshold_rebate.days", 1, r"this is a whole number \(3\)"),
        ("taste.kind", 1, "not one number"),
        ("spending.basket.sd", -1.0, "no standard error: it must be 0 or above"),
        ("firms.bob.cost", 1e20, r"3 standard errors away it is 1\.69\d*e\+17: 1\.69\d*e\+17 "),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused_beforehand(name, se, told):
    """It once crashed, or was told in the first replicate as a number that nobody had written."""
    arms = {"rebate": {"strategies": {"threshold_rebate": {"days": 3}}}}
    table = {**SHOPS, "arms": arms, "uncertainty": {name: se}}
    ways = [
        lambda s: uncertain_values(s),
        lambda s: compare(s),
        lambda s: sweep(s, {"firms.ann.cost": [0.1]}),
    ]
    for way in ways:
        with pytest.raises(RegularsError, match=told) as error:
            way(Scenario(table))
        assert f"uncertainty.{name}: " in str(error.value)


def test_the_lower_end_of_what_is_drawn_is_looked_at_as_the_upper_one():
    """A largest basket that may fall below the smallest one; and an error of an error."""
    basket = {"distribution": "uniform", "low": 10.0, "high": 14.0}
    table = {**SHOPS, "spending": {"basket": basket}}
    with pytest.raises(RegularsError, match=r"standard errors away it is [0-9.]+: .*is above high"):
        uncertain_values(Scenario({**table, "uncertainty": {"spending.basket.high": 3.0}}))
    assert uncertain_values(Scenario({**table, "uncertainty": {"spending.basket.high": 0.5}}))
    own = {"choice.outside_utility": 0.1, "uncertainty.choice.outside_utility": 0.1}
    with pytest.raises(RegularsError, match="not one number of the scenario"):
        uncertain_values(Scenario({**SHOPS, "uncertainty": own}))


def test_what_can_be_drawn_runs():
    """Every number of a market that has it all, when it can be uncertain by itself, is so together with the others."""
    from worlds.extremes import FULL

    from regulars.scenario.declared import declared

    full = Scenario({**FULL, "arms": {"same": {}}})
    numbers = {
        name: abs(parameter.value) / 50 + 1e-4
        for name, parameter in declared(full.spec).items()
        if isinstance(parameter.value, (int, float))
        and not (isinstance(parameter.value, bool) or parameter.whole)
    }
    with pytest.raises(Problem) as told:
        uncertain_values(full.set({"uncertainty": numbers}))
    fine = {
        name: error
        for name, error in numbers.items()
        if name not in {path[1] for path, _ in told.value.items}
    }
    assert len(fine) > 150 and not any(name.startswith("market.") for name in fine)
    for name in [n for n in fine if n.rpartition(".")[0] in fine]:  # a distribution and its mean
        del fine[name]
    assert compare(full.set({"uncertainty": fine}), replicates=3, jobs=1).replicates == 3


def test_draws_stay_inside_open_ends(monkeypatch):
    """In single precision, in which customers have them."""
    found = values(monkeypatch, "firms.0.share", 3.0, (-40.0, 40.0))
    assert found[0] > 0
    inside = values(monkeypatch, "word_of_mouth.praise", 0.25, (-40.0, 0.0, 40.0))
    bounds = interval("[0, 1)")
    assert all(float(np.float32(value)) in bounds for value in inside)


# ---------------------------------------------------------------- tables: families, priors, values; whose draw it is

CARDS = {
    **SHOPS,
    "foresight": {"foresight": 0.45},
    "firms": [{"name": "ann", "price": 2.0, "cost": 1.0}, {"name": "bob", "price": 2.0, "cost": 1.0}],
    "arms": {
        "one": {"strategies": {"points": {"redemption_rate": 0.35}}},
        "two": {"strategies": {"points": {"redemption_rate": 0.35, "per_unit": 2.0}}},
    },
}
RATES = [f"arms.{arm}.strategies.points.redemption_rate" for arm in ("one", "two")]


def in_replicates(uncertainty, names, count=40, **more):
    """Values of names in each of some replicates, a row each."""
    scenario = Scenario({**CARDS, "uncertainty": uncertainty, **more})
    worlds = (drawn(scenario, 3, k) for k in range(count))
    return np.array([[world.value(name) for name in names] for world in worlds])


def test_arms_share_the_draw_of_one_parameter():
    """It is one market whose customers redeem as they do, whatever the arm; firms are others, and are told apart by name."""
    found = in_replicates(
        dict.fromkeys([*RATES, "firms.ann.cost", "firms.1.cost"], 0.1),
        [*RATES, "firms.0.cost", "firms.1.cost"],
    )
    assert (found[:, 0] == found[:, 1]).all() and len(np.unique(found[:, 0])) == 40
    assert len(set(found[:, 2]) & set(found[:, 3])) == 0
    turned = {
        **CARDS,
        "firms": [{"name": "abe", "price": 2.0, "cost": 1.0}, *CARDS["firms"]],
        "market": {**CARDS["market"], "focal": "ann"},
    }
    other = [
        drawn(Scenario({**turned, "uncertainty": {"firms.bob.cost": 0.1}}), 3, k).value("firms.bob.cost")
        for k in range(40)
    ]
    assert other == found[:, 3].tolist()


def test_a_star_draws_all_that_it_stands_for_at_one_quantile():
    found = in_replicates(
        {"arms.*.strategies.points.redemption_rate": 0.1, "firms.*.cost": 0.1},
        [*RATES, "firms.0.cost", "firms.1.cost"],
    )
    assert (found[:, 0] == found[:, 1]).all() and (found[:, 2] == found[:, 3]).all()
    assert len(np.unique(found)) == 80


def test_a_prior_has_its_published_spread_and_family(monkeypatch):
    """Of the prior the mean is not taken: draws are about the value of the scenario."""
    scenario = Scenario(CARDS).set({"uncertainty": {"foresight.foresight": {"prior": "looking-ahead"}}})
    found = []
    for z in NODES:
        monkeypatch.setattr(Chance, "normal", lambda *_, z=z: np.array([z]))
        found.append(drawn(scenario, 1, 1).spec.foresight.foresight.mean)
    assert moments(np.array(found)) == pytest.approx((0.45, 0.25), abs=2e-3)


def test_a_family_and_ends_of_ones_own(monkeypatch):
    told = {"sd": 0.1, "family": "normal", "low": 0.3, "high": 0.7}
    scenario = Scenario(CARDS).set({"uncertainty": {"foresight.foresight": told}})
    found = []
    for z in (*NODES, 9.0):
        monkeypatch.setattr(Chance, "normal", lambda *_, z=z: np.array([z]))
        found.append(drawn(scenario, 1, 1).spec.foresight.foresight.mean)
    assert moments(np.array(found[:-1])) == pytest.approx((0.45, 0.1), abs=2e-3)
    assert 0.69 < found[-1] <= 0.7 and 0.3 <= min(found) < 0.31


def test_one_of_several_values_and_how_often(monkeypatch):
    """The form of a model may be in doubt, a word or a whole number of it too."""
    doubt = {"values": ["linear", "two_threshold"], "weights": [1.0, 3.0]}
    table = {
        **SHOPS,
        "experience": {"on": True},
        "bond": {"on": True},
        "uncertainty": {"bond.response": doubt},
    }
    for z, form in (
        (-0.7, "linear"),
        (-0.6, "two_threshold"),
        (0.7, "two_threshold"),
    ):  # the lower quartile is -.674
        monkeypatch.setattr(Chance, "normal", lambda *_, z=z: np.array([z]))
        assert drawn(Scenario(table), 1, 1).spec.bond.response == form


def test_correlated_values():
    pair = [{"between": ["choice.outside_utility", "firms.ann.appeal"], "value": -0.8}]
    names = ["choice.outside_utility", "firms.ann.appeal", "firms.bob.appeal"]
    found = in_replicates(dict.fromkeys(names, 0.5), names, 200, correlations=pair)
    r = np.corrcoef(found.T)
    assert r[0, 1] == pytest.approx(-0.8, abs=0.1)  # four standard errors, (1 - r^2) / sqrt(200)
    assert abs(r[0, 2]) < 0.28 and abs(r[1, 2]) < 0.28
    alone = in_replicates(dict.fromkeys(names, 0.5), names)
    assert (
        alone[:, [0, 2]] == found[:40, [0, 2]]
    ).all()  # the first of a pair, and others, are drawn as ever
    assert abs(np.corrcoef(in_replicates(dict.fromkeys(names, 0.5), names, 200).T)[0, 1]) < 0.28


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"uncertainty": {"foresight.foresight": {"prior": "loking-ahead"}}}, "no published prior is called loking-ahead; did you mean 'looking-ahead'"),
        ({"uncertainty": {"foresight.foresight": {"prior": "credit-weight"}}}, "the prior credit-weight is of foresight.credit_weight, not of foresight.foresight"),
        ({"uncertainty": {"firms.ann.cost": {"prior": "margin"}}}, r"is of contribution margin, share of price \(cost = price"),
        ({"uncertainty": {"foresight.foresight": 0.6}}, r"sd = 0\.6 is more than a beta prior of mean 0\.45 from 0 to 1 can have \(0\.4975\)"),
        ({"uncertainty": {"foresight.foresight": {"sd": 0.1, "prior": "looking-ahead"}}}, "this says all of the draws already; leave out sd"),
        ({"uncertainty": {"foresight.foresight": {"values": [0.1], "weights": [1, 2]}}}, "2 weights for 1 values"),
        ({"uncertainty": {"foresight.foresight": {"values": [0.1, 7]}}}, r"one of its values: 7\.0 is outside \[0, 1\]"),
        ({"uncertainty": {"foresight.foresight": {"sd": 0.1, "low": 0.5, "high": 0.4}}}, "0.5 is not below high = 0.4"),
        ({"uncertainty": {"foresight.foresight": {"sd": 0.1, "famly": "beta"}}}, "did you mean 'family'"),
        ({"uncertainty": {"foresight.foresight": "0.1"}}, "'0.1' is not a number"),
        ({"uncertainty": {"foresight.foresight": [0.1]}}, "neither a number nor a table"),
        ({"uncertainty": {"arms.*.strategies.points.redemption_rate": 0.1, RATES[0]: 0.1}}, "another name means the same number"),
        ({"correlations": [{"between": ["firms.0.cost", "firms.1.cost"], "value": 0.5}]}, "nothing is uncertain here"),
        (
            {"uncertainty": {"firms.0.cost": 0.1}, "correlations": [{"between": ["firms.0.cost", "firms.1.cost"], "value": 0.5}]},
            r"'firms\.1\.cost' is not in \[uncertainty\]; did you mean 'firms\.0\.cost'",
        ),
        (
            {"uncertainty": dict.fromkeys(RATES, 0.1), "correlations": [{"between": RATES, "value": 0.5}]},
            "both have one draw already",
        ),
        ({"correlations": [{"between": ["a", "b"], "value": 1.0}]}, r"1\.0 is outside \(-1, 1\)"),
    ],
)  # fmt: skip
def test_what_is_said_of_draws_and_means_nothing_is_refused_beforehand(more, told):
    with pytest.raises(RegularsError, match=told):
        compare(Scenario({**CARDS, **more}), replicates=1, jobs=1)


def test_correlations_that_do_not_go_together_are_refused():
    names = ["firms.0.cost", "firms.1.cost", "choice.outside_utility"]
    pairs = [(0, 1, 0.9), (1, 2, 0.9), (0, 2, -0.9)]
    told = [{"between": [names[a], names[b]], "value": r} for a, b, r in pairs]
    with pytest.raises(RegularsError, match="these correlations do not go together"):
        compare(
            Scenario({**CARDS, "uncertainty": dict.fromkeys(names, 0.1), "correlations": told}), replicates=1
        )


# ---------------------------------------------------------------- what is known together

TOGETHER = {"choice.price_sensitivity": [3.0, 2.0, 4.0], "firms.ann.appeal": [1.5, 2.5, 0.5]}


def test_values_known_together_are_drawn_row_by_row():
    scenario = Scenario(SHOPS).set({"posterior": TOGETHER})
    assert [drawn(scenario, 1, k).value("choice.price_sensitivity") for k in (0, 1)] == [2.0, 4.0]
    assert [drawn(scenario, 1, k).value("firms.0.appeal") for k in (0, 1)] == [2.5, 0.5]
    later = {(drawn(scenario, 1, k).value("choice.price_sensitivity"), drawn(scenario, 1, k).value("firms.0.appeal")) for k in range(2, 30)}  # fmt: skip
    assert later == {(2.0, 2.5), (4.0, 0.5)}  # rows stay together when there are more replicates than rows


def test_a_value_that_was_changed_keeps_its_own_centre():
    """A sweep over a fitted value must move it; what was drawn about the estimate is drawn about the new value."""
    scenario = Scenario(SHOPS).set({"posterior": TOGETHER})
    swept = scenario.set({"choice.price_sensitivity": 6.0, "firms.ann.appeal": 0.0})
    assert [drawn(swept, 1, k).value("choice.price_sensitivity") for k in (0, 1)] == pytest.approx([4.0, 8.0])
    assert [drawn(swept, 1, k).value("firms.0.appeal") for k in (0, 1)] == pytest.approx([1.0, -1.0])


def test_the_posterior_goes_before_single_errors():
    scenario = Scenario(SHOPS).set({"posterior": TOGETHER, "uncertainty": {"choice.price_sensitivity": 2.0, "firms.1.price": 0.1}})  # fmt: skip
    first = drawn(scenario, 1, 0)
    assert first.value("choice.price_sensitivity") == 2.0 and first.value("firms.1.price") != 1.0


@pytest.mark.parametrize(
    ("posterior", "told"),
    [
        ({"choice.zork": [1.0, 2.0]}, r"posterior\.choice\.zork"),
        ({"taste.kind": [1.0, 2.0]}, "not one number"),
        ({"market.customers": [1.0, 2.0]}, r"\[market\] says how a run is made"),
        ({"choice.price_sensitivity": [1.0]}, "same number of draws"),
        (
            {"choice.price_sensitivity": [1.0, 2.0], "firms.ann.appeal": [1.0, 2.0, 3.0]},
            "same number of draws",
        ),
        ({"file": "nowhere.parquet"}, "no such file"),
        ({"file": 5}, "not the path of a file"),
    ],
)
def test_a_posterior_that_means_nothing_is_refused_beforehand(posterior, told):
    with pytest.raises(RegularsError, match=told):
        compare(Scenario({**SHOPS, "arms": {"same": {}}, "posterior": posterior}), replicates=1)


def test_draws_that_are_no_table_are_refused(tmp_path):
    (tmp_path / "x.parquet").write_text("PAR1 not")
    (tmp_path / "m.toml").write_text('posterior = {file = "x.parquet"}\nfirms = [{name = "a"}]')
    with pytest.raises(RegularsError, match="no table of draws"):
        load(tmp_path / "m.toml")
