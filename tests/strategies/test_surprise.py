"""Surprise and delight: what is known delights nobody, delight becomes routine, and its end costs more than it gave."""

import numpy as np
import pytest
from worlds.chances import chance, within
from worlds.corner import corner
from worlds.lives import days_of, differ, goes_on, lives, run, same
from worlds.two_shops import attracts, bought, own, paired, town

from regulars.ground.parameter import Problem
from regulars.world.ledger import MILLION

FREE = {"cost": 0.0, "design": 0.0}
NEW = {**FREE, "touches": 100_000, "renewed": 100_000.0}  # so many, so often replaced, that everything is new
DULL = {"experience__on": True, "experience__noise": 0.0, "bond__on": True, "bond__response": "linear"}


class Ears:
    """Hears the gap between experience and expectation of every purchase, in order."""

    def __init__(self):
        self.gaps = []

    def feel(self, round):
        rows = round.rows(0)
        self.gaps.append(np.column_stack([round.who[rows], round.gap[rows]]))


def heard(market):
    """The market with somebody listening."""
    ears = Ears()
    market.phases["feel"].append(ears)
    return ears


def daily(rules, customers=3, **changes):
    """Everybody buys every day, and nothing is left to chance."""
    return corner({"surprise": rules}, 1.0, market__customers=customers, **{**DULL, **changes})


def gaps(market, ears):
    """Gap of each customer on each day, shape (customers, days)."""
    table = np.concatenate(ears.gaps)
    return table[np.argsort(table[:, 0], kind="stable"), 1].reshape(market.customers.count, -1)


# ---------------------------------------------------------------- what is known delights nobody


@pytest.mark.parametrize("touches", [1, 2, 20])
def test_a_surprise_repeated_is_none(touches):
    """Of a catalogue of N touches, met at random, the next is new with probability (1 - 1/N) ** n after n of them."""
    market = daily(
        {**FREE, "touches": touches, "renewed": 0.0, "size": 0.4}, experience__adaptation=0.0
    ).market()
    ears = heard(market)
    market.run()
    base = market.firm("shop").quality - 0.5  # performance less what was expected at first
    n = np.arange(28)
    assert gaps(market, ears) == pytest.approx(np.tile(base + 0.4 * (1 - 1 / touches) ** n, (3, 1)), abs=1e-5)


def test_new_touches_are_new_again():
    """What is known halves every touches ln 2 / renewed days; daily visits settle where a visit adds what a day takes."""
    rules = {**FREE, "touches": 10, "renewed": 0.5, "size": 1.0}
    market = daily(rules, market__days=300).market()
    strategy, keeps = own(market, "surprise"), 0.5 ** (0.5 / (10 * np.log(2)))
    known = 0.0
    for day in range(300):
        market.step()
        assert strategy.known(np.arange(3), strategy.met + 3.0) == pytest.approx(
            strategy.familiar * keeps**3, rel=1e-5
        )
        if day == 0:
            assert strategy.familiar == pytest.approx(0.1)
    for _ in range(300):
        known = known * keeps + 0.1 * (1 - known * keeps)
    assert strategy.familiar == pytest.approx(known, rel=1e-3)
    assert known == pytest.approx(0.1 / (1 - 0.9 * keeps), rel=1e-3)


def test_a_catalogue_of_one_is_new_when_it_is_replaced():
    rules = {**FREE, "touches": 1, "renewed": 0.1, "size": 1.0}
    market = daily(rules).market()
    market.step()
    strategy = own(market, "surprise")
    since = strategy.met.astype(float)
    for days in (0.0, 5.0, 20.0):
        assert 1 - strategy.known(np.arange(3), since + days) == pytest.approx(
            1 - np.exp(-0.1 * days), abs=1e-6
        )


# ---------------------------------------------------------------- delight becomes routine, and is missed


def delight_and_withdrawal(loss_aversion, days=60):
    """Felt disconfirmation of a customer, day by day: a delight of 1 for so many days, then none for as many."""
    market = daily(
        {**NEW, "size": 1.0}, 1, market__days=2.0 * days,
        experience__adaptation=0.3, experience__loss_aversion=loss_aversion, experience__initial=0.5, firms__shop__quality=0.5,
    ).market()  # fmt: skip
    ears = heard(market)
    for _ in range(days):
        market.step()
    after = market.branch({"firms.shop.strategies.surprise.size": 0.0})
    later = heard(after)
    after.run()
    gap = np.concatenate([gaps(market, ears)[0], gaps(after, later)[0]])
    return gap, np.where(gap >= 0, gap, loss_aversion * gap)


def test_delight_becomes_routine_and_withdrawn_costs_more_than_it_gave():
    """Delight d: disconfirmation d (1 - lambda) ** t, d / lambda in all; withdrawn, all of it once more, as a loss.

    With lambda 0.3 and losses 2.25 times as heavy the cycle is worth d / lambda (1 - 2.25) = -4.167 (O30).
    """
    gap, felt = delight_and_withdrawal(2.25)
    t = np.arange(60)
    assert gap[:60] == pytest.approx(0.7**t, abs=2e-4) and gap[60:] == pytest.approx(-(0.7**t), abs=2e-4)
    assert felt[:60].sum() == pytest.approx(1 / 0.3, rel=1e-3)
    assert felt.sum() == pytest.approx((1 - 2.25) / 0.3, rel=1e-3) == pytest.approx(-4.167, rel=2e-3)


