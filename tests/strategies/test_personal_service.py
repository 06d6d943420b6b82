"""Personal service: regulars are found at the till, their tastes learnt visit by visit, and service costs staff."""

import math

import numpy as np
import pytest

from regulars import Scenario
from regulars.ground.parameter import Problem

YEAR = 365.25


def market(rules=None, **changes):
    """Two shops and staying at home, a dozen purchases a quarter each; a regular spends 500 a year or more here."""
    strategies = {} if rules is None else {"personal_service": {"budget": 1000.0, "review": 28, **rules}}
    return (
        Scenario(
            {
                "market": {"customers": 500, "days": 168},
                "need": {"mean": 2.0, "shape": 2.0},
                "taste": {"concentration": 1.5},
                "choice": {"outside": True, "outside_utility": -2.0, "price_sensitivity": 0.1},
                "spending": {"basket": 1.0, "variation": 0.3},
                "firms": [
                    {"name": "shop", "price": 10.0, "cost": 7.0, "strategies": strategies},
                    {"name": "rival", "price": 10.0, "cost": 7.0},
                ],
            }
        )
        .set({name.replace("__", "."): value for name, value in changes.items()})
        .market(log="memory")
    )


def service(run):
    """The strategy itself."""
    return run.firm("shop").strategies["personal_service"]


def choices(run):
    """Every opportunity of the log."""
    return run.log.opportunities()


def bought_here(run):
    """Purchases at the shop."""
    table = choices(run)
    return table[table["firm"] == "shop"]


def test_regulars_are_found_from_the_till_alone():
    """Spending since the last review, of those who show a card, above the share of the budget for that time."""
    run = market({"enrolment": "randomised", "enrolled_share": 0.6}).run()
    run2 = market({"enrolment": "randomised", "enrolled_share": 0.6}, market__days=169).run()
    table = bought_here(run)
    latest = (
        table[table["time"] >= 140].groupby("customer")["amount"].sum().reindex(range(500), fill_value=0.0)
    )
    due = (latest > 0.5 * 1000.0 * 28 / YEAR).to_numpy() & service(run).member
    assert np.array_equal(service(run2).regular, due)  # one day later the review of day 168 has been held
    assert 20 < due.sum() < 300


def test_nobody_is_served_before_the_first_review():
    served, none = market({"review": 84}).run(), market().run()
    a, b = choices(served), choices(none)
    assert a[a["time"] < 84].equals(b[b["time"] < 84])
    assert not a[a["time"] >= 84].equals(b[b["time"] >= 84])


def test_who_shows_no_card_is_never_served():
    none = choices(market().run())
    run = market({"enrolment": "randomised", "fit_gain": 2.0}).run()
    strangers = ~service(run).member
    table = choices(run)
    rows = strangers[table["customer"]]
    assert table[rows].equals(none[rows]) and not table[~rows].equals(none[~rows])
    assert not service(run).regular[strangers].any() and not service(run).knowledge[strangers].any()


def test_knowledge_grows_with_each_served_visit():
    """k = 1 - (1 - learning)^n after n served visits when nothing is forgotten."""
    run = market({"share": 0.0, "learning": 0.2, "forgetting": 0.0, "review": 56}, market__days=112).run()
    table = bought_here(run)
    # with no share to reach, whoever has spent anything since the last review is a regular
    early = set(table.loc[table["time"] < 56, "customer"])
    late = table[(table["time"] >= 56) & table["customer"].isin(early)].groupby("customer").size()
    visits = late.reindex(range(500), fill_value=0).to_numpy()
    assert visits.max() > 10
    assert service(run).knowledge == pytest.approx(1 - 0.8**visits, abs=1e-5)


def test_knowledge_fades_between_visits():
    rules = {"share": 0.0, "learning": 1.0, "forgetting": 3.0}
    run = market(rules).run()
    known = service(run)
    assert set(known.knowledge) == {0.0, 1.0}  # learning 1: each visit tells all
    last = bought_here(run).groupby("customer")["time"].max().reindex(range(500))
    who = np.flatnonzero(known.regular & (last >= 140.0))  # served on their latest visit
    assert who.size > 100
    assert known.learnt[who] == pytest.approx(last[who].to_numpy(), abs=1e-4)
    now = known.known(who, np.full(who.size, 168.0))
    assert now == pytest.approx(np.exp(-3.0 / YEAR * (168.0 - last[who].to_numpy())), abs=1e-5)


