"""Parameters: distributions over customers, and what people are told who write something wrong."""

import math
from typing import Literal

import numpy as np
import pytest
from scipy import stats

from regulars.ground.alike import nearest
from regulars.ground.chance import Chance
from regulars.ground.errors import RegularsError
from regulars.ground.parameter import REQUIRED, ParameterSet, Problem, Spread, dotted, inside, par

N = 50_000
DRAWS = Chance(3).uniform(77, np.arange(N))


class Shelf(ParameterSet):
    """A set of parameters to make mistakes with."""

    price: float = par(1.0, "currency per unit", "(0, 100]", "what it costs", "a book")
    days: int = par(5, "days", "[1, 7]", "visit days", "a paper")
    kind: Literal["credit", "cash"] = par("credit", "", "", "how it is paid")
    effort: Spread = par(Spread(mean=0.5), "hours", "[0, 2]", "trouble of joining")
    weights: tuple[float, ...] = par((0.5, 0.5), "probability", "[0, 1]", "chances")


class Shop(ParameterSet):
    """One level up."""

    name: str = par(REQUIRED, "", "", "what it is called")
    shelf: Shelf = par(Shelf(), "", "", "what is on offer")


# ---------------------------------------------------------------- distributions


@pytest.mark.parametrize(
    ("table", "law"),
    [
        ({"distribution": "uniform", "low": 2, "high": 5}, stats.uniform(2, 3)),
        ({"distribution": "normal", "mean": 1.0, "sd": 0.5}, stats.norm(1.0, 0.5)),
        ({"distribution": "lognormal", "mean": 2.0, "sd": 1.5}, None),
        ({"distribution": "gamma", "mean": 3.0, "sd": 1.5}, stats.gamma(4, scale=0.75)),
        ({"distribution": "beta", "mean": 0.3, "sd": 0.2}, stats.beta(0.3 * 4.25, 0.7 * 4.25)),
    ],
)
def test_spread(table, law):
    """Each distribution has the law, the mean and the standard deviation that it says."""
    spread = Spread(**table)
    values = spread.draw(DRAWS)
    sd = 3 / math.sqrt(12) if spread.distribution == "uniform" else spread.sd
    assert abs(values.mean() - spread.centre) < 4 * sd / math.sqrt(N)
    assert values.std() == pytest.approx(sd, rel=0.05)
    if law is None:
        variance = math.log1p((spread.sd / spread.mean) ** 2)
        law = stats.lognorm(math.sqrt(variance), scale=spread.mean * math.exp(-variance / 2))
    assert stats.kstest(values, law.cdf).pvalue > 1e-3
    assert values[np.argsort(DRAWS)].tolist() == sorted(values), "by inversion: a larger draw, a larger value"


@pytest.mark.parametrize(
    "table",
    [1.5, {"mean": 1.5}, {"distribution": "uniform", "low": 1.5, "high": 1.5}]
    + [{"distribution": kind, "mean": 1.5, "sd": 0} for kind in ("normal", "lognormal", "gamma")],
    ids=str,
)
def test_the_same_for_all(table):
    spread = Spread.model_validate(table)
    assert spread.same_for_all and spread.centre == 1.5
    assert (spread.draw(DRAWS[:5]) == 1.5).all()


def test_draws_are_cut_off_at_the_bounds():
    spread = Spread(distribution="normal", mean=1.0, sd=5.0)
    values = spread.draw(DRAWS, "[0, 2]")
    assert values.min() == 0 and values.max() == 2
    free = spread.draw(DRAWS)
    assert (values == np.clip(free, 0, 2)).all()


# ---------------------------------------------------------------- intervals


@pytest.mark.parametrize("bounds", ["(0, 1]", "[0, 1)", "(0, 1)", "(0, inf)", "(-1, 1)"])
def test_no_draw_lies_on_an_open_end(bounds):
    """Also not once it is a number of single precision: whoever divides by it or takes its logarithm may rely on that."""
    for table in (
        {"distribution": "normal", "mean": 0.5, "sd": 5.0},
        {"distribution": "gamma", "mean": 0.5, "sd": 90.0},
    ):
        values = Spread.read(table).draw(DRAWS, bounds)
        for value in (values.min(), values.max(), np.float32(values.min()), np.float32(values.max())):
            assert inside(float(value), bounds)
    assert (
        0
        < Spread.read({"distribution": "gamma", "mean": 0.5, "sd": 90.0}).draw(DRAWS, "(0, 1]").min()
        < 1e-30
    )


@pytest.mark.parametrize(
    ("value", "bounds", "is_in"),
    [
        (0, "[0, 1]", True), (0, "(0, 1]", False), (1, "[0, 1)", False), (1, "[0, 1]", True),
        (1e300, "[0, inf)", True), (-1e-9, "[0, inf)", False), (float("nan"), "[0, 1]", False),
    ],
)  # fmt: skip
def test_inside(value, bounds, is_in):
    assert inside(value, bounds) is is_in


@pytest.mark.parametrize("bounds", ["0, 1", "[0; 1]", "[0]", "<0, 1>"])
def test_an_interval_that_is_none_is_found_when_declared(bounds):
    with pytest.raises(ValueError):
        par(0.5, "", bounds, "wrong")


# ---------------------------------------------------------------- mistakes

