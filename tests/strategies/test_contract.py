"""Contract: a term, a fee for leaving early, renewal without attention, and what cannot be taken along (P18)."""

import math

import numpy as np
import pytest

from regulars import Scenario
from regulars.ground.parameter import Problem
from regulars.market import Market

MONTH, TERM = 28.0, 280.0  # ten billing dates


def market(rules=None, *, customers=3000, months=10, log="memory", **changes):
    """Two operators alike and a bill a month; a currency unit is worth a logit to everybody."""
    strategies = {} if rules is None else {"contract": {"term": TERM, **rules}}
    return (
        Scenario(
            {
                "market": {"customers": customers, "days": months * MONTH},
                "need": {"process": "calendar", "interval": MONTH},
                "taste": {"kind": "homogeneous"},
                "choice": {"price_sensitivity": 1.0},
                "firms": [
                    {"name": "ours", "price": 10.0, "cost": 4.0, "strategies": strategies},
                    {"name": "rival", "price": 10.0, "cost": 4.0},
                ],
            }
        )
        .set({name.replace("__", "."): value for name, value in changes.items()})
        .market(log=log)
    )


def mixed(rules=None, **changes):
    """Customers who differ in tastes, in what they buy and in how they mind prices, and who may buy nothing."""
    differ = {
        "taste.kind": "dirichlet",
        "taste.concentration": 3.0,
        "choice.price_sensitivity": {"distribution": "lognormal", "mean": 0.3, "sd": 0.2},
        "choice.outside": True,
        "choice.outside_utility": -4.0,
        "spending.basket": {"distribution": "gamma", "mean": 3.0, "sd": 1.0},
    }
    return market(rules, customers=600, months=26, **differ, **changes)


def contract(run):
    """The strategy itself."""
    return run.firm("ours").strategies["contract"]


def dates(run):
    """Whether each billing date ended here, shape (customers, months)."""
    log = run.log.opportunities().sort_values(["customer", "time"])
    return (log["firm"] == "ours").to_numpy().reshape(run.customers.count, -1)


def sigma(x):
    return 1 / (1 + math.exp(-x))


def test_a_fee_keeps_whom_it_would_cost():
    """The rival becomes cheaper in mid-term: those leave whose gain is above fee x part left, and nobody else does."""
    fee, cut, at = 9.0, 2.0, 4
    differ = {
        "choice.mood": "none",
        "taste.kind": "normal",
        "choice.price_sensitivity": {"distribution": "uniform", "low": 0.1, "high": 2.0},
        "spending.basket": {"distribution": "uniform", "low": 1.0, "high": 8.0},
    }

    def then(rules):
        start = market(rules, **differ)
        while start.day < at * MONTH:
            start.step()
        return start.branch({"firms.rival.price": 10.0 - cut}).run()

    after = then({"fee": fee})
    bound, stays = dates(after)[:, 0], dates(after)[:, at]
    c, f = after.customers, after.names.index("ours")
    sensitivity, taste = c.price_sensitivity.astype(np.float64), c.taste.astype(np.float64)
    gain = cut * sensitivity + taste[:, 1 - f] - taste[:, f]
    due = fee * (1 - at / 10) * sensitivity / c.basket
    assert np.array_equal(bound & ~stays, bound & (gain > due))
    assert (bound & (gain > 0) & stays).sum() > 300 and (bound & ~stays).sum() > 300
    free = dates(then({}))[:, at]
    assert np.array_equal(bound & ~free, bound & (gain > 0))  # without a fee all of them go


@pytest.mark.big
def test_the_pull_of_the_fee_falls_evenly_to_nothing():
    """Two alike: a holder stays at date k of ten with chance 1 / (1 + exp(-fee (1 - k/10))); exactly as the logit says."""
    fee = 4.0
    stays = dates(market({"fee": fee}, customers=20_000).run())
    holding = stays[:, 0]
    for k in range(1, 10):
        p, n = sigma(fee * (1 - k / 10)), holding.sum()
        share = stays[holding, k].mean()
        assert abs(share - p) <= 4 * math.sqrt(p * (1 - p) / n)
        holding = holding & stays[:, k]
    free = dates(market({"fee": 0.0}, customers=20_000).run())
    assert abs(free[free[:, 0], 1].mean() - 0.5) <= 4 * 0.5 / math.sqrt(free[:, 0].sum())


