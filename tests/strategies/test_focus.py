"""Whom to satisfy: a given effort on everybody, on some, on what matters to them, and not on those who cost (P21)."""

import math

import numpy as np
import pytest

from regulars import Scenario
from regulars.ground.parameter import Problem
from regulars.market import Market

REVIEW = 28.0
EXPERIENCE = {"experience.on": True, "bond.on": True, "bond.response": "linear"}
WEIGHING = {"choice.service_weight": {"distribution": "gamma", "mean": 1.0, "sd": 1.0}}


def market(rules=None, *, customers=500, days=168, log="memory", changes=None):
    """Two shops and staying away; orders come in online, so that every customer is known."""
    strategies = {} if rules is None else {"focus": {"effort": 40.0, "review": REVIEW, **rules}}
    return (
        Scenario(
            {
                "market": {"customers": customers, "days": days},
                "need": {"mean": 1.5, "shape": 1.0},
                "taste": {"concentration": 1.5},
                "choice": {"outside": True, "outside_utility": -2.0, "price_sensitivity": 0.1},
                "spending": {"basket": {"distribution": "gamma", "mean": 1.0, "sd": 0.5}},
                "firms": [
                    {"name": "ours", "price": 10.0, "cost": 7.0, "online": True, "strategies": strategies},
                    {"name": "rival", "price": 10.0, "cost": 7.0},
                ],
            }
        )
        .set(changes or {})
        .market(log=log)
    )


def until(run, day):
    """The market on a later day."""
    while run.day < day:
        run.step()
    return run


def focus(run):
    """The strategy itself."""
    return run.firm("ours").strategies["focus"]


def visits(run, start, end):
    """Purchases here of every customer between two days."""
    log = run.log.purchases()
    log = log[(log["firm"] == "ours") & (log["time"] >= start) & (log["time"] < end)]
    return log.groupby("customer").size().reindex(range(run.customers.count), fill_value=0).to_numpy()


# ---------------------------------------------------------------- the effort


@pytest.mark.parametrize("audience", ["everybody", "spent:20", "heavy:0.2"])
def test_effort_is_divided_by_the_visits_of_the_audience(audience):
    """Effort a day over visits a day since the latest look, for who is in the audience on the day of the look."""
    run = until(market({"audience": audience}), 2 * REVIEW)
    within = run.firm("ours").audience(audience, run.day)
    came = visits(run, REVIEW, 2 * REVIEW)[within].sum()
    run.step()
    care = focus(run).care
    assert care[~within] == pytest.approx(0.0)
    assert care[within] == pytest.approx(40.0 / (came / REVIEW), rel=1e-5)
    assert focus(run).better(np.arange(500)) == pytest.approx(0.1 * np.sqrt(care.astype(float)), rel=1e-5)


def test_the_same_effort_on_fewer_goes_further():
    """A part s of the visits: each of them is better by 1 / sqrt(s), and who is in the audience comes more often."""
    runs = {
        a: market({"audience": a, "gain": 0.3, "pull": 1.0}, customers=2000)
        for a in ("everybody", "heavy:0.2")
    }
    for run in runs.values():
        until(run, REVIEW)
    part = runs["heavy:0.2"].firm("ours").audience("heavy:0.2", REVIEW)
    came = visits(runs["everybody"], 0, REVIEW)  # the same so far: there has been no effort yet
    assert np.array_equal(came, visits(runs["heavy:0.2"], 0, REVIEW))
    share = came[part].sum() / came.sum()
    for run in runs.values():
        run.step()
    better = {a: focus(run).better(np.flatnonzero(part)) for a, run in runs.items()}
    assert better["heavy:0.2"] / better["everybody"] == pytest.approx(1 / math.sqrt(share), rel=1e-4)
    assert share < 0.6
    none = market(customers=2000)
    late = (REVIEW, 2 * REVIEW)
    for run in (*runs.values(), none):
        until(run, 2 * REVIEW)
    more = {a: visits(run, *late) - visits(none, *late) for a, run in runs.items()}
    assert more["heavy:0.2"][part].mean() > more["everybody"][part].mean() > 0
    assert more["heavy:0.2"][~part].sum() == 0 < more["everybody"][~part].sum()


