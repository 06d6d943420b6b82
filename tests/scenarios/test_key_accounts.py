"""X14: key accounts with a customer information system (M12, P21, P23).

Claim C6: 80% of the profit comes from 20% of the customers; the best tenth is worth 5 to 10 times the worst tenth.
"""

import numpy as np
import pytest
from scipy.stats import norm

from regulars import compare, load
from regulars.measures.customer_value import customer_profit, unequal_value

PROVES = ("X14",)
MARKET = load("scenarios/key-accounts.toml")
YEAR = 364.0
ALIKE = {"spending.basket": 300.0, "cost_to_serve.on": True, "cost_to_serve.cost": 400.0}


def profits(replicate, changes=()):
    """Profit of each of our customers over the whole run, best first, and the market."""
    market = MARKET.arm("control").set(dict(changes)).market(replicate=replicate, log="memory").run()
    log = market.log.purchases()
    log = log[log["firm"] == "ours"]
    handling = log[["customer", "time"]].assign(
        amount=market.customers.serving_cost[log["customer"].to_numpy()]
    )
    return customer_profit(log, margin=0.3, costs=handling), market


@pytest.fixture(scope="module")
def control():
    return [profits(replicate) for replicate in range(4)]


def test_a_fifth_brings_four_fifths_of_the_profit(control):
    """C6, as the source says; some cost more than they bring."""
    values = [unequal_value(profit) for profit, _ in control]
    assert np.mean([v.top_fifth for v in values]) == pytest.approx(0.80, abs=0.07)
    assert all(v.unworthy > 0 and v.loss > 0 for v in values)
    assert np.mean([v.unworthy / v.customers for v in values]) < 0.2


def test_the_two_numbers_of_the_claim_do_not_go_together(control):
    """The best tenth is worth about 5 times the second one; the worst one is worth nothing at all.

    With sizes lognormal, sd s of the logarithm, a share p of the best holds Phi(s - z) with z = Phi^-1(1 - p), and
    ten times between best and worst tenth would leave four tenths, not eight, to the best fifth.
    """
    tenths = [np.array_split(profit.to_numpy(), 10) for profit, _ in control]
    ratio = np.mean([t[0].mean() for t in tenths]) / np.mean([t[1].mean() for t in tenths])
    assert 3 < ratio < 8
    assert all(t[-1].mean() < 0 for t in tenths)
    spread = np.linspace(0.01, 3, 3000)
    best, worst = (norm.cdf(spread - norm.ppf(0.9)), norm.cdf(-spread - norm.ppf(0.9)))
    fifth = norm.cdf(spread - norm.ppf(0.8))
    assert 0.35 < fifth[np.argmax(best / worst > 10)] < 0.45


def test_customers_alike_are_worth_alike():
    """Negative control: the same market without sizes."""
    profit, _ = profits(0, ALIKE)
    assert unequal_value(profit).top_fifth < 0.35


def test_contracts_bind_for_a_year(control):
    """Nobody changes supplier twice within a year."""
    _, market = control[0]
    log = market.log.purchases().sort_values(["customer", "time"], kind="stable")
    changed = (log["firm"] != log["firm"].shift()) & (log["customer"] == log["customer"].shift())
    moves = log[changed]
    gaps = moves.groupby("customer")["time"].diff().dropna()
    assert len(gaps) > 5 and gaps.min() >= YEAR
    assert 0.08 < len(moves) / market.customers.count / 5 < 0.2  # one in seven or so in a year


def compared(arms, changes=(), replicates=1, customers=1500):
    """Five times as many customers, and as much effort for each of them."""
    bigger = {f"arms.{arm}.strategies.focus.effort": 7500.0 for arm in arms if arm.startswith("effort")}
    scenario = MARKET.set({"market.customers": customers, **bigger, **dict(changes)})
    return compare(scenario, replicates=replicates, arms=arms, jobs=1)


def test_a_system_alone_sells_nothing():
    result = compared(("system_alone",), customers=300)
    assert (result.wide("incremental_purchases")["system_alone"] == 0).all()
    assert (result.wide("incremental_profit")["system_alone"] < 0).all()


@pytest.mark.slow
def test_the_system_makes_care_work():
    """P23: the same care brings more orders with it. Control: a system no better than a card index brings the same."""
    arms = ("care", "care_with_system")
    more = compared(arms).wide("incremental_purchases")
    assert (more["care"] > 0).all()
    assert (more["care_with_system"] > 1.05 * more["care"]).all()
    system = "arms.care_with_system.strategies.information_system"
    index = {f"{system}.learning": 0.05, f"{system}.half_life": 2 * 365.25}
    same = compared(arms, index).wide("incremental_purchases")
    assert (same["care_with_system"] == same["care"]).all()


@pytest.mark.slow
def test_effort_for_the_best_wins_fewer_and_larger_ones():
    """P21. Control: where customers are alike, the best fifth is any fifth, and effort for it alone wins less."""
    arms = ("effort_for_all", "effort_for_the_best")
    result = compared(arms)
    won, revenue = result.wide("customers_won"), result.wide("incremental_revenue")
    assert (won["effort_for_all"] > 2 * won["effort_for_the_best"]).all()
    of_each = {arm: (revenue[arm] / won[arm]).mean() for arm in arms}
    assert of_each["effort_for_the_best"] > 2 * of_each["effort_for_all"]
    alike = compared(arms, ALIKE).wide("incremental_profit")
    assert (alike["effort_for_the_best"] < alike["effort_for_all"]).all()
