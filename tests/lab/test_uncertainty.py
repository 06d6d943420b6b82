"""Values known with a standard error: drawn around their estimate, with that error, within their bounds."""

import math

import numpy as np
import pytest

from regulars.ground.chance import Chance, purpose
from regulars.lab.uncertainty import drawn
from regulars.scenario import Scenario

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


def test_each_parameter_has_a_draw_of_its_own_in_every_replicate_but_the_first():
    names = {"choice.price_sensitivity": 0.5, "choice.outside_utility": 0.5, "firms.0.price": 0.5}
    scenario = Scenario(SHOPS).set({"uncertainty": names})
    assert drawn(scenario, 1, 0) is scenario and drawn(Scenario(SHOPS), 1, 3).spec == Scenario(SHOPS).spec
    taken = {(seed, k): drawn(scenario, seed, k) for seed in (1, 2) for k in (1, 2)}
    for name in names:
        assert len({market.value(name) for market in taken.values()}) == 4
    for (seed, k), market in taken.items():
        z = Chance(seed, k).normal(purpose("uncertainty", "choice.outside_utility"), [0])[0]
        assert market.value("choice.outside_utility") == pytest.approx(-1.5 + 0.5 * z)
        assert drawn(scenario, seed, k).spec == market.spec
