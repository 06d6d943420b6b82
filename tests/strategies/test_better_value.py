"""Better value: better goods or service for everybody attract where they are felt or known, and cost what they cost."""

import numpy as np
import pytest
from worlds.chances import chance, within
from worlds.corner import corner
from worlds.lives import days_of, differ, goes_on, lives, run, same
from worlds.two_shops import attracts, bought, own, town

from regulars.ground.parameter import Problem

BLIND = {"experience__on": False, "bond__on": False}  # nobody learns from experience
OFF = {"quality": 0.0, "service": 0.0, "cost": 0.0, "upkeep": 0.0}


def test_better_goods_and_service_attract():
    """Each lever by itself, where customers learn from experience: satisfaction and sales rise; the rival loses."""
    none = run(town())
    f = none.firm("shop").index
    for lever in ("quality", "service"):
        better = run(town("better_value", {**OFF, lever: 0.3}))
        buyers = np.unique(bought(none)["customer"])
        more = better.customers.satisfaction[buyers, f] - none.customers.satisfaction[buyers, f]
        assert more.mean() > 0.05
        assert better.firm("shop").purchases > 1.03 * none.firm("shop").purchases
        assert better.firm("rival").purchases < none.firm("rival").purchases


def test_quality_and_service_are_felt_alike_in_the_visit():
    """Performance is their sum: as much of the one as of the other makes the same world."""
    goods, service = (run(town("better_value", {**OFF, lever: 0.3})) for lever in ("quality", "service"))
    assert lives(goods).equals(lives(service))


@pytest.mark.parametrize(("lever", "weight"), [("quality", "quality_weight"), ("service", "service_weight")])
def test_where_it_is_known_beforehand_it_pulls_by_its_weight(lever, weight):
    """0.4 more at 1.5 logits a unit is 0.6 logits, from the first day; where nobody weighs it, nothing."""
    for logits in (1.5, 0.0):
        changes = {
            f"choice__{weight}": logits,
            "market__customers": 20_000,
            "market__days": 2,
            "firms__shop__quality": 0.0,
        }
        came = days_of(run(corner({"better_value": {**OFF, lever: 0.4}}, **changes)))
        within(came, chance(0.4 * logits))


def test_off_is_nothing_at_all():
    none = run(town())
    same(run(town("better_value", OFF)), none)
    differ(run(town("better_value", {**OFF, "quality": 0.3})), none)
    unseen = run(town("better_value", {"quality": 0.5, "service": 0.5}, **BLIND))
    same(unseen, run(town(**BLIND)))  # neither felt nor known: nobody notices, and it was free


def test_what_it_costs():
    """Goods by the unit sold, service by the day; no discounts, no rewards."""
    rules = {"quality": 0.2, "service": 0.1, "cost": 0.5, "upkeep": 3.0}
    market = run(town("better_value", rules))
    market.ledger.check()
    f, units = market.firm("shop").index, bought(market)["quantity"].sum()
    assert market.ledger.value("cost_of_goods", f) == pytest.approx(7.5 * units, rel=1e-6)
    assert market.ledger.value("staff", f) == pytest.approx(3.0 * 84)
    for account in ("rewards", "discounts", "communication", "overhead"):
        assert market.ledger.value(account, f) == 0.0
    free = run(town("better_value", {**rules, "cost": 0.0, "upkeep": 0.0}))
    same(market, free, books=False)
    assert free.firm("shop").profit - market.firm("shop").profit == pytest.approx(0.5 * units + 252, rel=1e-6)


def test_whether_it_pays_turns_on_what_it_costs():
    none = run(town()).firm("shop").profit
    cheap, dear = (
        run(town("better_value", {"quality": 0.3, "cost": cost})).firm("shop").profit for cost in (0.05, 1.0)
    )
    assert cheap > none > dear


@pytest.mark.parametrize("lever", ["quality", "service"])
def test_better_never_attracts_less(lever):
    attracts([town("better_value", {**OFF, lever: more}) for more in (0.0, 0.1, 0.25, 0.5)], 1.05)


def test_if_both_are_better_neither_gains_on_the_other():
    """Demand fixed: what one alone wins is gone when the rival follows, and both have the cost of the goods."""
    rules = {"better_value": {"quality": 0.3, "cost": 0.2}}
    fixed = town(choice__outside=False)
    none, one, both = (
        run(fixed.set({f"firms.{name}.strategies": rules for name in names}))
        for names in ((), ("shop",), ("shop", "rival"))
    )
    sold = [m.firm("shop").purchases for m in (none, one, both)]
    assert sold[1] > 1.02 * sold[0] and abs(sold[2] - sold[0]) < 0.2 * (sold[1] - sold[0])
    units = lives(both)["quantity"].sum()
    lost = sum(none.firm(n).profit - both.firm(n).profit for n in ("shop", "rival"))
    assert lost == pytest.approx(0.2 * units, rel=1e-6)


def test_other_rules_hold_from_a_branch_on():
    """The firm ends up with what the new rules want, not with both on top of each other."""
    market = town("better_value", {"quality": 0.2, "service": 0.1, "cost": 0.3}).market(log="memory")
    before = town().market().firm("shop")
    for _ in range(20):
        market.step()
    better = market.branch(
        {"firms.shop.strategies.better_value.quality": 0.5, "firms.shop.strategies.better_value.cost": 0.1}
    )
    shop = better.firm("shop")
    assert shop.quality == pytest.approx(before.quality + 0.5) and shop.cost == pytest.approx(
        before.cost + 0.1
    )
    assert shop.service == pytest.approx(before.service + 0.1)
    again = better.branch({"firms.shop.price": 11.0}).firm("shop")
    assert again.quality == shop.quality and again.price == 11.0
    late = town().market(log="memory")
    late.step()
    assert late.branch({"firms.shop.strategies.better_value": {"quality": 0.2}}).firm(
        "shop"
    ).quality == pytest.approx(before.quality + 0.2)
    assert own(better, "better_value").added == pytest.approx([0.5, 0.1, 0.1])


def test_it_survives_saving(tmp_path):
    scenario = town(
        "better_value", {"quality": 0.3, "service": 0.1, "cost": 0.2, "upkeep": 1.0}, market__days=42
    )
    goes_on(scenario, tmp_path / "m", 17)


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"quality": -0.1}, "rise of the firm's quality"),
        ({"cost": -1.0}, "currency per unit"),
        ({"upkeep": float("inf")}, "finite"),
        ({"qualty": 0.1}, "did you mean 'quality'"),
    ],
)
def test_mistakes_are_told(rules, told):
    with pytest.raises(Problem, match=told):
        town("better_value", rules)