def by_hand(run, rules):
    """The contract told once more from the log, customer by customer: terms, ends, set-up, fees and prices."""
    terms, ends, built, fees = {}, {}, {}, 0.0
    term, fee, pace = rules["term"], rules["fee"], rules["pace"]
    for row in run.log.opportunities().sort_values(["customer", "time"]).itertuples():
        i, t = row.customer, row.time
        left = max(ends.get(i, 0.0) - t, 0.0) / term
        if row.firm == "ours":
            due = row.listed * (1 - rules["discount"] * (left > 0))
            assert row.amount == pytest.approx(due, abs=2e-6)
            built[i] = built.get(i, 0.0) + pace * (1 - built.get(i, 0.0))
            if left <= 0:
                terms[i], ends[i] = terms.get(i, 0) + 1, t + term
        elif left > 0:
            fees += fee * left
            ends[i] = 0.0
    return terms, ends, built, fees


def test_terms_fees_and_prices_by_hand():
    rules = {"term": 130.0, "fee": 25.0, "discount": 0.1, "set_up": 0.5, "pace": 0.3}
    run = mixed(rules).run()
    terms, ends, built, fees = by_hand(run, rules)
    mine, everyone = contract(run), range(600)
    assert mine.terms.tolist() == [terms.get(i, 0) for i in everyone]
    assert mine.ends == pytest.approx([ends.get(i, 0.0) for i in everyone], abs=1e-3)
    assert mine.built == pytest.approx([built.get(i, 0.0) for i in everyone], abs=1e-5)
    assert run.ledger.value("fees", run.names.index("ours")) == pytest.approx(fees, rel=1e-5) and fees > 100.0
    events = run.log.events()
    assert (events["event"] == "sign").sum() == sum(terms.values())
    assert events.loc[events["event"] == "leave_early", "amount"].sum() == pytest.approx(fees, rel=1e-5)
    run.ledger.check()


def test_buying_nothing_is_leaving_too():
    """A contract is a duty to buy at every date: the fee pulls against staying away as well, and is due."""
    fee = 3.0
    outside = {"choice.outside": True, "choice.outside_utility": -10.0 - math.log(2)}  # as good as either
    run = market({"fee": fee}, customers=20_000, months=2, **outside).run()
    log = run.log.opportunities().sort_values(["customer", "time"])
    firm = log["firm"].cat.codes.to_numpy().reshape(-1, 2)
    f = run.names.index("ours")
    second = firm[firm[:, 0] == f, 1]
    weights = {f: math.exp(0.9 * fee), 1 - f: 1.0, -1: 1.0}
    for end, weight in weights.items():
        p = weight / sum(weights.values())
        assert abs((second == end).mean() - p) <= 4 * math.sqrt(p * (1 - p) / second.size)
    assert run.ledger.value("fees", f) == pytest.approx((second != f).sum() * fee * 0.9, rel=1e-5)


def test_a_hard_contract_is_a_fee_without_end():
    hard, dear = (mixed(rules).run() for rules in ({"binding": "hard"}, {"fee": 1e9}))
    assert hard.log.opportunities().equals(dear.log.opportunities())
    assert hard.ledger.table() == dear.ledger.table()
    here = dates(hard)
    signed = here.argmax(axis=1)
    rows = np.flatnonzero(here.any(axis=1) & (signed + 9 < here.shape[1]))
    assert here[rows[:, None], signed[rows, None] + np.arange(10)].all()
    assert not here.all(axis=1).all()


def test_who_is_wary_of_being_bound_signs_less_often():
    """Two alike: a free customer buys here with chance 1 / (1 + exp(wariness)); a holder minds nothing any more."""
    here = dates(market({"wariness": 0.8, "fee": 2.0}, customers=20_000, months=3).run())
    p = sigma(-0.8)
    assert abs(here[:, 0].mean() - p) <= 4 * math.sqrt(p * (1 - p) / 20_000)
    p, held = sigma(2.0 * 0.9), here[here[:, 0], 1]
    assert abs(held.mean() - p) <= 4 * math.sqrt(p * (1 - p) / held.size)
    signed = [mixed({"fee": 10.0, "wariness": w}).run().firm("ours").purchases for w in (0.0, 0.5, 1.0, 3.0)]
    assert signed == sorted(signed, reverse=True)


@pytest.mark.parametrize("attention", [0.3, 0.7])
def test_who_does_not_attend_signs_again(attention):
    """Hard contracts, and then a rival who gives it away: k terms more with chance attention (1 - attention)^k."""
    start = market(
        {"binding": "hard", "attention": attention, "term": 2 * MONTH},
        choice__mood="none",
        choice__price_sensitivity=1.0,
        taste__kind="normal",
        months=30,
    )
    start.step()
    run = start.branch({"firms.rival.price": 0.0}).run()
    here = dates(run)[dates(run)[:, 0]]
    more = (here.sum(axis=1) - 2) // 2  # terms of two dates, the first of them signed
    for k in range(4):
        p = attention * (1 - attention) ** k
        assert abs((more == k).mean() - p) <= 4 * math.sqrt(p * (1 - p) / len(here))
    renewed = run.log.events()["event"] == "renew"
    assert renewed.sum() == more.sum() > 0


