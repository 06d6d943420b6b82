"""Moments of a log, by hand, and their standard errors against repeated samples."""

import numpy as np
import pandas as pd
import pytest

from regulars.measures.moments import cohort_moments, moments


def log(rows):
    return pd.DataFrame(rows, columns=["customer", "time", "firm", "amount"])


# cara's purchases are A B A, dan's B B, eve's one A, fay's C (not asked about) and A; rows come in any order
HAND = log(
    [
        ("cara", 30.0, "A", 4.0), ("dan", 2.0, "B", 5.0), ("cara", 1.0, "A", 1.0), ("eve", 9.0, "A", 7.0),
        ("dan", 8.0, "B", 6.0), ("cara", 12.0, "B", 2.0), ("fay", 3.0, "C", 8.0), ("fay", 4.0, "A", 9.0),
    ]
)  # fmt: skip


def by_name(table):
    return {row.moment: (row.unit, row.value) for row in table.itertuples()}


def error(above, below):
    """Standard error of a ratio of sums, customer by customer, by the delta method."""
    above, below = np.array(above, float), np.array(below, float)
    return np.sqrt(((above - above.sum() / below.sum() * below) ** 2).sum()) / below.sum()


def test_moments_by_hand():
    table = moments(HAND, ("A", "B"))
    assert list(table) == ["moment", "unit", "value", "se"]
    assert by_name(table) == {
        "purchases per buyer": ("purchases", 8 / 4),
        "buyers with one purchase": ("share", 1 / 4),
        "purchases of a purchase's buyer": ("purchases", pytest.approx((9 + 4 + 1 + 4) / 8)),
        "amount per purchase": ("currency", pytest.approx(42 / 8)),
        "repeat rate": ("share", pytest.approx((0 + 1 + 0) / (2 + 1 + 0 + 1))),
        # of three, two A and one B: 2 of 6 ordered pairs are alike, over two steps; of two B: 2 of 2
        "repeat rate, shuffled": ("share", pytest.approx((2 / 6 * 2 + 1) / 4)),
        "buyers of one firm only": ("share", 2 / 4),
        "share of A": ("share", 4 / 8),
        "penetration of A": ("share", 3 / 4),
        "buying rate of A": ("purchases", pytest.approx(4 / 3)),
        "share of B": ("share", 3 / 8),
        "penetration of B": ("share", 2 / 4),
        "buying rate of B": ("purchases", pytest.approx(3 / 2)),
    }


def test_one_firm_has_no_repeats_to_speak_of():
    table = moments(HAND, ("A",))
    assert [name for name in table["moment"] if "repeat" in name or "share of" in name] == []
    assert len(table) == 4


def test_standard_errors_by_hand():
    found = moments(HAND, ("A", "B")).set_index("moment")["se"]
    n, a = [3, 2, 1, 2], [2, 0, 1, 1]
    for name, above, below in (
        ("purchases per buyer", n, [1, 1, 1, 1]),
        ("buyers with one purchase", [0, 0, 1, 0], [1, 1, 1, 1]),
        ("purchases of a purchase's buyer", [9, 4, 1, 4], n),
        ("amount per purchase", [7, 11, 7, 17], n),
        ("repeat rate", [0, 1, 0, 0], [2, 1, 0, 1]),
        ("repeat rate, shuffled", [2 / 3, 1, 0, 0], [2, 1, 0, 1]),
        ("share of A", a, n),
        ("penetration of A", [1, 0, 1, 1], [1, 1, 1, 1]),
        ("buying rate of A", a, [1, 0, 1, 1]),
    ):
        assert found[name] == pytest.approx(error(above, below)), name


def test_standard_errors_are_those_of_repeated_samples():
    rng = np.random.default_rng(71)
    tables = []
    for _ in range(120):
        taste = rng.beta(2.0, 1.0, 200)
        who = np.repeat(np.arange(200), 1 + rng.poisson(rng.gamma(1.0, 3.0, 200)))
        firm = np.where(rng.random(who.size) < taste[who], "A", "B")
        tables.append(
            moments(
                log(list(zip(who, rng.random(who.size), firm, rng.exponential(5.0, who.size), strict=True))),
                ("A", "B"),
            )
        )
    spread = np.std([t["value"] for t in tables], axis=0, ddof=1)
    said = np.mean([t["se"] for t in tables], axis=0)
    np.testing.assert_allclose(said, spread, rtol=4 / np.sqrt(2 * 119))


def test_moments_of_a_cohort_by_hand():
    """Four customers watched for 10, 10, 20 and 30 days; halfway belongs to the first half; the third never comes again."""
    repeats = pd.DataFrame(
        [(1, 5.0, 3.0), (0, 2.0, 1.0), (0, 5.1, 2.0), (0, 9.0, 4.0), (3, 16.0, 8.0)],
        columns=["customer", "time", "amount"],
    )
    table = cohort_moments(repeats, np.array([10.0, 10.0, 20.0, 30.0]))
    assert by_name(table) == {
        "repeats per customer": ("purchases", 5 / 4),
        "customers without a repeat": ("share", 1 / 4),
        "repeats in the first half of the time": ("purchases", 2 / 4),
        "repeats in the second half of the time": ("purchases", 3 / 4),
        "repeats of a repeat's customer": ("purchases", pytest.approx((9 + 1 + 1) / 5)),
        "amount per purchase": ("currency", pytest.approx(18 / 5)),
    }
    n = [3, 1, 0, 1]
    found = table.set_index("moment")["se"]
    assert found["repeats in the second half of the time"] == pytest.approx(error([2, 0, 0, 1], [1, 1, 1, 1]))
    assert found["amount per purchase"] == pytest.approx(error([7, 3, 0, 8], n))
    # the last customers may have no repeat at all
    longer = cohort_moments(repeats, np.array([10.0, 10.0, 20.0, 30.0, 30.0]))
    assert by_name(longer)["customers without a repeat"] == ("share", 2 / 5)
    nobody = cohort_moments(repeats.iloc[:0], np.array([10.0]))
    assert nobody.set_index("moment").loc["amount per purchase", ["value", "se"]].isna().all()
    assert by_name(nobody)["customers without a repeat"] == ("share", 1.0)
