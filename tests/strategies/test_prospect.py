"""How a chance is felt: the numbers of prospect theory, and which frame makes a draw beat a sure rebate (regularities 4.13)."""

import numpy as np
import pytest

from regulars.behavior.prospect import certainty_equivalent, weight

ALPHA, GAINS, LOSSES = 0.88, 0.61, 0.69  # Tversky & Kahneman 1992


def felt(frame, pi, gamma, alpha=ALPHA):
    """Sure share of the spending that feels as good as all of it with chance pi."""
    return float(certainty_equivalent(frame, [pi], [1.0], alpha, gamma))


def test_decision_weights():
    assert weight(0.01, GAINS) == pytest.approx(0.0553, abs=5e-5)
    assert weight(1 / 3, GAINS) == pytest.approx(0.336, abs=5e-4)
    assert weight(2 / 3, LOSSES) == pytest.approx(0.5636, abs=5e-5)
    assert weight([0.0, 1.0], GAINS) == pytest.approx([0.0, 1.0], abs=0)
    p = np.linspace(0, 1, 11)
    assert weight(p, 1.0) == pytest.approx(p, abs=1e-15)


def test_as_a_gain_only_small_chances_are_liked():
    """w(.01) = .0553 against v = .0174; w(1/3) = .336 against .380: the sure thing."""
    assert 0.01**ALPHA == pytest.approx(0.0174, abs=5e-5) and (1 / 3) ** ALPHA == pytest.approx(
        0.380, abs=5e-4
    )
    assert felt("gain", 0.01, GAINS) ** ALPHA == pytest.approx(0.0553, abs=5e-5)
    assert felt("gain", 0.01, GAINS) > 0.01
    assert felt("gain", 1 / 3, GAINS) ** ALPHA == pytest.approx(0.336, abs=5e-4)
    assert felt("gain", 1 / 3, GAINS) < 1 / 3


def test_as_a_price_every_chance_is_liked():
    """To pay P with chance 2/3 feels like .5636, to pay 2/3 P for sure like .6999; without weighting .6667."""
    assert (1 - felt("price", 1 / 3, LOSSES)) ** ALPHA == pytest.approx(0.5636, abs=5e-5)
    assert (1 - felt("price", 1 / 3, 1.0)) ** ALPHA == pytest.approx(0.6667, abs=5e-5)
    assert (2 / 3) ** ALPHA == pytest.approx(0.6999, abs=5e-5)
    for pi in (0.01, 0.1, 1 / 3, 0.5):
        assert felt("price", pi, LOSSES) > felt("price", pi, 1.0) > pi


@pytest.mark.parametrize("frame", ["expected", "gain", "price"])
def test_without_curvature_and_weighting_a_chance_is_its_expected_value(frame):
    several = certainty_equivalent(frame, [0.02, 0.06, 0.15], [1.0, 0.5, 0.2], 1.0, 1.0)
    assert float(several) == pytest.approx(0.08, abs=1e-12)
    assert felt(frame, 0.3, 1.0, 1.0) == pytest.approx(0.3, abs=1e-12)


def test_several_prizes_are_weighted_from_the_best_on():
    """Two prizes by hand, in whatever order they are written: w(p1) and w(p1 + p2) - w(p1); as prices from the worst on."""
    (p1, x1), (p2, x2) = (0.1, 0.9), (0.3, 0.4)
    for chances, shares in (([p1, p2], [x1, x2]), ([p2, p1], [x2, x1])):
        gain = weight(p1, GAINS) * x1**ALPHA + (weight(p1 + p2, GAINS) - weight(p1, GAINS)) * x2**ALPHA
        assert certainty_equivalent("gain", chances, shares, ALPHA, GAINS) ** ALPHA == pytest.approx(gain)
        full, nine = weight(1 - p1 - p2, LOSSES), weight(1 - p1, LOSSES)
        price = full + (nine - full) * (1 - x2) ** ALPHA + (1 - nine) * (1 - x1) ** ALPHA
        assert (1 - certainty_equivalent("price", chances, shares, ALPHA, LOSSES)) ** ALPHA == pytest.approx(
            price
        )


@pytest.mark.parametrize("frame", ["expected", "gain", "price"])
def test_what_is_sure_feels_like_what_it_is(frame):
    assert float(certainty_equivalent(frame, [1.0], [0.4], ALPHA, GAINS)) == pytest.approx(0.4, abs=1e-12)
    assert float(certainty_equivalent(frame, [0.0, 0.0], [1.0, 0.5], ALPHA, GAINS)) == 0.0
    same = certainty_equivalent(frame, [0.5, 0.5], [0.4, 0.4], ALPHA, GAINS)  # two prizes that are one
    assert float(same) == pytest.approx(0.4, abs=1e-12)


@pytest.mark.parametrize("frame", ["expected", "gain", "price"])
def test_better_odds_and_prizes_are_never_liked_less(frame):
    base = certainty_equivalent(frame, [0.1, 0.2], [1.0, 0.3], ALPHA, GAINS)
    assert certainty_equivalent(frame, [0.15, 0.2], [1.0, 0.3], ALPHA, GAINS) > base
    assert certainty_equivalent(frame, [0.1, 0.2], [1.0, 0.4], ALPHA, GAINS) > base
    assert certainty_equivalent(frame, [0.2, 0.1], [0.3, 1.0], ALPHA, GAINS) == pytest.approx(base, abs=1e-12)


def test_one_value_a_customer():
    alpha, gamma = np.array([1.0, 0.88, 0.7]), np.array([1.0, 0.69, 0.5])
    together = certainty_equivalent("price", [0.1], [1.0], alpha, gamma)
    alone = [
        float(certainty_equivalent("price", [0.1], [1.0], a, g)) for a, g in zip(alpha, gamma, strict=True)
    ]
    assert together.shape == (3,) and together == pytest.approx(alone, abs=1e-15)


@pytest.mark.parametrize("frame", ["expected", "gain", "price"])
def test_a_draw_without_prizes_is_worth_nothing(frame):
    assert certainty_equivalent(frame, (), (), np.full(3, ALPHA), np.full(3, 0.6)).tolist() == [0.0, 0.0, 0.0]
