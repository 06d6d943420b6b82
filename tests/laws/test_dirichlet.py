"""NBD-Dirichlet oracles: the 1984 toothpaste table and a direct simulation. Inputs [C], predictions [K]."""

import numpy as np
import pandas as pd
import pytest

from regulars.ground.errors import RegularsError
from regulars.laws import Dirichlet, diversity_by_firm, fit_dirichlet, fit_dirichlet_from_summaries

SHARES = dict(zip("ABCDEFGH", (0.25, 0.19, 0.10, 0.10, 0.09, 0.08, 0.03, 0.02), strict=True))
PENETRATIONS = dict(zip("ABCDEFGH", (0.20, 0.17, 0.09, 0.08, 0.08, 0.07, 0.03, 0.02), strict=True))
TABLE = {  # penetration, rate, w(1-b), category rate, SCR, period repeat, sole buyers
    "A": (0.2051, 1.775, 1.411, 3.197, 0.555, 0.542, 0.426),
    "B": (0.1613, 1.715, 1.439, 3.258, 0.527, 0.519, 0.398),
    "C": (0.0895, 1.628, 1.482, 3.352, 0.486, 0.481, 0.359),
    "F": (0.0724, 1.608, 1.492, 3.374, 0.477, 0.472, 0.351),
    "G": (0.0280, 1.561, 1.517, 3.429, 0.455, 0.449, 0.332),
    "H": (0.0188, 1.552, 1.523, 3.440, 0.451, 0.444, 0.328),
}
COLUMNS = [
    "penetration", "purchase_rate", "jeopardy", "category_rate", "requirements_share", "period_repeat", "sole_buyers",
]  # fmt: skip


@pytest.fixture(scope="module")
def toothpaste():
    return fit_dirichlet_from_summaries(0.56, 2.6, SHARES, PENETRATIONS)


def test_classic_fit(toothpaste):
    found = [toothpaste.estimates[k] for k in ("mean", "shape", "diversity")]
    np.testing.assert_allclose(found, [1.456, 0.779, 1.550], atol=5e-4)
    assert toothpaste.law.polarisation == pytest.approx(1 / 2.55, abs=1e-4)
    each = diversity_by_firm(1.456, 0.778816, SHARES, PENETRATIONS)
    assert (round(each.min(), 2), round(each.max(), 2)) == pytest.approx((0.84, 2.22), abs=0.011)


def test_quarter_table(toothpaste):
    table = toothpaste.law.table()[COLUMNS]
    for firm, row in TABLE.items():
        np.testing.assert_allclose(table.loc[firm], row, atol=6e-4)


def test_year(toothpaste):
    table = toothpaste.law.table(4).loc[["A", "C", "H"]]
    np.testing.assert_allclose(table["penetration"], [0.4013, 0.1914, 0.0423], atol=6e-5)
    np.testing.assert_allclose(table["purchase_rate"], [3.628, 3.043, 2.754], atol=6e-4)
    assert table["jeopardy"].between(2.17, 2.64).all()


def test_duplication_is_nearly_proportional_to_penetration(toothpaste):
    law = toothpaste.law
    b = law.penetration()
    ratio = (law.duplication() / b).to_numpy()[~np.eye(8, dtype=bool)]
    assert (round(ratio.min(), 3), round(ratio.max(), 3)) == (1.248, 1.274)
    assert ratio.std() / ratio.mean() < 0.006
    assert law.duplication_coefficient() == pytest.approx(1.262, abs=5e-4)
    assert law.duplication_coefficient(4) == pytest.approx(1.170, abs=5e-4)


def test_next_purchase(toothpaste):
    law = toothpaste.law
    np.testing.assert_allclose(law.switch_out()[["A", "C", "H"]], [0.456, 0.547, 0.596], atol=5e-4)
    np.testing.assert_allclose(law.switch_out() + law.next_repeat(), 1)