def test_several_terms_may_end_unattended_between_two_dates():
    """Terms of ten days and a bill every thirty: three ends, each slept through with chance 1 - attention."""
    start = market(
        {"binding": "hard", "attention": 0.4, "term": 10.0},
        choice__mood="none",
        taste__kind="normal",
        need__interval=30.0,
        months=3,
    )
    start.step()
    run = start.branch({"firms.rival.price": 0.0}).run()
    here = dates(run)
    held, p = here[here[:, 0], 1], 0.6**3
    assert abs(held.mean() - p) <= 4 * math.sqrt(p * (1 - p) / held.size)


@pytest.mark.big
def test_set_up_pulls_by_what_cannot_be_taken_along():
    """After n purchases u = 1 - (1 - pace)^n; two alike: chance 1 / (1 + exp(-set_up (1 - portable) u))."""
    rules = {"set_up": 2.0, "pace": 0.5, "portable": 0.25}
    here = dates(market(rules, customers=20_000, months=6).run())
    bought = np.cumsum(here, axis=1) - here
    for n in range(4):
        rows = bought == n
        p = sigma(1.5 * (1 - 0.5**n))
        assert abs(here[rows].mean() - p) <= 4 * math.sqrt(p * (1 - p) / rows.sum())


def test_portable_set_up_holds_nobody():
    portable, none = mixed({"set_up": 3.0, "portable": 1.0}).run(), mixed().run()
    assert portable.log.opportunities().equals(none.log.opportunities())
    stayed = [
        mixed({"set_up": 3.0, "portable": p}).run().firm("ours").purchases for p in (1.0, 0.6, 0.3, 0.0)
    ]
    assert stayed == sorted(stayed) and stayed[-1] > stayed[0]


@pytest.mark.parametrize(
    "what", [{"discount": (0.0, 0.05, 0.15, 0.3)}, {"fee": (0.0, 5.0, 20.0, 80.0)}], ids=str
)
def test_a_cheaper_or_a_tighter_contract_never_sells_less(what):
    ((name, values),) = what.items()
    sales = [mixed({name: value}, log="totals").run().firm("ours").purchases for value in values]
    assert sales == sorted(sales) and sales[-1] > sales[0] * 1.05


def test_on_offer_it_must_bring_more_than_the_effort():
    effort = 30.0
    run = mixed({"discount": 0.1, "enrolment": "offered", "effort": effort}).run()
    mine, everyone = contract(run), np.arange(600)
    worth = run.firm("ours").baseline.spending_rate(everyone) * 0.1 * 365.25
    assert 0 < mine.member.sum() < 600
    assert np.array_equal(mine.member, dates(run).any(axis=1) & (worth > effort))
    assert not mine.terms[~mine.member].any() and not mine.built[~mine.member].any()
    assert not contract(mixed({"fee": 50.0, "enrolment": "offered"}).run()).member.any()


def test_both_may_bind():
    """A customer is under one contract at a time: signing there is leaving here."""
    rules = {"contract": {"term": TERM, "fee": 5.0}}
    run = mixed(rules["contract"], firms__rival__strategies=rules).run()
    left = [firm.strategies["contract"].left(np.arange(600), run.day - 1e-3) > 0 for firm in run.firms]
    assert not (left[0] & left[1]).any() and (left[0] | left[1]).mean() > 0.5
    run.ledger.check()


def test_saving_changes_nothing(tmp_path):
    rules = {"fee": 20.0, "discount": 0.05, "attention": 0.5, "set_up": 1.0, "term": 100.0}
    whole = mixed(rules).run()
    part = mixed(rules)
    while part.day < 300:
        part.step()
    again = Market.load(part.save(tmp_path / "half.market")).run()
    assert again.log.opportunities().equals(whole.log.opportunities())
    assert again.ledger.table() == whole.ledger.table()


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"term": 0.0}, r"\(0, 3660\]"),
        ({"fee": -5.0}, "currency"),
        ({"binding": "soft"}, "'fee' or 'hard'"),
        ({"attention": 0.0}, "probability per term"),
        ({"portabel": 0.5}, "'portable'"),
    ],
)
def test_mistakes_are_told(rules, told):
    with pytest.raises(Problem, match=told):
        market(rules)
