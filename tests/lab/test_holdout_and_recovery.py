"""A fit is itself put to the test: on the end of its log, and on logs of which the truth is known."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from lab.logs_of_known_truth import brands, one_firm

from regulars.ground.errors import RegularsError
from regulars.lab.fit import fit
from regulars.lab.fitting import classical, held_out, holdout, recovery
from regulars.lab.fitting.held_out import days_held_out
from regulars.laws import fit_law
from regulars.panels.panel import Panel
from regulars.scenario import Scenario


@pytest.mark.big
def test_a_steady_log_is_foretold_and_one_that_doubles_is_not():
    log = one_firm(customers=300, rate=0.4)
    steady = fit(log, holdout=91.0)
    table = steady.holdout.set_index("quantity")
    assert table.loc["money", "market"] == pytest.approx(table.loc["money", "observed"], rel=0.1)
    known = table.loc["purchases of known customers"]
    assert known["bgnbd"] == pytest.approx(known["observed"], rel=0.2)
    check = {c.name: c for c in steady.health}["holdout"]
    assert check.grade == "PASS" and "BG/NBD" in check.sentence
    late = log.purchases[log.purchases["time"] >= 273]
    more = pd.concat([log.purchases, *(late.assign(customer=late["customer"] + 1000 * k) for k in (1, 2))])
    risen = fit(Panel(more, days=364.0), holdout=91.0)
    assert {c.name: c.grade for c in risen.health}["holdout"] == "FAIL"


@pytest.mark.big
def test_several_firms_are_held_against_the_dirichlet_and_come_back():
    found = fit(brands(customers=120, mean=10.0), holdout=91.0, recover=2)
    firms = found.panel.firms
    assert found.holdout["quantity"].tolist() == ["money", "purchases", "buyers", *(f"buyers of {f}" for f in firms), *(f"share of {f}" for f in firms), "share of repeats"]  # fmt: skip
    assert list(found.holdout) == ["quantity", "observed", "se", "market", "dirichlet", "lagged_logit", "as_before"]  # fmt: skip
    told = found.holdout.set_index("quantity").notna().sum()
    assert told["dirichlet"] == 2 * len(firms) + 1 and told["lagged_logit"] == len(firms) + 1
    assert "the best of the classical laws, the " in {c.name: c.sentence for c in found.health}["holdout"]
    names = set(found.recovery["parameter"])
    assert {"need.mean", "need.shape", "taste.concentration", "switching.relation"} <= names
    assert (found.recovery["fits"] == 2).all()
    grades = {c.name: c.grade for c in found.health}
    assert grades["recovery"] == "NOT TRIED" and grades["holdout"] in ("PASS", "REVIEW")


@pytest.mark.parametrize(("one_firm", "before"), [(False, recovery.BEFORE), (True, 0.0)])
def test_logs_that_the_market_makes_begin_in_mid_life(monkeypatch, one_firm, before):
    """Of several firms the log is the last part of a longer run: who buys first has bought before; one firm's is all of it."""
    shops = {"market": {"customers": 60, "days": 30, "seed": 3}, "need": {"mean": 2.0}, "switching": {"form": "premium", "relation": 1.0}, "firms": [{"name": "ann"}, {"name": "bob"}]}  # fmt: skip
    seen = []
    monkeypatch.setattr(recovery, "intervals", lambda log, seed: (seen.append(log), pd.DataFrame(columns=["name", "estimate", "low", "high"]))[1])  # fmt: skip
    log = SimpleNamespace(one_firm=one_firm, name="made up", dated=True)
    recovery.recovered(Scenario(shops), log, SimpleNamespace(window=56.0), 1, 4)
    lived = Scenario(shops).set({"market.days": before + 56.0}).market(seed=4, replicate=recovery.TRUTHS, log="memory").run().log.purchases()  # fmt: skip
    wanted = lived[lived["time"] >= before].sort_values("time")
    found = seen[0].purchases.sort_values("time")
    assert seen[0].days == 56.0 and len(wanted) > 100
    assert found["time"].to_numpy() == pytest.approx(wanted["time"].to_numpy() - before)
    assert (found["customer"].to_numpy() == wanted["customer"].to_numpy()).all()


