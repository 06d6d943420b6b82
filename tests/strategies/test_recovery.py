"""Service recovery: the ladder, the paradox and its end after a second failure, the queue, and the books."""

import itertools
import math

import numpy as np
import pytest

from regulars import Scenario
from regulars.ground.parameter import Problem

N, GAP = 20_000, 56
ALL_SPEAK, ALL_SILENT = -50.0, 50.0  # cost of complaining, logits


def trial(failures=(1.0, 0.0), rules=None, cost=ALL_SPEAK, *, share=1.0, voice=None):
    """Everybody meets an opportunity every eight weeks; what is bought at `ours` fails at the k-th with chance failures[k].

    Failures, complaints and answers are assigned by the world that a customer lives in, so that nobody is selected: who
    complains by his own choice is more loyal to begin with. Returns where everybody bought, shape (customers,
    opportunities), and satisfaction with `ours` just before the next opportunity.
    """
    desk = {} if rules is None else {"recovery": {"capacity": 1e6, "resolution": 1.0, **rules}}
    table = {
        "market": {"customers": N, "days": GAP * len(failures)},
        "need": {"process": "calendar", "interval": GAP},
        "taste": {"kind": "homogeneous"},
        "experience": {"on": True, "noise": 0.05},
        "bond": {"on": True, "response": "linear"},
        "voice": {"on": True, "cost": cost, **(voice or {})},
        "firms": [{"name": "ours", "share": share, "strategies": desk}, {"name": "theirs"}],
    }
    market, felt = Scenario(table).market(log="memory"), []
    for chance in failures:
        market.firms[0].failure = chance
        for _ in range(GAP):
            market.step()
        felt.append(market.customers.satisfaction[:, 0].astype(float))
    log = market.log.opportunities().sort_values(["customer", "time"])
    return (log["firm"] == "ours").to_numpy().reshape(N, -1), np.array(felt)


def again(arm):
    """Share of the customers of the first opportunity who come again at the second, and its variance."""
    here, _ = arm
    back = here[here[:, 0], 1]
    return back.mean(), back.var() / back.size


# ---------------------------------------------------------------- what it does to customers


@pytest.mark.parametrize("share", [1.0, 4.0])
def test_the_ladder(share):
    """Coming again: no complaint < complained in vain < resolved < resolved quickly, at least twice as many as the first.

    Order and ratio of the ladder as practitioners report it (TARP); its levels are no gate.
    """
    arms = [
        trial(cost=ALL_SILENT, share=share),
        trial(rules={"resolution": 0.0}, share=share),
        trial(rules={"every": 14}, share=share),
        trial(rules={"every": 1}, share=share),
    ]
    steps = [again(arm) for arm in arms]
    for (lower, v), (upper, w) in itertools.pairwise(steps):
        assert upper - lower > 4 * math.sqrt(v + w)
    assert steps[3][0] / steps[0][0] >= 2.0
    assert steps[3][0] < again(trial((0.0, 0.0), share=share))[0]  # nothing beats not failing


def test_the_ladder_comes_from_the_answers():
    """Negative control: no desk, or answers that nobody cares for, and the upper steps are the lower one."""
    vain = again(trial())
    for rules in ({"capacity": 0.0}, {"relief": 0.0, "attention": 0.0, "resolution": 0.0}):
        rate, variance = again(trial(rules=rules))
        assert abs(rate - vain[0]) <= 3 * math.sqrt(variance + vain[1])


def contrast(values, others):
    """Difference of two means and its standard error."""
    return values.mean() - others.mean(), math.sqrt(values.var() / values.size + others.var() / others.size)


def test_the_recovery_paradox():
    """One failure well made up for: more satisfied than without any, and no likelier to come again (TOST, 3 points)."""
    failed, fine = trial(rules={}), trial((0.0, 0.0), rules={})
    here = [arm[0][:, 0] for arm in (failed, fine)]
    effect, se = contrast(failed[1][0][here[0]], fine[1][0][here[1]])
    assert effect > 4 * se
    effect, se = contrast(
        *(arm[0][group, 1].astype(float) for arm, group in zip((failed, fine), here, strict=True))
    )
    assert -0.03 < effect - 1.645 * se and effect + 1.645 * se < 0.03
    # negative control: nothing is remembered of the failure, and satisfaction alone would bring more customers back
    easy = trial(rules={"refund": 1.0, "relief": 1.0}, voice={"blame": 0.0})
    effect, se = contrast(easy[0][here[0], 1].astype(float), fine[0][here[1], 1].astype(float))
    assert effect > 0.03 + 1.645 * se
    # and a slow answer is no paradox
    slow = trial(rules={"every": 28})
    effect, se = contrast(slow[1][0][here[0]], fine[1][0][here[1]])
    assert effect < -4 * se


