"""Every law is fitted to a log in one way; the same contract for all, and for each its published numbers."""

import importlib
import inspect

import numpy as np
import pandas as pd
import pytest
from lab.logs_of_known_truth import brands
from show.letters import outside, overlaps, texts

from regulars.ground.errors import RegularsError
from regulars.laws import LawOfLog, fit_law, law_class, law_names
from regulars.laws.lagged_choice import fit_lagged_choice
from regulars.panels import resolve
from regulars.panels.panel import Panel
from regulars.show.style import look

OPTIONS = {"nbd": {"customers": 300}, "sbg": {"unit": 30.0}}  # what a law must be told beside the log
REGULAR = [
    1000,
    631,
    468,
    382,
    326,
    289,
    262,
    241,
]  # Fader & Hardie (2007), customers of a contract left year by year
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]


def contract(left, unit, firm="A"):
    """A log in which a cohort pays at the start of every period until it leaves."""
    stays = np.repeat(np.arange(1, len(left) + 1), -np.diff([*left, 0]))
    rows = [(who, k * unit, firm, 10.0) for who, periods in enumerate(stays) for k in range(periods)]
    return Panel(pd.DataFrame(rows, columns=["customer", "time", "firm", "amount"]), days=len(left) * unit)


@pytest.fixture(scope="module")
def logs():
    shops = brands(customers=150, mean=10.0, habit=0.5)
    return {name: contract([200, 130, 98, 80, 70], 30.0) if name == "sbg" else shops for name in law_names()}


@pytest.fixture(scope="module")
def fitted(logs):
    return {name: fit_law(name, log, **OPTIONS.get(name, {})) for name, log in logs.items()}


def test_the_folder_is_the_registry():
    assert {"nbd", "truncated_nbd", "dirichlet", "sbg", "lagged_logit", "bgnbd", "leaving"} <= set(
        law_names()
    )
    with pytest.raises(RegularsError, match="no law is called 'zork'; known here: bgbb, bgnbd"):
        fit_law("zork", pd.DataFrame())


@pytest.mark.parametrize("name", law_names())
def test_what_every_law_tells(name, fitted):
    """Estimates with errors, a forecast that grows with the time ahead, and a check whose z is what it says."""
    found = fitted[name]
    assert isinstance(found, LawOfLog) and type(found) is law_class(name) and found.title
    assert set(found.estimates) == set(found.standard_errors) and set(found.result.table().columns) == {"estimate", "standard_error", "low", "high"}  # fmt: skip
    assert all(isinstance(note, str) for note in found.notes)
    near, far = found.predict(1), found.predict(2)
    assert isinstance(near, pd.DataFrame) and list(near.columns) == list(far.columns) and len(near)
    assert np.isfinite(near.to_numpy(dtype=float)).all()
    if name == "sbg":
        assert (far["left"] < near["left"]).all()
    else:
        bought = [c for c in near if c not in ("p_alive", "customers", "repeats", "buyers")][-1]
        assert (far[bought].to_numpy() > near[bought].to_numpy()).all()
    check = found.check()
    assert {"observed", "expected", "standard_error", "z"} <= set(check.columns)
    told = check[check["standard_error"] > 0]
    assert len(told) > 3
    np.testing.assert_allclose(told["z"], (told["observed"] - told["expected"]) / told["standard_error"])


@pytest.mark.parametrize("name", law_names())
def test_the_order_of_rows_changes_nothing(name, logs, fitted):
    log = logs[name]
    turned = log.purchases.sample(frac=1.0, random_state=3)
    told_when = {"end": log.days} if "end" in inspect.signature(law_class(name).fit).parameters else {}
    again = fit_law(name, turned, **told_when, **OPTIONS.get(name, {}))
    assert again.estimates == pytest.approx(dict(fitted[name].estimates), rel=1e-6)
    pd.testing.assert_frame_equal(again.predict(2), fitted[name].predict(2), check_exact=False, rtol=1e-6)


