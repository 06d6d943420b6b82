"""The parts of fitting, by hand: baskets and prices, need, and choice."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from regulars.ground.errors import RegularsError
from regulars.ground.letters import OBEYED
from regulars.lab.fitting import choice, need, spending
from regulars.laws import lagged_choice
from regulars.panels.panel import Panel


def panel(rows, columns=("customer", "time", "firm", "amount"), **about):
    return Panel(pd.DataFrame(rows, columns=list(columns)), **about)


PRICED = ("customer", "time", "firm", "amount", "price")
# units 1, 2, 3 for one customer and 6, 8 for another, and a gift that counts for nothing
LOG = [(1, 0.0, "A", 2.0, 2.0), (1, 1.0, "A", 6.0, 3.0), (1, 2.0, "B", 3.0, 1.0), (2, 0.0, "B", 6.0, 1.0)]
LOG += [(2, 3.0, "A", 16.0, 2.0), (2, 4.0, "A", 0.0, 2.0)]


# ---------------------------------------------------------------- baskets and prices


def test_baskets_and_prices_by_hand():
    """Money over what a unit at each purchase would cost, the gift included; spreads in units about it."""
    findings = []
    spent, prices = spending.fit_spending(panel(LOG, PRICED, currency="yuan"), findings)
    a = 24 / 11  # money over units
    assert prices == {"A": pytest.approx(a), "B": 1.0}
    one, two = np.array([2 / a, 6 / a, 3.0]), np.array([6.0, 16 / a, 0.0])
    centre = 33 / (4 * a + 2)
    within = (((one - one.mean()) ** 2).sum() + ((two - two.mean()) ** 2).sum()) / (2 + 2)
    between = np.mean([(one.mean() - centre) ** 2, (two.mean() - centre) ** 2]) - within * 2 / 6
    assert spent["variation"] == pytest.approx(math.sqrt(within) / centre)
    assert between < 0 and spent["basket"] == pytest.approx(centre)
    price, nothing, basket = findings
    assert (price.estimate, price.unit, price.source) == (
        pytest.approx((24 / 11 + 1) / 2), "yuan per unit, mean of firms", "read from the log",
    )  # fmt: skip
    assert nothing.estimate == pytest.approx(1 / 6) and "amount 0" in nothing.note
    assert basket.estimate == pytest.approx(centre) and basket.source == "fitted"
    assert basket.se == pytest.approx(3 * math.hypot(one.mean() - centre, two.mean() - centre) / 6)


def test_without_prices_a_unit_is_what_a_unit_of_money_buys():
    findings = []
    rows = [row[:4] for row in LOG]
    spent, prices = spending.fit_spending(panel(rows), findings)
    assert prices == {"A": 1.0, "B": 1.0} and spent["basket"] == pytest.approx(33 / 6)
    assert (findings[0].estimate, findings[0].source) == (1.0, "assumed")
    free = panel([(*row[:4], 0.0) for row in LOG], PRICED)
    assert spending.fit_spending(free, []) == (spent, prices)
    cheap = panel([(*row[:4], 0.5) for row in LOG], PRICED)
    assert spending.fit_spending(cheap, [])[1] == {"A": 0.5, "B": 0.5}
    with pytest.raises(RegularsError, match="all amounts are 0"):
        spending.fit_spending(panel([(1, 0.0, "A", 0.0)]), [])


def test_a_day_s_money_is_spread_over_the_market_s_purchases_of_a_day():
    rows = [row[:4] for row in LOG]
    told = []
    one = spending.fit_spending(panel(rows), [], 1.0)[0]["basket"]
    two = spending.fit_spending(panel(rows), told, 1.25)[0]["basket"]
    assert two == pytest.approx(one / 1.25)
    basket = next(f for f in told if f.label == "basket")
    assert basket.estimate == pytest.approx(one) and "several purchases on a day" in basket.note


def test_a_few_missing_prices_do_not_throw_away_the_others():
    findings = []
    rows = [(*row[:4], float("nan") if k == 1 else row[4]) for k, row in enumerate(LOG)]
    _, prices = spending.fit_spending(panel(rows, PRICED), findings)
    assert prices == {"A": pytest.approx(18 / 9), "B": 1.0}
    assert "1 of 6 purchases have no price" in findings[0].note
    few = [(*row[:4], 2.0 if k == 1 else float("nan")) for k, row in enumerate(LOG)]
    told = []
    assert spending.fit_spending(panel(few, PRICED), told)[1] == {"A": 1.0, "B": 1.0}
    assert "too few purchases have a price" in told[0].note


def test_customers_alike_have_one_basket():
    alike = [(c, float(t), "A", 4.0 + (-1) ** t) for c in range(5) for t in range(2)]
    spent, _ = spending.fit_spending(panel(alike), [])
    assert spent["basket"] == 4.0 and spent["variation"] == pytest.approx(math.sqrt(2) / 4)
    little = [(c, float(t), "A", 4.0 + 0.1 * c) for c in range(5) for t in range(2)]
    assert spending.fit_spending(panel(little), [])[0]["basket"]["sd"] == pytest.approx(math.sqrt(0.02))


def test_offered_prices_go_before_paid_ones_and_firms_without_any_have_the_mean():
    offers = pd.DataFrame(
        [(1, 0.0, "A", 2.0), (1, 0.0, "B", 4.0), (1, 1.0, "A", 3.0), (1, 1.0, "Z", 9.0)],
        columns=["customer", "time", "firm", "price"],
    )
    _, prices = spending.fit_spending(panel(LOG, PRICED, offers=offers), [])
    assert prices == {"A": 2.5, "B": 4.0}
    rows = [*LOG, (3, 0.0, "gift", 0.0, 1.0)]
    _, prices = spending.fit_spending(panel(rows, PRICED), [])
    assert prices["gift"] == pytest.approx((24 / 11 + 1) / 2)


# ---------------------------------------------------------------- need


def test_need_of_a_category_is_the_truncated_law():
    rng = np.random.default_rng(5)
    counts = rng.poisson(rng.gamma(0.9, 4.0 / 0.9, 20_000))
    who = np.repeat(np.arange(counts.size), counts)
    rows = {"customer": who, "time": rng.random(who.size) * 50, "firm": np.where(rng.random(who.size) < 0.5, "A", "B"), "amount": 1.0}  # fmt: skip
    findings = []
    log = Panel(pd.DataFrame(rows), days=50.0)
    found = need.fit_need(log, findings)
    assert found.need["mean"] == pytest.approx(4.0, rel=0.04)
    assert found.need["shape"] == pytest.approx(0.9, rel=0.05)
    assert (found.need["process"], found.need["period"], found.turnover) == ("poisson", 50.0, {})
    assert found.people == pytest.approx(20_000, rel=0.02)  # those who never bought are inferred
    assert [f.estimate for f in findings] == [found.need["mean"], found.need["shape"]]
    # in one firm's log without dates half of all opportunities are taken to end elsewhere
    one = []
    alone = need.fit_need(Panel(pd.DataFrame({**rows, "firm": "A"}), days=50.0, dated=False), one)
    assert alone.need["mean"] == pytest.approx(2 * found.need["mean"])
    assert alone.need["shape"] == found.need["shape"] and alone.people == found.people
    assert one[0].se == pytest.approx(2 * findings[0].se) and one[1].se == findings[1].se


def log_of_a_firm(turnover, customers=900, days=546, rate=0.4, seed=3, since=0):
    """Purchases of a firm whose customers all buy at once, by day, from day `since` on."""
    from regulars import Scenario

    table = {"market": {"customers": customers, "days": days}, "need": {"mean": rate, "shape": 1.0}, "turnover": turnover, "firms": [{"name": "A"}]}  # fmt: skip
    rows = Scenario(table).market(seed=seed, log="memory").run().log.purchases()
    rows = rows[rows["time"] >= since].assign(firm="A", time=np.floor(rows["time"]) - since)
    return Panel(rows.drop_duplicates(["customer", "time"]), days=float(days - since))


def test_who_was_there_who_comes_and_who_leaves_is_recovered():
    """A mature firm: half of its customers leave a year, as many come, and the log begins in the middle."""
    findings = []
    found = need.fit_need(log_of_a_firm({"exit_rate": 0.7, "entry_rate": 0.7}, since=182), findings)
    assert found.law.hazard * 365.25 == pytest.approx(0.7, rel=0.15)
    assert found.law.rate * 7 == pytest.approx(0.4, rel=0.1)
    assert found.people == pytest.approx(900, rel=0.12) and not found.cohort
    assert found.newcomers() == pytest.approx(0.7 * 900, rel=0.3)
    assert {"turnover.exit_rate"} <= {f.name for f in findings}


def test_nobody_comes_or_leaves_where_nobody_does():
    """The negative control: a closed population."""
    found = need.fit_need(log_of_a_firm({}, days=364), [])
    assert found.turnover == {}
    assert found.people == pytest.approx(900, rel=0.08)


def test_a_cohort_is_told_from_a_firm_that_goes_on_winning_customers():
    rng = np.random.default_rng(1)
    rows = []
    for customer in range(300):
        first = rng.uniform(0, 80)
        times = np.append(first, first + np.cumsum(rng.exponential(30, 12)))
        rows += [(customer, t, "A", 1.0) for t in times if t < 364]
    found = need.fit_need(panel([(c, float(int(t)), f, a) for c, t, f, a in rows], days=364.0), [])
    assert (
        found.cohort and "entry_rate" not in found.turnover and found.people == pytest.approx(300, rel=0.02)
    )


# ---------------------------------------------------------------- choice

# A has two thirds; its price changes
BOUGHT = [(c, float(t), "AAB"[t], 2.0, 1.0 + t) for c in range(4) for t in range(3)]


def fitted_choice(monkeypatch, log, *, inertia=0.4, price=None):
    """`fit_choice` with a likelihood that finds these numbers; which are asked for with their errors."""
    asked = []

    def fit(purchases, offers=None, absent=None, inertia=True, found=inertia, draws=None, price_spread=False):
        e = {"diversity": 1.5, "preference A": 0.7, "preference B": 0.3}
        e |= {"inertia": found} if inertia else {}
        se = {name: 0.1 * abs(value) for name, value in e.items()}
        if offers is not None:
            e["price"], se["price"] = price

        def errors():
            if draws is None:
                asked.append((offers is not None, inertia))
            return SimpleNamespace(estimates=e, standard_errors=se, notes=(), joint=None, log_likelihood=0.0)

        return SimpleNamespace(estimates=e, fit=errors)

    monkeypatch.setattr(lagged_choice, "search", fit)
    monkeypatch.setattr(
        lagged_choice, "fit_lagged_choice", lambda *args, **kwargs: fit(*args, **kwargs).fit()
    )
    findings = []
    found = choice.fit_choice(log, {"A": 2.0, "B": 4.0}, "poisson", findings)
    return found, {f.label: f for f in findings}, asked


def test_prices_that_explain_choices_are_used(monkeypatch):
    found, told, asked = fitted_choice(monkeypatch, panel(BOUGHT, PRICED), price=(-0.9, 0.4))
    assert asked == [(True, True)]
    assert found.sections["choice"] == {"price_sensitivity": 0.9}
    assert found.firms == {"A": {"share": 0.7, "base_price": 2.0}, "B": {"share": 0.3, "base_price": 4.0}}
    assert (told["price sensitivity b"].estimate, told["price sensitivity b"].se, told["price sensitivity b"].source) == (0.9, 0.4, "fitted")  # fmt: skip
    assert found.sections["taste"] == {"kind": "dirichlet", "concentration": 1.5}
    assert found.sections["switching"] == {"form": "premium", "relation": 0.4, "initial": "share"}
    assert (
        told["taste concentration S"].se == pytest.approx(0.15) and told["taste weight of B"].estimate == 0.3
    )


@pytest.mark.parametrize("price", [(-0.79, 0.4), (0.9, 0.4), None])
def test_prices_that_do_not_are_left_out_and_an_elasticity_is_assumed(monkeypatch, price):
    """-2.6 = -b p (1 - share), mean over firms, as published of brands; usual prices are in the tastes already, so only their changes count."""
    log = panel(BOUGHT, PRICED) if price else panel([row[:4] for row in BOUGHT])
    found, told, asked = fitted_choice(monkeypatch, log, price=price)
    negative = price and price[0] < 0  # what is not is not looked at any closer
    assert asked == ([(True, True), (False, True)] if negative else [(False, True)])
    scale = (2.0 / 3 + 4.0 * 2 / 3) / 2
    assert found.sections["choice"]["price_sensitivity"] == pytest.approx(2.6 / scale)
    assert [found.firms[firm]["base_price"] for firm in "AB"] == [2.0, 4.0]
    assumed = told["price sensitivity b"]
    assert (assumed.source, assumed.se) == ("assumed", pytest.approx(1.2 / scale))
    assert assumed.note.startswith("the log's prices do not explain" if price else "the log has no prices")


def test_an_order_number_is_no_time_at_which_others_paid_a_price(monkeypatch):
    """Prices of other households' orders of the same number say nothing of what was on the shelf."""
    log = panel(BOUGHT, PRICED, dated=False)
    _, told, asked = fitted_choice(monkeypatch, log)
    assert asked == [(False, True)] and "numbers the purchases" in told["price sensitivity b"].note


