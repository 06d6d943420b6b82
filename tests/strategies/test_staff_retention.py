"""Staff: pay keeps people, training teaches them, and both have to be worth their money."""

import math

import pytest

from regulars import Scenario
from regulars.ground.parameter import Problem

PROVES = ("M15", "P20")
YEAR = 365.25
TEAM = {"people": 30, "wage": 4.0, "quit_rate": 3.0, "learning": 120.0, "gain": 0.8, "pay_elasticity": 2.0}


def scenario(rules=None, staff=TEAM, rivals=None, **changes):
    """Two shops where service counts; the first one does something for its staff."""
    shop = {
        "name": "shop",
        "price": 10.0,
        "cost": 4.0,
        "strategies": {} if rules is None else {"staff_retention": rules},
    }
    if staff is not None:
        shop["staff"] = staff
    rival = {"name": "rival", "price": 10.0, "cost": 4.0, **({"staff": rivals} if rivals else {})}
    return Scenario(
        {
            "market": {"customers": 500, "days": 364},
            "need": {"mean": 2.0},
            "choice": {"outside": True},
            "experience": {"on": True},
            "bond": {"on": True, "response": "linear"},
            "firms": [shop, rival],
        }
    ).set(changes)


def run(*args, **changes):
    return scenario(*args, **changes).market(log="memory").run()


def team(market):
    staff, f = market.processes["staff"], market.names.index("shop")
    return int(staff.quits[f]), staff.mean(f), market.ledger.value("staff", f)


def test_pay_keeps_staff_and_training_teaches_them():
    """Quits fall with pay by the elasticity; training leaves them alone and raises experience; each is booked."""
    quits, mean, cost = zip(
        *(team(run(rules)) for rules in (None, {"pay_rise": 0.5}, {"pay_rise": 0.0, "training": 4.0})),
        strict=True,
    )
    expected = 30 * 3.0 * 364 / YEAR
    assert abs(quits[0] - expected) <= 4 * math.sqrt(expected)
    assert abs(quits[1] - expected / 1.5**2) <= 4 * math.sqrt(expected / 1.5**2)
    assert quits[2] == quits[0]
    assert mean[1] > mean[0] + 0.05 and mean[2] > mean[0] + 0.05
    assert cost == pytest.approx([364 * 120.0, 364 * 180.0, 364 * (120.0 + 30 * 4.0 * 20.0 / 7)])


def test_loyal_staff_keep_customers():
    """More pay, more service, more satisfied customers, more sales; without gain (control) only the costs remain."""
    paid = [run({"pay_rise": rise}) for rise in (0.0, 0.5, 2.0)]
    satisfied = [m.customers.satisfaction[:, m.names.index("shop")].mean() for m in paid]
    sales = [m.firm("shop").purchases for m in paid]
    assert satisfied == sorted(satisfied) and sales == sorted(sales) and sales[2] > 1.03 * sales[0]
    still = {**TEAM, "gain": 0.0}
    none, rise = run(staff=still), run({"pay_rise": 2.0, "training": 4.0}, still)
    assert none.log.opportunities().equals(rise.log.opportunities())
    assert team(rise)[0] < team(none)[0] and team(rise)[2] > team(none)[2]


def test_more_training_never_attracts_less():
    sales = [
        run({"pay_rise": 0.0, "training": hours}).firm("shop").purchases for hours in (0.0, 2.0, 8.0, 40.0)
    ]
    assert sales == sorted(sales) and sales[-1] > 1.03 * sales[0]


def test_it_pays_up_to_a_point():
    """Cheap staff who leave often are worth keeping; nobody is worth any wage."""
    cheap = {**TEAM, "people": 10, "wage": 1.0, "hiring": 60.0}
    gain = [run({"pay_rise": rise}, cheap).firm("shop").profit for rise in (0.0, 0.3, 10.0)]
    assert gain[1] > gain[0] > gain[2]


def test_a_shop_without_staff_has_nobody_to_pay():
    alone, none = (run(rules, None, TEAM) for rules in ({"pay_rise": 1.0, "training": 5.0}, None))
    assert alone.log.opportunities().equals(none.log.opportunities())
    assert alone.ledger.table() == none.ledger.table()


def test_it_needs_staff_somewhere():
    with pytest.raises(Problem, match="no firm here has staff"):
        scenario({}, None)


def test_mistakes_are_told():
    with pytest.raises(Problem, match="hours per person and week"):
        scenario({"training": -1.0})
    with pytest.raises(Problem, match="did you mean 'pay_rise'"):
        scenario({"pay_ryse": 0.1})