def forecast(market, law=math.nan, observed=100.0, se=1.0):
    return pd.DataFrame(
        [("money", observed, se, market, math.nan, 90.0), ("purchases of known customers", 50.0, 5.0, 55.0, law, math.nan)],
        columns=["quantity", "observed", "se", "market", "bgnbd", "as_before"],
    )  # fmt: skip


@pytest.mark.parametrize(("market", "se", "grade"), [(105.0, 1.0, "PASS"), (115.0, 10.0, "PASS"), (120.0, 1.0, "REVIEW"), (140.0, 1.0, "FAIL")])  # fmt: skip
def test_the_grade_of_a_holdout(market, se, grade):
    check = holdout.of_holdout(forecast(market, 60.0, se=se), 91.0)
    assert check.grade == grade and "-10.0%" in check.sentence  # 'as before'
    assert "10.0% where BG/NBD has 20.0%" in check.sentence


@pytest.mark.parametrize(
    ("row", "grade"),
    [
        (("need.mean", 1.0, 1.05, 0.05, 0.2, 0.9, 20), "PASS"),
        (("need.mean", 1.0, 1.05, 0.05, 0.2, 0.3, 20), "REVIEW"),  # intervals that do not hold
        (("need.mean", 1.0, 1.3, 0.3, 0.2, 0.9, 20), "REVIEW"),
        (("need.mean", 1.0, 1.8, 0.8, 0.2, 0.0, 20), "FAIL"),
        (("need.mean", 1.0, 1.8, 0.8, 3.0, 0.9, 6), "PASS"),  # too noisy to call it biased
        (("need.mean", 1.0, 1.8, 0.8, 0.2, 0.0, 4), "NOT TRIED"),  # of so few logs chance would grade
    ],
)
def test_the_grade_of_a_recovery(row, grade):
    table = pd.DataFrame([row], columns=["parameter", "truth", "mean", "bias", "sd", "covered", "fits"])
    assert recovery.of_recovery(table).grade == grade


def test_what_cannot_be_held_out_is_refused_before_anything_runs():
    log = one_firm(customers=80)
    for days in (0.0, -3.0, 200.0):
        with pytest.raises(RegularsError, match=r"at most half of the log's 364 days.*try 13w"):
            fit(log, holdout=days)
    with pytest.raises(RegularsError, match="needs dates"):
        fit(Panel(log.purchases, dated=False, days=log.days), holdout=91.0)


def test_the_law_that_does_best_beside_the_market_is_named():
    """By hand: the market is 10% off buyers, where the Dirichlet is 5%, and 4% off repeats, where the lagged logit is 1%."""
    table = pd.DataFrame(
        [
            ("money", 100.0, 1.0, 105.0, math.nan, math.nan, 104.0),
            ("buyers of a", 100.0, 5.0, 110.0, 105.0, math.nan, 99.0),
            ("share of repeats", 0.5, 0.1, 0.52, math.nan, 0.505, 0.5),
        ],
        columns=["quantity", "observed", "se", "market", "dirichlet", "lagged_logit", "as_before"],
    )
    check = holdout.of_holdout(table, 91.0)
    assert "mean error 4.0% where the best of the classical laws, the lagged logit, has 1.0%" in check.sentence  # fmt: skip
    assert check.grade == "REVIEW" and holdout.laws_of(table) == ["dirichlet", "lagged_logit"]
    worse = holdout.of_holdout(table.assign(lagged_logit=[math.nan, math.nan, 0.6]), 91.0)
    assert "the NBD-Dirichlet, has 5.0%" in worse.sentence


def test_the_lagged_logit_foretells_the_choices_of_its_own_market():
    """Shares and repeats of the last quarter, within three standard errors, and where customers seek variety, too; the Dirichlet knows no order."""
    for habit in (1.2, -1.2):
        before, after = brands(customers=400, mean=24.0, habit=habit, before=182.0).split(273.0)
        told = classical.of_lagged_logit(before, after.days)
        for firm in before.firms:
            seen, se = holdout._share(after.purchases["customer"], after.purchases["firm"] == firm)
            assert abs(told[f"share of {firm}"] - seen) < 3 * se < 0.1
        seen, se = holdout._share(*holdout._repeats(after.purchases))
        assert abs(told["share of repeats"] - seen) < 3 * se < 0.1
        assert sum(told[f"share of {firm}"] for firm in before.firms) == pytest.approx(1)
    apart = classical.of_dirichlet(before, before, after.days)["share of repeats"]
    assert apart > seen + 5 * se  # tastes alone repeat more than customers who avoid what they had last


