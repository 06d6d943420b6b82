"""From a log back to its market: what is identified is recovered, what is not is said."""

import numpy as np
import pytest

from regulars.ground.errors import RegularsError
from regulars.lab.fit import fit
from regulars.panels.panel import Panel
from regulars.scenario import Scenario, load

TRUTH = {
    "market": {"customers": 2500, "days": 364},
    "need": {"mean": 12.0, "shape": 0.9, "period": 364},
    "taste": {"concentration": 2.0},
    "switching": {"form": "premium", "relation": 0.8, "initial": "share"},
    "spending": {"basket": {"distribution": "lognormal", "mean": 3.0, "sd": 1.0}, "variation": 0.3},
    "firms": [
        {"name": "ann", "price": 2.0, "share": 0.5},
        {"name": "bob", "price": 2.0, "share": 0.3},
        {"name": "cy", "price": 2.0, "share": 0.2},
    ],
}


def log_of(truth, seed=3):
    purchases = Scenario(truth).market(seed=seed, log="memory").run().log.purchases()
    return Panel(
        purchases.assign(firm=purchases["firm"].astype(str)), name="simulated", currency="yuan", days=364.0
    )


@pytest.fixture(scope="module")
def fitted():
    return fit(log_of(TRUTH))


def estimate(fitted, name):
    row = fitted.estimates[fitted.estimates["scenario"] == name].iloc[0]
    return row["estimate"], row["se"]


@pytest.mark.big
@pytest.mark.parametrize(
    ("name", "truth"),
    [("need.mean", 12.0), ("need.shape", 0.9), ("taste.concentration", 2.0), ("switching.relation", 0.8)],
)
def test_parameters_are_recovered(fitted, name, truth):
    value, se = estimate(fitted, name)
    assert abs(value - truth) < 4 * se
    assert se < 0.15 * truth


@pytest.mark.slow
@pytest.mark.big
def test_no_inertia_is_found_where_there_is_none():
    value, se = estimate(fit(log_of({**TRUTH, "switching": {}})), "switching.relation")
    assert value < 3 * se < 0.1


@pytest.mark.big
def test_moments_of_a_market_of_our_own_are_reproduced(fitted):
    assert (fitted.moments["z"].abs() < 4).all(), fitted.moments
    assert fitted.moments["used"].any() and not fitted.moments["used"].all()


@pytest.mark.big
def test_what_is_assumed_is_named(fitted):
    text = "\n".join(fitted.identified)
    assert "ASSUMED: price sensitivity" in text  # prices never vary in this log
    assert "ASSUMED: cost of goods" in text
    assert "NOT IDENTIFIED: thresholds" in text
    assert "choice.price_sensitivity" in fitted.scenario.spec.uncertainty


@pytest.mark.big
def test_the_written_scenario_is_the_fitted_one(fitted, tmp_path):
    path = fitted.write(tmp_path / "market.toml")
    again = load(path)
    assert again.hash == fitted.scenario.hash
    signed, head = path.read_text().splitlines()[:2]
    assert signed.startswith("# Written by regulars, checksum ") and head.startswith("# Fitted to simulated")
    assert fitted.write(path) == path  # again, over what is ours
    assert set(again.spec.arms) >= {"everyday_low_price", "threshold_rebate", "lottery_rebate"}


@pytest.mark.big
def test_a_one_firm_log_uses_the_outside_option():
    panel = log_of({**TRUTH, "firms": [{"name": "ann", "price": 1.0}], "turnover": {"exit_rate": 0.5}})
    fitted = fit(panel)
    assert fitted.scenario.spec.choice.outside
    assert any("one firm" in line for line in fitted.identified)
    rate, se = estimate(fitted, "need.mean")
    assert np.isfinite(rate) and se > 0


def test_too_few_customers_are_refused():
    panel = log_of({**TRUTH, "market": {"customers": 30, "days": 364}})
    with pytest.raises(RegularsError, match="customers are too few to fit"):
        fit(panel)


def test_a_wrong_focal_firm_is_named_with_the_nearest():
    panel = log_of({**TRUTH, "market": {"customers": 120, "days": 364}})
    with pytest.raises(RegularsError, match="did you mean 'bob'"):
        fit(panel, focal="bop")


@pytest.mark.parametrize("margin", [0.0, -0.1, 1.5])
def test_an_impossible_margin_is_refused(margin):
    panel = log_of({**TRUTH, "market": {"customers": 120, "days": 364}})
    with pytest.raises(RegularsError, match="margin"):
        fit(panel, margin=margin)


@pytest.mark.big
def test_the_log_that_ships_tells_the_market_that_made_it():
    """Mean rate, its spread, leaving and baskets lie within three standard errors of the truth."""
    from panels.bakery import HERE

    from regulars.panels import resolve
    from regulars.scenario import load

    truth = load(HERE / "bakery.toml").spec
    found = fit(resolve("bakery"), holdout="usual")
    rows = found.estimates.set_index("scenario")
    for name, true in (
        ("need.mean", truth.need.mean),
        ("need.shape", truth.need.shape),
        ("turnover.exit_rate", truth.turnover.exit_rate),
    ):
        assert abs(rows.loc[name, "estimate"] - true) < 3 * rows.loc[name, "se"], name
    basket = found.estimates.set_index("parameter").loc["basket"]
    assert abs(basket["estimate"] - 7.2) < 3 * basket["se"]
    assert {c.name: c.grade for c in found.health}["holdout"] == "PASS"
