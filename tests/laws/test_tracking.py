"""Laws held against logs: tables that add up, a log of the law's own, and one of another."""

import numpy as np
import pandas as pd
import pytest

from regulars.ground.errors import RegularsError
from regulars.laws import BGNBD, ParetoNBD, fit_bgnbd, frequency_fit, recency_frequency, tracking

LAW = BGNBD(0.243, 4.414, 0.793, 2.426)
CUSTOMERS, WEEKS = 4000, 78


def lives(law, seed, leave=True):
    """Purchases in days of customers who begin within the first 12 weeks; after each repeat some leave for good."""
    rng = np.random.default_rng(seed)
    rates, goes = rng.gamma(law.r, 1 / law.alpha, CUSTOMERS), rng.beta(law.a, law.b, CUSTOMERS)
    rows = []
    for who in range(CUSTOMERS):
        t = rng.uniform(0, 12)
        while t < WEEKS:
            repeat = bool(rows) and rows[-1][0] == who
            rows.append((who, t))
            if leave and repeat and rng.random() < goes[who]:
                break
            t += rng.exponential(1 / rates[who])
    table = pd.DataFrame(rows, columns=["customer", "time"])
    return table.assign(time=table["time"] * 7, firm="A", amount=1.0)


@pytest.fixture(scope="module")
def log():
    return lives(LAW, 5)


def test_frequencies_of_the_laws_own_customers(log):
    histories = recency_frequency(log, 39 * 7, by_day=False)
    table = frequency_fit(LAW, histories)
    assert list(table.index) == [*range(8), "8+"]
    assert table["observed"].sum() == len(histories) == pytest.approx(table["expected"].sum())
    assert (np.abs(table["observed"] - table["expected"]) < 4 * np.sqrt(table["expected"])).all()
    other = frequency_fit(BGNBD(2.0, 30.0, 0.793, 2.426), histories)
    assert (np.abs(other["observed"] - other["expected"]) > 10 * np.sqrt(other["expected"])).any()


def test_tracking_of_the_laws_own_customers(log):
    """In the window and after it, within four standard errors (of independent customers, from their spread)."""
    table = tracking(LAW, log, split=39 * 7, end=WEEKS * 7, by_day=False)
    assert table.index.tolist() == [7.0 * k for k in range(1, WEEKS + 1)]
    assert table["forecast"].sum() == WEEKS - 39 and not table.loc[39 * 7.0, "forecast"]
    counts = log.groupby("customer").size() - 1
    assert table["observed_total"].iloc[-1] == table["observed"].sum() == counts.sum()
    error = counts.std() * np.sqrt(CUSTOMERS)
    last = table.iloc[-1]
    assert abs(last["observed_total"] - last["expected_total"]) < 4 * error
    assert last["expected_total"] > 20 * error  # or nothing could be seen
    assert table["expected"].sum() == pytest.approx(last["expected_total"])


def test_customers_who_stay_are_missed_by_a_law_of_those_who_leave():
    """Negative control, and where tracking is for: a law that loses customers foretells too little."""
    table = tracking(LAW, lives(LAW, 6, leave=False), split=39 * 7, end=WEEKS * 7, by_day=False)
    later = table[table["forecast"]]
    assert later["observed"].sum() > 1.3 * later["expected"].sum()


def test_by_hand_and_by_day():
    """One customer from day 0, one from day 10 and one too late: expected are the means since the first purchase of each."""
    rows = [(1, 0.3), (1, 0.6), (1, 9.0), (2, 10.0), (2, 27.9), (3, 21.0), (3, 22.0)]
    log = pd.DataFrame(rows, columns=["customer", "time"]).assign(firm="A", amount=1.0)
    law = ParetoNBD(0.553, 10.578, 0.606, 11.669)
    table = tracking(law, log, split=14, end=30)
    assert table.index.tolist() == [7.0, 14.0, 21.0, 28.0] and table["forecast"].tolist() == [
        False,
        False,
        True,
        True,
    ]
    assert table["observed"].tolist() == [0, 1, 0, 1]  # the second purchase of day 0 is the same one
    wanted = law.mean(np.array([6, 13, 20, 27]) / 7) + law.mean(
        np.maximum(np.array([6, 13, 20, 27]) - 10, 0) / 7
    )
    np.testing.assert_allclose(table["expected_total"], wanted, rtol=1e-12)
    exact = tracking(law, log, split=14, end=30, by_day=False)
    assert exact["observed"].tolist() == [1, 1, 0, 1]
    np.testing.assert_allclose(exact["expected_total"].iloc[0], law.mean(6.7 / 7), rtol=1e-12)
    assert tracking(law, log, split=14, end=30, step=10.0).index.tolist() == [10.0, 20.0, 30.0]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"split": 0, "end": 30}, "split 0"),
        ({"split": 31, "end": 30}, "split 31"),
        ({"split": 7, "end": 30, "step": 0.0}, "step 0"),
        ({"split": 7, "end": 30, "step": 31.0}, "step 31"),
        ({"split": 7, "end": 30, "firm": "B"}, "of B: there is nothing to track"),
    ],
)
def test_what_cannot_be(log, more, message):
    with pytest.raises(RegularsError, match=message):
        tracking(LAW, log, **more)


def test_a_law_fitted_to_the_first_part_foretells_the_second(log):
    fit = fit_bgnbd(recency_frequency(log, 39 * 7, by_day=False))
    table = tracking(fit.law, log, split=39 * 7, end=WEEKS * 7, by_day=False)
    later = table[table["forecast"]]
    assert later["expected"].sum() == pytest.approx(later["observed"].sum(), rel=0.15)
