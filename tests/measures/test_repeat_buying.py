"""Repeat-buying measures: by hand on small logs, against the Dirichlet on a simulated market, and on empty ones."""

import numpy as np
import pandas as pd
import pytest

from regulars import measures as rb
from regulars.ground.errors import RegularsError
from regulars.laws import NBD, Dirichlet


def log(rows):
    return pd.DataFrame(rows, columns=["customer", "time", "firm", "amount"])


HAND = log(
    [
        (1, 0.0, "A", 2.0), (1, 1.0, "A", 2.0), (1, 12.0, "B", 4.0),
        (2, 2.0, "B", 1.0), (2, 3.0, "B", 1.0), (2, 11.0, "B", 1.0),
        (3, 4.0, "A", 9.0),
        (4, 15.0, "A", 1.0),
    ]
)  # fmt: skip
EMPTY = HAND.iloc[:0]


def test_brand_table_by_hand():
    table = rb.brand_table(HAND, start=0, end=10, customers=8)
    assert list(table.index) == ["A", "B"]
    a, b = table.loc["A"], table.loc["B"]
    assert (a["purchases"], a["buyers"], b["purchases"], b["buyers"]) == (3, 2, 2, 1)
    assert (a["share"], a["penetration"], a["frequency"]) == (0.6, 2 / 8, 1.5)
    assert (a["category_frequency"], a["requirements_share"], a["sole_buyers"]) == (1.5, 1.0, 1.0)
    assert (a["next_repeat"], b["next_repeat"]) == (1.0, 1.0)
    whole = rb.brand_table(HAND)
    assert whole.loc["A", "penetration"] == 3 / 4  # everybody in the log is the population
    assert whole.loc["A", "category_frequency"] == (3 + 1 + 1) / 3
    assert whole.loc["A", "requirements_share"] == 4 / 5
    assert whole.loc["B", "sole_buyers"] == 1 / 2
    assert whole.loc["A", "next_repeat"] == 1 / 2


def test_population_may_not_be_smaller_than_the_buyers():
    with pytest.raises(RegularsError, match="fewer than the 4"):
        rb.penetration(HAND, customers=3)
    assert rb.penetration(HAND, customers=8)["A"] == 3 / 8


def test_period_repeat_and_duplication():
    repeat = rb.period_repeat(HAND, start=0, length=10)
    assert repeat["A"] == 0 and repeat["B"] == 1
    dup = rb.duplication(HAND)
    assert dup.loc["A", "B"] == 1 / 3 and dup.loc["B", "A"] == 1 / 2
    d = rb.duplication_coefficient(HAND, customers=8)
    assert d == pytest.approx(np.mean([1 / 3 / (2 / 8), 1 / 2 / (3 / 8)]))
    assert np.isnan(rb.duplication_coefficient(HAND, joint=200))


def test_shares_of_purchases_and_money():
    assert rb.market_share(HAND).to_dict() == {"A": 0.5, "B": 0.5}
    assert rb.market_share(HAND, of="amount")["A"] == 14 / 21
    with pytest.raises(RegularsError, match="choose"):
        rb.market_share(HAND, of="volume")


def test_pareto_share_states_its_period():
    found = rb.pareto_share(HAND, start=0, end=10, top=0.5, of="amount")
    # 3 buyers with 9, 4, 2: the top 1.5 have 9 + 2
    assert found.share == pytest.approx(11 / 15)
    assert (found.period, found.buyers, found.of) == (10, 3, "amount")
    assert rb.pareto_share(HAND).period == 16
    assert found.table()["period"].tolist() == [10]
    with pytest.raises(RegularsError, match="between 0 and 1"):
        rb.pareto_share(HAND, top=20)


def market(n, diversity, rng, days=90.0, shares=(0.35, 0.25, 0.18, 0.12, 0.06, 0.04)):
    """Two periods of an NBD-Dirichlet market."""
    rates = rng.gamma(0.779, 1.456 / 0.779, n)
    bought = rng.poisson(2 * rates)
    taste = rng.dirichlet(diversity * np.array(shares), n)
    who = np.repeat(np.arange(n), bought)
    u = rng.random(len(who))
    firm = (taste[who].cumsum(axis=1) < u[:, None]).sum(axis=1).clip(max=len(shares) - 1)
    time = rng.random(len(who)) * 2 * days
    return pd.DataFrame(
        {"customer": who, "time": time, "firm": np.array(list("ABCDEF"))[firm], "amount": 1.0}
    ).sort_values(["customer", "time"], ignore_index=True)


