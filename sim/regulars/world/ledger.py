"""Double-entry books of every firm, in money and in points.

Amounts are kept as whole millionths of the currency unit (and of a point), so that books balance exactly
and sums do not depend on the order of adding. Every posting debits one account and credits another by the
same amount: the trial balance is zero at any time. Balances have no end (`ground.wide`); a single amount is at
most `MOST`, up to which a float tells every millionth from the next.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from enum import EnumMeta, StrEnum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regulars.ground import moved, wide
from regulars.ground.alike import nearest
from regulars.ground.attributes import Known
from regulars.ground.errors import RegularsError, shown
from regulars.ground.label import Label, Labelled

Amounts = NDArray[np.int64] | Sequence[int]  # one a source
MILLION = 1_000_000
MOST = 2**53  # millionths of a single amount: 9.007e9 currency units
ROOM = 2**62  # millionths that anything kept in one 64-bit word may come to


class _Accounts(EnumMeta):
    """Finds an account under its old name, too, with a note; until version 0.3."""

    def __getattr__(cls, name: str) -> Any:
        if name.lower() not in moved.ACCOUNTS:
            raise AttributeError(f"Account has no {shown(name)}; {nearest(name, cls.__members__)}")
        now = moved.ACCOUNTS[name.lower()].upper()
        moved.note(f"Account.{name}", f"Account.{now}")
        return cls.__members__[now]


class Account(StrEnum, metaclass=_Accounts):
    """An account of money in a firm's books."""

    CASH = "cash"
    GROSS_SALES = "gross_sales"  # at list price, before discounts
    DISCOUNTS = "discounts"  # given at the till by a strategy
    COST_OF_GOODS = "cost_of_goods"
    REWARDS = "rewards"  # granted in cash, credit or points, net of what expired
    LIABILITY = "liability"  # rewards promised and not yet used
    COMMUNICATION = "communication"
    ACQUISITION = "acquisition"
    RECOVERY = "recovery"
    STAFF = "staff"
    RENT = "rent"
    OVERHEAD = "overhead"
    FEES = "fees"  # membership and contract fees received
    PARTNER = "partner"  # paid by partners
    REFUNDS = "refunds"  # money given back for goods that came back, to be taken off sales
    RESTOCKING = "restocking"  # handling of goods that came back


# sign with which a balance is reported (+1: debits grow it, -1: credits grow it)
CREDITED = (Account.GROSS_SALES, Account.LIABILITY, Account.FEES, Account.PARTNER)
MONEY: dict[str, int] = {account: -1 if account in CREDITED else 1 for account in Account}
POINTS = {"issued": 1, "outstanding": -1, "redeemed": -1, "expired": -1, "forfeited": -1}
SIGNS: dict[str, int] = {**MONEY, **POINTS}
INCOMES = (Account.GROSS_SALES, Account.FEES, Account.PARTNER)
COSTS = tuple(account for account in Account if account not in (*INCOMES, Account.CASH, Account.LIABILITY))
RUNNING = tuple(
    a for a in COSTS if a not in (Account.DISCOUNTS, Account.COST_OF_GOODS, Account.REWARDS, Account.REFUNDS)
)  # what a firm spends
BOTH_WAYS = {Account.CASH, Account.DISCOUNTS, Account.REWARDS}  # accounts that may be above and below zero
TILL = ("listed", "paid", "cost")  # what the till counts of every purchase


def millionths(amount: ArrayLike) -> NDArray[np.int64]:
    """Amounts of money or points as whole millionths (int64), in the shape of the amounts.

    Errors: what is no number, or more than can be counted.
    """
    return rounded(np.asarray(amount, np.float64) * MILLION)


def rounded(millionths: NDArray[Any]) -> NDArray[np.int64]:
    """Amounts in millionths, rounded to whole ones (int64).

    Errors: what is no number, or more than can be counted.
    """
    exact = np.rint(millionths)
    if not np.abs(exact).max(initial=0.0) <= ROOM:
        odd = np.ravel(exact)[~(np.abs(np.ravel(exact)) <= ROOM)][0] / MILLION
        raise RegularsError(
            f"an amount of {odd:g} cannot be counted in millionths: amounts of money and points are numbers of at most "
            f"{ROOM / MILLION:.3g}"
        )
    return np.asarray(exact.astype(np.int64))