def test_offers_that_fit_pull_by_what_is_known():
    """Experience off: the appeal acts alone, fit_gain logits at full knowledge."""
    base = -1.0
    rules = {"share": 0.0, "learning": 1.0, "forgetting": 0.0, "fit_gain": 0.9, "review": 7}
    world = Scenario(
        {
            "market": {"customers": 20_000, "days": 14},
            "need": {"process": "calendar"},
            "taste": {"kind": "homogeneous"},
            "choice": {"outside": True, "outside_utility": -base},
            "firms": [{"name": "shop", "strategies": {"personal_service": rules}}],
        }
    )
    run = world.market(log="memory").run()
    bought = choices(run).sort_values(["customer", "time"])["firm"].notna().to_numpy().reshape(-1, 14)
    regular = bought[:, :7].any(axis=1)
    second = bought[:, 7:]
    known = (second.cumsum(axis=1) - second) > 0
    served, others = regular[:, None], ~regular[:, None]
    for rows, logits in (
        (served & known, base + 0.9),
        (served & ~known, base),
        (np.broadcast_to(others, second.shape), base),
    ):
        p, n = 1 / (1 + math.exp(-logits)), rows.sum()
        assert n > 10_000 and abs(second[rows].mean() - p) <= 4 * math.sqrt(p * (1 - p) / n)


def test_service_makes_visits_better_where_experience_counts():
    rules = {"fit_gain": 0.0, "service": 0.4}
    on = {"experience__on": True, "bond__on": True, "bond__response": "linear"}
    served, plain = market(rules, **on).run(), market({**rules, "service": 0.0}, **on).run()
    regular = service(served).regular
    f = served.firm("shop").index
    better = served.customers.satisfaction[regular, f] - plain.customers.satisfaction[regular, f]
    assert better.mean() > 0.1
    assert served.firm("shop").purchases > plain.firm("shop").purchases
    without = market(rules).run()  # experience off: service is not felt
    assert choices(without).equals(choices(market().run()))


def test_staff_is_paid_by_the_served_visit():
    run = market({"share": 0.0, "visit_cost": 1.5, "review": 56}, market__days=112).run()
    table = bought_here(run)
    early = set(table.loc[table["time"] < 56, "customer"])
    served = ((table["time"] >= 56) & table["customer"].isin(early)).sum()
    run.ledger.check()
    f = run.firm("shop").index
    assert run.ledger.value("staff", f) == 1.5 * served > 0
    assert run.ledger.value("rewards", f) == run.ledger.value("discounts", f) == 0


def test_more_fit_never_attracts_less():
    sales = [market({"fit_gain": gain}).run().firm("shop").purchases for gain in (0.0, 0.3, 0.8, 2.0)]
    assert sales == sorted(sales) and sales[-1] > sales[0] * 1.05


def test_both_shops_may_serve():
    rules = {"budget": 1000.0, "review": 28, "fit_gain": 1.0}
    run = market(rules, **{"firms.rival.strategies": {"personal_service": rules}}).run()
    run.ledger.check()
    none = market().run()
    share = [
        m.firm("shop").purchases / (m.firm("shop").purchases + m.firm("rival").purchases) for m in (run, none)
    ]
    assert abs(share[0] - share[1]) <= 3 * 0.5 / math.sqrt(500)
    assert all(run.ledger.value("staff", firm.index) > 0 for firm in run.firms)


def test_offered_it_is_joined_by_future_regulars():
    run = market({"enrolment": "offered", "effort": 1.0}).run()
    member = service(run).member
    everyone = np.arange(500)
    spending = run.firm("shop").baseline.spending_rate(everyone) * YEAR
    assert 0 < member.sum() < 500
    assert (spending[member] > 500.0).all()


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"share": 1.2}, "share of budget"),
        ({"budgett": 5.0}, "did you mean 'budget'"),
        ({"budget": 0.0}, "currency per year"),
    ],
)
def test_mistakes_are_told(rules, told):
    with pytest.raises(Problem, match=told):
        market(rules)