def test_customers_count_as_much_as_they_will_buy():
    """Heavy customers of a, light ones of b, in no order: each firm's share is that of its customers' purchases to come, by hand."""
    rng = np.random.default_rng(3)
    rows = []
    for who in range(300):
        mean, chance = ((16.0, 0.9), (2.5, 0.1))[who % 2]
        times = np.sort(rng.uniform(0, 280, rng.poisson(rng.gamma(2.0, mean / 2.0))))
        rows += [(who, t, "a" if rng.random() < chance else "b", 1.0) for t in times]
    log = Panel(pd.DataFrame(rows, columns=["customer", "time", "firm", "amount"]), days=280.0)
    law, need = fit_law("lagged_logit", log), fit_law("truncated_nbd", log, by_day=False)
    counts = log.purchases.groupby("customer").size().to_numpy()
    ahead = need.law.conditional_mean(counts) * 0.25
    of_unseen = (need.people - len(counts)) * float(need.law.conditional_mean(0)) * 0.25
    wanted = ahead @ law.predict(1)["a"].to_numpy() + of_unseen * law.forecast.steady()[0][0]
    told = classical.of_lagged_logit(log, 70.0)["share of a"]
    assert law.forecast.data.firms[0] == "a" and abs(law.estimates["inertia"]) < 0.3
    assert told == pytest.approx(wanted / (ahead.sum() + of_unseen), abs=0.005)


@pytest.mark.parametrize(
    ("market", "law", "grade"),
    [
        (108.0, 51.0, "PASS"),
        (112.0, 51.0, "REVIEW"),
        (112.0, 60.0, "PASS"),
    ],  # as before is 10 off, our own mean error is 10%
)
def test_a_forecast_that_both_plain_ones_beat_is_looked_at_again(market, law, grade):
    check = holdout.of_holdout(forecast(market, law, se=10.0), 91.0)
    assert check.grade == grade
    assert ("plain forecasts beside it are closer" in check.sentence) == (grade == "REVIEW")


@pytest.mark.slow
@pytest.mark.big
def test_the_band_of_a_forecast_holds_about_95_percent_of_the_weeks():
    """Of 4 x 13 weeks of steady logs some 49 lie in it; fewer than 44 in less than one of a hundred such tests."""
    inside = 0
    for seed in range(4):
        held = fit(one_firm(customers=200, rate=0.4, seed=seed), holdout=91.0).weeks.query("forecast")
        inside += int(((held["low"] <= held["observed"]) & (held["observed"] <= held["high"])).sum())
    assert 44 <= inside


def test_what_is_usually_held_out_is_a_quarter_in_whole_weeks():
    def held(days, customers=150, **how):
        log = one_firm(customers=customers, days=days, rate=1.0)
        return days_held_out(Panel(log.purchases, days=float(days), **how), "usual")

    assert held(364) == (91.0, "") and held(182)[0] == 42.0
    assert held(1092)[0] == 182.0  # at most 26 weeks
    assert held(175) == (None, "the log is shorter than 26 weeks")
    assert "customers bought before" in held(364, 60)[1]
    assert "numbers the purchases" in held(364, dated=False)[1]
    with pytest.raises(RegularsError, match="give days, 'usual' or None"):
        days_held_out(one_firm(customers=60), "some")


def test_what_is_usual_and_cannot_be_is_told_and_what_was_asked_for_is_an_error(monkeypatch):
    log = one_firm(customers=60)
    check = {c.name: c for c in fit(log, holdout="usual").health}["holdout"]
    assert check.grade == "NOT TRIED" and "where 100 are needed" in check.sentence
    monkeypatch.setattr(held_out, "ENOUGH", 10)

    def fails(*_):
        raise RegularsError("no")

    monkeypatch.setattr(held_out, "foretold", fails)
    check = {c.name: c for c in fit(log, holdout="usual").health}["holdout"]
    assert check.grade == "NOT TRIED" and "without the last 91 days (no)" in check.sentence
    with pytest.raises(RegularsError, match=r"^no$"):
        fit(log, holdout=91.0)
