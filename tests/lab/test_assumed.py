"""What no log tells is drawn, and what a log does tell stays when it is: here by simulation and by the law of large numbers."""

import numpy as np
import pytest
from lab.logs_of_known_truth import one_firm

from regulars import compare, fit
from regulars.evidence.collection import collection
from regulars.lab.fitting import assumed
from regulars.lab.fitting.elsewhere import ENDS_HERE, HERE, draws_of_here
from regulars.lab.fitting.share import Share
from regulars.lab.uncertainty import drawn

NORMAL = np.linspace(-2.5, 2.5, 101)


@pytest.mark.parametrize("law", [*HERE.values(), Share(assumed.MARGIN, assumed.MARGIN_SE)])
def test_a_share_is_drawn_around_what_is_assumed(law):
    """Quantiles at evenly spaced chances have the law's mean and standard deviation."""
    from scipy import stats

    draws = law.draws(stats.norm.ppf((np.arange(4000) + 0.5) / 4000))
    assert draws.min() > 0 and draws.max() < 1
    assert draws.mean() == pytest.approx(law.mean, rel=0.002) and draws.std() == pytest.approx(
        law.sd, rel=0.01
    )


@pytest.mark.parametrize("attendance", [0.9, {"distribution": "beta", "mean": 0.8, "sd": 0.1}])
def test_purchases_stay_whatever_share_of_opportunities_ends_here(attendance):
    """Rate times chance of ending here is one number; nobody comes to more dates than there are."""
    rate = np.linspace(0.9, 1.1, 102)
    chance = draws_of_here(HERE["poisson"], {"need": {"process": "poisson", "mean": 1.0}}, rate, NORMAL)
    here = 1 / (1 + np.exp(chance["choice.outside_utility"]))
    assert here.std() > 0.1 and here[0] == pytest.approx(0.5)
    assert chance["need.mean"] * here == pytest.approx(rate * 0.5)
    dates = draws_of_here(
        HERE["calendar"], {"need": {"process": "calendar", "attendance": attendance}}, rate, NORMAL
    )
    here = 1 / (1 + np.exp(dates.pop("choice.outside_utility")))
    (name, kept), usual = dates.popitem(), attendance["mean"] if isinstance(attendance, dict) else attendance
    assert name == "need.attendance.mean" if isinstance(attendance, dict) else name == "need.attendance"
    assert kept * here == pytest.approx(np.full(102, usual * 0.95)) and kept.max() <= 1 and here.std() > 0.01


@pytest.fixture(scope="module")
def fitted():
    return fit(one_firm(customers=300))


def test_the_answer_widens_by_it(fitted):
    """Half of opportunities, or nearly all, end here: a rebate wins others only in the first market; the draws span both."""
    found = fitted.scenario.spec.posterior
    here = 1 / (1 + np.exp(found["choice.outside_utility"]))
    assert np.quantile(here, 0.1) < 0.3 and np.quantile(here, 0.9) > 0.7
    cost = np.array(found["firms.A.cost"]) / fitted.scenario.spec.firms[0].price
    margin = collection().priors["margin"]
    assert cost[0] == pytest.approx(1 - margin.mean) and cost[1:].std() == pytest.approx(margin.sd, rel=0.15)
    price = np.log(found["choice.price_sensitivity"][1:])
    assert np.corrcoef(price, cost[1:])[0, 1] == pytest.approx(-margin.correlation, abs=0.15)
    small = fitted.scenario.set({"market.customers": 100, "market.days": 140.0})
    certain = small.set({"posterior": {}, "uncertainty": {}, "evidence.priors": "none"})
    wide, narrow = (
        compare(s, arms=["everyday_low_price"], replicates=8)
        .wide("incremental_profit")["everyday_low_price"]
        .std()
        for s in (small, certain)
    )
    assert wide > 1.5 * narrow


def test_a_margin_that_was_given_is_not_drawn():
    found = fit(one_firm(customers=120), margin=0.4)
    assert found.scenario.spec.firms[0].cost == pytest.approx(0.6 * found.scenario.spec.firms[0].price)
    assert "firms.A.cost" not in found.scenario.spec.posterior
    told = next(f for f in found.findings if f.label == assumed.GOODS)
    assert (told.source, told.se) == ("asked for", None)
    assert drawn(found.scenario, 1, 3).spec.firms[0].cost == found.scenario.spec.firms[0].cost


def test_costs_of_all_firms_are_drawn_at_one_margin():
    spec = {"firms": [{"name": "a", "price": 2.0}, {"name": "b", "price": 10.0}]}
    costs = assumed.draws_of_costs(spec, NORMAL)
    assert costs["firms.b.cost"] == pytest.approx(5 * costs["firms.a.cost"])
    assert costs["firms.a.cost"][0] == pytest.approx(2 * (1 - assumed.MARGIN))


