"""A market fitted anew: beside the one before, and pooled with it where the logs follow one another."""

import dataclasses
import datetime as dt

import numpy as np
import pytest
from lab.logs_of_known_truth import brands, one_firm

from regulars.ground.errors import RegularsError
from regulars.lab.fit import fit
from regulars.lab.fitting.changes import standing_alone
from regulars.lab.fitting.known import read_known
from regulars.lab.fitting.pooling import pooled
from regulars.laws.fitted import Joint

START = dt.date(2024, 1, 1)


def test_the_product_of_two_normal_laws_by_hand():
    now, old = (
        Joint(("a",), np.array([2.0]), np.array([[1.0]])),
        Joint(("a",), np.array([0.0]), np.array([[0.25]])),
    )
    both = pooled(now, old, ["a"])
    assert both.centre == pytest.approx([0.4]) and both.covariance[0, 0] == pytest.approx(0.2)


def test_what_only_one_law_has_moves_as_far_as_it_goes_with_the_rest():
    """Conditioning on b: E[a | b] moves along the regression of a on b, and nothing is learned of a beyond that."""
    now = Joint(("a", "b"), np.array([1.0, 1.0]), np.array([[1.0, 0.6], [0.6, 1.0]]))
    old = Joint(("b", "c"), np.array([3.0, 7.0]), np.array([[1e-12, 0.0], [0.0, 1.0]]))
    both = pooled(now, old, ["b"])
    assert both.names == ("a", "b") and both.centre == pytest.approx([1.0 + 0.6 * 2.0, 3.0])
    assert both.covariance[0, 0] == pytest.approx(1 - 0.36)


@pytest.fixture(scope="module")
def halves():
    """Two years of four brands with prices, cut in the middle, with a calendar."""
    log = dataclasses.replace(
        brands(customers=250, mean=24.0, prices=(5.0, 4.5, 4.0, 3.0), b=0.8, habit=0.4, days=728.0),
        start=START,
    )
    return log, *log.split(364.0)


@pytest.mark.slow
@pytest.mark.big
def test_two_halves_pooled_say_about_what_the_whole_says(halves):
    whole, first, second = halves
    before = fit(first)
    both, alone, all_of_it = fit(second, before=before.known), fit(second), fit(whole)
    table = both.changes.set_index("parameter")
    assert {"taste concentration S", "price sensitivity b", "spread of rates K"} <= set(
        table.index[table["pooled"].notna()]
    )
    rows = {
        name: found.estimates.set_index("parameter")
        for name, found in (("both", both), ("alone", alone), ("before", before), ("whole", all_of_it))
    }
    for name in ("taste concentration S", "price sensitivity b", "inertia: bonus of the firm bought last"):
        value, error = rows["both"].loc[name, "estimate"], rows["both"].loc[name, "se"]
        assert error < min(rows["alone"].loc[name, "se"], rows["before"].loc[name, "se"])
        ends = sorted([rows["alone"].loc[name, "estimate"], rows["before"].loc[name, "estimate"]])
        assert (
            ends[0] - 0.5 * error <= value <= ends[1] + 0.5 * error
        )  # others that it goes with may pull a little
        assert error == pytest.approx(rows["whole"].loc[name, "se"], rel=0.35)
        assert (
            table.loc[name, "now"] == rows["alone"].loc[name, "estimate"]
            and table.loc[name, "pooled"] == value
        )
    assert both.scenario.value("taste.concentration") == rows["both"].loc["taste concentration S", "estimate"]
    draws = both.scenario.spec.posterior["taste.concentration"]
    assert draws[0] == pytest.approx(rows["both"].loc["taste concentration S", "estimate"])
    assert np.std(draws[1:]) == pytest.approx(rows["both"].loc["taste concentration S", "se"], rel=0.25)
    assert {c.name: c.grade for c in both.health}["money level"] == "PASS"
    assert abs(table.loc["mean purchase rate M", "z"]) < 3.5


