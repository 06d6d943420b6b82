"""Priors: the mean and the spread that are stated, inside their ends, and more for a larger draw."""

import math

import numpy as np
import pytest
from scipy import special, stats

from regulars.ground.interval import interval
from regulars.ground.prior import carried, largest_sd, law, problem, together, usual

INF = math.inf
PANELS, (NODES, WEIGHTS) = (
    100,
    np.polynomial.legendre.leggauss(40),
)  # of each of as many pieces of the unit interval
U = (np.arange(PANELS)[:, None] + (NODES + 1) / 2).ravel() / PANELS
WEIGHTS = np.tile(WEIGHTS / 2, PANELS) / PANELS
Z = special.ndtri(U)
STATED = [
    ("normal", 0.06, 0.08, -INF, INF),
    ("normal", 0.06, 0.08, -0.15, 0.5),
    ("normal", 0.06, 0.055, 0.0, INF),
    ("normal", 0.82, 0.15, -INF, 1.0),
    ("normal", 0.5, 0.25, 0.0, 1.0),
    ("normal", 0.8, 0.12, 0.5, 1.0),
    ("normal", 0.127, 0.119, 0.0, 1.0),  # nearly exponential: whole steps of Newton's method do not find it
    ("normal", 0.3, 0.1, 0.0, 4.0),
    ("lognormal", 0.28, 0.25, -INF, INF),
    ("lognormal", 0.28, 0.25, 0.0, 1.2),
    ("lognormal", 0.82, 0.25, 0.4, 1.4),
    ("lognormal", 2.0, 0.6, 1.0, INF),
    ("beta", 0.45, 0.25, -INF, INF),
    ("beta", 0.82, 0.15, 0.0, 1.0),
    ("beta", 3.0, 1.0, -2.0, 6.0),
    ("uniform", 0.0, 0.0, 2.0, 5.0),
    ("fixed", 3.0, 0.7, -INF, INF),
]


def moments(x):
    mean = float(WEIGHTS @ x)
    return mean, math.sqrt(WEIGHTS @ (x - mean) ** 2)


@pytest.mark.parametrize(("family", "mean", "sd", "low", "high"), STATED)
def test_mean_and_spread_are_those_stated(family, mean, sd, low, high):
    found = law(family, mean, sd, low, high)(Z)
    wanted = {"uniform": (3.5, 3 / math.sqrt(12)), "fixed": (3.0, 0.0)}.get(family, (mean, sd))
    assert moments(found) == pytest.approx(wanted, rel=3e-3)
    assert (np.diff(found) >= 0).all() and low <= found.min() <= found.max() <= high
    if family != "fixed":
        assert len(np.unique(found)) == len(found)  # nothing piles up at an end


@pytest.mark.parametrize(
    ("told", "same"),
    [
        (("normal", 1.0, 2.0), stats.norm(1.0, 2.0)),
        (("lognormal", 2.0, 1.0), stats.lognorm(math.sqrt(math.log(1.25)), scale=2 / math.sqrt(1.25))),
        (("beta", 0.45, 0.25), stats.beta(0.45 * 2.96, 0.55 * 2.96)),  # .45 x .55 / .0625 - 1 = 2.96
        (
            ("beta", 1.0, 2.0, -4.0, 6.0),
            stats.beta(2.625, 2.625, loc=-4.0, scale=10.0),
        ),  # .25 / .04 - 1 = 5.25
        (("uniform", 0.0, 0.0, 2.0, 5.0), stats.uniform(2.0, 3.0)),
    ],
)
def test_a_family_is_the_law_of_its_name(told, same):
    assert law(*told)(Z) == pytest.approx(same.ppf(U), rel=1e-9)


@pytest.mark.parametrize(
    ("told", "uncut"),
    [
        (("normal", 0.0, 0.0, 0.0, INF), stats.norm(0.3, 0.5)),
        (("normal", 0.0, 0.0, -INF, 1.0), stats.norm(0.9, 0.4)),
        (("normal", 0.0, 0.0, 0.0, 1.0), stats.norm(0.7, 0.4)),
        (("lognormal", 0.0, 0.0, 0.0, 1.5), stats.lognorm(1.1, scale=0.4)),
    ],
)
def test_what_is_cut_is_the_law_of_its_name_up_to_the_cut(told, uncut):
    """The moments of a known law cut at its ends give that law back."""
    family, _, _, low, high = told
    below, above = uncut.cdf(low), uncut.cdf(high)
    wanted = uncut.ppf(below + (above - below) * U)
    mean, sd = moments(wanted)
    assert law(family, mean, sd, low, high)(Z) == pytest.approx(wanted, rel=5e-3, abs=5e-4)


@pytest.mark.parametrize(
    ("told", "most"),
    [
        (("beta", 0.2), 0.4),
        (("beta", 1.0, -1.0, 4.0), math.sqrt(6)),
        (("normal", 0.3, 0.0), 0.3),
        (("normal", 0.5, 0.0, 1.0), 1 / math.sqrt(12)),
        (("lognormal", 0.75, 0.0, 1.5), 1.5 / math.sqrt(12)),
        (("normal", 0.5), INF),
        (("lognormal", 0.5), INF),
    ],
)
def test_the_largest_spread_of_a_family(told, most):
    assert largest_sd(*told) == pytest.approx(most, rel=1e-6)
    family, mean, *ends = told
    if math.isfinite(most):
        assert "can have" in problem(family, mean, most * 1.001, *ends)
    assert not problem(family, mean, min(most, 9.0) * 0.98, *ends)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (("gamma", 1.0, 1.0), "no family; there are fixed"),
        (("normal", 1.0, 1.0, 2.0, 1.0), "low = 2 is not below high = 1"),
        (("normal", 1.0, -1.0), "sd = -1 must be 0 or above"),
        (("uniform", 1.0, 1.0, 2.0), "needs low and high"),
        (("beta", 1.0, 0.1), "mean = 1 is not inside 0 to 1"),
        (("lognormal", 0.0, 0.1), "mean = 0 is not inside 0 to inf"),
        (("fixed", 3.0, 0.0, 4.0), "mean = 3 is outside 4 to inf"),
    ],
)
def test_numbers_that_make_no_prior(told, why):
    assert why in problem(*told)
    with pytest.raises(ValueError, match=why):
        law(*told)