def test_variety_seeking_is_told_and_the_tastes_are_fitted_without_it(monkeypatch):
    log = panel([row[:4] for row in BOUGHT])
    found, told, asked = fitted_choice(monkeypatch, log, inertia=-0.3)
    assert found.sections["switching"]["relation"] == 0.0 and asked == [(False, True), (False, False)]
    assert told["inertia: bonus of the firm bought last"].estimate == 0.0
    assert told["inertia: bonus of the firm bought last"].se == pytest.approx(0.03)
    assert (told["variety seeking"].estimate, told["variety seeking"].source) == (-0.3, "set to 0")
    for inertia in (0.0, 0.4):
        found, told, _ = fitted_choice(monkeypatch, log, inertia=inertia)
        assert found.sections["switching"]["relation"] == inertia and "variety seeking" not in told


def test_one_firm_s_log_says_nothing_of_rivals():
    for rhythm, here, pull in (("poisson", 0.5, 0.0), ("calendar", 0.95, math.log(19))):
        findings = []
        found = choice.fit_choice(panel([(1, 0.0, "A", 2.0)]), {"A": 2.0}, rhythm, findings)
        assert found.sections["choice"] == {
            "price_sensitivity": pytest.approx(2.2 / (2.0 * 0.5)),
            "outside": True,
            "outside_utility": pytest.approx(-pull),
        }
        assert found.sections["taste"] == {"kind": "homogeneous"}
        assert found.firms == {"A": {"share": 1.0, "base_price": 2.0}}  # these odds at the price
        assert [f.source for f in findings] == ["assumed", "assumed"] and findings[1].estimate == here


