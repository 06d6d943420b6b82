"""Lottery rebate: the sure rebate in disguise for the coolly calculating, something else for the rest (regularities 4.13)."""

import math

import numpy as np
import pytest

from regulars import Scenario
from regulars.behavior.prospect import certainty_equivalent
from regulars.ground.parameter import Problem

CHANCES, RETURNS = (0.02, 0.06, 0.15), (1.0, 0.5, 0.2)
EXPECTED = float(np.asarray(CHANCES) @ np.asarray(RETURNS))


def market(strategies, *, against=None, **changes):
    """Two shops and staying at home; customers who differ in what they like, spend and mind."""
    return (
        Scenario(
            {
                "market": {"customers": 400, "days": 28},
                "need": {"mean": 6.0, "shape": 3.0},
                "taste": {"concentration": 1.5},
                "choice": {
                    "outside": True,
                    "outside_utility": -2.0,
                    "price_sensitivity": {"distribution": "lognormal", "mean": 2.0, "sd": 0.8},
                },
                "spending": {"basket": {"distribution": "lognormal", "mean": 20.0, "sd": 8.0}},
                "firms": [
                    {"name": "shop", "price": 1.0, "cost": 0.78, "strategies": strategies},
                    {"name": "rival", "price": 1.0, "cost": 0.78},
                ],
            }
        )
        .set({name.replace("__", "."): value for name, value in changes.items()})
        .market(log="memory", against=against)
    )


def every_day(strategies, *, customers=2000, days=7, p=0.5, **changes):
    """One shop against staying at home, base chance p a day, a whole basket back worth one logit."""
    base = {
        "market": {"customers": customers, "days": days},
        "need": {"process": "calendar"},
        "taste": {"kind": "homogeneous"},
        "choice": {
            "outside": True,
            "outside_utility": -1.0 - math.log(p / (1 - p)),
            "price_sensitivity": 1.0,
        },
        "firms": [{"name": "shop", "price": 1.0, "cost": 0.75, "strategies": strategies}],
    }
    return (
        Scenario(base)
        .set({name.replace("__", "."): value for name, value in changes.items()})
        .market(log="memory")
    )


def choices(run):
    """Every opportunity of the log."""
    return run.log.opportunities()


def prizes(run):
    """Reward events of the log."""
    events = run.log.events()
    return events[events["event"] == "reward"]


# ---------------------------------------------------------------- expected value: the sure rebate


def test_expected_value_makes_it_the_sure_rebate_bit_for_bit():
    draw = market({"lottery_rebate": {}}).run()
    sure = market({"threshold_rebate": {"rate": EXPECTED, "paid_as": "cash"}}).run()
    assert choices(draw).equals(choices(sure))
    assert draw.firm("shop").purchases > market({}).run().firm("shop").purchases


def test_same_hits_as_the_sure_rebate_in_a_thin_lottery():
    """Chance pi of the whole spending is pi of the spending for sure, whatever pi (4.13 i)."""
    runs = [
        every_day(
            {"lottery_rebate": {"chances": [pi], "returns": [0.4 / pi], "enjoyment": 0.0}}, customers=3000
        ).run()
        for pi in (0.4, 0.5, 0.8)
    ]
    assert choices(runs[0]).equals(choices(runs[1])) and choices(runs[1]).equals(choices(runs[2]))


@pytest.mark.parametrize("frame", ["gain", "price"])
def test_without_curvature_and_weighting_frames_are_nothing(frame):
    plain, framed = (every_day({"lottery_rebate": {"frame": f}}).run() for f in ("expected", frame))
    assert choices(plain).equals(choices(framed))


# ---------------------------------------------------------------- the draw


def test_prizes_come_at_their_chances_and_return_their_share():
    run = every_day(
        {"lottery_rebate": {"days": 1, "window": 1}}, customers=60_000, days=5, choice__outside=False
    ).run()
    won, entered = prizes(run), 300_000
    assert set(won["amount"]) == set(RETURNS)
    for chance, share in zip(CHANCES, RETURNS, strict=True):
        assert abs((won["amount"] == share).sum() / entered - chance) <= 4 * math.sqrt(
            chance * (1 - chance) / entered
        )
    assert run.ledger.value("rewards", 0) == pytest.approx(won["amount"].sum())
    again = won.groupby("customer").size()  # luck is new in every window
    assert again.max() >= 3 and abs((won["time"].value_counts() / 60_000 - 0.23).abs().max()) < 0.01