def test_without_loss_aversion_delight_and_withdrawal_cancel():
    _, felt = delight_and_withdrawal(1.0)
    assert felt.sum() == pytest.approx(0.0, abs=2e-3)


def test_the_withdrawal_is_felt_in_sales():
    """Where disconfirmation counts: more is sold while they are delighted, less than ever after it has ended."""
    felt = {
        "experience__performance_weight": 1.0, "experience__disconfirmation_weight": 2.0, "experience__loss_aversion": 2.25,
        "bond__slope": 4.0, "need__mean": 7.0, "market__days": 168.0,
    }  # fmt: skip
    plain = town(**felt).market(log="memory")
    lively = town("surprise", {**NEW, "size": 0.3}, **felt).market(log="memory")
    for _ in range(84):
        plain.step()
        lively.step()
    ended = lively.branch({"firms.shop.strategies.surprise.size": 0.0}).run()
    plain.run()
    sold = [m.totals.purchases[:, m.firm("shop").index] for m in (plain, ended)]
    assert sold[1][:84].sum() > 1.05 * sold[0][:84].sum()
    assert sold[1][91:119].sum() < 0.97 * sold[0][91:119].sum()


# ---------------------------------------------------------------- what else it does


def test_looking_forward_pulls_those_who_have_met_one():
    """0.6 logits at full novelty, for who has met a touch; nobody else can look forward to what he does not know."""
    market = run(
        corner({"surprise": {**NEW, "size": 0.0, "lifts": 0.6}}, market__customers=20_000, market__days=2)
    )
    came = days_of(market)
    within(came[:, 0], 0.5)
    within(came[came[:, 0], 1], chance(0.6))
    within(came[~came[:, 0], 1], 0.5)


def test_some_visits_have_a_touch():
    market = daily({**NEW, "size": 1.0, "chance": 0.3}, 400, experience__adaptation=0.0).market()
    ears = heard(market)
    market.run()
    gap = gaps(market, ears)
    touched = gap > gap.min() + 0.5
    within(touched, 0.3)
    assert market.ledger.value("rewards", 0) == 0.0
    assert np.array_equal(own(market, "surprise").familiar > 0, touched.any(axis=1))


def test_off_is_nothing_at_all():
    none = run(town())
    same(run(town("surprise", {"size": 0.0, "lifts": 0.0, "cost": 0.0, "design": 0.0})), none)
    same(run(town("surprise", {"chance": 0.0, "design": 0.0})), none)
    differ(run(town("surprise")), none)
    # where nobody learns from experience a better visit is not felt
    blind = {"experience__on": False, "bond__on": False}
    same(run(town("surprise", FREE, **blind)), run(town(**blind)))


def test_books():
    """Touches by the visit and by source, new ones by the day."""
    control, arm = paired(town("surprise", {"cost": 0.5, "design": 20.0, "renewed": 0.2}))
    arm.ledger.check()
    shop, table = arm.firm("shop").index, bought(arm)
    assert arm.ledger.value("rewards", shop) == 0.5 * len(table) > 0
    assert arm.ledger.value("staff", shop) == pytest.approx(20.0 * 0.2 * 84)
    kept = ((lives(control)["firm"] == "shop") & (lives(arm)["firm"] == "shop")).sum()
    assert arm.ledger.by_source[shop, shop] / MILLION == pytest.approx(0.5 * kept)
    assert arm.ledger.by_source[shop].sum() / MILLION == pytest.approx(0.5 * len(table))


@pytest.mark.parametrize(
    ("parameter", "values", "more"),
    [
        ("size", (0.0, 0.1, 0.3, 0.6), 1.1),
        ("touches", (1, 3, 10, 100), 1.05),
        ("renewed", (0.0, 0.05, 0.2, 1.0), 1.01),
        ("chance", (0.0, 0.3, 0.6, 1.0), 1.05),
        ("lifts", (0.0, 0.2, 0.5, 1.0), 1.05),
    ],
)
def test_more_generous_never_attracts_less(parameter, values, more):
    rules = {"touches": 5, "renewed": 0.1, "size": 0.4, **FREE}
    attracts([town("surprise", {**rules, parameter: value}) for value in values], more)


def test_it_survives_saving(tmp_path):
    scenario = town("surprise", {"touches": 7, "lifts": 0.2, "chance": 0.6}, market__days=42)
    goes_on(scenario, tmp_path / "m", 17)


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"touches": 0}, "touches in the catalogue"),
        ({"renewed": -1.0}, "touches per day"),
        ({"chance": 1.5}, "probability per visit"),
        ({"size": float("nan")}, "finite"),
        ({"touch": 3}, "did you mean 'touches'"),
    ],
)
def test_mistakes_are_told(rules, told):
    with pytest.raises(Problem, match=told):
        town("surprise", rules)
