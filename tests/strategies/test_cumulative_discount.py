"""Cumulative discount: rises with all that was spent and stays; who looks ahead is pulled by the step that comes nearer."""

import itertools

import numpy as np
import pytest
from worlds.chances import chance, within
from worlds.corner import corner
from worlds.lives import days_of, differ, goes_on, lives, run, same
from worlds.two_shops import attracts, bought, own, paired, town

from regulars.ground.parameter import Problem
from regulars.strategies.cumulative_discount import discounted_days
from regulars.world.ledger import MILLION

STEPS = ((50.0, 0.05), (120.0, 0.1), (250.0, 0.2))
SHORT = {"foresight__foresight": 0.0}  # short-sighted customers: nothing but the price counts


def test_the_discount_grows_with_spending():
    """Every price, by hand: list price less the step that all the customer has paid here before has reached."""
    market = run(town("cumulative_discount", {"steps": STEPS}))
    table = bought(market)
    before = table.groupby("customer")["amount"].cumsum() - table["amount"]
    step = np.searchsorted([s for s, _ in STEPS], before.to_numpy() + 1e-9, side="right")
    off = np.array([0.0, *(share for _, share in STEPS)])[step]
    assert np.allclose(table["amount"], table["listed"] * (1.0 - off), atol=2e-6)
    assert np.bincount(step, minlength=4).min() > 50  # all steps are reached by some
    spent = np.zeros(400)
    np.add.at(spent, table["customer"], table["amount"])
    assert np.allclose(own(market, "cumulative_discount").spent / MILLION, spent, atol=1e-4)


def test_days_that_are_discounted():
    """The integral of delta ** t, against the sum of very many small steps."""
    for delta in (1.0, 0.999, 0.95):
        t = np.linspace(3.0, 40.0, 200_001)
        found = discounted_days(np.array([3.0]), np.array([40.0]), np.array([delta], np.float32))
        assert found[0] == pytest.approx(np.trapezoid(np.float32(delta).astype(float) ** t, t), rel=1e-6)


def pull(spent, rules, who=0, p=0.25, **changes):
    """What a purchase does for a member who has spent so much here, logits; a purchase is 1, and he spends p a day."""
    market = corner({"cumulative_discount": rules}, p, **changes).market()
    strategy = own(market, "cumulative_discount")
    strategy.spent[:] = round(spent * MILLION)
    return float(strategy.progress(np.array([who]))[0])


def test_progress_by_hand():
    """Pace 0.25 a day, 4 missing: 16 days away, 12 after a purchase; 0.2 off the spending of these 4 days is 0.2."""
    rules = {"steps": ((10.0, 0.2),)}
    assert pull(6.0, rules) == pytest.approx(0.2, rel=1e-5)
    delta = 0.95
    wanted = 0.2 * 0.25 * (delta**12 - delta**16) / -np.log(delta)
    assert pull(6.0, rules, foresight__daily_discount=delta) == pytest.approx(wanted, rel=1e-5)
    # what is missing is all that can be brought forward; the step itself and beyond it there is nothing more
    assert pull(9.5, rules) == pytest.approx(0.1, rel=1e-5)
    assert pull(10.0, rules) == pull(500.0, rules) == 0.0
    # a second step of 0.3: only what it adds
    assert pull(10.0, {"steps": ((10.0, 0.2), (20.0, 0.3))}) == pytest.approx(0.1, rel=1e-5)
    # beyond the horizon it does not count; across it, the part within
    assert pull(6.0, {**rules, "horizon": 12.0}) == 0.0
    assert pull(6.0, {**rules, "horizon": 14.0}) == pytest.approx(0.1, rel=1e-5)
    # present bias and foresight weigh all of it
    both = pull(6.0, rules, foresight__present_bias=0.7, foresight__foresight=0.5)
    assert both == pytest.approx(0.35 * 0.2, rel=1e-5)


def test_the_goal_gradient():
    """Kivetz, Urminsky & Zheng 2006: the nearer the step, the stronger its pull. Not for the patient, nor the short-sighted."""
    rules = {"steps": ((30.0, 0.2),)}
    distance = (0.0, 10.0, 20.0, 28.0)
    pulls = [pull(s, rules, foresight__daily_discount=0.97) for s in distance]
    assert all(b > 1.2 * a > 0 for a, b in itertools.pairwise(pulls))
    patient = [pull(s, rules) for s in distance]
    assert patient == pytest.approx([0.2] * 4, rel=1e-5)
    assert [pull(s, rules, foresight__foresight=0.0) for s in distance] == [0.0] * 4


def test_who_comes_often_is_pulled_more():
    """Hartmann & Viard 2008: incentives differ by frequency. To rare customers the step is too far away to matter."""
    rules = {"steps": ((10.0, 0.2),)}
    pulls = [pull(0.0, rules, p=p, foresight__daily_discount=0.98) for p in (0.02, 0.1, 0.5)]
    assert pulls[0] < 0.02 * pulls[2] and pulls[0] < pulls[1] < pulls[2]


def test_customers_do_as_they_are_pulled():
    """On the first day nothing is cheaper yet, and progress alone pulls: 0.3 logits."""
    rules = {"steps": ((5.0, 0.3),)}
    market = run(corner({"cumulative_discount": rules}, market__customers=20_000, market__days=1))
    within(days_of(market)[:, 0], chance(0.3))
    blind = run(corner({"cumulative_discount": rules}, market__customers=20_000, market__days=1, **SHORT))
    within(days_of(blind)[:, 0], 0.5)


