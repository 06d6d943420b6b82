"""The money of each row: amounts, prices and quantities, in one currency, with returns below zero."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from regulars.panels.account import Change, several, share
from regulars.panels.baskets import sum_of
from regulars.panels.column import Column
from regulars.panels.headings import CODES, currency_in
from regulars.panels.marks import Mark, currencies, is_currency, marks_in
from regulars.panels.numbers import Numbers, read_numbers
from regulars.panels.problems import Problems
from regulars.panels.reading import Reading
from regulars.panels.ways import typed, way, ways


@dataclass
class Money:
    """Money by row, and what was found out on the way."""

    amount: NDArray[np.float64]
    price: NDArray[np.float64] | None = None
    quantity: NDArray[np.float64] | None = None
    currency: str | None = None
    notes: list[str] = field(default_factory=list)
    settled: dict[str, str] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)


def read_money(
    found: dict[str, str], columns: dict[str, Column], reading: Reading, problems: Problems
) -> Money:
    """Amount, price and quantity of each row; the amount is price times quantity where no column has it."""
    read: dict[str, Numbers] = {}
    for what in ("amount", "price", "quantity"):
        if what in found:
            read[what] = read_numbers(
                columns[found[what]],
                what,
                problems,
                required=what == "amount",
                decimal=reading.decimal,
                thousands=reading.thousands,
            )
    money = Money(np.empty(0))
    for numbers in read.values():
        money.notes += numbers.notes
        money.settled |= numbers.settled
    price = read["price"].values if "price" in read else None
    quantity = read["quantity"].values if "quantity" in read else None
    if "amount" in read:
        money.amount = read["amount"].values
    else:
        assert price is not None and quantity is not None
        money.amount = price * quantity
        lacking = np.isnan(money.amount)
        problems.rows_where(
            lacking,
            "no amount: price or quantity is missing",
            advice=f"{way('leave_out', {found['price']: ''})} leaves such rows out",
        )
        money.amount = np.where(lacking, 0.0, money.amount)
        money.notes.append(f"amount = {found['price']} x {found['quantity']}")
    if "amount" in read:
        money.amount = np.where(np.isnan(money.amount), 0.0, money.amount)  # told as missing
    money.price, money.quantity = _checked(
        price, quantity, money.amount, found, columns, problems, reading.returns
    )
    if money.quantity is not None and reading.returns != "refuse":
        _turn(money, money.quantity < 0, f"where {found['quantity']} is below zero")
    if price is None and quantity is not None:
        money.notes.append(f"price = {found['amount']} / {found['quantity']}")
    signs = sorted(
        {s for numbers in (read.get("amount"), read.get("price")) if numbers for s in numbers.signs}
    )
    money.currency = (
        reading.currency
        or (signs[0] if len(signs) == 1 else None)
        or currency_in(found.get("amount", found.get("price", "")))
    )
    if len(signs) > 1:
        problems.add(
            f"column {found.get('amount', found.get('price'))} holds several currencies ({', '.join(signs)}); convert them to one, or give them a column of their own"
        )
    elif signs and reading.currency is None:
        money.notes.append(f"amounts carry the sign of {signs[0]}")
    return money


def _checked(
    price: NDArray[np.float64] | None, quantity: NDArray[np.float64] | None, amount: NDArray[np.float64], found: dict[str, str],
    columns: dict[str, Column], problems: Problems, returns: str,
) -> tuple[NDArray[np.float64] | None, NDArray[np.float64] | None]:  # fmt: skip
    """Prices and quantities above zero, but where the money says that goods came back or were given away."""
    if price is not None:
        shown = columns[found["price"]]
        called = "price" if shown.name == "price" else f"price (column {shown.name})"
        problems.rows_where(
            (price < 0) & (amount >= 0),
            f"negative {called}",
            shown,
            f"{way('leave_out', {shown.name: shown[int(np.argmin(np.nan_to_num(price)))]})} leaves such rows out",
        )
        problems.rows_where(
            (price == 0) & (amount != 0),
            f"zero {called}",
            shown,
            f"leave the cell empty where the price is unknown; {way('leave_out', {shown.name: '0'})} leaves such rows out",
        )
        price = np.where(price == 0, np.nan, np.abs(price))
    if quantity is not None:
        shown = columns[found["quantity"]]
        called = "quantity" if shown.name == "quantity" else f"quantity (column {shown.name})"
        back = (quantity < 0) & (amount > 0)
        if returns == "refuse":
            advice = f"{ways('returns', 'net', 'drop')} takes these rows as returns"
            problems.rows_where(back, f"negative {called}, though the amount is not: returns?", shown, advice)
        problems.rows_where(
            (quantity == 0) & (amount != 0),
            f"zero {called}: a purchase has some",
            shown,
            f"{way('leave_out', {shown.name: '0'})} leaves such rows out",
        )
    return price, quantity


def one_currency(money: Money, named: Column | None, reading: Reading, problems: Problems) -> None:
    """All money in one currency: the one that there is, or by the rates of the reading."""
    if named is None or named.name in reading.ignore:
        return
    codes, worth = currencies(named, {**dict.fromkeys([reading.currency or ""], 1.0), **reading.rates})
    if len(codes) <= 1 and not reading.rates:
        money.currency = reading.currency or (codes[0] if codes else money.currency)
        return
    if reading.rates:
        lacking = [c for c in codes if c not in reading.rates and c != reading.currency]
        if lacking:
            problems.add(
                f"column {named.name}: no rate for {', '.join(lacking)}; {way('rates', {lacking[0]: 1.0})} says what one is worth"
            )
            return
        before = sum_of(money.amount)
        money.amount = np.round(money.amount * worth, 6)
        money.price = None if money.price is None else money.price * worth
        n = int((worth != 1.0).sum())
        money.changes.append(
            Change(
                "currencies",
                n,
                sum_of(money.amount) - before,
                f"{several(n, 'row')} turned into {reading.currency or 'one currency'} by column {named.name} ({', '.join(codes)})",
            )
        )
        return
    rows = {c: int(n) for c, n in zip(codes, _counts(named, codes), strict=True)}
    shown = ", ".join(f"{c} {share(n, len(named))}" for c, n in rows.items())
    problems.add(
        f"column {named.name} names {len(codes)} currencies ({shown} of rows), whose amounts do not add up: {way('only', {named.name: codes[0]})} "
        f"takes one, {typed('currency', codes[0])} --rates {codes[1]}=RATE (in Python currency=, rates=) converts, RATE being what 1 {codes[1]} is worth in {codes[0]}, {way('ignore', [named.name])} if amounts are in one currency already"
    )  # fmt: skip


def _counts(column: Column, codes: list[str]) -> list[int]:
    by = dict.fromkeys(codes, 0)
    for text, n in zip(column.texts, column.counts, strict=True):
        code = currency_in(text) or str(text).upper()
        if code in by:
            by[code] += int(n)
    return [by[c] for c in codes]


def find_currency(found: dict[str, str], unused: dict[str, Column]) -> Column | None:
    """The column that names the money of each row."""
    if "currency" in found:
        return unused.get(found["currency"])
    return next(
        (
            c
            for c in unused.values()
            if c.is_text and is_currency(c) and set(str(t).upper() for t in c.texts if t) <= CODES
        ),
        None,
    )


def marked(
    money: Money, unused: dict[str, Column], handled: set[str], reading: Reading, problems: Problems
) -> None:
    """Rows that a column marks as returns get money below zero; what is marked as cancelled must be decided."""
    for name, values in reading.returned.items():
        column = next((c for c in unused.values() if c.name.casefold() == name.casefold()), None)
        if column is not None:
            _turn(money, column.holding(values), f"where {column.name} is {', '.join(values)}")
    for name, column in unused.items():
        if name in handled or not column.is_text:
            continue
        for mark in marks_in(column):
            _judge(money, column, mark, reading, problems)


def _judge(money: Money, column: Column, mark: Mark, reading: Reading, problems: Problems) -> None:
    rows = column.holding(mark.values)
    if not (money.amount[rows] > 0).any():
        return  # they are below zero already, or bring no money
    if mark.kind == "returns" and reading.returns != "refuse":
        _turn(money, rows, f"where {column.name} is {', '.join(mark.values)}")
        return
    n, part = int(rows.sum()), sum_of(money.amount[rows])
    shown = ", ".join(repr(v) for v in mark.values[:4])
    as_returns = f"{typed('returned', {column.name: list(mark.values)})} {typed('returns', 'net')} (in Python returned=, returns='net')"
    out = way("leave_out", {column.name: list(mark.values)})
    told = (
        f"{out} leaves them out, if such a row is an order that was paid back; {as_returns} takes them out of earlier purchases, if it tells of "
        "goods that came back"
        if mark.kind == "returns"
        else f"{out} leaves them out"
    )
    problems.rows_where(
        rows,
        f"column {column.name} says {shown} in {several(n, 'row')} ({share(part, sum_of(np.abs(money.amount)))} of the money): {mark.kind}?",
        column,
        f"{told}, {way('ignore', [column.name])} counts them as purchases",
    )


def _turn(money: Money, rows: NDArray[np.bool_], where: str) -> None:
    """Money of returns below zero."""
    turned = rows & (money.amount > 0)
    n = int(turned.sum())
    if not n:
        return
    part = sum_of(money.amount[turned])
    money.amount = np.where(turned, -money.amount, money.amount)
    if money.quantity is not None:
        money.quantity = np.where(turned, -np.abs(money.quantity), money.quantity)
    money.changes.append(
        Change(
            "marked returns",
            n,
            -2 * part,
            f"{several(n, 'row is a return', 'rows are returns')} {where}: {part:,.2f} counted against purchases",
        )
    )