def test_how_far_customers_look_ahead_is_drawn(fitted):
    """No log without a programme tells it; with it a reward for many purchases stands or falls."""
    found = fitted.scenario.spec
    for prior in assumed.FORESIGHT:
        law = collection().priors[prior]
        draws, name = np.array(found.posterior[law.parameter]), law.parameter.partition(".")[2]
        assert draws[0] == law.mean and draws.min() > 0 and draws.max() <= 1
        assert draws[1:].mean() == pytest.approx(law.mean, rel=0.02)
        assert draws[1:].std() == pytest.approx(law.sd, rel=0.1)
        assert getattr(found.foresight, name).mean == law.mean
        told = next(f for f in fitted.findings if f.name == law.parameter)
        assert told.source == "assumed" and told.se == law.sd and f"regulars evidence {prior}" in told.note
    check = next(c for c in fitted.health if c.name == "identification")
    assert "weight of later rewards" in check.sentence
    values = [drawn(fitted.scenario, 1, k).spec.foresight.foresight.mean for k in range(4)]
    assert len(set(values)) == 4


def test_the_market_begins_on_the_first_day_of_what_it_repeats():
    """Two years of a firm's log: the market repeats the last 364 days, on their dates."""
    import dataclasses
    import datetime as dt

    log = one_firm({"exit_rate": 0.7, "entry_rate": 0.7}, customers=200, days=728, since=182)
    found = fit(dataclasses.replace(log, start=dt.date(2022, 1, 1)))
    assert (
        found.scenario.spec.market.start
        == dt.date(2022, 1, 1) + dt.timedelta(days=round(log.days) - 364)
        > dt.date(2022, 1, 1)
    )
    assert fit(
        dataclasses.replace(one_firm(customers=200), start=dt.date(2022, 1, 1))
    ).scenario.spec.market.start == dt.date(2022, 1, 1)


MARKET = """
market = {{customers = 400, days = 364, seed = 3}}
firms = [{{name = "inn", price = 10.0, base_price = 10.0, cost = 6.0}}]
taste = {{kind = "homogeneous"}}
need = {{mean = 1.0, shape = 1.5, period = 7.0}}
choice = {{price_sensitivity = 0.2, outside = true, outside_utility = {pull}}}
"""


@pytest.mark.parametrize("here", [0.3, 0.8])
def test_opportunities_of_our_own_log_tell_the_share_that_no_log_of_purchases_tells(here, tmp_path):
    """With them the share, and the rate of opportunities, are fitted; purchases alone leave it assumed."""
    from regulars.cli.app import app
    from regulars.panels import read

    pull = np.log((1 - here) / here)
    (tmp_path / "inn.toml").write_text(MARKET.format(pull=pull))
    app(["run", str(tmp_path / "inn.toml"), "--log", str(tmp_path / "inn.parquet"), "--json"], standalone_mode=False)  # fmt: skip
    log = read(tmp_path / "inn.parquet", opportunities="all")
    assert len(log.opportunities) * here == pytest.approx(len(log), rel=0.1)
    found = fit(log)
    told = next(f for f in found.findings if f.label == ENDS_HERE)
    assert told.source == "fitted" and abs(told.estimate - here) < 3 * told.se < 0.05
    drawn_here = 1 / (1 + np.exp(found.scenario.spec.posterior["choice.outside_utility"]))
    assert drawn_here[1:].std() == pytest.approx(told.se, rel=0.1)
    assert found.scenario.spec.need.mean == pytest.approx(1.0, rel=0.2)
    usual = fit(read(tmp_path / "inn.parquet"))
    assert next(f for f in usual.findings if f.label == ENDS_HERE).source == "assumed"


def test_a_log_of_purchases_has_no_opportunities(tmp_path):
    from regulars.ground.errors import RegularsError
    from regulars.panels import read

    (tmp_path / "till.csv").write_text("customer,date,amount\n1,2024-01-01,5\n2,2024-01-02,6\n")
    with pytest.raises(
        RegularsError, match="only in a log that `regulars run --log` wrote; --opportunities purchases"
    ):
        read(tmp_path / "till.csv", opportunities="all")


def test_programmes_of_a_fitted_market_carry_their_priors(fitted):
    """Redemption, progress and what service is worth: no log without a programme tells them. Foresight and costs are drawn with the rest."""
    from regulars.lab.uncertainty import uncertain_values

    lines = {line.path: line for line in uncertain_values(fitted.scenario)}
    assert set(lines) == {
        "",
        "strategies.points.redemption_rate",
        "strategies.points.progress_perception",
        "strategies.personal_service.fit_gain",
    }
    rate = collection().priors["redemption-rate"]
    assert fitted.scenario.value("arms.points.strategies.points.redemption_rate") == rate.mean
    assert lines["strategies.points.redemption_rate"].laws[0](NORMAL) == pytest.approx(rate.law(NORMAL))
    assert "regulars evidence" in fitted.scenario_toml()


def test_what_the_user_knows_is_asked_for_and_not_drawn(fitted):
    from regulars.lab.fitting.user import as_said, margin_said

    texts = ["foresight = 0.5", "redemption rate within 0.1"]
    sure = as_said(fitted, texts)
    told = next(f for f in sure.findings if f.name == "foresight.foresight")
    assert (told.estimate, told.se, told.source) == (0.5, None, "asked for")
    assert any(line.startswith("weight of later rewards phi = 0.5") for line in sure.identified)
    assert len({drawn(sure.scenario, 1, k).spec.foresight.foresight.mean for k in range(4)}) == 1
    assert (
        margin_said(["foresight", "margin = 31%"]) == pytest.approx(0.31) and margin_said(["margin"]) is None
    )