@pytest.mark.parametrize("name", law_names())
def test_what_no_law_takes(name, logs):
    log, options = logs[name].purchases, OPTIONS.get(name, {})
    for columns in (["customer"], ["time", "customer"]):
        with pytest.raises(RegularsError, match=rf"lacks the column {columns[0]}"):
            fit_law(name, log.drop(columns=columns[0]), **options)
    with pytest.raises(RegularsError, match="holds no purchases"):
        fit_law(name, log.iloc[:0], **options)
    with pytest.raises(RegularsError, match=r"has no option zork; (known here|there are none here)"):
        fit_law(name, log, **options, zork=1)
    with pytest.raises(RegularsError):
        fit_law(name, log, **options).predict(-1.0)


@pytest.mark.parametrize("name", law_names())
def test_every_law_draws_its_picture(name, fitted):
    figure = fitted[name].plot()
    with look():
        assert overlaps(figure) == [] and outside(figure) == []
    assert len([text for text in texts(figure) if text.get_gid() == "message"]) == 1
    assert all(axes.get_xlabel() and axes.get_ylabel() for axes in figure.axes)


def test_an_sbg_of_a_log_has_the_published_numbers():
    """Fader & Hardie (2007), J. Interactive Marketing 21:76-90: alpha, beta of both segments; of the regular one 17% are left after 12 years."""
    regular, high = (fit_law("sbg", contract(left, 365.25), unit=365.25) for left in (REGULAR, HIGH_END))
    assert [*regular.estimates.values(), *high.estimates.values()] == pytest.approx([0.704, 1.182, 0.668, 3.806], abs=6e-4)  # fmt: skip
    here = regular.predict(5)
    assert here["customers"].to_dict() == {7: 241}
    assert here["left"].sum() / 1000 == pytest.approx(
        0.170 * 241 / (1000 * regular.law.survival(7)), rel=3e-3
    )
    assert regular.check()["observed"].iloc[0] == pytest.approx(0.631)


def test_a_log_of_visits_is_no_contract(logs):
    with pytest.raises(RegularsError, match="no renewals of a contract"):
        fit_law("sbg", logs["nbd"], unit=28.0)
    with pytest.raises(RegularsError, match="two periods or more"):
        fit_law("sbg", contract(REGULAR, 30.0), unit=300.0)


def test_nbd_and_dirichlet_of_a_log_have_the_published_numbers():
    """Toothpaste, Goodhardt, Ehrenberg & Chatfield (1984): from logs as large as the law's moments, M 1.46, K .78, S 1.3 and shares come back."""
    rng = np.random.default_rng(5)
    shares = {"Colgate": 0.25, "Crest": 0.19, "Macleans": 0.1, "rest": 0.46}
    people = 30_000
    bought = rng.poisson(rng.gamma(0.78, 1.456 / 0.78, people))
    table = rng.multinomial(bought, rng.dirichlet(1.3 * np.array(list(shares.values())), people))
    who, firm = np.repeat(np.arange(people), len(shares)), np.tile(list(shares), people)
    rows = pd.DataFrame({"customer": who, "firm": firm}).loc[np.repeat(np.arange(len(who)), table.ravel())]
    rows["time"] = rng.permutation(len(rows)) + rows.groupby("customer").cumcount()  # a day of its own each
    nbd, truncated = fit_law("nbd", rows, customers=people), fit_law("truncated_nbd", rows)
    for law in (nbd, truncated):
        for name, value in (("mean", 1.456), ("shape", 0.78)):
            assert abs(law.estimates[name] - value) < 4 * law.standard_errors[name] < 0.2
    assert truncated.people == pytest.approx(people, rel=0.1)
    # buyers and those unseen together buy as much again: at the maximum of the likelihood the mean is that of all customers
    again = truncated.predict()
    assert again["customers"].sum() == pytest.approx(truncated.people)
    assert (again["customers"] * again["purchases"]).sum() == pytest.approx(len(rows), rel=1e-3)
    found = truncated.check()
    assert found["expected"].sum() == pytest.approx(found["observed"].sum()) and (found["z"].abs() < 4).all()
    # sales from those who bought nothing: 15.3% [Goodhardt & Ehrenberg]
    next_time = nbd.predict()
    none = next_time.loc[0, "customers"] * next_time.loc[0, "purchases"]
    assert none / (next_time["customers"] * next_time["purchases"]).sum() == pytest.approx(0.153, abs=0.006)
    assert (next_time["customers"] * next_time["purchases"]).sum() == pytest.approx(len(rows), rel=1e-3)
    dirichlet = fit_law("dirichlet", rows, customers=people)
    assert abs(dirichlet.estimates["diversity"] - 1.3) < 4 * dirichlet.standard_errors["diversity"] < 0.2
    year = dirichlet.predict(4)
    assert year["purchases"].sum() == pytest.approx(4 * len(rows), rel=1e-3)
    assert (dirichlet.check()["z"].abs() < 4).all() and (nbd.check()["z"].abs() < 4).all()


