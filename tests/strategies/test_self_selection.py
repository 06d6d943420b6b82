"""Members are better customers before they join: naive and caused effects of programmes (regularities 4.7)."""

import math

import numpy as np
import pytest

from regulars import Scenario, compare

# A tenth off a basket of 30 for 60 a year: the order of paid grocery memberships (assumption).
PROGRAMMES = {
    "membership": {"fee": 60.0, "benefit": 3.0},
    "threshold_rebate": {"effort": 20.0, "days": 2, "rate": 0.1},
}


def shops(customers=4000, **changes):
    """Four supermarkets alike, tastes and rates that differ between customers."""
    return Scenario(
        {
            "market": {"customers": customers, "days": 364, "focal": "ours"},
            "need": {"mean": 2.0, "shape": 1.0},
            "taste": {"concentration": 1.5},
            "choice": {"price_sensitivity": 2.0},
            "spending": {"basket": 30.0},
            "firms": [
                {"name": name, "price": 1.0, "cost": 0.78} for name in ("ours", "east", "north", "west")
            ],
        }
    ).set(changes)


def wallets(market):
    """Share of each customer's purchases that is made here; NaN without any."""
    log, n = market.log.opportunities(), market.customers.count
    here = np.bincount(log["customer"][(log["firm"] == "ours").to_numpy()], minlength=n)
    with np.errstate(invalid="ignore"):
        return here / np.bincount(log["customer"], minlength=n)


def effects(name, rules, customers=4000, **changes):
    """Share of wallet: members less others, the standard error of that, and members less the same people without it."""
    scenario = shops(customers, **changes)
    arm = scenario.set({"firms.ours.strategies": {name: rules}}).market(log="memory").run()
    with_, without = wallets(arm), wallets(scenario.market(log="memory").run())
    member = arm.firm("ours").strategies[name].member
    seen = ~np.isnan(with_)
    inside, outside = with_[seen & member], with_[seen & ~member]
    error = math.sqrt(inside.var() / inside.size + outside.var() / outside.size)
    caused = float((with_ - without)[seen & member].mean())
    return float(inside.mean() - outside.mean()), error, caused


@pytest.mark.big
@pytest.mark.parametrize("name", PROGRAMMES)
def test_who_joins_by_choice_looks_several_times_as_good_as_the_programme(name):
    """Naive / caused between 3 and 15 (Leenheer et al. 2007: 7); enrolled by lot the two are the same within noise."""
    naive, _, caused = effects(name, {**PROGRAMMES[name], "enrolment": "offered"})
    assert caused > 0.01 and 3 <= naive / caused <= 15
    naive, error, caused = effects(name, {**PROGRAMMES[name], "enrolment": "randomised"})
    assert abs(naive - caused) <= 4 * error


@pytest.mark.big
def test_a_lottery_of_cards_tells_the_truth():
    """A generous membership given to a random half, so that the noise is small beside it: naive / caused = 1 +/- .1."""
    generous = {"fee": 0.0, "benefit": 15.0, "enrolment": "randomised"}
    naive, error, caused = effects("membership", generous, customers=20_000, **{"market.days": 182})
    assert 4 * error < 0.2 * caused
    assert naive / caused == pytest.approx(1.0, abs=0.1)


@pytest.mark.big
def test_it_is_choosing_that_flatters():
    """A programme that does nothing to anybody has members who are better customers all the same."""
    idle = {"fee": 1e-9, "benefit": 1e-6, "effort": {"distribution": "lognormal", "mean": 1e-4, "sd": 1e-4}}
    naive, _, caused = effects("membership", {**idle, "enrolment": "offered"})
    assert caused == 0.0 and naive > 0.2
    naive, error, caused = effects("membership", {**idle, "enrolment": "randomised"})
    assert caused == 0.0 and abs(naive) <= 4 * error


def test_a_comparison_reports_the_gap():
    """Revenue of members and others: the report says how much of the difference is selection."""
    table = shops(1500, **{"market.days": 182}).table
    rules = {"fee": 30.0, "benefit": 3.0}
    table["arms"] = {
        "offered": {"strategies": {"membership": rules}},
        "by_lot": {"strategies": {"membership": {**rules, "enrolment": "randomised"}}},
    }
    result = compare(table, replicates=2)
    naive, true, gap = (result.wide(f"{what}") for what in ("naive_lift", "true_lift", "selection_gap"))
    assert np.allclose(naive[["offered", "by_lot"]] - true[["offered", "by_lot"]], gap[["offered", "by_lot"]])
    assert (gap["offered"] > 3 * true["offered"].abs()).all()
    assert (gap["by_lot"].abs() < gap["offered"] / 3).all()