def test_nothing_is_spent_before_anybody_has_come():
    """Before the first review the firm does not know what a visit may cost."""
    run, none = until(market({"gain": 1.0, "pull": 1.0}), REVIEW), until(market(), REVIEW)
    assert run.log.opportunities().equals(none.log.opportunities())
    assert run.ledger.value("staff", run.names.index("ours")) == 0
    quiet = until(market({"audience": "lapsed:60"}), 2.5 * REVIEW)
    assert not focus(quiet).care.any()  # nobody came: nothing can be divided


def test_what_is_delivered_is_paid():
    run = until(market({"audience": "spent:20", "pull": 0.5}), 2 * REVIEW)
    before = run.ledger.value("staff", run.names.index("ours"))
    run.step()
    care = focus(run).care.astype(np.float64)
    until(run, 3 * REVIEW)
    paid = run.ledger.value("staff", run.names.index("ours")) - before
    assert paid == pytest.approx((care * visits(run, 2 * REVIEW, 3 * REVIEW)).sum(), abs=1e-3)
    assert 0.5 * 40.0 * REVIEW < paid < 2 * 40.0 * REVIEW  # about the effort of a day, every day
    run.ledger.check()


# ---------------------------------------------------------------- what matters


def test_key_factors_put_the_effort_where_it_matters():
    """By the square of what is known to matter: all of it known, the sum of what is felt grows by rms / mean of w."""
    rules = {"gain": 0.2, "key_factors": True}
    run = until(market(rules, customers=3000, changes=WEIGHING), REVIEW)
    run.firm("ours").file.knowledge[:] = 1.0
    run.firm("ours").file.half_life = 0.0
    run.step()
    plain = until(market({**rules, "key_factors": False}, customers=3000, changes=WEIGHING), REVIEW + 1)
    w, came = focus(run).matters, visits(run, 0, REVIEW)
    assert w == pytest.approx(run.customers.service_weight / run.customers.service_weight.mean(), rel=1e-5)
    everyone = np.arange(3000)
    felt, even = ((came * focus(m).better(everyone)).sum() for m in (run, plain))
    expected = math.sqrt(came @ w**2 / came.sum()) / (came @ w / came.sum())
    assert felt / even == pytest.approx(expected, rel=1e-4) and expected > 1.3
    budgets = [(came * focus(m).care).sum() for m in (run, plain)]
    assert budgets[0] == pytest.approx(budgets[1], rel=1e-5)  # the same money


def test_key_factors_need_knowledge_and_customers_who_differ():
    """Nothing known, or all alike: the effort is divided evenly, to the bit."""
    unknown = {**WEIGHING, "firms.ours.online": False}
    for changes in (unknown, {}):
        runs = [market({"key_factors": k, "pull": 0.5}, changes=changes).run() for k in (True, False)]
        assert runs[0].log.opportunities().equals(runs[1].log.opportunities())
    known = [market({"key_factors": k, "pull": 0.5}, changes=WEIGHING).run() for k in (True, False)]
    assert not known[0].log.opportunities().equals(known[1].log.opportunities())


# ---------------------------------------------------------------- whom not to serve

COSTLY = {"cost_to_serve.on": True, "cost_to_serve.cost": {"distribution": "gamma", "mean": 2.0, "sd": 2.0}}
REFUSE = {"effort": 0.0, "refuse": True, "patience": 3}