def test_a_log_of_buyers_is_no_nbd(logs):
    with pytest.raises(RegularsError, match="customers=NUMBER"):
        fit_law("nbd", logs["nbd"])
    of_one = fit_law("nbd", logs["nbd"], firm="d")
    assert len(of_one.counts) == len(logs["nbd"].customers) and (of_one.counts == 0).any()
    with pytest.raises(RegularsError, match="no purchases of zork"):
        fit_law("truncated_nbd", logs["nbd"], firm="zork")


def test_the_lagged_logit_of_a_published_panel():
    """Yogurt (100 households, 2,412 purchases): the law sees state dependence; its next choices are those of a plain computation."""
    log = resolve("yogurt")
    found = fit_law("lagged_logit", log)
    assert found.estimates == pytest.approx(dict(fit_lagged_choice(log.purchases).estimates), rel=1e-6)
    assert found.estimates["inertia"] > 5 * found.standard_errors["inertia"]
    f = found.forecast
    who, firms = 17, len(f.data.firms)
    # by hand: posterior by Bayes from this customer's own choices at each point, then the logit
    mine = f.data.customer == who
    each = np.log(f.prior)
    for chosen, last in zip(f.data.chosen[mine], f.data.last[mine], strict=True):
        if last < 0:
            pi = np.array([a * (a.sum() + np.expm1(f.inertia) * a) for a in f.attraction])
            each += np.log(pi[:, chosen] / pi.sum(axis=1))
        else:
            pull = f.attraction * np.exp(f.inertia * (np.arange(firms) == last))
            each += np.log(pull[:, chosen] / pull.sum(axis=1))
    weight = np.exp(each - each.max())
    pull = f.attraction * np.exp(f.inertia * (np.arange(firms) == f.data.chosen[mine][-1]))
    wanted = weight / weight.sum() @ (pull / pull.sum(axis=1, keepdims=True))
    told = found.predict(1).iloc[who]
    np.testing.assert_allclose(told[list(f.data.firms)].to_numpy(dtype=float), wanted, rtol=1e-6)
    assert told["repeats"] == pytest.approx(wanted[f.data.chosen[mine][-1]], rel=1e-6)
    np.testing.assert_allclose(found.predict(7)[list(f.data.firms)].sum(axis=1), 7.0)


def test_without_state_dependence_the_lagged_logit_forgets_the_last_choice():
    """The negative control: at inertia 0 what is foretold is the posterior mean of tastes, whatever was bought last."""
    import dataclasses

    found = fit_law("lagged_logit", brands(customers=80, mean=8.0))
    flat = dataclasses.replace(found.forecast, inertia=0.0)
    once, twice = (flat.ahead(np.ones((len(flat.last), k)))[0] for k in (1, 2))
    np.testing.assert_allclose(twice, 2 * once, rtol=1e-9)
    moved = dataclasses.replace(flat, last=(flat.last + 1) % len(flat.data.firms))
    np.testing.assert_allclose(moved.ahead(np.ones((len(flat.last), 1)))[0], once, rtol=1e-9)


def test_firms_with_chinese_names_are_drawn():
    log = brands(customers=100, mean=8.0)
    named = log.purchases.assign(
        firm=log.purchases["firm"].map({"a": "蒙牛", "b": "伊利", "c": "光明乳业", "d": "三元"})
    )
    figure = fit_law("dirichlet", named).plot()
    assert {"蒙牛", "伊利"} <= {text.get_text() for text in texts(figure)}


def test_laws_of_leaving_are_tried_beside_one_another():
    """Whatever law of leaving in continuous time stands in the folder is tried."""
    titles = set(law_class("leaving").candidates())
    assert titles == {law_class(name).title for name in ("bgnbd", "mbgnbd", "pareto_nbd")}
    assert importlib.import_module("regulars.laws.logs.bgbb").BGBBOfLog.comparable is False
