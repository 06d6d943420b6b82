"""Draws stay inside bounds, finite, whatever the distribution and its numbers; bounds are kept to the last digit."""

import itertools
import math
import random
import typing

import numpy as np
import pytest
from scipy import stats

from regulars.contract import pricing, strategy
from regulars.ground.chance import Chance
from regulars.ground.interval import interval
from regulars.ground.parameter import ParameterSet, Problem, Spread, field_extra
from regulars.scenario import Scenario
from regulars.scenario.declared import choices_of

N = 20_000
DRAWS = Chance(3).uniform(78, np.arange(N))
EDGES = np.array(
    [2.0**-33, 1e-6, 0.3, 0.5, 0.7, 1 - 1e-6, 1 - 2.0**-33]
)  # from the smallest draw to the largest
BOUNDS = (
    "[0, inf)",
    "(0, inf)",
    "[0, 1]",
    "(0, 1]",
    "(0, 1)",
    "[-1, 1]",
    "[0.3, 1]",
    "(0.3, 0.9)",
    "(-inf, inf)",
)


def inside(values, bounds):
    """Finite and inside, and finite where a column keeps them in single precision."""
    with np.errstate(over="ignore"):
        finite = np.isfinite(values).all() and np.isfinite(values.astype(np.float32)).all()
    return finite and all(value in interval(bounds) for value in values.tolist())


# ---------------------------------------------------------------- open and closed ends


@pytest.mark.parametrize(
    ("mean", "sd", "bounds"), [(1.0, 1.0, "(0, inf)"), (0.5, 2.0, "(0, 1)"), (3.0, 2.0, "(2.5, 3.5)")]
)
def test_a_normal_distribution_is_truncated_at_open_ends(mean, sd, bounds):
    """Clipping gave exact zeros, of which there is no logarithm."""
    values = Spread(distribution="normal", mean=mean, sd=sd).draw(DRAWS, bounds)
    ends = interval(bounds)
    law = stats.truncnorm((ends.low - mean) / sd, (ends.high - mean) / sd, mean, sd)
    assert stats.kstest(values, law.cdf).pvalue > 1e-3
    assert inside(values, bounds) and (np.diff(values[np.argsort(DRAWS)]) > 0).all()


@pytest.mark.parametrize(
    ("table", "law"),
    [
        ({"distribution": "lognormal", "mean": 0.6, "sd": 0.5}, stats.lognorm(math.sqrt(math.log1p(25 / 36)), scale=0.6 / math.sqrt(1 + 25 / 36))),
        ({"distribution": "gamma", "mean": 0.5, "sd": 0.5}, stats.gamma(1, scale=0.5)),
        ({"distribution": "beta", "mean": 0.5, "sd": 0.3}, stats.beta(0.5 * 16 / 9, 0.5 * 16 / 9)),
        ({"distribution": "uniform", "low": 0.4, "high": 0.8}, stats.uniform(0.4, 0.4)),
    ],
)  # fmt: skip
def test_others_are_truncated_at_open_ends(table, law):
    low, high = law.cdf(0.3), law.cdf(0.9)
    values = Spread(**table).draw(DRAWS, "(0.3, 0.9)")
    assert stats.kstest(values, lambda x: (law.cdf(x) - low) / (high - low)).pvalue > 1e-3
    assert inside(values, "(0.3, 0.9)")


def test_a_closed_end_and_an_open_one():
    """Truncated at 0, put onto 1."""
    values = Spread(distribution="normal", mean=0.9, sd=0.5).draw(DRAWS, "(0, 1]")
    below = stats.norm.cdf(0, 0.9, 0.5)
    share = (1 - stats.norm.cdf(1, 0.9, 0.5)) / (1 - below)
    assert values.min() > 0
    assert abs((values == 1).mean() - share) < 4 * math.sqrt(share * (1 - share) / N)


def test_next_to_an_open_end_a_number_keeps_its_digits():
    """Where next to nobody is inside, all are cut to the first number of single precision that is no fraction of a digit."""
    low = Spread(distribution="normal", mean=-1e6, sd=1.0).draw(DRAWS, "(0, 1]")
    high = Spread(distribution="normal", mean=1e6, sd=1.0).draw(DRAWS, "[-1, 0)")
    assert (low == 2.0**-126).all() and (high == -(2.0**-126)).all()
    near = Spread(distribution="normal", mean=1e6, sd=1.0).draw(DRAWS, "(0.3, 0.9)").astype(np.float32)
    assert (near == np.nextafter(np.float32(0.9), np.float32(0))).all()


@pytest.mark.parametrize(
    "table",
    [
        {"distribution": "normal", "mean": 50.0, "sd": 1.0},
        {"distribution": "lognormal", "mean": 2.0, "sd": 1.5},
        {"distribution": "gamma", "mean": 3.0, "sd": 1.5},
        {"distribution": "beta", "mean": 0.3, "sd": 0.2},
        {"distribution": "uniform", "low": 2, "high": 5},
    ],
)
def test_nothing_to_cut_is_nothing_changed(table):
    """To the bit."""
    spread = Spread(**table)
    assert (spread.draw(DRAWS, "(0, inf)") == spread.draw(DRAWS)).all()
    assert (spread.draw(DRAWS, "[0, inf)") == spread.draw(DRAWS)).all()


def test_what_is_not_said_of_a_distribution():
    """One number for all, 0; a uniform one between 0 and 1; no spread."""
    assert (Spread().draw(DRAWS) == 0).all() and (Spread(distribution="normal").draw(DRAWS) == 0).all()
    assert (Spread(distribution="uniform").draw(DRAWS) == DRAWS).all()


# ---------------------------------------------------------------- extreme numbers

