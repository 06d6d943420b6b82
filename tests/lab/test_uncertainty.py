"""Values known with a standard error: drawn around their estimate, with that error, within their bounds."""

import math

import numpy as np
import pytest

from regulars import compare, sweep
from regulars.ground.chance import Chance, purpose
from regulars.ground.errors import RegularsError
from regulars.ground.interval import interval
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


def test_draws_end_at_the_declared_bounds(monkeypatch):
    """A chance of at most 1 is drawn lognormally and cut off there; a zero is drawn normally, and never below it."""
    high = values(monkeypatch, "firms.1.failure", 0.1, (-1.0, 0.0, 1.0, 3.0))
    assert high[0] < high[1] < 0.98 and high[2:].tolist() == [1.0, 1.0]
    low = values(monkeypatch, "firms.0.failure", 0.1, (-3.0, 0.0, 1.0))
    assert low.tolist() == [0.0, 0.0, pytest.approx(0.1)]


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
        ("firms.bob.cost", 1e20, r"3 standard errors away it is 3e\+20: 3e\+20 "),
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
    import contextlib

    from worlds.extremes import FULL

    from regulars.scenario.declared import declared

    full, fine = Scenario({**FULL, "arms": {"same": {}}}), {}
    for name, parameter in declared(full.spec).items():
        value = parameter.value
        if isinstance(value, bool) or not isinstance(value, (int, float)) or parameter.whole:
            continue
        with contextlib.suppress(RegularsError):
            uncertain_values(full.set({"uncertainty": {name: abs(value) / 50 + 1e-4}}))
            fine[name] = abs(value) / 50 + 1e-4
    assert len(fine) > 150 and not any(name.startswith("market.") for name in fine)
    for name in [n for n in fine if n.rpartition(".")[0] in fine]:  # a distribution and its mean
        del fine[name]
    assert compare(full.set({"uncertainty": fine}), replicates=3, jobs=1).replicates == 3


def test_draws_stay_inside_open_ends(monkeypatch):
    """In single precision, in which customers have them."""
    found = values(monkeypatch, "firms.0.share", 3.0, (-40.0, 40.0))
    assert found[0] > 0
    inside = values(monkeypatch, "word_of_mouth.praise", 0.5, (-40.0, 0.0, 40.0))
    bounds = interval("[0, 1)")
    assert all(float(np.float32(value)) in bounds for value in inside)


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
