"""From a log in one step to forecasts by customer: the published numbers of CDNOW, and what cannot be."""

import numpy as np
import pandas as pd
import pytest

from regulars.ground.errors import RegularsError
from regulars.laws import MBGNBD, fit_law, recency_frequency
from regulars.panels import resolve


@pytest.fixture(scope="module")
def log():
    return resolve("cdnow-sample").purchases


@pytest.fixture(scope="module")
def bases(log):
    return {law: fit_law(law, log, split=273, end=546, money=True) for law in ("bgnbd", "pareto_nbd")}


def test_weeks_40_to_78_of_cdnow(bases):
    """Fader, Hardie & Lee (2005): at week 78 the Pareto/NBD lies 2% and the BG/NBD 4% below what came."""
    for law, wanted in (("bgnbd", -0.04), ("pareto_nbd", -0.02)):
        last = bases[law].track().iloc[-1]
        assert last["expected_total"] / last["observed_total"] - 1 == pytest.approx(wanted, abs=0.005)
    assert bases["bgnbd"].result.log_likelihood == pytest.approx(-9582.4, abs=0.05)
    assert bases["pareto_nbd"].result.log_likelihood == pytest.approx(-9595.0, abs=0.05)
    assert bases["bgnbd"].spending.estimates["p"] == pytest.approx(6.25, abs=0.005)


def test_forecasts_are_those_of_the_law(bases):
    base = bases["bgnbd"]
    told = base.predict(39.0, discount=np.log(1.15) / 52, margin=0.3)
    np.testing.assert_allclose(told["revenue"], told["spend"] * told["purchases"])
    like = base.histories[(base.histories["repeats"] == 2) & (base.histories["recency"].round(2) == 30.43)]
    assert told.loc[like.index, "purchases"].to_numpy() == pytest.approx(
        1.226, abs=0.001
    )  # of the published example
    twice = base.predict(39.0, discount=np.log(1.15) / 52, margin=0.6)
    np.testing.assert_allclose(twice["value"], 2 * told["value"])
    assert list(base.predict(39.0).columns) == ["p_alive", "purchases", "spend", "revenue"]


def test_what_was_held_out(bases, log):
    """Every customer is in one class, and the means are those of a recount."""
    table = bases["bgnbd"].holdout()
    assert table.loc["all", "customers"] == table["customers"].iloc[:-1].sum() == 2357
    later = log[(log["time"] >= 273) & (log["time"] < 546)].assign(day=lambda t: np.floor(t["time"]))
    total = len(later.drop_duplicates(["customer", "day"]))
    assert table.loc["all", "observed"] * 2357 == pytest.approx(total)
    assert (table["observed"].iloc[:-1] @ table["customers"].iloc[:-1]) == pytest.approx(total)
    assert list(table.index) == [*range(8), "8+", "all"]
    assert list(bases["bgnbd"].holdout(2).index) == [0, 1, 2, "3+", "all"]
    assert bases["bgnbd"].check(3)["observed"].tolist() == [1411, 439, 214, 100, 193]


def test_the_best_law_is_chosen_before_the_split(log):
    """By AIC on the first part alone: other purchases after the split change nothing."""
    base = fit_law("leaving", log, split=273, end=546)
    assert base.tried["aic"].is_monotonic_increasing
    assert set(base.tried.index) == {"BG/NBD", "MBG/NBD", "Pareto/NBD"}
    assert base.tried.index[0] == "MBG/NBD" and isinstance(base.law, MBGNBD)
    first = fit_law("leaving", log[log["time"] < 273], end=273)
    assert first.estimates == base.estimates and first.split == 273
    pd.testing.assert_frame_equal(first.histories, recency_frequency(log, 273))
    with pytest.raises(RegularsError, match="nothing was held out"):
        first.holdout()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"split": 600.0}, "split 600"),
        ({"split": 0.0}, "split 0"),
        ({"firm": "other"}, "of other"),
    ],
)
def test_what_cannot_be(log, more, message):
    with pytest.raises(RegularsError, match=message):
        fit_law("leaving", log, **more)
    with pytest.raises(RegularsError, match="no purchases"):
        fit_law("leaving", log.iloc[:0])


def test_a_value_needs_amounts_and_firms_are_told(log):
    two = log.assign(firm=np.where(log["customer"] % 2, "a", "b"))
    base = fit_law("bgnbd", two, split=273)
    assert any("2 firms are taken as one" in note for note in base.notes)
    assert not any("firms" in note for note in fit_law("bgnbd", two, split=273, firm="a").notes)
    with pytest.raises(RegularsError, match="money=True"):
        base.predict(10.0, discount=0.01)