@pytest.mark.big
def test_one_firm_is_pooled_and_sells_what_the_new_log_sold():
    log = dataclasses.replace(
        one_firm(turnover={"exit_rate": 0.7, "entry_rate": 0.7}, customers=500, days=728), start=START
    )
    first, second = log.split(364.0)
    before = fit(first)
    found = fit(second, before=before.known)
    table = found.changes.set_index("parameter")
    assert (
        table.loc["mean rate of opportunities", "se_pooled"]
        < table.loc["mean rate of opportunities", ["se_before", "se_now"]].min()
    )
    assert {c.name: c.grade for c in found.health}["money level"] == "PASS"
    assert found.scenario.value("need.mean") == pytest.approx(
        table.loc["mean rate of opportunities", "pooled"]
    )
    assert any("is pooled" in line for line in found.changed)


@pytest.mark.big
def test_a_market_that_moved_is_told_and_not_pooled():
    log = dataclasses.replace(one_firm(customers=300, rate=0.3), start=START)
    more = dataclasses.replace(
        one_firm(customers=300, rate=1.2, seed=4), start=START + dt.timedelta(days=364)
    )
    found = fit(more, before=fit(log).known)
    row = found.changes.set_index("parameter").loc["mean rate of opportunities"]
    assert row["z"] > 5 and row["pooled"] == pytest.approx(row["now"], rel=0.3)
    assert any("not pooled: the mean purchase rate lies" in line for line in found.changed)
    assert any(
        line.startswith("mean rate of opportunities") and "more than chance" in line for line in found.changed
    )


@pytest.mark.big
def test_what_stands_alone_and_why(tmp_path):
    log = dataclasses.replace(one_firm(customers=80), start=START)
    known = fit(log).known
    later = dataclasses.replace(log, start=START + dt.timedelta(days=364))
    assert standing_alone(known, later) == ""
    assert "before the other ended (2024-12-30)" in standing_alone(
        known, dataclasses.replace(log, start=START + dt.timedelta(days=363))
    )
    assert "cannot be told" in standing_alone(known, dataclasses.replace(later, start=None))
    assert "the money of one" in standing_alone(known, dataclasses.replace(later, currency="EUR"))
    assert "one firm's" in standing_alone(known, dataclasses.replace(brands(customers=60), start=later.start))
    same = fit(log, before=known)
    assert (same.changes["z"] == 0).all() and same.changes["pooled"].isna().all()
    place = same.write(tmp_path / "m.toml")
    read = read_known(tmp_path / "m.posterior.parquet")
    assert read.end == known.end and repr(read.rows) == repr(known.rows)
    assert all(np.array_equal(read.joints[n].covariance, known.joints[n].covariance) for n in known.joints)
    again = fit(log, before=place)
    assert again.changed == same.changed
    with pytest.raises(
        RegularsError, match=r"no\.posterior\.parquet: the file of draws of the market is not there"
    ):
        fit(log, before=tmp_path / "no.toml")
    (tmp_path / "x.posterior.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(RegularsError, match="cannot be read as draws"):
        read_known(tmp_path / "x.posterior.parquet")


def test_newcomers_that_a_short_log_cannot_show_are_told():
    """Before: two customers come a week; now four weeks of those who are there."""
    before = fit(
        dataclasses.replace(
            one_firm({"exit_rate": 0.7, "entry_rate": 0.7}, customers=300, days=364, since=0), start=START
        )
    )
    assert before.scenario.spec.turnover.entry_rate > 0.1
    now = dataclasses.replace(one_firm(customers=300, days=28, seed=5), start=dt.date(2025, 2, 1))
    found = fit(now, before=before.known)
    (line,) = [line for line in found.changed if line.startswith("newcomers")]
    assert "--set turnover.entry_rate=" in line and found.scenario.spec.turnover.entry_rate == 0
