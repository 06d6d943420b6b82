"""The cost sheet: every line in the books to the cent, and customers who notice nothing."""

import math

import pytest

from regulars import Scenario

DAYS = 91


def shop(sheet=None, points=True, **changes):
    strategies = (
        {"points": {"per_unit": 1.0, "enrolment": "randomised", "enrolled_share": 0.4}} if points else {}
    )
    if sheet is not None:
        strategies["cost_sheet"] = sheet
    table = {
        "market": {"customers": 300, "days": DAYS}, "choice": {"outside": True},
        "firms": [{"name": "ours", "cost": 0.5, "strategies": strategies}, {"name": "theirs", "cost": 0.5}],
    }  # fmt: skip
    return Scenario(table).set(changes).market(log="memory")


def costs(market):
    return {name: market.ledger.value(name, "ours") for name in ("overhead", "staff")}


@pytest.mark.parametrize(
    ("sheet", "overhead", "staff"),
    [
        ({"set_up": 500.0}, 500.0, 0.0),
        ({"monthly": 100.0}, 100.0 * 3, 0.0),  # days 0, 30.4 and 60.9; the fourth month begins on day 91.3
        ({"hours": 14.0, "wage": 20.0}, 0.0, 14.0 * 20.0 * DAYS / 7),
        ({"hours": 14.0}, 0.0, 0.0),
    ],
)
def test_lines_that_do_not_hang_on_customers(sheet, overhead, staff):
    assert costs(shop(sheet).run()) == {"overhead": pytest.approx(overhead), "staff": pytest.approx(staff)}


def test_members_and_their_purchases():
    plain = shop().run()
    members = plain.firm("ours").members()
    bought = plain.log.purchases()
    theirs = int(members[bought.loc[bought["firm"] == "ours", "customer"].to_numpy()].sum())
    assert 0 < members.sum() < 300 and theirs > 50
    run = shop({"per_member": 2.0, "per_purchase": 0.1}).run()
    exact = 2.0 * int(members.sum()) * DAYS / 365.25 + 0.1 * theirs
    assert costs(run)["overhead"] == pytest.approx(exact, abs=1e-4)
    none = shop({"per_member": 2.0, "per_purchase": 0.1}, points=False).run()
    assert costs(none)["overhead"] == 0.0  # negative control: nobody is a member


def test_those_who_have_left_cost_nothing():
    stay, leave = (shop({"per_member": 2.0}, **{"turnover.exit_rate": rate}).run() for rate in (0.0, 4.0))
    assert costs(leave)["overhead"] < 0.75 * costs(stay)["overhead"]


def test_customers_notice_nothing():
    dear, free = shop({"set_up": 9e4, "monthly": 1e4, "per_member": 50.0}).run(), shop().run()
    assert dear.log.opportunities().equals(free.log.opportunities())
    assert math.isclose(free.firm("ours").profit - dear.firm("ours").profit, costs(dear)["overhead"])


def test_the_set_up_is_paid_once_also_in_a_branch():
    market = shop({"set_up": 500.0})
    while market.day < 30:
        market.step()
    assert costs(market.branch().run())["overhead"] == 500.0