# ---------------------------------------------------------------- values of which only the error is known


@pytest.mark.parametrize(
    ("mean", "sd", "bounds"),
    [
        (0.82, 0.25, "[0, 1]"),
        (0.87, 0.12, "(0, 1]"),
        (0.5, 0.2, "[0.3, 1]"),
        (2.0, 3.0, "[0, inf)"),
        (-1.5, 0.7, "(-inf, inf)"),
        (-1.5, 0.7, "[-50, 50]"),
        (3.0, 1.0, "[1, inf)"),
        (-3.0, 1.0, "(-inf, -1]"),
    ],
)
def test_a_value_with_an_error_keeps_both_inside_its_bounds(mean, sd, bounds):
    ends = interval(bounds)
    found = usual(mean, sd, ends)(Z)
    assert moments(found) == pytest.approx((mean, sd), rel=5e-3)
    assert (np.diff(found) >= 0).all() and ends.low <= found.min() and found.max() <= ends.high
    assert (
        WEIGHTS[np.isin(found, [ends.low, ends.high])].sum() < 1e-3
    )  # what double precision cannot tell from the end


def test_clipping_would_have_piled_up_a_fifth_of_all_draws():
    """The lognormal with these moments has 21% above 1; none of ours stands at the end."""
    spread = math.log1p((0.25 / 0.82) ** 2)
    clipped = np.minimum(0.82 * np.exp(math.sqrt(spread) * Z - spread / 2), 1.0)
    assert WEIGHTS[clipped == 1.0].sum() > 0.15 and moments(clipped)[0] < 0.79
    assert WEIGHTS[usual(0.82, 0.25, interval("[0, 1]"))(Z) >= 1 - 1e-9].sum() < 0.01


def test_next_to_nothing_beyond_the_end_leaves_a_value_lognormal():
    """ln(3.32) = 1.2 is 6 sigma of .2; with the mean of 1 above the median by sigma / 2, 5.3e-10 lie beyond."""
    sd = math.sqrt(math.exp(0.04) - 1)
    assert usual(1.0, sd, interval("[0, 3.3201]"))(Z) == pytest.approx(np.exp(0.2 * Z - 0.02))
    assert usual(1.0, sd, interval("[0, 3.0]"))(Z) == pytest.approx(law("beta", 1.0, sd, 0.0, 3.0)(Z))


def test_a_value_at_its_end_goes_inside_only():
    up, down = usual(0.0, 0.1, interval("[0, 1]"))(Z), usual(1.0, 0.1, interval("[0, 1]"))(Z)
    assert up == pytest.approx(0.1 * special.ndtri(0.5 + U / 2)) and (np.diff(up) > 0).all()
    assert down == pytest.approx(1 - 0.1 * special.ndtri(1 - U / 2)) and (np.diff(down) > 0).all()
    assert usual(0.3, 0.0, interval("[0, 1]"))(Z).tolist() == [0.3] * len(Z)
    with pytest.raises(ValueError, match=r"more than a beta prior of mean 0\.9 from 0 to 1 can have"):
        usual(0.9, 0.3, interval("[0, 1]"))


# ---------------------------------------------------------------- spread between customers, and correlations


@pytest.mark.parametrize("drawn", [0.02, 0.1, 0.45, 0.9])
def test_a_drawn_mean_of_a_beta_distribution_keeps_its_concentration(drawn):
    """.45 and .35 are a + b = 1.0204; a mean of .096 with .35 is no beta distribution at all."""
    sd = carried("beta", 0.45, 0.35, drawn)
    assert drawn * (1 - drawn) / sd**2 - 1 == pytest.approx(0.45 * 0.55 / 0.35**2 - 1)


@pytest.mark.parametrize(
    ("kind", "low", "sd"),
    [("lognormal", 0.0, 1.0), ("gamma", -INF, 1.0), ("normal", 0.0, 1.0), ("normal", -INF, 0.5), ("fixed", 0.0, 0.5), ("uniform", 0.0, 0.5)],
)  # fmt: skip
def test_other_distributions_carry_their_spread_along(kind, low, sd):
    assert carried(kind, 2.0, 0.5, 4.0, low) == sd
    assert carried(kind, 2.0, 0.0, 4.0, low) == 0.0


def test_correlated_draws_have_the_correlation():
    independent = np.random.default_rng(1).normal(size=(2, 40_000))
    made = np.array([together(z, np.array([[1.0, -0.6], [-0.6, 1.0]])) for z in independent.T])
    assert np.corrcoef(made.T)[0, 1] == pytest.approx(-0.6, abs=0.02)
    assert made.std(axis=0) == pytest.approx([1.0, 1.0], abs=0.02)
    assert (made[:, 0] == independent[0]).all()
    impossible = np.array([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]])
    with pytest.raises(ValueError, match="do not go together"):
        together(np.zeros(3), impossible)
