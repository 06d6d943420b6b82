"""X2: the neighbourhood fruit shop. Claim C11: serving those above half of their budget pays."""

import numpy as np
import pytest

from regulars import compare, load

PROVES = ("X2",)
SHOP = load("scenarios/fruit-shop.toml").set({"evidence.priors": "none"})  # at the means of what is assumed


@pytest.fixture(scope="module")
def log():
    market = SHOP.arm("control").set({"market.customers": 800, "market.days": 364}).market(log="memory").run()
    return market.log.purchases()


def test_a_household_spends_ten_thousand_a_year(log):
    yearly = log.groupby("customer")["amount"].sum().sum() / 800 * 365.25 / 364
    assert yearly == pytest.approx(10_000, rel=0.06)


def test_some_spend_more_than_half_of_it_here(log):
    here = log[log["firm"] == "orchard"].groupby("customer")["amount"].sum()
    share = (here > 5000).sum() / 800
    assert 0.05 < share < 0.5


def test_serving_the_best_pays_as_long_as_it_is_noticed():
    """C11, and its control: what customers do not notice is a cost and nothing else."""
    small = SHOP.set({"market.customers": 700, "market.days": 364})
    served = compare(small, replicates=2, arms=("personal_service",), jobs=1)
    assert (served.wide("incremental_purchases")["personal_service"] > 0).all()
    unnoticed = {
        f"arms.personal_service.strategies.personal_service.{name}": 0.0 for name in ("fit_gain", "service")
    }
    control = compare(small.set(unnoticed), replicates=2, arms=("personal_service",), jobs=1)
    assert (control.wide("incremental_purchases")["personal_service"] == 0).all()
    assert (control.wide("incremental_profit")["personal_service"] < 0).all()


def test_who_is_served_has_spent_more_than_half_here():
    scenario = SHOP.arm("personal_service").set({"market.customers": 300, "market.days": 182})
    market = scenario.market(log="memory").run()
    service = market.firm("orchard").strategies["personal_service"]
    log = market.log.purchases()
    lately = log[(log["firm"] == "orchard") & (log["time"] >= 0) & (log["time"] < 91)]
    spent = lately.groupby("customer")["amount"].sum().reindex(range(300), fill_value=0.0)
    served = {
        int(i) for i in np.flatnonzero(spent.to_numpy() > 0.5 * 10_000 * 91 / 365.25)
    }  # served from the first review to the second
    market = scenario.set({"market.days": 100}).market().run()
    service = market.firm("orchard").strategies["personal_service"]
    assert set(np.flatnonzero(service.regular).tolist()) == served