def test_luck_belongs_to_customer_and_window():
    """Another goal lets other customers in; who enters both times draws the same."""
    few, many = (
        every_day(
            {"lottery_rebate": {"days": days, "chances": [0.3], "returns": [1.0]}},
            days=28,
            foresight__foresight=0.0,
        ).run()
        for days in (5, 2)
    )
    winners = [set(zip(prizes(run)["customer"], prizes(run)["time"], strict=True)) for run in (few, many)]
    assert winners[0] < winners[1]
    bought = choices(few)
    weeks = bought[bought["firm"].notna()].groupby(["customer", bought["time"] // 7]).size()
    entered = {(i, 7 * week + 6) for (i, week), n in weeks.items() if n >= 5}
    assert winners[0] == winners[1] & entered


def test_the_budget_varies_as_it_must():
    """n entrants a draw, chance pi of all back: the cost of a draw has a coefficient of variation sqrt((1-pi)/(pi n))."""
    pi, entrants, draws = 1 / 3, 100, 2000
    rules = {"days": 1, "window": 1, "chances": [pi], "returns": [1.0]}
    run = every_day({"lottery_rebate": rules}, customers=entrants, days=draws, choice__outside=False).run()
    cost = prizes(run).groupby("time")["amount"].sum().reindex(range(draws), fill_value=0.0)
    assert cost.mean() == pytest.approx(entrants * pi, abs=4 * math.sqrt(entrants * pi * (1 - pi) / draws))
    cv = math.sqrt((1 - pi) / (pi * entrants))
    assert cost.std() / cost.mean() == pytest.approx(cv, rel=4 / math.sqrt(2 * draws))


def test_a_prize_of_thirty_one_time_in_three():
    """Mean 10 and variance R^2 (1 - pi) / pi = 200 for a sure worth of 10."""
    rules = {"days": 1, "window": 1, "chances": [1 / 3], "returns": [1.0]}
    run = every_day(
        {"lottery_rebate": rules}, customers=40_000, days=1, choice__outside=False, spending__basket=30.0
    ).run()
    paid = np.zeros(40_000)
    paid[prizes(run)["customer"]] = prizes(run)["amount"]
    assert paid.mean() == pytest.approx(10.0, abs=4 * math.sqrt(200 / 40_000))
    assert paid.var() == pytest.approx(
        200.0, rel=4 * math.sqrt(0.5 / 40_000)
    )  # kurtosis 1.5: var(s^2) = 0.5 s^4 / n


# ---------------------------------------------------------------- how it is felt


PROSPECT = {"foresight__value_curvature": 0.88}


def hits(frame, pi, gamma, rate):
    """Purchases under a draw of everything with chance pi, and under a sure rebate."""
    changes = {
        **PROSPECT,
        "foresight__probability_weighting": gamma,
        "customers": 4000,
        "choice__price_sensitivity": 4.0,
    }
    changes["choice__outside_utility"] = -4.0
    draw = every_day({"lottery_rebate": {"chances": [pi], "returns": [1.0], "frame": frame}}, **changes).run()
    sure = every_day({"threshold_rebate": {"rate": rate, "paid_as": "cash"}}, **changes).run()
    return draw.firms[0].purchases, sure.firms[0].purchases


@pytest.mark.parametrize("pi", [0.01, 0.1, 1 / 3, 0.5])
def test_a_chance_of_paying_nothing_beats_the_same_money_off(pi):
    draw, sure = hits("price", pi, 0.69, pi)
    assert draw > sure + 3 * math.sqrt(sure) * 0.1  # paired: the difference has far less noise than a count


@pytest.mark.parametrize(("pi", "beats"), [(0.01, True), (1 / 3, False)])
def test_as_a_gain_only_a_small_chance_beats_it(pi, beats):
    draw, sure = hits("gain", pi, 0.61, pi)
    assert draw != sure and (draw > sure) == beats


def test_felt_as_its_certainty_equivalent():
    """A framed draw moves customers exactly as a sure rebate of its certainty equivalent does."""
    rate = float(certainty_equivalent("price", [1 / 3], [1.0], np.float32(0.88), np.float32(0.69)))
    draw, sure = hits("price", 1 / 3, 0.69, rate)
    assert draw == sure


def test_enjoying_the_draw():
    """With worthless prizes every visit that can still count is pulled by the pleasure, and no other one."""
    nothing = {"chances": [0.0], "returns": [1.0], "days": 5}
    enjoyed, plain = (
        every_day({"lottery_rebate": {**nothing, "enjoyment": e}}, customers=30_000).run() for e in (0.8, 0.0)
    )
    none = every_day({}, customers=30_000).run()
    assert choices(plain).equals(choices(none))
    bought, base = (
        choices(run).sort_values(["customer", "time"])["firm"].notna().to_numpy().reshape(-1, 7)
        for run in (enjoyed, none)
    )
    before = bought.cumsum(axis=1) - bought
    hopeless = before + 7 - np.arange(7) < 5
    assert hopeless.sum() > 1000 and np.array_equal(bought[hopeless], base[hopeless])
    share, n = bought[~hopeless].mean(), (~hopeless).sum()
    p = 1 / (1 + math.exp(-0.8))
    assert abs(share - p) <= 4 * math.sqrt(p * (1 - p) / n)


# ---------------------------------------------------------------- off, books, mistakes


def test_staging_costs_whether_or_not_anybody_enters():
    run = market({"lottery_rebate": {"staging": 50.0, "days": 7}}).run()
    quiet = market({"lottery_rebate": {"days": 7}}).run()
    assert run.ledger.value("communication", run.firm("shop").index) == 4 * 50.0
    assert choices(run).equals(choices(quiet))
    assert run.firm("shop").profit == pytest.approx(quiet.firm("shop").profit - 200.0)


def test_better_chances_never_attract_less():
    sales = [
        every_day({"lottery_rebate": {"chances": [c], "returns": [1.0]}}).run().firms[0].purchases
        for c in (0, 0.1, 0.4, 1)
    ]
    assert sales == sorted(sales) and sales[-1] > 1.1 * sales[0]


@pytest.mark.parametrize("paid_as", ["cash", "credit"])
def test_two_shops_with_draws_and_balanced_books(paid_as):
    rules = {"paid_as": paid_as, "chances": [0.3], "returns": [1.0], "days": 2}
    run = market({"lottery_rebate": rules}, **{"firms.rival.strategies": {"lottery_rebate": rules}}).run()
    run.ledger.check()
    for firm in run.firms:
        owed = -int(run.ledger.money["liability"][firm.index])
        assert owed == (int(firm.card.purse.held.sum()) if firm.has_card else 0)
        assert run.ledger.value("rewards", firm.index) > 0
    won = prizes(run)
    assert set(won["firm"]) == {"shop", "rival"}
    ours, theirs = (set(won.loc[won["firm"] == name, "customer"]) for name in ("shop", "rival"))
    assert ours != theirs  # luck at one shop says nothing about luck at the other


def test_each_prize_is_attributed():
    control = market({})
    arm = market({"lottery_rebate": {"days": 2, "chances": [0.5], "returns": [1.0]}}, against=control)
    for _ in range(28):
        control.step()
        arm.step()
    f = arm.firm("shop").index
    assert arm.ledger.by_source[f].sum() == arm.ledger.money["rewards"][f] > 0
    assert arm.ledger.by_source[f][-1] == 0


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"chances": [0.1]}, "1 chances for 3 returns"),
        ({"chances": [0.5, 0.4, 0.3]}, "add up to 1.2"),
        ({"chances": [-0.1, 0.1, 0.1]}, r"chances.0: -0.1 is outside \[0, 1\]"),
        ({"returns": [1.0, 0.5, 2.0]}, "share of spending"),
        ({"frames": "gain"}, "did you mean 'frame'"),
    ],
)
def test_mistakes_are_told(rules, told):
    with pytest.raises(Problem, match=told):
        market({"lottery_rebate": rules})
