"""M3, M4, M9, M10 in markets: which lever of value pays, and what devotion is worth. Claims C14 and C16."""

import pytest

from regulars import compare, load

VALUE, DEVOTION = load("scenarios/delivered-value.toml"), load("scenarios/devotion.toml")


@pytest.fixture(scope="module")
def street():
    return compare(VALUE.set({"market.customers": 500, "market.days": 182}), replicates=2, jobs=1)


def test_what_is_noticed_pays_more_than_a_price_cut_for_everybody(street):
    profit = street.wide("incremental_profit")
    assert (profit["better_service"] > profit["lower_price"]).all()
    assert (profit["better_goods"] > 0).all() and (profit["lower_price"] < 0).all()


def test_a_lever_that_nobody_minds_moves_nobody():
    """Negative control: where nobody minds time or uncertainty, a shorter queue and surer advice only cost."""
    deaf = {"choice.hour": 0.0, "choice.risk_weight": 0.0, "market.customers": 300, "market.days": 120}
    result = compare(VALUE.set(deaf), replicates=2, arms=("shorter_queue", "surer"), jobs=1)
    for arm in result.arms:
        assert (result.wide("incremental_purchases")[arm] == 0).all()
        assert (result.wide("incremental_profit")[arm] < 0).all()


def test_the_devoted_leave_room_for_a_higher_price():
    """C14: fewer purchases are lost to a higher price where devotion eases it than where it does not."""
    small = DEVOTION.set({"market.customers": 500, "market.days": 182})
    lost = []
    for ease in (0.4, 0.0):
        result = compare(small.set({"devotion.ease": ease}), replicates=2, arms=("dearer",), jobs=1)
        base = result.wide("purchases")["control"]
        lost.append(float((result.wide("incremental_purchases")["dearer"] / base).mean()))
    assert lost[1] < lost[0] < 0


def test_satisfied_is_not_devoted():
    """C16: with nobody above the upper threshold the dearer shop loses more than with the devoted."""
    small = DEVOTION.set({"market.customers": 500, "market.days": 182})
    lost = []
    for upper in (0.68, 1.0):
        middle = small.set({"bond.upper": upper})
        result = compare(middle, replicates=2, arms=("dearer",), jobs=1)
        base = result.wide("purchases")["control"]
        lost.append(float((result.wide("incremental_purchases")["dearer"] / base).mean()))
    assert lost[1] < lost[0] < 0