def test_who_costs_more_than_he_brings_is_refused():
    """At each review: of those seen often enough, who brought less margin than serving cost; for good."""
    run = until(market(REFUSE, changes=COSTLY), 3 * REVIEW)
    log = run.log.purchases()
    log = log[(log["firm"] == "ours")]
    margin = (
        (log["amount"] - 7.0 * log["quantity"])
        .groupby(log["customer"])
        .sum()
        .reindex(range(500), fill_value=0.0)
    )
    seen = visits(run, 0, 3 * REVIEW)
    bad = (seen >= 3) & (margin.to_numpy() < run.customers.serving_cost * seen)
    before = focus(run).refused.copy()
    run.step()
    assert np.array_equal(focus(run).refused, bad | before) and bad.sum() > 20
    day = run.day
    run.run()
    assert visits(run, day, 1000)[bad].sum() == 0
    events = run.log.events()
    assert set(events.loc[events["event"] == "refuse", "customer"]) == set(np.flatnonzero(focus(run).refused))


def test_refusing_pays_where_serving_costs_and_does_nothing_elsewhere():
    refused, none = market(REFUSE, changes=COSTLY).run(), market(changes=COSTLY).run()
    assert refused.firm("ours").profit > none.firm("ours").profit + 100.0
    assert refused.firm("ours").purchases < none.firm("ours").purchases
    free, none = market(REFUSE).run(), market().run()
    assert not focus(free).refused.any() and free.ledger.table() == none.ledger.table()


def test_strangers_cannot_be_refused():
    anonymous = {**COSTLY, "firms.ours.online": False}
    run, none = market(REFUSE, changes=anonymous).run(), market(changes=anonymous).run()
    assert not focus(run).refused.any() and run.log.opportunities().equals(none.log.opportunities())
    known = until(market(REFUSE, changes=COSTLY), 3 * REVIEW + 1)
    refused = focus(known).refused.copy()
    known.firm("ours").online = False  # from now on nobody is recognised
    known.run()
    assert refused.sum() > 20 and visits(known, 3 * REVIEW + 1, 1000)[refused].sum() > 0


# ---------------------------------------------------------------- sane


def test_off_is_nothing_at_all():
    off, none = (market(r, changes=EXPERIENCE).run() for r in ({"effort": 0.0, "refuse": False}, None))
    assert (
        off.log.opportunities().equals(none.log.opportunities()) and off.ledger.table() == none.ledger.table()
    )
    for rules, changes in (
        ({"gain": 0.0, "pull": 1.0}, EXPERIENCE),
        ({"gain": 1.0}, {}),
    ):  # no gain; nobody feels it
        assert (
            market(rules, changes=changes)
            .run()
            .log.opportunities()
            .equals(market(changes=changes).run().log.opportunities())
        )


@pytest.mark.parametrize("what", ["effort", "gain"])
def test_more_of_it_never_attracts_less(what):
    values = {"effort": (0.0, 20.0, 60.0, 200.0), "gain": (0.0, 0.1, 0.3, 0.8)}[what]
    sales = [
        market({"pull": 1.0, what: value}, changes=EXPERIENCE, log="totals").run().firm("ours").purchases
        for value in values
    ]
    assert sales == sorted(sales) and sales[-1] > sales[0] * 1.02


def test_saving_changes_nothing(tmp_path):
    rules = {"audience": "spent:20", "pull": 1.0, "refuse": True, "patience": 3, "key_factors": True}
    changes = {**COSTLY, **WEIGHING}
    whole = market(rules, changes=changes).run()
    part = until(market(rules, changes=changes), 100)
    again = Market.load(part.save(tmp_path / "half")).run()
    assert again.log.opportunities().equals(whole.log.opportunities())
    assert again.ledger.table() == whole.ledger.table()


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"audience": "heavy"}, "a number is needed"),
        ({"audience": "evrybody"}, "'everybody'"),
        ({"effort": -1.0}, "currency per day"),
        ({"patience": 0}, "purchases"),
        ({"key_factor": True}, "'key_factors'"),
    ],
)
def test_mistakes_are_told(rules, told):
    with pytest.raises(Problem, match=told):
        market(rules)
