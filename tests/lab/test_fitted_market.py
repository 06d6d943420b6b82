"""A fitted market sells what its log sold, to customers who come, stay and leave as they did; each with its negative control."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from lab.logs_of_known_truth import brands, one_firm
from scipy import stats

from regulars.lab.fit import fit
from regulars.lab.fitting import choice, posterior, prices, process, season
from regulars.lab.fitting.purchases import OTHERS, as_bought
from regulars.lab.misfits import USUAL
from regulars.lab.uncertainty import drawn
from regulars.panels.panel import Panel
from regulars.scenario import load


def grades(fitted):
    return {check.name: check.grade for check in fitted.health}


def sold(scenario, **change):
    log = scenario.set({"arms": {}, **change}).market(seed=9, log="memory").run().log.purchases()
    return float(log["amount"].sum())


@pytest.fixture(scope="module")
def mature():
    """A year and a half in the life of a firm that loses and wins two thirds of its customers a year."""
    return fit(one_firm({"exit_rate": 0.7, "entry_rate": 0.7}, days=728, since=182))


@pytest.mark.big
def test_a_firm_s_log_of_years_gives_a_market_that_sells_as_much_a_day(mature):
    log = mature.panel.purchases
    wanted = log.loc[log["time"] >= mature.panel.days - 364, "amount"].sum()
    people = mature.scenario.spec.market.customers
    assert people < 0.6 * len(mature.panel.customers)  # not everybody ever seen stands at the door
    many = sold(mature.scenario, **{"market.customers": 40 * people})
    assert many / 40 == pytest.approx(wanted, rel=0.03)
    assert grades(mature)["money level"] == "PASS"


@pytest.mark.big
def test_the_level_of_sales_survives_every_draw_and_sweep(mature):
    """In a one-firm log price sensitivity is assumed: what is drawn of it must not move what the log shows."""
    scenario = mature.scenario.set({"market.customers": 4_000})
    usual = sold(scenario)
    assert sold(scenario, **{"choice.price_sensitivity": 30.0}) == usual
    for k in range(3):
        other = drawn(scenario, 1, k)
        assert other.value("choice.price_sensitivity") != scenario.value("choice.price_sensitivity")
        assert sold(other) == pytest.approx(usual, rel=0.05)


def test_what_is_assumed_is_not_said_to_come_from_the_log(mature):
    """Draws of a fit hold both: what the log told, and what it could not tell."""
    from regulars.lab.uncertainty import BEHAVIOUR, LOG, MONEY, drawn_and_told

    sources = {row["input"]: row["source"] for row in drawn_and_told(mature.scenario, 1, 0)[1]}
    log = {name for name, source in sources.items() if source == LOG}
    assert log == {"need.shape", "turnover.exit_rate"}
    assert (
        sources["need.mean"] == BEHAVIOUR
    )  # the log tells the rate of purchases here: how many more there are, nobody does
    assert sources["foresight.foresight.mean"] == BEHAVIOUR
    assert {source for name, source in sources.items() if name.endswith(".cost")} == {MONEY}
    by_hand = mature.scenario.set({"about.told_by_log": []})  # nobody says: draws are taken for the log's
    assert {
        row["source"] for row in drawn_and_told(by_hand, 1, 0)[1] if row["input"] in by_hand.spec.posterior
    } == {LOG}


def test_the_mean_rate_of_a_draw_is_the_one_that_sells_what_the_log_sold(mature):
    """Whoever leaves sooner must buy more often: the product of rate and expected days stays what it was."""
    draws = mature.scenario.spec.posterior
    elsewhere = np.exp(
        draws["choice.outside_utility"]
    )  # odds; opportunities go with 1 / share that ends here
    mean, hazard = np.array(draws["need.mean"]) / (1 + elsewhere), np.array(draws["turnover.exit_rate"])
    assert mean.std() > 0.005 * mean[0] and np.corrcoef(mean, hazard)[0, 1] > 0.9
    entry = mature.scenario.spec.turnover.entry_rate / 365.25
    day = np.linspace(0, 364, 2001)
    assert "turnover.exit_shape" not in draws  # all have the same hazard, so that it can be worked out here
    sold = []
    for m, h in list(zip(mean, hazard, strict=True))[:20]:
        spent = np.cumsum(np.exp(-h / 365.25 * day)) * day[1]
        sold.append(m * (spent[-1] + entry * np.trapezoid(spent, day)))
    assert sold == pytest.approx([sold[0]] * 20, rel=2e-3)


def test_receipts_of_one_day_are_one_visit_with_their_money():
    day = one_firm(customers=120)
    twice = pd.concat([day.purchases.assign(time=day.purchases["time"] + hour) for hour in (0.3, 0.6)])
    findings = []
    found = as_bought(Panel(twice, days=day.days), None, findings)
    assert len(found) == len(day) and "one visit" in findings[0].note
    assert found.purchases["amount"].sum() == pytest.approx(2 * day.purchases["amount"].sum())
    assert as_bought(day, None, (none := [])).purchases.equals(day.purchases) and not none


def test_lines_of_a_basket_add_up_and_firms_beyond_the_largest_are_one():
    rows = [(c, float(t), f"f{t % 40:02}", 2.0, 1.0) for c in range(30) for t in range(c + 1)]
    table = pd.DataFrame([*rows, *rows], columns=["customer", "time", "firm", "amount", "price"])
    findings = []
    found = as_bought(Panel(table, days=40.0), "f29", findings)
    assert found.purchases["amount"].sum() == table["amount"].sum() and len(found) == len(rows)
    assert found.purchases["price"].eq(1.0).all() and found.purchases["amount"].eq(4.0).all()
    assert len(found.firms) == 12 and OTHERS in found.firms and "f29" in found.firms
    assert [f.label for f in findings] == ["firms taken together", "what counts as a purchase"]


# ---------------------------------------------------------------- choices


def chosen(log):
    findings = []
    found = choice.fit_choice(
        log, log.purchases.groupby("firm")["price"].max().to_dict(), "poisson", findings
    )
    return found, {f.label: f for f in findings}


@pytest.mark.big
def test_levels_of_price_belong_to_the_brand_and_changes_tell_the_response():
    """The dearest brand is the best liked: taken for a response, levels would halve it."""
    found, told = chosen(brands(prices=(8.0, 5.0, 3.0, 2.0), b=0.6, mean=20.0))
    b = told["price sensitivity b"]
    assert b.source == "fitted" and abs(b.estimate - 0.6) < 2.5 * b.se < 0.3
    assert found.firms["a"]["base_price"] == 8.0
    _, told = chosen(brands(prices=(8.0, 5.0, 3.0, 2.0), b=0.0, mean=20.0))
    assert told["price sensitivity b"].source == "assumed"  # nobody minds: nothing is found


@pytest.mark.big
def test_customers_who_differ_in_how_much_they_mind_prices_are_told():
    truth = {"prices": (2.0, 2.0, 2.0, 2.0), "b": 4.0, "mean": 20.0, "seed": 2}
    found, told = chosen(brands(differ=1.0, **truth))
    spread, b = found.sections["choice"]["price_sensitivity"], told["price sensitivity b"]
    assert abs(spread["mean"] - 4.0) < 2.5 * b.se and spread["sd"] == pytest.approx(4.0, rel=0.35)
    assert "customers differ" in b.note
    alike, told = chosen(brands(**truth))
    assert isinstance(alike.sections["choice"]["price_sensitivity"], float)
    assert "no difference between customers is seen" in told["price sensitivity b"].note


@pytest.mark.big
@pytest.mark.parametrize("absent", [[(0, 0.0, 182.0)], [(0, 56.0 * k, 56.0 * k + 28) for k in range(7)]])
def test_a_brand_that_was_not_on_sale_is_no_habit(absent):
    log = brands(mean=16.0, absent=absent)
    found, told = chosen(log)
    inertia = told["inertia: bonus of the firm bought last"]
    assert inertia.estimate < 2.5 * inertia.se
    assert set(found.absent) == {"a"} and "not on sale" in told["brands not on sale all the time"].note
    assert prices.absences(brands(mean=16.0)) == {}  # brands of a log without gaps are always there


@pytest.mark.big
def test_a_habit_is_found_where_there_is_one():
    inertia = chosen(brands(habit=0.8))[1]["inertia: bonus of the firm bought last"]
    assert abs(inertia.estimate - 0.8) < 3 * inertia.se


# ---------------------------------------------------------------- rhythms and seasons


def dated(gaps, customers=60, days=364, seed=1):
    rng = np.random.default_rng(seed)
    rows = []
    for customer in range(customers):
        time = rng.uniform(0, 20)
        while time < days:
            rows.append((customer, time))
            time += gaps(rng, customer)
    return pd.DataFrame(rows, columns=["customer", "time"])


@pytest.mark.parametrize(
    ("gaps", "kind"),
    [
        (lambda rng, c: rng.exponential(3.0 + c / 3), "poisson"),
        (lambda rng, c: rng.gamma(4.0, (3.0 + c / 3) / 4), "erlang"),
        (lambda rng, c: 30.0, "calendar"),
        (lambda rng, c: 7.0 * rng.geometric(0.7), "calendar"),
        (lambda rng, c: 30.0 + rng.integers(-1, 2), "calendar"),
    ],
)
def test_the_rhythm_is_chosen_by_likelihood(gaps, kind):
    for whole in (False, True):
        table = dated(gaps)
        table = table.assign(time=np.floor(table["time"])) if whole else table
        found = process.rhythm(table.drop_duplicates(), 364.0)
        assert found.kind == kind, (whole, found)
    if kind == "calendar":
        assert found.interval == pytest.approx(30.0 if "30" in found.sentence() else 7.0, rel=0.03)


def test_those_who_buy_on_most_days_have_days_for_opportunities():
    rng = np.random.default_rng(2)
    rows = [(c, float(t)) for c in range(50) for t in range(120) if rng.random() < 0.7]
    found = process.rhythm(pd.DataFrame(rows, columns=["customer", "time"]), 120.0)
    assert (found.kind, found.interval) == ("calendar", 1.0) and found.attendance == pytest.approx(0.7, abs=0.03)  # fmt: skip


def test_a_season_is_named_and_a_steady_log_is_not():
    rng = np.random.default_rng(3)
    steady = pd.DataFrame({"customer": rng.integers(0, 150, 3000), "time": rng.uniform(0, 364, 3000)})
    peak = pd.concat([steady, steady.assign(time=rng.uniform(330, 358, 3000))])
    assert season.uneven(steady, 364.0, lambda low, high: high - low) == ""
    assert "not even over the year" in season.uneven(peak, 364.0, lambda low, high: high - low)


# ---------------------------------------------------------------- draws and the file


@pytest.mark.big
def test_draws_are_joint_and_the_file_tells_the_same_market(tmp_path):
    log = brands(customers=120)
    hostile = {"a": 'x"]\nextends = "evil.toml"\n[', "b": "a.b", "c": "*", "d": "plain"}
    log = replace(log, purchases=log.purchases.assign(firm=log.purchases["firm"].map(hostile)))
    found = fit(log)
    draws = found.scenario.spec.posterior
    assert {"need.shape", "taste.concentration", "choice.price_sensitivity"} <= set(draws)
    shares = np.array([v for name, v in draws.items() if name.endswith(".share")])
    assert shares.shape == (4, 1 + posterior.DRAWS) and shares.sum(axis=0) == pytest.approx(1.0)
    error = found.estimates.set_index("scenario").loc["taste.concentration", "se"]
    assert np.std(draws["taste.concentration"]) == pytest.approx(error, rel=0.25)
    path = found.write(tmp_path / "m.toml")
    again = load(path)
    assert again.hash == found.scenario.hash and (tmp_path / "m.posterior.parquet") in again.inputs
    assert "experience" not in path.read_text()  # only what was fitted or assumed
    assert "standard error" in path.read_text() and "--set need.mean" in path.read_text()
    (tmp_path / "n.toml").write_text(found.scenario_toml())
    assert load(tmp_path / "n.toml").hash == found.scenario.hash


def test_customers_who_never_buy_the_same_twice_in_a_row():
    """Three firms in turns: the likelihood has no maximum in habit, and the fit says what it misses rather than failing."""
    chance = np.random.default_rng(4)
    days = {who: np.sort(chance.uniform(0, 364, 1 + chance.poisson(3))) for who in range(90)}
    rows = [
        (who, t, f"firm {(who + k) % 3}", 5.0) for who, times in days.items() for k, t in enumerate(times)
    ]
    log = pd.DataFrame(rows, columns=["customer", "time", "firm", "amount"])
    fitted = fit(Panel(log, name="turns"))
    assert any("repeat rate" in line and "misses" in line for line in fitted.identified)
    assert next(c for c in fitted.health if c.name == "moments").grade != "PASS"


@pytest.mark.big
def test_customers_asked_for_are_told_with_what_they_do_to_totals(mature):
    people = mature.scenario.spec.market.customers
    asked = fit(mature.panel, customers=2 * people)
    assert asked.scenario.spec.market.customers == 2 * people
    told = next(line for line in asked.identified if line.startswith("customers of the scenario"))
    assert "2 times those of the log" in told or "1.99 times" in told or "2.01 times" in told


def test_draws_have_the_quantiles_of_a_normal_law_and_are_strangers_to_one_another():
    z = posterior._normal(5, "made up", 1)
    assert z.shape == (posterior.DRAWS, 5) and z.mean(axis=0) == pytest.approx(0, abs=1e-12)
    for share, point in ((0.05, -1.645), (0.25, -0.674), (0.95, 1.645)):
        assert np.quantile(z, share, axis=0, method="hazen") == pytest.approx(point, abs=0.002)
    between = np.corrcoef(z.T)[np.triu_indices(5, 1)]
    assert 0 < np.abs(between).max() < 0.4  # four standard errors of 100 pairs
    assert not np.array_equal(z, posterior._normal(5, "made up", 2))
    few = np.array([posterior._normal(1, "made up", seed)[:20:2, 0] for seed in range(200)])
    assert few.mean() == pytest.approx(0, abs=0.08) and few.std() == pytest.approx(1, abs=0.04)


def test_the_draws_that_a_comparison_takes_have_the_spread_of_them_all():
    """A tenth of the sizes lies in each tenth of the law: in the first 20 draws, of any value and seed, as in any other 20."""
    assert USUAL == 2 * posterior.PAIRS
    z = np.concatenate([posterior._normal(3, "made up", seed) for seed in range(20)], axis=1)
    blocks = z.reshape(-1, USUAL, z.shape[1])
    assert blocks.std(axis=1).std() < 0.1  # ten pairs of chance: .22
    size = np.sort(np.abs(blocks[:, ::2]), axis=1)
    assert (np.floor(20 * (stats.norm.cdf(size) - 0.5)) == np.arange(10)[:, None]).all()
    assert len({tuple(column) for column in z.T}) == z.shape[1]


def test_what_a_fit_assumes_can_be_said_by_the_name_it_gives_it(mature):
    """`--sure` knows the labels of what has one parameter; the share that ends here moves several."""
    from regulars.lab.fitting.elsewhere import ENDS_HERE
    from regulars.scenario.sure import everyday_names

    assumed = {f.label for f in mature.findings if f.source == "assumed" and f.name} - {ENDS_HERE}
    assert len(assumed) > 3 and assumed <= {*everyday_names()}