def test_any_brand_of_a_log_becomes_a_firm_of_a_scenario():
    """Brands that a dotted name could not mean, or that a terminal would obey, get names that do; no two the same."""
    from regulars import Market, fit

    shops = {
        "market": {"customers": 80, "days": 100},
        "need": {"mean": 12.0},
        "taste": {"concentration": 2.0},
    }
    names = {"ann": "*", "bob": "a.b", "cy": "a_b", "dy": "\x1b[31mred\n", "ed": "plain"}
    log = Market({**shops, "firms": [{"name": name} for name in names]}, log="memory").run().log.purchases()
    log = log.assign(firm=log["firm"].astype(str).map(names))
    found = fit(Panel(log, name="l\x1bog", notes=("say \x07",)), focal="*", customers=100)
    assert {firm.name for firm in found.scenario.spec.firms} == {"_", "a_b-2", "a_b", "_[31mred_", "plain"}
    assert found.scenario.focal == "_"
    assert (
        OBEYED.search(found.scenario_toml() + found.estimates.to_string() + found.moments.to_string()) is None
    )
    assert r"'\x1b[31mred\n' is '_[31mred_'" in found.panel.notes[-1]
    assert "'a.b' is 'a_b-2'" in found.panel.notes[-1] and "plain" not in found.panel.notes[-1]
    assert found.scenario.spec.about.title == r"l\x1bog, fitted"
    assert f"any, earns “{found.scenario.focal}” more than" in found.scenario.spec.about.question
    again = fit(Panel(log, name="till"), focal="a_b-2", customers=100, name="Ours")
    assert again.scenario.focal == "a_b-2" and again.scenario.spec.about.title == "Ours"
