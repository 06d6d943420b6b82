"""Everyday low price: the baseline; a price cut moves choice by its logits and costs what it costs."""

import math

import pytest

from regulars import Scenario
from regulars.ground.parameter import Problem


def market(*discounts, **changes):
    """Equal shops with these discounts (None for no strategy); one unit of price is worth 2 logits."""
    firms = [
        {
            "name": f"shop{k}",
            "price": 1.0,
            "cost": 0.8,
            "strategies": {} if d is None else {"everyday_low_price": {"discount": d}},
        }
        for k, d in enumerate(discounts)
    ]
    return (
        Scenario(
            {
                "market": {"customers": 5000, "days": 28},
                "need": {"process": "calendar"},
                "taste": {"kind": "homogeneous"},
                "choice": {"price_sensitivity": 2.0},
                "firms": firms,
            }
        )
        .set({name.replace("__", "."): value for name, value in changes.items()})
        .market(log="memory")
    )


def test_a_cut_is_worth_its_logits():
    run = market(0.2, None).run()
    share, p, n = run.firm("shop0").purchases / 140_000, 1 / (1 + math.exp(-0.4)), 140_000
    assert abs(share - p) <= 4 * math.sqrt(p * (1 - p) / n)


def test_it_costs_the_discount_on_every_sale():
    run = market(0.1, None).run()
    run.ledger.check()
    firm = run.firm("shop0")
    assert run.ledger.value("discounts", 0) == pytest.approx(0.1 * firm.purchases, abs=1e-6)
    assert firm.profit == pytest.approx((1.0 - 0.1 - 0.8) * firm.purchases, abs=1e-6)
    assert run.ledger.value("discounts", 1) == 0


def test_if_all_cut_prices_nobody_gains():
    """No choice changes, and each loses the discount on each sale (regularities 4.8)."""
    cut, none = market(0.1, 0.1, 0.1).run(), market(None, None, None).run()
    assert (cut.log.opportunities()["firm"] == none.log.opportunities()["firm"]).all()
    for a, b in zip(cut.firms, none.firms, strict=True):
        assert a.profit == pytest.approx(b.profit - 0.1 * b.purchases, abs=1e-6)


def test_a_deeper_cut_never_attracts_less():
    sales = [market(d, None).run().firm("shop0").purchases for d in (0.0, 0.05, 0.2, 0.5)]
    assert sales == sorted(sales) and sales[-1] > 1.2 * sales[0]


def test_customers_who_do_not_mind_the_price_do_not_notice():
    cut, none = (market(d, None, choice__price_sensitivity=0.0).run() for d in (0.3, None))
    assert (cut.log.opportunities()["firm"] == none.log.opportunities()["firm"]).all()


@pytest.mark.parametrize(("rules", "told"), [(1.0, "share of list price"), (-0.1, "outside")])
def test_mistakes_are_told(rules, told):
    with pytest.raises(Problem, match=told):
        market(rules)
