"""Histories of purchases by hand, and the small print of the laws: defaults, edges, and errors in closed form."""

import numpy as np
import pandas as pd
import pytest

from regulars.ground.errors import RegularsError
from regulars.laws import Dirichlet, fit_nbd, shy_prices
from regulars.panels.histories import checked, grouped, recency_frequency, repeats_between

LOG = pd.DataFrame(
    [
        (1, 0.2, "A"),
        (1, 0.9, "A"),
        (1, 7.5, "B"),
        (1, 14.0, "A"),
        (2, 3.0, "A"),
        (2, 20.9, "A"),
        (3, 21.0, "A"),
    ],
    columns=["customer", "time", "firm"],
)


def test_recency_and_frequency_by_day():
    """Two purchases of a day are one; days are whole; the last day watched is day 20 of 21."""
    found = recency_frequency(LOG, 21.0)
    assert found["repeats"].to_dict() == {1: 2, 2: 1}
    assert found["recency"].tolist() == pytest.approx([2.0, 17 / 7])
    assert found["exposure"].tolist() == pytest.approx([20 / 7, 17 / 7])
    assert recency_frequency(LOG, 20.5)["exposure"].tolist() == pytest.approx([20 / 7, 17 / 7])
    one = recency_frequency(LOG, 30.0, unit=1.0, firm="A")
    assert one["repeats"].to_dict() == {1: 1, 2: 1, 3: 0} and one["recency"].tolist() == [14.0, 17.0, 0.0]


def test_recency_and_frequency_of_moments():
    found = recency_frequency(LOG, 21.0, unit=1.0, by_day=False)
    assert found["repeats"].tolist() == [3, 1]
    assert found["recency"].tolist() == pytest.approx([13.8, 17.9])
    assert found["exposure"].tolist() == pytest.approx([20.8, 18.0])
    with pytest.raises(RegularsError, match="no purchases before 0 of B: there are no histories"):
        recency_frequency(LOG, 0.0, firm="B")


def test_purchases_later():
    customers = pd.Index([1, 2, 9])
    assert repeats_between(LOG, 0.2, 14.0, customers).tolist() == [2, 1, 0]
    assert repeats_between(LOG, 0.2, 14.0, customers, by_day=False).tolist() == [3, 1, 0]
    assert repeats_between(LOG, 0.5, 14.1, customers, by_day=False).tolist() == [3, 1, 0]
    assert repeats_between(LOG, 0.0, 15.0, customers, firm="A").tolist() == [2, 1, 0]


def test_histories_that_cannot_be():
    for wrong, says in (
        ((1.5, 1.0, 2.0), "whole numbers"), ((-1.0, 0.0, 2.0), "whole numbers"), ((1.0, 3.0, 2.0), "between 0 and exposure"),
        ((0.0, 1.0, 2.0), "0 where there are no repeats"), ((1.0, np.nan, 2.0), "finite"), ((1.0, -1.0, 2.0), "between 0"),
    ):  # fmt: skip
        with pytest.raises(RegularsError, match=says):
            checked(*(np.array([0.0, x]) for x in wrong))
    assert [a.tolist() for a in checked(2, 3.0, np.array([3.0, 4.0]))] == [[2, 2], [3, 3], [3, 4]]
    twice = pd.DataFrame({"repeats": [1, 0, 1], "recency": [2.0, 0.0, 2.0], "exposure": [3.0, 3.0, 3.0]})
    assert [a.tolist() for a in grouped(twice)] == [[0, 1], [0, 2], [3, 3], [1, 2]]
    with pytest.raises(RegularsError, match="no histories to fit"):
        grouped(twice.iloc[:0])


def test_measures_of_a_dirichlet_market_are_those_of_one_period_unless_said():
    law = Dirichlet(3.0, 0.8, 1.2, {"A": 0.6, "B": 0.3, "C": 0.1})
    for name in ("penetration", "purchase_rate", "category_rate", "requirements_share", "sole_buyers"):
        measure = getattr(law, name)
        assert measure().tolist() == measure(1.0).tolist() != measure(1.1).tolist(), name


def test_purchases_that_vary_by_chance_alone_are_poisson():
    """The standard error of a Poisson mean is sqrt(mean / n)."""
    found = fit_nbd([2, 3, 2, 1, 2, 2, 3, 1])
    assert found.estimates == {"mean": 2.0, "shape": np.inf} and found.standard_errors[
        "mean"
    ] == pytest.approx(0.5)
    assert fit_nbd([2, 3, 2, 1], customers=4).estimates["mean"] == 2.0
    assert fit_nbd([2, 2], customers=4).estimates["mean"] == 1.0


@pytest.mark.parametrize("wrong", [(0.0, 0.5, 1.0), (0.5, 0.0, 1.0), (0.5, 0.5, -0.1)])
def test_prices_without_shares(wrong):
    with pytest.raises(RegularsError, match="above 0"):
        shy_prices(*wrong)
    assert shy_prices(0.5, 0.5, 0.0) == (0.0, 0.0)
