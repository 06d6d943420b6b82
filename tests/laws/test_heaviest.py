"""One buyer who dwarfs the others is named; heavy buyers who belong to the others are not."""

import numpy as np
import pytest

from regulars.laws import fit_nbd
from regulars.laws.heaviest import beyond_the_others
from regulars.laws.truncated_nbd import fit_truncated_nbd


def households(seed, size=400, shape=0.8):
    rng = np.random.default_rng(seed)
    return rng.poisson(rng.gamma(shape, 10.0, size))


@pytest.mark.parametrize("fit", [fit_nbd, lambda x: fit_truncated_nbd(x[x > 0])])
def test_a_wholesaler_is_named(fit):
    x = households(1)
    assert not any("bend" in note for note in fit(x).notes)
    notes = fit(np.append(x, 5000)).notes
    assert any("1 customer makes" in note and "5,000" in note for note in notes)
    assert any("3 customers make" in note for note in fit(np.append(x, [5000, 900, 2000])).notes)


@pytest.mark.parametrize("shape", [0.1, 0.8, 5.0])
def test_nobody_is_named_by_chance(shape):
    """In a hundred logs in which all are of one law hardly anybody is: some three in two hundred at most."""
    named = sum(bool(beyond_the_others(households(seed, 1000, shape))) for seed in range(200))
    assert named <= 8


def test_where_all_are_alike():
    assert beyond_the_others(np.full(50, 3.0)) == ()
    assert "1 customer makes 21% of all purchases" in beyond_the_others(np.append(np.full(50, 3.0), 40.0))[0]
    assert beyond_the_others(np.array([1.0, 900.0])) == ()
    assert "1 customer makes less than 1% of" in beyond_the_others(np.append(np.full(9000, 3.0), 40.0))[0]