EXTREME = (
    0.0, 5e-324, 1e-200, 1e-30, 1e-9, 0.3, 0.5, 0.9999999999999999, 1.0, 7.0, 1e9, 1e29, 1e60, 1e308, -1e308, -0.5,
)  # fmt: skip
KINDS = ("fixed", "uniform", "normal", "lognormal", "gamma", "beta")


@pytest.mark.parametrize("kind", KINDS)
def test_any_numbers(kind):
    """A distribution is refused, or all its draws are finite, in order and inside any bounds."""
    names = ("low", "high") if kind == "uniform" else ("mean", "sd")
    taken = 0
    for numbers in itertools.product(EXTREME, EXTREME):
        try:
            spread = Spread.read({"distribution": kind, **dict(zip(names, numbers, strict=True))})
        except Problem:
            continue
        taken += 1
        for bounds in BOUNDS:
            if any(
                number not in interval(bounds) for number in (numbers if kind == "uniform" else numbers[:1])
            ):
                continue  # refused by the parameter set
            values = spread.draw(EDGES, bounds)
            assert inside(values, bounds), (numbers, bounds, values)
            if bounds != "(0.3, 0.9)":  # of which a distribution may hold less than a double can tell
                assert (np.diff(values) >= -1e-9 * abs(values[0])).all(), (numbers, bounds, values)
    assert taken > 10


def parameter_sets(of=ParameterSet):
    for kind in of.__subclasses__():
        yield kind
        yield from parameter_sets(kind)


def declared():
    """(owner, name, bounds, annotation) of every parameter of the package that has bounds."""
    for found in (strategy, pricing):
        for name in found.names():
            found.find(name)
    kinds = {
        f"{kind.__module__}.{kind.__qualname__}": kind
        for kind in parameter_sets()
        if kind.__module__.startswith("regulars.")
    }
    for _, kind in sorted(kinds.items()):
        for name, field in kind.model_fields.items():
            if bounds := field_extra(field).get("bounds"):
                yield kind, name, bounds, field.annotation


def problems(owner, name, value):
    """What is said of a value of a parameter; others that are needed have some value."""
    some = {str: "x", tuple[str, str]: ("x", "y")}
    needed = {
        other: some.get(f.annotation, next(iter(choices_of(f.annotation)), 1))
        for other, f in owner.model_fields.items()
        if f.is_required()
    }
    try:
        owner.read({**needed, name: value})
    except Problem as problem:
        return [text for path, text in problem.items if str(path[0]).split(".")[0] == name]
    return []


def test_every_parameter_with_a_distribution():
    """Of every part of a scenario and every strategy: refused with its place, or inside its bounds."""
    chance, taken, refused = random.Random(5), 0, 0
    spreads = [
        (owner, name, bounds) for owner, name, bounds, annotation in declared() if annotation is Spread
    ]
    assert len(spreads) > 30
    for owner, name, bounds in spreads:
        for kind in KINDS:
            for _ in range(12):
                numbers = {part: chance.choice(EXTREME) for part in ("mean", "sd", "low", "high")}
                told = problems(owner, name, {"distribution": kind, **numbers})
                refused += bool(told)
                if told:
                    continue
                made = Spread(distribution=kind, **numbers)
                assert inside(made.draw(EDGES, bounds), bounds), (owner, name, kind, numbers)
                taken += 1
    assert taken > 200 and refused > 200


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"distribution": "normal", "mean": 1.0, "sd": 1e308}, r"sd = 1e\+308 is too large"),
        ({"distribution": "normal", "mean": 1e308, "sd": 1.0}, r"mean = 1e\+308 is too large"),
        ({"distribution": "gamma", "mean": 1.0, "sd": 1e-300}, "needs numbers of at least 1e-30"),
        ({"distribution": "beta", "mean": 0.5, "sd": 1e200}, "too large"),
        ({"distribution": "uniform", "low": 0.5, "high": 1e308}, r"high = 1e\+308 is too large"),
    ],
)
def test_numbers_that_are_no_distribution_are_told_with_their_place(table, told):
    with pytest.raises(Problem, match=f"spending.basket: .*{told}"):
        Scenario({"spending": {"basket": table}, "firms": [{"name": "a"}]})


# ---------------------------------------------------------------- bounds to the last digit


def test_bounds_are_exact():
    """Every number with bounds: the bound itself is taken where it belongs to the interval, the next number never."""
    checked = 0
    for owner, name, bounds, annotation in declared():
        kinds = {annotation, *typing.get_args(annotation)} - {type(None), ...}
        if not kinds & {int, float}:
            continue
        whole, ends = int in kinds, interval(bounds)
        for end, is_open, away in ((ends.low, ends.low_open, -1), (ends.high, ends.high_open, 1)):
            if math.isinf(end):
                continue
            if whole:
                assert int(end) == end, f"{owner.__name__}.{name}: {bounds} of whole numbers"
                end, beyond = int(end), int(end) + away
            else:
                end, beyond = float(end), math.nextafter(float(end), away * math.inf)
            many = typing.get_origin(annotation) is tuple
            at, outside = ([[x] if many else x][0] for x in (end, beyond))
            said = [
                any("is outside" in text for text in problems(owner, name, value)) for value in (at, outside)
            ]
            assert said == [is_open, True], f"{owner.__name__}.{name}: {bounds}, {said}"
            checked += 1
    assert checked > 300


def test_the_seed_is_exact():
    """2**64 and 2**64 - 1 are the same double."""
    table = {"firms": [{"name": "a"}]}
    assert Scenario({**table, "market": {"seed": 2**64 - 1}}).spec.market.seed == 2**64 - 1
    with pytest.raises(Problem, match=r"market\.seed: 18446744073709551616 is outside"):
        Scenario({**table, "market": {"seed": 2**64}})