MISTAKES = [  # table, and everything that the message must say
    ({"prise": 3}, ["shelf.prise", "no parameter of this name", "did you mean 'price'?"]),
    ({"xyzzy": 3}, ["shelf.xyzzy", "known here: days, effort, kind, price, weights"]),
    ({"price": 0}, ["shelf.price", "0.0", "(0, 100]", "currency per unit", "what it costs"]),
    ({"price": 101}, ["shelf.price", "101", "(0, 100]"]),
    ({"price": "5"}, ["shelf.price", "'5' is not a number", "currency per unit", "what it costs"]),
    ({"price": True}, ["shelf.price", "True is not a number"]),
    ({"price": float("nan")}, ["shelf.price", "nan"]),
    ({"price": float("inf")}, ["shelf.price", "inf"]),
    ({"price": None}, ["shelf.price", "None"]),
    ({"price": [1]}, ["shelf.price", "[1]"]),
    ({"days": 5.5}, ["shelf.days", "5.5", "days", "visit days"]),
    ({"days": 8}, ["shelf.days", "8", "[1, 7]", "visit days"]),
    ({"days": 10**30}, ["shelf.days", "[1, 7]"]),
    ({"kind": "gold"}, ["shelf.kind", "'gold'", "'credit' or 'cash'", "how it is paid"]),
    ({"kind": 1}, ["shelf.kind", "1"]),
    ({"effort": "some"}, ["shelf.effort", "'some'", "hours", "trouble of joining"]),
    ({"effort": 3}, ["shelf.effort", "3.0", "[0, 2]", "hours", "trouble of joining"]),
    ({"effort": {"meen": 1}}, ["shelf.effort.meen", "did you mean 'mean'?"]),
    ({"effort": {"mean": 3, "sd": 1, "distribution": "normal"}}, ["shelf.effort.mean", "3.0", "[0, 2]"]),
    ({"effort": {"distribution": "uniform", "low": -1}}, ["shelf.effort.low", "-1.0", "[0, 2]", "hours"]),
    ({"effort": {"distribution": "uniform", "low": 1, "high": 0.5}}, ["low = 1.0 is above high = 0.5"]),
    ({"effort": {"distribution": "gamma", "mean": 0, "sd": 1}}, ["must be above 0 for a gamma"]),
    ({"effort": {"distribution": "beta", "mean": 0.5, "sd": 0.5}}, ["shelf.effort", "no beta distribution"]),
    ({"effort": {"distribution": "cauchy"}}, ["shelf.effort.distribution", "'cauchy'"]),
    ({"effort": {"mean": 1, "sd": -1}}, ["shelf.effort.sd", "-1"]),
    ({"effort": [1, 2]}, ["shelf.effort", "[1, 2]", "neither a number nor a table"]),
    ({"weights": [0.5, 1.5]}, ["shelf.weights.1", "1.5", "[0, 1]", "probability", "chances"]),
    ({"weights": 0.5}, ["shelf.weights", "0.5"]),
    ({"weights": ["a"]}, ["shelf.weights", "'a'"]),
]


@pytest.mark.parametrize(("table", "parts"), MISTAKES, ids=lambda x: str(x)[:50])
def test_mistakes_are_told(table, parts):
    with pytest.raises(Problem) as told:
        Shop.read({"name": "a", "shelf": table}, ("shops", 3))
    for part in parts:
        assert part in str(told.value), f"{part!r} is not in {told.value}"
    assert "shops.3." in str(told.value)
    assert isinstance(told.value, RegularsError) and isinstance(told.value, ValueError)
    assert "pydantic" not in str(told.value) and "input_value" not in str(told.value)


def test_all_mistakes_at_once():
    with pytest.raises(Problem) as told:
        Shop.read({"shelf": {"prise": 1, "days": 0, "kind": "x"}, "extra": 1})
    # bounds, as of days, are looked at when names and types are right
    assert {dotted(path) for path, _ in told.value.items} == {"name", "shelf.prise", "shelf.kind", "extra"}


@pytest.mark.parametrize("table", ["text", 3, None, [1, 2]])
def test_not_a_table(table):
    with pytest.raises(Problem, match="a table is needed here"):
        Shop.read(table, ("shops", 3))


def test_missing():
    with pytest.raises(Problem, match=r"shops\.3\.name: this parameter is needed: what it is called"):
        Shop.read({}, ("shops", 3))


def test_sets_cannot_be_changed_afterwards():
    shelf = Shelf.read({"price": 2})
    with pytest.raises(ValueError):
        shelf.price = 3
    assert shelf == Shelf(price=2.0) and shelf.effort.centre == 0.5


def test_nearest():
    assert nearest("prise", ["price", "days"]) == "did you mean 'price'?"
    assert nearest("zzz", ["b", "a"]) == "known here: a, b"
    assert dotted(("firms", 0, "price")) == "firms.0.price"


def test_a_forgotten_distribution():
    """`{low = 1, high = 2}` without a distribution would silently be a fixed 0."""
    with pytest.raises(Problem, match=r"effort: .* needs a distribution, such as distribution = \"uniform\""):
        Shelf.read({"effort": {"low": 0.5, "high": 1.0}})
    with pytest.raises(Problem, match=r"sd = 0\.1 needs a distribution, such as distribution = \"normal\""):
        Shelf.read({"effort": {"mean": 0.5, "sd": 0.1}})
