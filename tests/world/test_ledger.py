"""Double entry in money and points, to the millionth."""

import numpy as np
import pytest

from regulars.ground.errors import RegularsError
from regulars.world.ledger import COSTS, INCOMES, MONEY, POINTS, Ledger, millionths

FIRMS = ("anna", "berta")


def test_every_posting_has_two_sides():
    books = Ledger(FIRMS, 1)
    books.post(0, "cash", "revenue", 5_000_000)
    books.post(1, "staff", "cash", 1)
    books.post_points(1, "issued", "outstanding", 7)
    books.check()
    assert books.value("cash", 0) == books.value("revenue", 0) == 5.0
    assert books.value("staff", 1) == 1e-6 and books.value("cash", 1) == -1e-6
    assert books.value("issued", 1) == books.value("outstanding", 1) == 7e-6
    for firm in range(2):
        assert sum(int(balances[firm]) for balances in books.money.values()) == 0


def test_what_does_not_balance_is_told():
    books = Ledger(FIRMS, 1)
    books.money["cash"][1] += 3
    with pytest.raises(RegularsError, match=r"money books do not balance.*'berta': 3"):
        books.check()
    books.money["cash"][1] -= 3
    books.points["issued"][0] += 1
    with pytest.raises(RegularsError, match="points books"):
        books.check()


@pytest.mark.parametrize(
    ("against", "account"), [("cash", "rewards"), ("liability", "rewards"), ("revenue", "discounts")]
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
            books.post(0, "cash", "revenue", int(amount))
    assert one.value("cash", 0) == other.value("cash", 0)


def test_millionths():
    assert millionths([0.1, 1 / 3, 2.0000005, 1e9]).tolist() == [100_000, 333_333, 2_000_000, 10**15]
    assert millionths(1.5).dtype == np.int64


def test_every_balance_has_its_natural_sign_and_size():
    """What the firm has or spends grows by debits, what it earns or owes by credits; three units are three."""
    grow_by_credit = {"revenue", "liability", "fees", "partner", "outstanding", "redeemed", "expired", "forfeited"}
    for accounts, post in ((MONEY, Ledger.post), (POINTS, Ledger.post_points)):
        for account in accounts:
            books, other = Ledger(FIRMS, 1), next(a for a in accounts if a != account)
            debit, credit = (other, account) if account in grow_by_credit else (account, other)
            post(books, 1, debit, credit, 3_000_000)
            assert books.value(account, 1) == 3.0, account
            assert [row["amount"] for row in books.table() if row["account"] == account] == [0.0, 3.0]
            assert abs(books.value(other, 1)) == 3.0 and books.value(account, 0) == 0
