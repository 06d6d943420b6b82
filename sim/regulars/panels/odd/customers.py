"""Customers who are no households: guests that share an id, wholesalers, tests."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.panels.account import share
from regulars.panels.oddity import Oddity
from regulars.panels.ways import way

if TYPE_CHECKING:
    from regulars.panels.interpret import Interpreted
    from regulars.panels.panel import Panel

OLD, QUIET, MANY = 180.0, 28.0, 20  # days of a log; days without; customers that make it sure
TIMES, LEAST, MOST = 5.0, 0.02, 3  # above the 95% quantile; share of the log; customers named
WORDS = re.compile(
    r"^(guests?( checkout)?|anonym(ous)?e?r?|unknown|unbekannt|walk-?in|cash( customer| sale)?|no ?(card|member|customer)|none|barverkauf|"
    r"laufkunde|laufkundschaft|gast|diverse?|dummy|test.*|demo.*|散客|游客|匿名|未知|非会员|无|测试.*|-+|\?+|x+|0+|-1|9{4,})$",
    re.IGNORECASE,
)


def heavy(panel: Panel, read: Interpreted | None) -> list[Oddity]:
    """Customers who buy many times what nearly all others buy."""
    groups = panel.purchases.groupby("customer", sort=True)["amount"]
    counts, money = groups.size(), groups.sum()
    if len(counts) < 20:
        return []
    odd: dict[Any, None] = {}
    for sizes in (counts, money):
        limit = TIMES * float(np.quantile(sizes, 0.95))
        for who in (
            sizes[(sizes > limit) & (sizes > LEAST * sizes.sum())].sort_values(ascending=False).index[:MOST]
        ):
            odd[who] = None
    column = read.columns["customer"] if read else None
    found = []
    for who in odd:
        part, spent = counts[who] / counts.sum(), money[who] / max(money.sum(), 1e-12)
        grade = "fail" if max(part, spent) > 0.2 else "review"
        guest = " (an id often shared by guests or given for tests)" if WORDS.match(str(who)) else ""
        found.append(
            Oddity(
                "heavy customer",
                f"customer {who}{guest} has {share(part, 1)} of all purchases and {share(spent, 1)} of the money: a guest id, a "
                "wholesaler or a till card? Rates, baskets and programmes fitted with it would be wrong for everybody else; "
                f"{_out(column, who)}",
                grade,
            )
        )
    return found


def newcomers(panel: Panel, read: Interpreted | None) -> list[Oddity]:
    """A firm's log to whose end next to nobody new is seen, though many were before."""
    if not panel.dated or not panel.one_firm or panel.days < OLD:
        return []
    first = np.sort(panel.purchases.groupby("customer")["time"].min().to_numpy(float))
    later = first[first >= panel.days / 4]  # before that those who were there are seen for the first time
    if len(later) < MANY:
        return []
    last = float(np.quantile(later, 0.98))
    usual = 0.98 * len(later) / (last - panel.days / 4) * (panel.days - last)
    came = int((later > last).sum())
    if panel.days - last < QUIET or usual < MANY or came > 0.25 * usual:
        return []
    when = (
        f"since {panel.start + dt.timedelta(days=int(last) + 1)}"
        if panel.start
        else f"in the last {panel.days - last:.0f} days"
    )
    said = f"hardly any customer is new {when} ({came} where {usual:.0f} would be usual): newcomers are missing from the log, or the firm stopped winning any; the fitted market goes on winning them"
    return [Oddity("no newcomers", said, "review")]


def guests(panel: Panel, read: Interpreted | None) -> list[Oddity]:
    """Ids that read like no customer's, where they are not heavy enough to be named for that."""
    heavies = {o.sentence.split()[1] for o in heavy(panel, read)}
    table = panel.purchases
    if read is not None and read.own:
        return []
    if table["customer"].dtype.kind == "i":
        known = panel.customers
        counted = known[0] == 0 and known[-1] < 2 * len(known)  # 0 is one number like any other
        names = [who for who in (0, -1) if who in set(known[:2].tolist()) and not (who == 0 and counted)]
    else:
        names = [who for who in table["customer"].unique() if WORDS.match(str(who))]
    found = []
    column = read.columns["customer"] if read else None
    for who in names[:MOST]:
        if str(who) in heavies:
            continue
        rows = table["customer"] == who
        found.append(
            Oddity(
                "guest",
                f"customer {who} may be a guest id or a test ({share(float(rows.mean()), 1)} of purchases, "
                f"{share(float(table.loc[rows, 'amount'].sum()), float(table['amount'].sum()))} of the money); "
                f"{_out(column, who)}",
                "note",
            )
        )
    return found


def _out(column: str | None, who: object) -> str:
    """How to leave a customer out, of a log that is read or of a panel."""
    return (
        "Panel.of_customers takes the others"
        if column is None
        else f"{way('leave_out', {column: str(who)})} leaves it out"
    )