@pytest.fixture(scope="module")
def dirichlet():
    shares = (0.35, 0.25, 0.18, 0.12, 0.06, 0.04)
    law = Dirichlet(1.456, 0.779, 1.55, dict(zip("ABCDEF", shares, strict=True)))
    return law, market(200_000, 1.55, np.random.default_rng(51)), 200_000


def test_a_dirichlet_market_shows_the_dirichlets_measures(dirichlet):
    law, table, n = dirichlet
    found = rb.brand_table(table, start=0, end=90, customers=n)
    expected = law.table()
    for firm in "ABCDEF":
        b = expected.loc[firm, "penetration"]
        assert abs(found.loc[firm, "penetration"] - b) < 4 * np.sqrt(b * (1 - b) / n)
        sole = expected.loc[firm, "sole_buyers"]
        assert abs(found.loc[firm, "sole_buyers"] - sole) < 4 * np.sqrt(sole * (1 - sole) / (n * b))
        for measure, name in (
            ("frequency", "purchase_rate"),
            ("category_frequency", "category_rate"),
            ("requirements_share", "requirements_share"),
        ):
            assert found.loc[firm, measure] == pytest.approx(expected.loc[firm, name], rel=0.03), (
                firm,
                measure,
            )
    repeat = rb.period_repeat(table, start=0, length=90)
    assert np.abs(repeat[list("ABCDEF")] - law.period_repeat()).max() < 0.02
    assert np.abs(found["next_repeat"][list("ABCDEF")] - law.next_repeat()).max() < 0.02


def test_duplication_law_and_double_jeopardy(dirichlet):
    law, table, n = dirichlet
    d = rb.duplication_coefficient(table, start=0, end=90, customers=n, joint=200)
    assert d == pytest.approx(law.duplication_coefficient(), rel=0.02)
    jeopardy = rb.double_jeopardy(table, start=0, end=90, customers=n)
    assert jeopardy.rank_correlation >= 0.9 and 0.02 < jeopardy.slope < 0.30
    assert jeopardy.variation <= 0.06
    np.testing.assert_allclose(jeopardy.table["on_line"], jeopardy.table["frequency"], rtol=0.12)
    yearly = rb.double_jeopardy(table, start=0, end=180, customers=n)
    assert yearly.variation > jeopardy.variation


def test_pareto_share_of_nbd_buyers(dirichlet):
    _, table, _ = dirichlet
    found = rb.pareto_share(table, start=0, end=90)
    assert found.share == pytest.approx(NBD(1.456, 0.779).top_share(), abs=0.005)
    assert rb.pareto_share(table, start=0, end=180).share > found.share


def test_empty_logs_and_single_firms():
    assert rb.brand_table(EMPTY).empty and rb.penetration(EMPTY).empty and rb.market_share(EMPTY).empty
    assert rb.next_repeat(EMPTY).empty and rb.duplication(EMPTY).empty
    assert rb.period_repeat(EMPTY, start=0, length=5).empty
    assert np.isnan(rb.pareto_share(EMPTY).share) and np.isnan(rb.duplication_coefficient(EMPTY))
    assert np.isnan(rb.double_jeopardy(EMPTY).slope)
    alone = HAND.assign(firm="A")
    table = rb.brand_table(alone)
    assert table.loc["A", ["share", "requirements_share", "sole_buyers", "next_repeat"]].tolist() == [
        1,
        1,
        1,
        1,
    ]
    assert np.isnan(rb.double_jeopardy(alone).rank_correlation)


def test_what_is_wrong_with_a_log_is_told():
    with pytest.raises(RegularsError, match="lacks the columns firm"):
        rb.brand_table(HAND.drop(columns="firm"))
    with pytest.raises(RegularsError, match="end must be after start"):
        rb.penetration(HAND, start=5, end=5)
    with pytest.raises(RegularsError, match="longer than 0"):
        rb.period_repeat(HAND, start=0, length=0)


@pytest.mark.parametrize(("small", "correlation"), [(1, 1.0), (4, -1.0)])
def test_rank_correlation_of_two_firms(small, correlation):
    """A is bought by three customers twice each, B by one of them, once or four times."""
    rows = [(c, float(k), "A", 1.0) for c in (1, 2, 3) for k in range(2)] + [
        (3, 5.0 + k, "B", 1.0) for k in range(small)
    ]
    found = rb.double_jeopardy(pd.DataFrame(rows, columns=["customer", "time", "firm", "amount"]))
    assert found.rank_correlation == pytest.approx(correlation)