def counted(amount: float) -> int:
    """One amount as whole millionths, however large it is.

    Errors: what is no number.
    """
    if not np.isfinite(amount):
        raise RegularsError(f"an amount of {amount!r} cannot be counted: it is no number")
    return round(amount * MILLION)


def numbered(firm: int | str, firms: Sequence[str]) -> int:
    """The number of a firm, from its name or its number.

    Errors: there is no such firm.
    """
    if type(firm) is int and 0 <= firm < len(firms):
        return firm
    if isinstance(firm, str):
        if firm in firms:
            return firms.index(firm)
        raise RegularsError(f"no firm is called {shown(firm)}; {nearest(firm, firms)}")
    try:
        number = operator.index(firm)
    except TypeError:
        number = -1
    if not 0 <= number < len(firms):
        told = ", ".join(f"{k} {name}" for k, name in enumerate(firms[:10]))
        raise RegularsError(f"there is no firm {shown(firm)}; by number there are {told}")
    return number


class Ledger(Labelled, Known):
    """Books of all firms, in whole millionths, debits positive; they hold Python's whole numbers, which have no end."""

    def __init__(self, firms: tuple[str, ...], sources: int) -> None:
        self.firms = firms
        self._posted = {name: [0] * len(firms) for name in (*MONEY, *POINTS)}
        self._sales = wide.words(len(firms), len(TILL))  # what the till has counted
        self._off = wide.words(len(firms), sources)  # discounts at the till, by what earned them
        self._rewards = [[0] * sources for _ in firms]  # all others, likewise
        self.by_strategy: dict[
            tuple[str, str], int
        ] = {}  # (firm, strategy): rewards and discounts at the till
        self._built()

    def _label(self) -> Label:
        from regulars.world.labels import of_ledger

        return of_ledger(self)

    def sell(self, sales: NDArray[np.int64], discounts: NDArray[np.int64]) -> None:
        """Enter what the till has counted, in two words: `sales` (2, firms, listed paid cost), `discounts` by source."""
        self._sales += sales
        self._off += discounts

    def post(self, firm: int, debit: str, credit: str, amount: int) -> None:
        """Post `amount` millionths of the currency unit from `credit` to `debit`.

        Errors: there is no such account; nothing is posted.
        """
        try:
            to, off = self._posted[debit], self._posted[credit]
        except (KeyError, TypeError):
            to, off = self._posted[self._account(debit)], self._posted[self._account(credit)]
        to[firm] += int(amount)
        off[firm] -= int(amount)

    def post_points(self, firm: int, debit: str, credit: str, amount: int) -> None:
        """Post `amount` millionths of a point."""
        self.post(firm, debit, credit, amount)

    def reward(self, firm: int, strategy: str, against: str, amounts: Amounts) -> None:
        """Book reward money, split by source (`amounts[source]`, millionths), against cash or liability."""
        against = moved.account_now(against)
        by_source = amounts.tolist() if isinstance(amounts, np.ndarray) else list(amounts)
        total = sum(by_source)
        self.post(
            firm,
            "discounts" if against == Account.GROSS_SALES else "rewards",
            "cash" if against == Account.GROSS_SALES else against,
            total,
        )
        mine = self._rewards[firm]
        for source, amount in enumerate(by_source):
            mine[source] += amount
        key = (self.firms[firm], strategy)
        self.by_strategy[key] = self.by_strategy.get(key, 0) + total

    def earn(self, firm: int, moved: Sequence[int]) -> None:
        """Move discounts (millionths, by source, summing to 0) from the purchase at which they were given to what earned them."""
        mine = self._rewards[firm]
        for source, amount in enumerate(moved):
            mine[source] += int(amount)

    def balance(self, account: str, firm: int | str) -> int:
        """Balance of an account in millionths, debits positive; of a firm by its name or its number.

        Errors: there is no such account, or no such firm.
        """
        account = self._account(account)
        firm = numbered(firm, self.firms)
        listed, paid, cost = wide.listed(self._sales[:, firm])
        sold = {
            "gross_sales": -listed,
            "cash": paid - cost,
            "discounts": listed - paid,
            "cost_of_goods": cost,
        }
        return self._posted[account][firm] + sold.get(account, 0)

    @property
    def money(self) -> dict[str, NDArray[Any]]:
        """Balances of the money accounts, each an array over firms (to read), millionths, debits positive."""
        return {name: self._balances(name) for name in MONEY}

    @property
    def points(self) -> dict[str, NDArray[Any]]:
        """Balances of the points accounts, each an array over firms (to read), millionths, debits positive."""
        return {name: self._balances(name) for name in POINTS}

    @property
    def by_source(self) -> NDArray[Any]:
        """Rewards and discounts of each firm by what earned them (firm, source), millionths; to read."""
        return _to_read(wide.whole(self._off) + np.array(self._rewards, np.object_))

    def _balances(self, account: str) -> NDArray[Any]:
        return _to_read(np.array([self.balance(account, f) for f in range(len(self.firms))], np.object_))

    def value(self, account: str, firm: int | str) -> float:
        """Balance of an account in currency units (or points), with its natural sign.

        Errors: there is no such account, or no such firm.
        """
        account = self._account(account)
        return SIGNS[account] * self.balance(account, firm) / MILLION

    def profit(self, firm: int | str) -> float:
        """Contribution profit of a firm so far, currency units: incomes less costs, rewards when granted.

        Errors: there is no such firm.
        """
        firm = numbered(firm, self.firms)
        _, paid, cost = wide.listed(self._sales[:, firm])
        posted = sum(self._posted[name][firm] for name in (*INCOMES, *COSTS))
        return (paid - cost - posted) / MILLION

    def table(self) -> list[dict[str, Any]]:
        """All balances as rows (firm, account, unit, amount)."""
        rows = []
        for f, name in enumerate(self.firms):
            rows += [{"firm": name, "account": a, "unit": "money", "amount": self.value(a, f)} for a in MONEY]
            rows += [
                {"firm": name, "account": a, "unit": "points", "amount": self.value(a, f)} for a in POINTS
            ]
        return rows

    def check(self, till: Mapping[str, NDArray[Any]] | None = None) -> None:
        """Raise when the books do not balance to the millionth, or are not what the rest of the market says.

        Debits are credits; no account but cash, discounts and rewards is below zero; every discount and reward has a
        source; and sales are what was sold day by day, where that is given (`market.totals.arrays()`).
        """
        money = self.money
        for books, kind in ((money, "money"), (self.points, "points")):
            self._refuse(sum(books.values()), f"the {kind} books do not balance")
            for account in books.keys() - BOTH_WAYS:
                below = np.minimum(SIGNS[account] * books[account], 0)
                self._refuse(below, f"the account '{account}' is below zero")
        off = money["rewards"] + money["discounts"] - self.by_source.sum(axis=1)
        self._refuse(off, "not every reward and discount has a source")
        if till is not None:
            for name, sold in zip(TILL, wide.whole(self._sales).T, strict=True):
                self._refuse(sold - till[name].sum(axis=0), f"the books do not say what was sold ('{name}')")

    def _account(self, name: str) -> str:
        """The name of an account as it is today; refuse one that there is not."""
        name = moved.account_now(name)
        if not isinstance(name, str) or name not in self._posted:
            raise RegularsError(f"no account is called {shown(name)}; {nearest(str(name), self._posted)}")
        return name

    def _refuse(self, off: Any, told: str) -> None:
        """Refuse amounts (millionths, one per firm) that should all be zero."""
        if np.any(off):
            raise RegularsError(f"{told}: {dict(zip(self.firms, off.tolist(), strict=True))}")

    def state(self) -> dict[str, Any]:
        """All balances, for saving."""
        return {
            "posted": {name: wide.split(balances) for name, balances in self._posted.items()},
            "sales": self._sales,
            "off": self._off,
            "rewards": wide.split(self._rewards),
            "by_strategy": self.by_strategy,
        }

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take back what `state` gave."""
        self._posted = {name: wide.listed(saved["posted"][name]) for name in self._posted}
        self._sales[...], self._off[...] = saved["sales"], saved["off"]
        self._rewards = wide.whole(saved["rewards"]).tolist()
        self.by_strategy = {key: int(total) for key, total in saved["by_strategy"].items()}


def _to_read(balances: NDArray[Any]) -> NDArray[Any]:
    """An array that nobody can write to: books change by posting."""
    balances.flags.writeable = False
    return balances