def test_what_was_reached_keeps_customers():
    """Lock-in: until a step is reached all live as without it; from then on those who have reached it buy more here."""
    scenario = town("cumulative_discount", {"steps": ((60.0, 0.3),)}, **SHORT)
    control, arm = run(scenario.set({"firms.shop.strategies": {}})), run(scenario)
    table, a, b = bought(control), lives(control), lives(arm)
    so_far = table.groupby("customer")["amount"].cumsum()
    reached = table[so_far >= 60.0].groupby("customer")["time"].min().reindex(range(400), fill_value=np.inf)
    after = a["time"].to_numpy() > reached.to_numpy()[a["customer"]]
    assert a[~after].equals(b[~after])
    here = [(lived["firm"] == "shop").to_numpy()[after] for lived in (a, b)]
    assert here[1].mean() > here[0].mean() + 0.05 and here[0].size > 1000


def test_off_is_nothing_at_all():
    none = run(town())
    same(run(town("cumulative_discount", {"steps": ()})), none)
    far = run(town("cumulative_discount", {"steps": ((1e6, 0.5),)}))  # out of anybody's reach and sight
    same(far, none)
    differ(run(town("cumulative_discount", {"steps": STEPS})), none)


def test_books():
    control, arm = paired(town("cumulative_discount", {"steps": STEPS}))
    arm.ledger.check()
    shop = arm.firm("shop").index
    table, a, b = bought(arm), lives(control), lives(arm)
    assert arm.ledger.value("discounts", shop) == pytest.approx((table["listed"] - table["amount"]).sum())
    saved = (b["listed"] - b["amount"]) * (b["firm"] == "shop")
    kept = saved[a["firm"] == "shop"].sum()
    given = arm.ledger.by_source[shop]
    assert given.sum() / MILLION == pytest.approx((table["listed"] - table["amount"]).sum())
    assert (
        given[shop] / MILLION > kept + 1 > 1
    )  # what was spent in the control, too, has earned more than it is given at
    for account in ("rewards", "communication", "staff", "overhead"):
        assert arm.ledger.value(account, shop) == 0.0


@pytest.mark.parametrize(
    ("worlds", "more"),
    [
        ([tuple((s, k * d) for s, d in STEPS) for k in (0.0, 0.5, 1.0, 3.0)], 1.05),
        ([tuple((k * s, d) for s, d in STEPS) for k in (20.0, 2.0, 1.0, 0.3)], 1.03),
    ],
    ids=["discounts", "thresholds"],
)
@pytest.mark.parametrize("looking_ahead", [0.0, 1.0])
def test_more_generous_never_attracts_less(worlds, more, looking_ahead):
    attracts(
        [
            town("cumulative_discount", {"steps": steps}, foresight__foresight=looking_ahead)
            for steps in worlds
        ],
        more,
    )


def test_joining_when_offered_is_for_who_will_save():
    market = run(town("cumulative_discount", {"steps": STEPS, "enrolment": "offered", "effort": 20.0}))
    strategy, everyone = own(market, "cumulative_discount"), np.arange(400)
    member = strategy.member
    assert 20 < member.sum() < 380
    yearly = market.firm("shop").baseline.spending_rate(everyone) * 365.25
    off = np.array([0.0, 0.05, 0.1, 0.2])[np.searchsorted([50.0, 120.0, 250.0], yearly, side="right")]
    assert np.allclose(strategy.yearly_benefit(everyone), off * yearly)
    table = bought(market)
    strangers = ~member[table["customer"]]
    assert (table["amount"] == table["listed"])[strangers].all() and not strategy.spent[~member].any()


def test_other_steps_hold_from_a_branch_on():
    market = town("cumulative_discount", {"steps": STEPS}).market(log="memory")
    for _ in range(42):
        market.step()
    spent = own(market, "cumulative_discount").spent.copy()
    better = market.branch({"firms.shop.strategies.cumulative_discount.steps": ((20.0, 0.3),)})
    assert np.array_equal(own(better, "cumulative_discount").spent, spent)
    table = bought(better.run())
    late = table[(table["time"] >= 42.0) & (spent[table["customer"]] >= 20 * MILLION)]
    assert np.allclose(late["amount"], 0.7 * late["listed"], atol=2e-6) and len(late) > 100


def test_it_survives_saving(tmp_path):
    rules = {"steps": STEPS, "enrolment": "offered", "effort": 10.0}
    scenario = town("cumulative_discount", rules, market__days=42, foresight__daily_discount=0.99)
    goes_on(scenario, tmp_path / "m", 17)


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"steps": ((100.0, 0.1), (100.0, 0.2))}, r"steps\.1: 100 will not do: spending"),
        ({"steps": ((0.0, 0.1),)}, r"steps\.0: 0 will not do: spending"),
        ({"steps": ((100.0, 0.1), (200.0, 0.05))}, r"steps\.1: 0\.05 will not do: the discount"),
        ({"steps": ((100.0, 1.0),)}, r"steps\.0: 1 will not do: the discount .*must be in \[0, 1\)"),
        ({"steps": ((100.0, -0.1),)}, "the discount"),
        ({"steps": ((100.0, float("nan")),)}, "finite"),
        ({"steps": ((100.0,),)}, "steps"),
        ({"horizon": 0.0}, "how far a member looks ahead"),
        ({"step": ()}, "did you mean 'steps'"),
    ],
)
def test_mistakes_are_told(rules, told):
    with pytest.raises(Problem, match=told):
        town("cumulative_discount", rules)
