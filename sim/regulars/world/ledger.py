"""Double-entry books of every firm, in money and in points.

Amounts are kept as whole millionths of the currency unit (and of a point), so that books balance exactly
and sums do not depend on the order of adding. Every posting debits one account and credits another by the
same amount: the trial balance is zero at any time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regulars.ground.errors import RegularsError

MILLION = 1_000_000

# account -> sign with which its balance is reported (+1: debits grow it, -1: credits grow it)
MONEY = {
    "cash": 1,
    "revenue": -1,  # at list price
    "discounts": 1,  # given at the till by a strategy
    "cost_of_goods": 1,
    "rewards": 1,  # granted in cash, credit or points, net of what expired
    "liability": -1,  # rewards promised and not yet used
    "communication": 1,
    "acquisition": 1,
    "recovery": 1,
    "staff": 1,
    "rent": 1,
    "overhead": 1,
    "fees": -1,  # membership and contract fees received
    "partner": -1,  # paid by partners
}
POINTS = {"issued": 1, "outstanding": -1, "redeemed": -1, "expired": -1, "forfeited": -1}
COSTS = (
    "discounts",
    "cost_of_goods",
    "rewards",
    "communication",
    "acquisition",
    "recovery",
    "staff",
    "rent",
    "overhead",
)
INCOMES = ("revenue", "fees", "partner")


def millionths(amount: ArrayLike) -> NDArray[np.int64]:
    """Amounts of money or points as whole millionths (int64)."""
    return np.rint(np.asarray(amount, np.float64) * MILLION).astype(np.int64)


class Ledger:
    """Books of all firms: `balance[account]` is an int64 array over firms, debits positive."""

    def __init__(self, firms: tuple[str, ...], sources: int) -> None:
        self.firms = firms
        self.money = {name: np.zeros(len(firms), np.int64) for name in MONEY}
        self.points = {name: np.zeros(len(firms), np.int64) for name in POINTS}
        self.by_source = np.zeros(
            (len(firms), sources), np.int64
        )  # rewards and discounts by what earned them
        self.by_strategy: dict[
            tuple[str, str], int
        ] = {}  # (firm, strategy): rewards and discounts at the till

    def post(self, firm: int, debit: str, credit: str, amount: int) -> None:
        """Post `amount` millionths of the currency unit from `credit` to `debit`."""
        self._post(self.money, firm, debit, credit, amount)

    def post_points(self, firm: int, debit: str, credit: str, amount: int) -> None:
        """Post `amount` millionths of a point."""
        self._post(self.points, firm, debit, credit, amount)

    def reward(self, firm: int, strategy: str, against: str, amounts: NDArray[np.int64]) -> None:
        """Book reward money, split by source (`amounts[source]`, millionths), against cash or liability."""
        total = int(amounts.sum())
        self.post(
            firm,
            "discounts" if against == "revenue" else "rewards",
            "cash" if against == "revenue" else against,
            total,
        )
        self.by_source[firm] += amounts
        key = (self.firms[firm], strategy)
        self.by_strategy[key] = self.by_strategy.get(key, 0) + total

    def value(self, account: str, firm: int) -> float:
        """Balance of an account in currency units (or points), with its natural sign."""
        books, signs = (self.money, MONEY) if account in MONEY else (self.points, POINTS)
        return signs[account] * int(books[account][firm]) / MILLION

    def profit(self, firm: int) -> float:
        """Contribution profit of a firm so far, currency units: incomes less costs, rewards when granted."""
        return -sum(int(self.money[name][firm]) for name in (*INCOMES, *COSTS)) / MILLION

    def table(self) -> list[dict[str, Any]]:
        """All balances as rows (firm, account, unit, amount)."""
        rows = []
        for f, name in enumerate(self.firms):
            rows += [{"firm": name, "account": a, "unit": "money", "amount": self.value(a, f)} for a in MONEY]
            rows += [
                {"firm": name, "account": a, "unit": "points", "amount": self.value(a, f)} for a in POINTS
            ]
        return rows

    def check(self) -> None:
        """Raise when the books do not balance to the millionth."""
        for books, kind in ((self.money, "money"), (self.points, "points")):
            off = np.sum(list(books.values()), axis=0)
            if np.any(off):
                raise RegularsError(
                    f"the {kind} books do not balance: {dict(zip(self.firms, off.tolist(), strict=True))}"
                )

    @staticmethod
    def _post(books: dict[str, NDArray[np.int64]], firm: int, debit: str, credit: str, amount: int) -> None:
        books[debit][firm] += amount
        books[credit][firm] -= amount

    def state(self) -> dict[str, Any]:
        """All balances, for saving."""
        return {
            "money": self.money,
            "points": self.points,
            "by_source": self.by_source,
            "by_strategy": self.by_strategy,
        }

    def restore(self, saved: dict[str, Any]) -> None:
        """Take back what `state` gave."""
        for books, old in ((self.money, saved["money"]), (self.points, saved["points"])):
            for name, balances in books.items():
                balances[...] = old[name]
        self.by_source[...] = saved["by_source"]
        self.by_strategy = {key: int(total) for key, total in saved["by_strategy"].items()}
