"""The formulas themselves, against numbers computed elsewhere (regularities.md, all of status [K] or [C])."""

import numpy as np
import pytest
from oracles import formulas as theory

TOOTHPASTE = (1.456, 0.778816, 1.549944)  # M, K, S fitted to the UK inputs of 1984: pen. .56, rate 2.6 [C, K]


def test_dirichlet_table():
    table = {  # share: penetration, rate, category rate of buyers, repeat, sole buyers [K]
        0.25: (0.2051, 1.775, 3.197, 0.542, 0.426),
        0.19: (0.1613, 1.715, 3.258, 0.519, 0.398),
        0.10: (0.0895, 1.628, 3.352, 0.481, 0.359),
        0.02: (0.0188, 1.552, 3.440, 0.444, 0.328),
    }
    names = ("penetration", "purchase_rate", "category_rate", "repeat", "sole_buyers")
    for share, row in table.items():
        assert [getattr(theory, f)(share, *TOOTHPASTE) for f in names] == pytest.approx(row, abs=6e-4)
    assert theory.duplication(0.25, 0.10, *TOOTHPASTE) == pytest.approx(1.262, abs=0.02)
    for share, rate in ((0.25, 0.456), (0.10, 0.547), (0.02, 0.596)):
        assert theory.switch_out(share, 1.55) == pytest.approx(rate, abs=6e-4)


def test_counts():
    assert theory.nbd(0, *TOOTHPASTE[1::-1]) == pytest.approx(0.44, abs=1e-3)
    assert sum(theory.erlang(n, 3, 2.5) for n in range(60)) == pytest.approx(1)
    assert sum(n * theory.erlang(n, 3, 2.5) for n in range(60)) == pytest.approx(2.5)
    assert theory.erlang(1, 1, 2.0) == pytest.approx(2 * np.exp(-2))  # one stage is Poisson
    five_of_seven = theory.beta_binomial(np.arange(5, 8), 7, 0.5, 0.5 / np.sqrt(5)).sum()
    assert five_of_seven == pytest.approx(0.3333, abs=1e-4)


def test_state_dependence():
    """O1 and O2, and the penalty form by brute force."""
    v, cost = [0.5, 0.0, -0.7], 1.2
    assert theory.markov(v, cost)[0] == pytest.approx([0.60195, 0.28627, 0.11178], abs=1e-5)
    assert theory.markov(v, cost, 1.0, "premium")[1] == pytest.approx([0.59095, 0.29075, 0.11830], abs=1e-5)
    e, outside = np.exp(v), 1.7
    for form in ("premium", "penalty"):
        pull = np.exp(np.eye(3) * cost if form == "premium" else (np.eye(3) - 1) * cost)
        buy = e * pull / (outside + (e * pull).sum(1, keepdims=True))
        move = buy + np.diag(1 - buy.sum(1))
        state = np.linalg.matrix_power(move, 4000)[0]
        shares, states, incidence = theory.markov(v, cost, outside, form)
        assert states == pytest.approx(state)
        assert shares == pytest.approx(state @ buy / (state @ buy).sum())
        assert incidence == pytest.approx((state @ buy).sum())
    assert theory.stays(4, 1.2) == pytest.approx(0.52533, abs=1e-5)
    assert theory.exchangeability_contrast(4, 1.0) == pytest.approx(0.30049, abs=1e-5)


def test_taste():
    shares, same = theory.mixed_logit([0.3, -0.2], 0.0, np.eye(2), nodes=5)
    assert shares[0] == pytest.approx(1 / (1 + np.exp(-0.5)))
    assert same == pytest.approx(shares**2)
    assert theory.hotelling([0.2, 0.8], [0.0, -0.1], 1.0) == pytest.approx([0.55, 0.45])
    assert theory.smoothed_sd(0.2, 1.0) == pytest.approx(0.3333, abs=1e-4)