def test_merged_firms_follow_the_same_law(toothpaste):
    merged = toothpaste.law.merge(["A", "C"], "AC")
    assert merged.penetration()["AC"] == pytest.approx(0.2716, abs=2e-4)
    assert merged.purchase_rate()["AC"] == pytest.approx(1.8766, abs=1e-3)
    assert merged.penetration()["B"] == pytest.approx(toothpaste.law.penetration()["B"])
    with pytest.raises(RegularsError, match="no firm Z"):
        toothpaste.law.merge(["A", "Z"], "AZ")


def test_without_differences_in_taste_repeat_is_share():
    law = Dirichlet(1.456, 0.779, np.inf, {"A": 0.7, "B": 0.3})
    np.testing.assert_allclose(law.next_repeat(), [0.7, 0.3])
    nearly = Dirichlet(1.456, 0.779, 1e7, {"A": 0.7, "B": 0.3})
    np.testing.assert_allclose(law.table(), nearly.table(), rtol=1e-4)
    assert law.polarisation == 0


def test_one_firm_is_the_category():
    law = Dirichlet(1.456, 0.779, 1.5, {"A": 1.0})
    assert law.penetration()["A"] == pytest.approx(law.category().buyers)
    assert law.sole_buyers()["A"] == pytest.approx(1) and law.requirements_share()["A"] == pytest.approx(1)
    assert np.isnan(law.duplication_coefficient())


def simulated(n, diversity, rng, mean=6.0):
    share = np.array([0.5, 0.25, 0.15, 0.1])
    bought = rng.poisson(rng.gamma(0.8, mean / 0.8, n))
    taste = rng.dirichlet(diversity * share, n) if np.isfinite(diversity) else np.tile(share, (n, 1))
    return pd.DataFrame(rng.multinomial(bought, taste), columns=list("ABCD"))


def test_every_cell_of_a_simulated_market():
    n = 200_000
    counts = simulated(n, 1.5, np.random.default_rng(11), 1.456)
    law = Dirichlet(1.456, 0.8, 1.5, {"A": 0.5, "B": 0.25, "C": 0.15, "D": 0.1})
    table = law.table()
    total = counts.sum(axis=1)
    for firm in counts:
        own = counts[firm]
        buyer = own > 0
        cells = {
            "penetration": buyer,
            "purchase_rate": own[buyer],
            "category_rate": total[buyer],
            "sole_buyers": (own == total)[buyer],
        }
        for name, values in cells.items():
            error = values.std() / np.sqrt(len(values))
            assert abs(values.mean() - table.loc[firm, name]) < 4 * error, (firm, name)


def test_maximum_likelihood_recovers_the_market():
    fit = fit_dirichlet(simulated(20_000, 1.5, np.random.default_rng(12)))
    true = {"mean": 6.0, "shape": 0.8, "diversity": 1.5, "share A": 0.5, "share B": 0.25, "share D": 0.1}
    for name, value in true.items():
        assert abs(fit.estimates[name] - value) < 4 * fit.standard_errors[name] < 0.1 * value, name


def test_standard_errors_are_those_of_repeated_samples():
    rng = np.random.default_rng(13)
    fits = [fit_dirichlet(simulated(1000, 1.5, rng)) for _ in range(60)]
    for name in ("diversity", "share A"):
        spread = np.std([f.estimates[name] for f in fits], ddof=1)
        told = np.mean([f.standard_errors[name] for f in fits])
        assert told / spread == pytest.approx(1, abs=0.35)  # 60 samples: the spread itself is known to 9%


def test_equal_tastes_are_told_as_such():
    fit = fit_dirichlet(simulated(5000, np.inf, np.random.default_rng(15)))
    assert fit.law.diversity > 100
    assert fit.law.next_repeat()["A"] == pytest.approx(0.5, abs=0.02)


