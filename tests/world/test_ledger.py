"""Double entry in money and points, to the millionth."""

import numpy as np
import pytest

from regulars.ground.errors import RegularsError
from regulars.lab.compare import compare
from regulars.scenario import Scenario
from regulars.world.ledger import (
    BOTH_WAYS,
    COSTS,
    INCOMES,
    MONEY,
    MOST,
    POINTS,
    Account,
    Ledger,
    counted,
    millionths,
)

FIRMS = ("anna", "berta")


def test_every_posting_has_two_sides():
    books = Ledger(FIRMS, 1)
    books.post(0, "cash", "gross_sales", 5_000_000)
    books.post(1, "staff", "cash", 1)
    books.post_points(1, "issued", "outstanding", 7)
    books.check()
    assert books.value("cash", 0) == books.value("gross_sales", 0) == 5.0
    assert books.value("staff", 1) == 1e-6 and books.value("cash", 1) == -1e-6
    assert books.value("issued", 1) == books.value("outstanding", 1) == 7e-6
    for firm in range(2):
        assert sum(int(balances[firm]) for balances in books.money.values()) == 0


def test_what_does_not_balance_is_told():
    books = Ledger(FIRMS, 1)
    books.sell(sales(0, 3), np.zeros((2, 2, 1), np.int64))
    books.check()
    books._posted["cash"][1] += 3
    with pytest.raises(RegularsError, match=r"money books do not balance.*'anna': 0, 'berta': 3"):
        books.check()
    books._posted["cash"][1] -= 3
    books._posted["issued"][0] += 1
    with pytest.raises(RegularsError, match="points books"):
        books.check()


def sales(firm, amount):
    """Sales of one firm at full price and without cost, as the till counts them."""
    counted = np.zeros((2, len(FIRMS), 3), np.int64)
    counted[0, firm, :2] = amount % 2**32
    counted[1, firm, :2] = amount >> 32
    return counted


@pytest.mark.parametrize("account", [a for a in (*MONEY, *POINTS) if a not in BOTH_WAYS])
def test_an_account_below_zero_is_told(account):
    """What a wrap, or a cost of less than nothing, would look like."""
    books = Ledger(FIRMS, 1)
    signs, other = (MONEY, "cash") if account in MONEY else (POINTS, "issued")
    debit, credit = ("cash", account) if signs[account] > 0 else (account, "cash")
    if account in POINTS:
        debit, credit = ("outstanding", account) if account == "issued" else (account, other)
    books.post(1, debit, credit, 2)
    with pytest.raises(RegularsError, match=r"the account '\w+' is below zero.*'anna': 0, 'berta': -2"):
        books.check()


def test_a_reward_without_a_source_is_told():
    books = Ledger(FIRMS, 2)
    books.post(0, "rewards", "cash", 7)
    with pytest.raises(RegularsError, match=r"not every reward and discount has a source.*'anna': 7"):
        books.check()


@pytest.mark.parametrize("name", ["listed", "paid", "cost"])
def test_books_that_do_not_say_what_was_sold_are_told(name):
    books = Ledger(FIRMS, 1)
    books.sell(sales(1, 5), np.zeros((2, 2, 1), np.int64))
    day = {"listed": np.array([[0, 5]]), "paid": np.array([[0, 5]]), "cost": np.array([[0, 0]])}
    books.check(day)
    day[name][0, 1] += 1
    with pytest.raises(RegularsError, match=rf"do not say what was sold \('{name}'\).*'berta': -1"):
        books.check(day)


def test_balances_never_wrap():
    """Ten days of a million customers who each spend 9 billion, at a till that counts in 64 bits: exact to the millionth."""
    books, day = Ledger(FIRMS, 1), 10**6 * MOST + 1
    for _ in range(10):
        books.sell(sales(0, day), np.zeros((2, 2, 1), np.int64))
        books.post(1, "staff", "cash", day)
        books.reward(1, "points", "cash", [day])
    books.check()
    assert books.balance("gross_sales", 0) == -10 * day and books.value("gross_sales", 0) == 10 * day / 1e6
    assert books.by_source.tolist() == [[0], [10 * day]] and books.profit(1) == -20 * day / 1e6
    assert books.money["rewards"].sum() - books.money["gross_sales"].sum() == 20 * day
    again = Ledger(FIRMS, 1)
    again.restore(books.state())
    assert again.table() == books.table() and again.profit(0) == books.profit(0)


def test_books_are_not_written_beside_the_postings():
    books = Ledger(FIRMS, 1)
    for balances in (books.money["cash"], books.points["issued"], books.by_source):
        with pytest.raises(ValueError, match="read-only"):
            balances[0] += 1


@pytest.mark.parametrize(
    ("against", "account"), [("cash", "rewards"), ("liability", "rewards"), ("gross_sales", "discounts")]
)
def test_rewards_by_source_and_strategy(against, account):
    books = Ledger(FIRMS, 4)
    books.reward(0, "points", against, np.array([1, 2, 0, 4], np.int64))
    books.reward(0, "points", against, np.array([0, -2, 0, 0], np.int64))
    books.reward(0, "tiers", against, np.array([0, 0, 10, 0], np.int64))
    books.check()
    assert books.value(account, 0) == 15e-6
    assert books.by_source.tolist() == [[1, 0, 10, 4], [0, 0, 0, 0]]
    assert books.by_strategy == {("anna", "points"): 5, ("anna", "tiers"): 10}


