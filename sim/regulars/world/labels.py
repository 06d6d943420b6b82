"""What customers, firms, books and logs say of themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.ground.label import Label, counted, listed
from regulars.ground.numbers import money, number
from regulars.world.ledger import MILLION

if TYPE_CHECKING:
    from regulars.world.customers import Customers
    from regulars.world.firms import Firm
    from regulars.world.ledger import Ledger
    from regulars.world.log import Log
    from regulars.world.totals import Totals


def of_firm(firm: Firm) -> Label:
    """Its prices, what it does, and how it has fared."""
    market = firm.model
    currency = market.scenario.spec.market.currency
    rows = (
        ("strategies", listed(sorted(firm.strategies))),
        ("so far", f"{counted(firm.purchases, 'purchase')}, gross sales {money(firm.gross_sales, currency, plain=True)}"),
        ("contribution profit so far", money(firm.profit, currency, plain=True)),
    )  # fmt: skip
    facts = tuple(f"{name} {money(getattr(firm, name), currency, plain=True)}" for name in ("price", "cost"))
    return Label(f"Firm {firm.name!r} on day {market.day:g} of {market.days}", facts, rows=rows)


def of_customers(customers: Customers) -> Label:
    """How many there are, and what is kept of each."""
    size = f"{customers.nbytes / 1e3:,.0f} kB"
    firms = f"{counted(len(customers.firms), 'firm')} ({listed(customers.firms)})"
    return Label(
        "Customers",
        (f"{customers.count:,} at {firms}", f"{counted(len(customers.columns), 'column')} in {size}"),
        rows=(("columns", listed(sorted(customers.columns), 5)), ("one of them", "customers[0]")),
    )


def of_ledger(ledger: Ledger) -> Label:
    """The main balances of each firm."""
    accounts = {"gross_sales": "gross sales", "discounts": "discounts", "rewards": "rewards", "liability": "owed in rewards"}  # fmt: skip
    rows = [
        (name, *(number(ledger.value(account, f), plain=True) for account in accounts), number(ledger.profit(f), plain=True))
        for f, name in enumerate(ledger.firms)
    ]  # fmt: skip
    return Label(
        f"Books of {counted(len(ledger.firms), 'firm')}", ("currency units so far",),
        ("firm", *accounts.values(), "contribution profit"), rows, ("all accounts: ledger.table()",),
    )  # fmt: skip


def of_totals(totals: Totals) -> Label:
    """What they come to."""
    days, firms = totals.purchases.shape
    paid = number(float(totals.paid.sum()) / MILLION, plain=True)
    return Label(
        f"Totals of {counted(days, 'day')} and {counted(firms, 'firm')}",
        (*_sums(totals), f"{paid} currency units paid"),
    )


def of_log(log: Log) -> Label:
    """What it has counted, and what it keeps."""
    days = len(log.totals.opportunities)
    kept = (
        f"every opportunity in {log.path}"
        if log.path
        else "every opportunity in memory"
        if log.rows
        else "daily totals only"
    )
    return Label(
        f"Log of {counted(len(log.firms), 'firm')} over {counted(days, 'day')}",
        (*_sums(log.totals), f"keeps {kept}"),
    )


def _sums(totals: Totals) -> tuple[str, str]:
    met = counted(int(totals.opportunities.sum()), "opportunity", "opportunities")
    return f"{counted(int(totals.purchases.sum()), 'purchase')} at {met}", counted(
        int(totals.complaints.sum()), "complaint"
    )
