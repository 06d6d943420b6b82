"""X13: insurance, where the contract renews itself once a year and a greeting comes on the birthday.

Claim C22: a birthday greeting is far from enough.
"""

import numpy as np
import pytest

from regulars import compare, load

PROVES = ("X13",)
MARKET = load("scenarios/insurance.toml")
MORE = ("recovery", "personal_service", "tailoring", "better_claims")
WISH = "arms.greeting.strategies.greeting"


def compared(changes=(), arms=("greeting",), replicates=2):
    return compare(MARKET.set(dict(changes)), replicates=replicates, arms=arms, jobs=1)


@pytest.fixture(scope="module")
def result():
    return compared({"market.days": 1092}, arms=("greeting", *MORE, "everyday_low_price"), replicates=1)


@pytest.fixture(scope="module")
def years():
    """Insurer of every customer and year, number of the firm, shape (customers, years)."""
    market = MARKET.arm("control").market(log="memory").run()
    log = market.log.opportunities().sort_values(["customer", "time"], kind="stable")
    return log["firm"].cat.codes.to_numpy().reshape(market.customers.count, -1)


def test_contracts_renew_themselves_once_a_year(years):
    """Everybody is insured every year, and about one in eight changes insurer once satisfaction has settled."""
    assert years.shape[1] == 5 and (years >= 0).all()
    changed = (years[:, 2:] != years[:, 1:-1]).mean()
    assert 0.09 < changed < 0.16


def test_who_does_not_look_stays():
    """Control of the inattention: where everybody looks at the letter, about twice as many change."""
    log = MARKET.arm("control").set({"subscription.attention": 1.0}).market(log="memory").run().log
    table = log.opportunities().sort_values(["customer", "time"], kind="stable")
    all_look = table["firm"].cat.codes.to_numpy().reshape(-1, 5)
    assert (all_look[:, 1:] != all_look[:, :-1]).mean() > 0.18


def test_a_greeting_is_far_from_enough(result):
    """C22: it moves a renewal in a thousand; all else that is done for customers moves several times as many."""
    more, sold = result.wide("incremental_purchases"), result.wide("purchases")["control"]
    greeting = more["greeting"].mean() / sold.mean()
    assert 0 <= greeting < 0.003
    for arm in MORE:
        assert more[arm].mean() > 4 * more["greeting"].mean()
        assert (more[arm] > more["greeting"]).all()
    retention = result.wide("retention")
    assert abs(retention["greeting"] - retention["control"]).max() < 0.005


def test_it_hardly_pays_for_its_stamp(result):
    """What it brings and what it costs are both next to nothing: within a fifth of a per cent of profit either way."""
    profit = result.wide("incremental_profit")["greeting"] / result.wide("profit")["control"]
    assert abs(profit.mean()) < 0.002


def test_a_lower_premium_goes_to_those_who_stay_anyway(result):
    """P19: the price cut wins customers and loses money, more than any other arm."""
    assert (result.wide("incremental_purchases")["everyday_low_price"] > 0).all()
    profit = result.wide("incremental_profit")
    assert profit["everyday_low_price"].mean() == profit.mean().min()
    assert (profit["everyday_low_price"] < profit[["greeting", "recovery", "tailoring"]].min(axis=1)).all()


@pytest.mark.slow
def test_it_fades_before_the_contract_is_renewed():
    """Why: the same wish, were it not forgotten, would keep many times as many."""
    short, lasting = (
        compared({f"{WISH}.half_life": days}).wide("incremental_purchases")["greeting"].mean()
        for days in (14.0, 3650.0)
    )
    assert lasting > 10 * max(short, 1)


def test_a_wish_that_warms_nobody_is_a_stamp():
    """Negative control: nobody's life changes, and the cost is that of the wishes."""
    cold = compared({f"{WISH}.effect": 0.0, "market.days": 728}, replicates=1)
    assert (cold.wide("incremental_purchases")["greeting"] == 0).all()
    spent = cold.wide("communication")["greeting"]
    assert np.allclose(cold.wide("incremental_profit")["greeting"], -spent) and (spent > 0).all()
