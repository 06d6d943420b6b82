"""The last firm matters: long-run shares, and how to tell state dependence from mere taste.

Dube, Hitsch & Rossi 2010, RAND 41:417-445; oracles O1, O2, O3 of the regularities [K].
"""

import numpy as np
import pytest
from oracles import formulas as theory
from oracles.judge import agrees, grouped, groups_of, share_error, vanishes
from worlds.bare import LARGER, every_day, firms

V = np.array([0.5, 0.0, -0.7])
COST = 1.2
BURN_IN = 15


def market(form="penalty", outside=0.0, cost=COST, customers=20_000 * LARGER, days=45):
    """V, logits, state dependence; `outside` is the weight of buying nothing beside exp(V)."""
    taste = np.exp(V) / np.exp(V).sum()  # the market takes shares: log of them is V up to a constant
    choice = {"outside": outside > 0, "outside_utility": float(np.log(max(outside, 1e-9) / np.exp(V).sum()))}
    table = {
        "taste": {"kind": "homogeneous"},
        "choice": choice,
        "switching": {"form": form, "relation": cost, "initial": "share"},
        "firms": firms(*taste),
    }
    return every_day(table, days, customers)[1]


def shares(chosen):
    bought = np.bincount(chosen[chosen >= 0], minlength=3)
    return bought / bought.sum()


def last_firm(chosen):
    """Share of each firm among the customers' last purchases."""
    last = np.full(len(chosen), -1)
    for day in chosen.T:
        last = np.where(day >= 0, day, last)
    return shares(last)


@pytest.mark.parametrize("form", ["penalty", "premium"])
def test_long_run_shares(form):
    """The form does not matter where everybody buys: .6020 / .2863 / .1118."""
    chosen = market(form)[:, BURN_IN:]
    found, error = grouped(shares, groups_of(np.arange(len(chosen))), chosen)
    agrees(found, theory.markov(V, COST)[0], error)


@pytest.mark.parametrize("form", ["penalty", "premium"])
def test_with_buying_nothing(form):
    """A no-purchase leaves the state alone: purchase shares as before, but other shares of last firms."""
    chosen = market(form, outside=2.0, days=60)
    purchases, states, incidence = theory.markov(V, COST, 2.0, form)
    group = groups_of(np.arange(len(chosen)))
    found, error = grouped(shares, group, chosen[:, 25:])
    agrees(found, purchases, error)
    agrees(last_firm(chosen), states, share_error(states, len(chosen)), sharp=0.15)
    bought, error = grouped(lambda c: (c >= 0).mean(), group, chosen[:, 25:])
    agrees(bought, incidence, error, sharp=0.02)
    if form == "premium":  # the penalty makes people stay at home, the premium makes them come
        assert incidence > theory.markov(V, COST, 2.0, "penalty")[2] + 0.1


def test_without_switching_cost_nothing_remains():
    """Negative control: shares are those of the logit from the first day on, and repeats are chance."""
    chosen = market(cost=0.0)
    expected = np.exp(V) / np.exp(V).sum()
    agrees(shares(chosen), expected, share_error(expected, chosen.size))
    same = (chosen[:, 1:] == chosen[:, :-1]).mean()
    vanishes(same - (expected**2).sum(), 0.5 / np.sqrt(chosen[:, 1:].size), 0.01)


def contrast(chosen):
    """P(j | last j, before not j) - P(j | last not j, before j), all firms together, from the log."""
    before, last, now = chosen[:, :-2], chosen[:, 1:-1], chosen[:, 2:]
    moved = before != last
    return (now == last)[moved].mean() - (now == before)[moved].mean()


WORLDS = {
    "taste only": ({"concentration": 1.2}, 0.0),
    "state dependence only": ({"kind": "homogeneous"}, 1.0),
    "both": ({"concentration": 1.2}, 1.0),
}


@pytest.fixture(scope="module")
def contrasts():
    found = {}
    for name, (taste, cost) in WORLDS.items():
        table = {"taste": taste, "switching": {"relation": cost}, "firms": firms(1, 1, 1, 1)}
        _, chosen = every_day(table, 40, 12_000 * LARGER)
        found[name] = grouped(contrast, groups_of(np.arange(len(chosen))), chosen[:, 12:])
    return found


def test_taste_is_exchangeable(contrasts):
    """The order of past purchases says nothing where only taste differs."""
    vanishes(*contrasts["taste only"], 0.02)


def test_state_dependence_is_not(contrasts):
    value, error = contrasts["state dependence only"]
    agrees(value, theory.exchangeability_contrast(4, 1.0), error)
    assert theory.exchangeability_contrast(4, 1.0) == pytest.approx(0.3005, abs=1e-4)


def test_both_together(contrasts):
    """Clearly not exchangeable, and as large as the formula says; Dirichlet tastes summed over a large sample."""
    value, error = contrasts["both"]
    tastes = np.random.default_rng(3).dirichlet(np.full(4, 0.3), 200_000 * LARGER)
    agrees(value, theory.mixed_contrast(tastes, 1.0), error, sharp=0.1)
    alike = theory.mixed_contrast(np.ones((1, 4)), 1.0)
    assert alike == pytest.approx(theory.exchangeability_contrast(4, 1.0))
    assert theory.mixed_contrast(tastes, 0.0) == pytest.approx(0, abs=1e-12)