def test_logs_that_identify_nothing():
    with pytest.raises(RegularsError, match="two firms"):
        fit_dirichlet(pd.DataFrame({"A": [1, 2], "B": [0, 0]}))
    with pytest.raises(RegularsError, match="nobody bought twice"):
        fit_dirichlet(pd.DataFrame({"A": [1, 0], "B": [0, 1]}))
    with pytest.raises(RegularsError, match="whole numbers"):
        fit_dirichlet(pd.DataFrame({"A": [0.5, 0], "B": [0, 1]}))
    with pytest.raises(RegularsError, match="no penetration given for B"):
        fit_dirichlet_from_summaries(0.5, 2.0, {"A": 0.5, "B": 0.5}, {"A": 0.3})


def test_outliers_left_out_as_in_the_user_guide(toothpaste):
    """S of the toothpaste is 1.30 in the user guide of NBDdirichlet, with the tables below, and 1.55 with all firms."""
    fit = fit_dirichlet_from_summaries(0.56, 2.6, SHARES, PENETRATIONS, outliers="notch")
    assert round(fit.estimates["diversity"], 2) == 1.30
    assert any("outliers" in note and "H (2.14)" in note for note in fit.notes)
    assert not any("outliers" in note for note in toothpaste.notes)
    with pytest.raises(RegularsError, match="'keep' or 'notch'"):
        fit_dirichlet_from_summaries(0.56, 2.6, SHARES, PENETRATIONS, outliers="drop")


def test_purchases_of_a_firm_and_by_heaviness():
    """The tables freq and heavy (1 to 6 purchases of the category) of the user guide of NBDdirichlet, to its two digits."""
    law = fit_dirichlet_from_summaries(0.56, 2.6, SHARES, PENETRATIONS, outliers="notch").law
    often = law.purchases()
    assert list(often.columns) == [0, 1, 2, 3, 4, 5, "6+"]
    np.testing.assert_allclose(often.loc["A"], [0.80, 0.12, 0.04, 0.02, 0.01, 0.00, 0.01], atol=0.0051)
    np.testing.assert_allclose(often.loc["H"], [0.98, 0.01, 0.00, 0.00, 0.00, 0.00, 0.00], atol=0.0051)
    np.testing.assert_allclose(1 - often[0], law.penetration(), rtol=1e-9)
    light = law.by_heaviness(1, 6)
    np.testing.assert_allclose(
        light["penetration"], [0.34, 0.27, 0.15, 0.15, 0.13, 0.12, 0.05, 0.03], atol=0.0051
    )
    np.testing.assert_allclose(
        light["purchase_rate"], [1.61, 1.57, 1.51, 1.51, 1.50, 1.49, 1.46, 1.45], atol=0.0051
    )


@pytest.mark.parametrize("diversity", [1.3, np.inf])
def test_light_and_heavy_together_are_all(diversity):
    """Classes of heaviness add up to the whole, and the mean of the distribution is what the firm sells."""
    law = Dirichlet(1.456, 0.78, diversity, {"A": 0.25, "B": 0.02, "C": 0.73})
    often = law.purchases(t=2.0, up_to=400)
    np.testing.assert_allclose(often[list(range(401))] @ np.arange(401.0), 2.912 * law._share, rtol=1e-6)
    category = law.category(2.0)
    weight = category.pmf(np.arange(1, 8)).sum(), 1 - category.pmf(np.arange(8)).sum()
    parts = [law.by_heaviness(1, 7, 2.0), law.by_heaviness(8, None, 2.0)]
    buyers = [part["penetration"] * w for part, w in zip(parts, weight, strict=True)]
    np.testing.assert_allclose(sum(buyers), law.penetration(2.0), rtol=1e-9)
    sold = sum(b * part["purchase_rate"] for b, part in zip(buyers, parts, strict=True))
    np.testing.assert_allclose(sold, 2.912 * law._share, rtol=1e-9)
    with pytest.raises(RegularsError, match="nobody buys the category"):
        law.by_heaviness(5, 4)


def test_one_firm_has_all_purchases():
    law = Dirichlet(1.456, 0.78, 1.3, {"A": 1.0})
    np.testing.assert_allclose(
        law.purchases().loc["A"].iloc[:6].astype(float), law.category().pmf(np.arange(6)), rtol=1e-12
    )
