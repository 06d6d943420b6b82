"""The parts of fitting, by hand: baskets and prices, need, and choice."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from regulars.ground.errors import RegularsError
from regulars.ground.letters import OBEYED
from regulars.lab.fitting import choice, need, spending
from regulars.laws import choice_table, lagged_choice, pareto_nbd
from regulars.panels.panel import Panel


def panel(rows, columns=("customer", "time", "firm", "amount"), **about):
    return Panel(pd.DataFrame(rows, columns=list(columns)), **about)


PRICED = ("customer", "time", "firm", "amount", "price")
# units 1, 2, 3 for one customer and 6, 8 for another, and a gift that counts for nothing
LOG = [(1, 0.0, "A", 2.0, 2.0), (1, 1.0, "A", 6.0, 3.0), (1, 2.0, "B", 3.0, 1.0), (2, 0.0, "B", 6.0, 1.0)]
LOG += [(2, 3.0, "A", 16.0, 2.0), (2, 4.0, "A", 0.0, 2.0)]


# ---------------------------------------------------------------- baskets and prices


def test_baskets_and_prices_by_hand():
    findings = []
    spent, prices = spending.fit_spending(panel(LOG, PRICED, currency="yuan"), findings)
    assert prices == {"A": pytest.approx(24 / 11), "B": 1.0}  # money over units
    centre = (1 + 2 + 3 + 6 + 8) / 5
    within = ((1 + 0 + 1) + (1 + 1)) / (2 + 1)  # squares about the customers' means of 2 and 7
    between = (3 * (2 - centre) ** 2 + 2 * (7 - centre) ** 2) / 5 - within * 2 / 5
    assert spent["basket"] == {
        "distribution": "lognormal",
        "mean": centre,
        "sd": pytest.approx(math.sqrt(between)),
    }
    assert spent["variation"] == pytest.approx(math.sqrt(within) / centre)
    price, basket = findings
    assert (price.estimate, price.unit, price.source) == (
        pytest.approx((24 / 11 + 1) / 2), "yuan per unit, mean of firms", "read from the log",
    )  # fmt: skip
    assert basket.estimate == centre and basket.source == "fitted"
    error = math.hypot(3 * (2 - centre), 2 * (7 - centre)) / 5
    assert basket.se == pytest.approx(error)


def test_without_prices_a_unit_is_what_a_unit_of_money_buys():
    findings = []
    rows = [row[:4] for row in LOG]
    spent, prices = spending.fit_spending(panel(rows), findings)
    assert prices == {"A": 1.0, "B": 1.0} and spent["basket"]["mean"] == pytest.approx(33 / 5)
    assert (findings[0].estimate, findings[0].source) == (1.0, "assumed")
    free = panel([(*row[:4], 0.0) for row in LOG], PRICED)
    assert spending.fit_spending(free, []) == (spent, prices)
    cheap = panel([(*row[:4], 0.5) for row in LOG], PRICED)
    assert spending.fit_spending(cheap, [])[1] == {"A": 0.5, "B": 0.5}
    with pytest.raises(RegularsError, match="all amounts are 0"):
        spending.fit_spending(panel([(1, 0.0, "A", 0.0)]), [])


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
    assert found["need"]["mean"] == pytest.approx(4.0, rel=0.04) and found["need"]["shape"] == pytest.approx(
        0.9, rel=0.05
    )
    assert (found["need"]["process"], found["need"]["period"], found["turnover"]) == ("poisson", 50.0, {})
    assert found["people"]["count"] == pytest.approx(20_000, rel=0.02)  # those who never bought are inferred
    assert [f.estimate for f in findings] == [found["need"]["mean"], found["need"]["shape"]]
    # in one firm's log without dates half of all opportunities are taken to end elsewhere
    one = []
    alone = need.fit_need(Panel(pd.DataFrame({**rows, "firm": "A"}), days=50.0, dated=False), one)
    assert alone["need"]["mean"] == pytest.approx(2 * found["need"]["mean"])
    assert alone["need"]["shape"] == found["need"]["shape"] and alone["people"] == found["people"]
    assert one[0].se == pytest.approx(2 * findings[0].se) and one[1].se == findings[1].se


def test_need_of_one_firm_s_cohort(monkeypatch):
    """Rates per week, twice those seen here; hazards per year; errors of ratios as if independent."""
    e, se = (
        {"r": 0.5, "alpha": 5.0, "s": 0.6, "beta": 12.0},
        {"r": 0.05, "alpha": 1.0, "s": 0.03, "beta": 0.6},
    )
    fitted = SimpleNamespace(estimates=e, standard_errors=se, n=77)
    monkeypatch.setattr(pareto_nbd, "fit_pareto_nbd", lambda histories: fitted)
    findings = []
    log = panel([(c, float(t), "A", 1.0) for c in range(3) for t in (0, 9)])
    found = need.fit_need(log, findings)
    assert found["need"] == {"process": "poisson", "mean": pytest.approx(0.2), "shape": 0.5, "period": 7.0}
    hazard = 0.05 * 365.25 / 7
    assert found["turnover"] == {"exit_rate": pytest.approx(hazard), "exit_shape": 0.6}
    assert found["people"] == {"count": 77.0}
    errors = [0.2 * math.hypot(0.1, 0.2), 0.05, hazard * math.hypot(0.05, 0.05), 0.03]
    assert [f.se for f in findings] == pytest.approx(errors)
    assert [f.name for f in findings] == [
        "need.mean",
        "need.shape",
        "turnover.exit_rate",
        "turnover.exit_shape",
    ]
    e["beta"] = 0.01
    assert need.fit_need(log, [])["turnover"]["exit_rate"] == 100.0


# ---------------------------------------------------------------- choice

BOUGHT = [(c, float(t), "AAB"[t], 2.0, 1.0 + t) for c in range(4) for t in range(3)]  # A has two thirds


def fitted_choice(monkeypatch, log, *, inertia=0.4, price=None):
    """`fit_choice` with a likelihood that finds these numbers."""
    asked = []

    def fit(purchases, offers=None):
        asked.append(offers)
        e = {"inertia": inertia, "diversity": 1.5, "preference A": 0.7, "preference B": 0.3}
        se = {name: 0.1 * abs(value) for name, value in e.items()}
        if offers is not None:
            e["price"], se["price"] = price
        return SimpleNamespace(estimates=e, standard_errors=se)

    monkeypatch.setattr(lagged_choice, "fit_lagged_choice", fit)
    monkeypatch.setattr(choice_table, "shelf_prices", lambda purchases: "shelf")
    findings = []
    found = choice.fit_choice(log, {"A": 2.0, "B": 4.0}, findings)
    return found, {f.label: f for f in findings}, asked


def test_prices_that_explain_choices_are_used(monkeypatch):
    found, told, asked = fitted_choice(monkeypatch, panel(BOUGHT, PRICED), price=(-0.9, 0.4))
    assert asked == ["shelf"]
    assert found["sections"]["choice"] == {"price_sensitivity": 0.9}
    assert found["firms"] == {"A": {"share": 0.7, "appeal": 0.0}, "B": {"share": 0.3, "appeal": 0.0}}
    assert (told["price sensitivity b"].estimate, told["price sensitivity b"].se, told["price sensitivity b"].source) == (0.9, 0.4, "fitted")  # fmt: skip
    assert found["sections"]["taste"] == {"kind": "dirichlet", "concentration": 1.5}
    assert found["sections"]["switching"] == {"form": "premium", "relation": 0.4, "initial": "share"}
    assert (
        told["taste concentration S"].se == pytest.approx(0.15) and told["taste weight of B"].estimate == 0.3
    )


@pytest.mark.parametrize("price", [(-0.79, 0.4), (0.9, 0.4), None])
def test_prices_that_do_not_are_left_out_and_an_elasticity_is_assumed(monkeypatch, price):
    """-2.62 = -b p (1 - share), mean over firms; usual prices are in the tastes already, so only their changes count."""
    log = panel(BOUGHT, PRICED) if price else panel([row[:4] for row in BOUGHT])
    found, told, asked = fitted_choice(monkeypatch, log, price=price)
    assert asked == (["shelf", None] if price else [None])
    scale = (2.0 / 3 + 4.0 * 2 / 3) / 2
    b = 2.62 / scale
    assert found["sections"]["choice"]["price_sensitivity"] == pytest.approx(b)
    assert found["firms"]["A"]["appeal"] == pytest.approx(-b) and found["firms"]["B"][
        "appeal"
    ] == pytest.approx(b)
    assumed = told["price sensitivity b"]
    assert (assumed.source, assumed.se) == ("assumed", pytest.approx(0.8 / scale))
    assert assumed.note.startswith("the log's prices do not explain" if price else "the log has no prices")


def test_variety_seeking_is_told_and_not_used(monkeypatch):
    log = panel([row[:4] for row in BOUGHT])
    found, told, _ = fitted_choice(monkeypatch, log, inertia=-0.3)
    assert found["sections"]["switching"]["relation"] == 0.0
    assert told["inertia: bonus of the firm bought last"].estimate == 0.0
    assert (told["variety seeking"].estimate, told["variety seeking"].source) == (-0.3, "set to 0")
    for inertia in (0.0, 0.4):
        found, told, _ = fitted_choice(monkeypatch, log, inertia=inertia)
        assert found["sections"]["switching"]["relation"] == inertia and "variety seeking" not in told


def test_one_firm_s_log_says_nothing_of_rivals():
    findings = []
    found = choice.fit_choice(panel([(1, 0.0, "A", 2.0)]), {"A": 2.0}, findings)
    b = 2.62 / (2.0 * 0.5)
    assert found["sections"]["choice"] == {
        "price_sensitivity": pytest.approx(b),
        "outside": True,
        "outside_utility": 0.0,
    }
    assert found["sections"]["taste"] == {"kind": "homogeneous"}
    assert found["firms"] == {"A": {"share": 1.0, "appeal": pytest.approx(2.0 * b)}}  # even odds at the price
    assert [f.source for f in findings] == ["assumed", "assumed"] and findings[1].estimate == 0.5


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
    again = fit(Panel(log, name="till"), focal="a_b-2", customers=100, name="Ours")
    assert again.scenario.focal == "a_b-2" and again.scenario.spec.about.title == "Ours"