def test_not_after_a_second_failure():
    """The second answer is what was expected: after two failures satisfaction is below that without any."""
    fine, once, twice = (trial(f, rules={}) for f in ((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (1.0, 1.0, 0.0)))

    def after(arm, number):
        return arm[1][number][arm[0][:, :2].all(axis=1)]

    assert contrast(after(once, 0), after(fine, 0))[0] > 0
    effect, se = contrast(after(twice, 1), after(fine, 1))
    assert effect < -4 * se
    # negative control: customers who never come to expect it are surprised every time
    twice = trial((1.0, 1.0, 0.0), rules={"learning": 0.0})
    effect, se = contrast(after(twice, 1), after(fine, 1))
    assert effect > 4 * se


def test_a_faster_answer_is_never_worse():
    rates = [again(trial(rules={"every": days}))[0] for days in (1, 7, 28)]
    assert rates[0] > rates[1] > rates[2]
    lasting = [again(trial(rules={"every": days, "patience": 3660.0}))[0] for days in (1, 28)]
    assert abs(lasting[0] - lasting[1]) < 0.01  # negative control: nobody minds waiting


# ---------------------------------------------------------------- the desk


def market(rules=None, rival=None, **changes):
    """Two shops, failures, customers who speak up rather easily, and cards that show who they are."""
    card = {"personal_service": {"fit_gain": 0.0, "service": 0.0, "visit_cost": 0.0}}
    strategies = [dict(card) if r is None else {**card, "recovery": r} for r in (rules, rival)]
    table = {
        "market": {"customers": 400, "days": 140},
        "need": {"mean": 1.5, "shape": 1.0},
        "choice": {"outside": True, "outside_utility": -1.0},
        "spending": {"basket": {"distribution": "gamma", "mean": 20.0, "sd": 15.0}},
        "experience": {"on": True},
        "bond": {"on": True, "response": "linear"},
        "voice": {"on": True, "cost": 0.0},
        "firms": [
            {"name": name, "price": 1.0, "cost": 0.5, "failure": 0.2, "strategies": s}
            for name, s in zip(("ours", "theirs"), strategies, strict=True)
        ],
    }
    return (
        Scenario(table).set({name.replace("__", "."): v for name, v in changes.items()}).market(log="memory")
    )


def desk(run):
    return run.firm("ours").strategies["recovery"]


def events(run, kind, firm="ours"):
    table = run.log.events()
    return table[(table["event"] == kind) & (table["firm"] == firm)]


def test_complaints_wait_their_turn():
    """Two answers a day, first come first served; time to answer is what the queue makes of it."""
    run = market({"capacity": 2.0}, market__customers=1600).run()
    answers = events(run, "answer")
    assert answers.groupby("time").size().max() == 2
    since = answers["time"] - answers["amount"]
    assert since.is_monotonic_increasing  # first come, first served
    made = {
        (c, math.floor(t)) for c, t in events(run, "complain")[["customer", "time"]].itertuples(index=False)
    }
    assert all((c, math.floor(t)) in made for c, t in zip(answers["customer"], since, strict=True))
    waits = answers.groupby("time")["amount"].mean()
    assert waits[waits.index > 100].mean() > 10 + waits[waits.index < 20].mean()
    quick = events(market({"capacity": 1000.0}, market__customers=1600).run(), "answer")
    assert quick["amount"].max() <= 1.0 and len(quick) > len(answers)


def test_valued_customers_first():
    """By what the file knows of their spending; who came first then waits."""
    runs = {order: market({"capacity": 1.0, "order": order}).run() for order in ("first_come", "value")}
    spent = {}
    for order, run in runs.items():
        log = run.log.purchases()
        worth = log[log["firm"] == "ours"].groupby("customer")["amount"].sum()
        served = events(run, "answer")
        spent[order] = worth.reindex(served["customer"]).mean()
    assert spent["value"] > 1.5 * spent["first_come"]
    unknown = market(
        {"capacity": 1.0, "order": "value"},
        firms__0__strategies={"recovery": {"capacity": 1.0, "order": "value"}},
    )
    plain = market({"capacity": 1.0}, firms__0__strategies={"recovery": {"capacity": 1.0}})
    a, b = (events(m.run(), "answer")["customer"].tolist() for m in (unknown, plain))
    assert a == b  # nobody is known by a card: first come, first served


def test_sittings_and_part_time():
    weekly = events(market({"every": 7}).run(), "answer")
    assert (weekly["time"] % 7 == 0).all() and weekly["amount"].max() <= 7.0
    half = events(market({"capacity": 0.5}).run(), "answer")
    assert half.groupby("time").size().max() == 1 and np.diff(np.sort(half["time"].unique())).min() == 2.0


def test_books():
    rules = {"cost": 3.0, "desk": 2.0, "refund": 0.5, "follow_up": 7}
    run = market(rules).run()
    run.ledger.check()
    answers, calls, gifts = (events(run, kind) for kind in ("answer", "follow_up", "reward"))
    assert len(calls) > 50
    assert run.ledger.value("recovery", 0) == pytest.approx(3.0 * (len(answers) + len(calls)) + 2.0 * 139)
    assert run.ledger.value("rewards", 0) == pytest.approx(gifts["amount"].sum(), abs=1e-4)
    log = run.log.purchases()
    paid = log.set_index(["customer", "firm"])["amount"].groupby(level=[0, 1]).agg(list)
    for customer, amount in gifts[["customer", "amount"]].head(50).itertuples(index=False):
        assert np.isclose(np.array(paid[customer, "ours"]) * 0.5, amount, atol=1e-5).any()
    credit = market({**rules, "paid_as": "credit"}).run()
    credit.ledger.check()
    assert credit.firms[0].card.purse.held.sum() == -credit.ledger.money["liability"][0] > 0


def test_refunds_have_a_source():
    control = market()
    arm = market({"refund": 1.0}).scenario.market(against=control)
    for _ in range(control.ticks):
        control.step()
        arm.step()
    given = arm.ledger.money["rewards"] + arm.ledger.money["discounts"]
    assert (arm.ledger.by_source.sum(axis=1) == given).all() and given[0] > 0
    # most of what goes wrong would have been bought here anyway
    assert arm.ledger.by_source[0, 0] > 0.5 * given[0]


def test_following_up():
    """Who was not helped is taken up again until he is; who was helped says thanks."""
    once, again_ = market({"resolution": 0.3}).run(), market({"resolution": 0.3, "follow_up": 7}).run()
    shares = [len(events(r, "resolve")) / len(events(r, "complain")) for r in (once, again_)]
    assert shares[1] > shares[0] + 0.2
    happy = [market({"resolution": 1.0, "follow_up": days, "thanks": 0.2}).run() for days in (0, 3)]
    felt = [m.customers.satisfaction[desk(m).answers > 0, 0].mean() for m in happy]
    assert felt[1] > felt[0] + 0.03


def test_the_loop_is_closed():
    """What goes wrong is prevented next time: (1 - prevention) to the number of answers, and fewer bad experiences."""
    plain, learns = market({}).run(), market({"prevention": 0.01}).run()
    assert plain.firm("ours").failure == 0.2
    assert learns.firm("ours").failure == pytest.approx(0.2 * 0.99 ** len(events(learns, "answer")))
    assert learns.firm("theirs").failure == 0.2

    def bad(run):
        return sum(len(events(run, kind)) for kind in ("leave", "complain", "keep_silent"))

    assert bad(learns) < 0.8 * bad(plain)


def test_easy_channels_bring_complaints_to_light():
    few, many = market({}, voice__cost=2.7).run(), market({"ease": 3.0}, voice__cost=2.7).run()
    assert len(events(many, "complain")) > 3 * len(events(few, "complain"))
    assert len(events(many, "complain", "theirs")) < 1.3 * len(events(few, "complain", "theirs"))


def test_without_voice_the_dissatisfied_complain():
    run = market({}, voice__on=False).run()
    assert len(events(run, "answer")) > 20
    none = market(voice__on=False).run()
    better = run.customers.satisfaction[:, 0].mean() - none.customers.satisfaction[:, 0].mean()
    assert better > 0


def test_customers_touch_one_another_in_the_queue_only():
    """With room for everybody at the desk, one customer who lives otherwise changes nobody else's life."""
    lives = {}
    for capacity in (1000.0, 1.0):
        for nudged in (False, True):
            run = market({"capacity": capacity})
            if nudged:
                run.customers.basket[:200] = 1.0  # they buy less
                run.customers.attraction[:200, 1] += 3.0
                run.customers.taste[:200, 1] += 3.0  # and rather there
            log = run.run().log.opportunities()
            lives[capacity, nudged] = log[log["customer"] >= 200].reset_index(drop=True)
    assert lives[1000.0, False].equals(lives[1000.0, True])
    assert not lives[1.0, False].equals(lives[1.0, True])


def test_both_shops_may_answer():
    run = market({}, {"every": 28}).run()
    run.ledger.check()
    waits = [events(run, "answer", name)["amount"].mean() for name in ("ours", "theirs")]
    assert waits[0] < 1.0 < 10.0 < waits[1]


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"capacity": -1.0}, "complaints per day"),
        ({"patiense": 5.0}, "did you mean 'patience'"),
        ({"order": "loudest"}, "first_come"),
    ],
)
def test_mistakes_are_told(rules, told):
    with pytest.raises(Problem, match=told):
        market(rules)