def test_profit_is_incomes_less_costs():
    books = Ledger(FIRMS, 1)
    for n, account in enumerate((*COSTS, *INCOMES)):
        debit, credit = (account, "cash") if account in COSTS else ("cash", account)
        books.post(0, debit, credit, 10**n)
    expected = sum(10**n * (-1 if n < len(COSTS) else 1) for n in range(len(COSTS) + len(INCOMES))) / 1e6
    assert books.profit(0) == pytest.approx(expected)
    assert books.profit(1) == 0
    books.post(0, "liability", "cash", 99)  # paying what was promised costs nothing more
    assert books.profit(0) == pytest.approx(expected)


def test_every_account_is_somewhere():
    assert {*COSTS, *INCOMES, "cash", "liability"} == set(MONEY)
    table = Ledger(FIRMS, 1).table()
    assert {(row["firm"], row["account"]) for row in table} == {
        (f, a) for f in FIRMS for a in (*MONEY, *POINTS)
    }


def test_order_of_posting_does_not_matter():
    """Whole millionths: a million postings sum to the same in any order, where floats would not."""
    amounts = np.random.default_rng(1).uniform(0, 100, 20_000)
    one, other = Ledger(FIRMS, 1), Ledger(FIRMS, 1)
    for books, order in ((one, amounts), (other, amounts[::-1])):
        for amount in millionths(order):
            books.post(0, "cash", "gross_sales", int(amount))
    assert one.value("cash", 0) == other.value("cash", 0)


def test_millionths():
    assert millionths([0.1, 1 / 3, 2.0000005, 1e9]).tolist() == [100_000, 333_333, 2_000_000, 10**15]
    assert millionths(1.5).dtype == np.int64
    assert millionths([]).size == 0


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf, 4.7e12, -4.7e12, 1e30, 1e300])
def test_what_cannot_be_counted_is_refused(odd):
    for amounts in (odd, [1.0, odd], np.array([[odd, 2.0]])):
        with pytest.raises(RegularsError, match=r"an amount of .*(nan|inf|e\+\d+) cannot be counted"):
            millionths(amounts)


def test_one_amount_is_counted_however_large():
    assert counted(1.5) == 1_500_000 and counted(1e30) == int(1e36) and counted(-0.0000005) == 0
    for odd in (np.nan, np.inf):
        with pytest.raises(RegularsError, match="no number"):
            counted(odd)


def test_every_balance_has_its_natural_sign_and_size():
    """What the firm has or spends grows by debits, what it earns or owes by credits; three units are three."""
    grow_by_credit = {
        "gross_sales",
        "liability",
        "fees",
        "partner",
        "outstanding",
        "redeemed",
        "expired",
        "forfeited",
    }
    for accounts, post in ((MONEY, Ledger.post), (POINTS, Ledger.post_points)):
        for account in accounts:
            books, other = Ledger(FIRMS, 1), next(a for a in accounts if a != account)
            debit, credit = (other, account) if account in grow_by_credit else (account, other)
            post(books, 1, debit, credit, 3_000_000)
            assert books.value(account, 1) == 3.0, account
            assert [row["amount"] for row in books.table() if row["account"] == account] == [0.0, 3.0]
            assert abs(books.value(other, 1)) == 3.0 and books.value(account, 0) == 0


def test_an_account_is_found_under_its_old_name_with_a_note():
    """Sales at list price were called revenue, which is what customers pay; until version 0.3."""
    books = Ledger(FIRMS, 1)
    with pytest.warns(FutureWarning, match="the account 'revenue' is 'gross_sales' now"):
        books.post(0, "cash", "revenue", 5_000_000)
    with pytest.warns(FutureWarning, match="regulars migrate"):
        assert books.value("revenue", 0) == books.value("gross_sales", 0) == 5.0
    with pytest.warns(FutureWarning, match="'revenue'"):
        books.reward(0, "sale", "revenue", [7])
    assert books.balance("discounts", 0) == 7
    with pytest.warns(FutureWarning, match=r"Account\.REVENUE is Account\.GROSS_SALES now"):
        assert Account.REVENUE is Account.GROSS_SALES
    with pytest.raises(AttributeError, match="Account has no 'GROS_SALES'; did you mean 'GROSS_SALES'"):
        _ = Account.GROS_SALES
    assert "revenue" not in books.money and "gross_sales" in books.money


def test_gross_sales_are_at_list_price_and_revenue_is_what_is_paid():
    """A shop that takes a fifth off: gross sales less discounts are the revenue of the comparison."""
    shops = {
        "market": {"customers": 40, "days": 14},
        "firms": [{"name": "anna", "price": 2.0, "cost": 1.0}],
        "arms": {"fifth": {"strategies": {"everyday_low_price": {"discount": 0.2}}}},
    }
    control = Scenario(shops).arm("control").market(seed=1)
    arm = Scenario(shops).arm("fifth").market(seed=1, against=control)
    for _ in range(14):
        control.step()
        arm.step()
    revenue = compare(shops, replicates=1, seed=1, jobs=1).wide("revenue")["fifth"].iloc[0]
    books = arm.ledger
    assert books.value("gross_sales", "anna") == arm.firm("anna").gross_sales > 0
    assert books.value("gross_sales", "anna") - books.value("discounts", "anna") == pytest.approx(revenue)
    assert revenue == pytest.approx(0.8 * arm.firm("anna").gross_sales)
