"""The threshold rebate and the store card of the plain market (section 7.9 of the model).

"Buy here on at least T days of a window of D days and get a share of the window's spending back."
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any, NamedTuple

from regulars.plain.choice import chances
from regulars.plain.firm import MILLION, PlainFirm
from regulars.plain.people import Customer
from regulars.plain.world import World


class Outlook(NamedTuple):
    """What a customer makes of a programme at the start of a window."""

    coming: float  # alpha, chance of an opportunity on a day
    buying: float  # p, chance to buy here then
    worth: float  # R, logits; per visit day, if it grows with the spending
    discount: float  # delta, per day


class Rebate:
    """One firm's rebate, and what its customers make of it."""

    def __init__(self, rules: Any, firm: PlainFirm, world: World) -> None:
        self.rules, self.firm, self.world = rules, firm, world
        self.visits = dict.fromkeys(world.customers, 0)  # visit days in this window
        self.last = dict.fromkeys(world.customers, -1)  # latest visit day
        self.spent = dict.fromkeys(world.customers, 0)  # millionths, in this window
        self.outlook: dict[Customer, Outlook] = {}
        self.tables: dict[tuple[Outlook, int], list[list[float]]] = {}  # customers who are alike share one
        self.look_again()

    def look_again(self) -> None:
        """At the start of a window customers ask: what are my chances, and what is the reward worth to me?

        R = b / basket x money x weight of the mental account, if it is credit, x beta
        """
        rules = self.rules
        self.tables.clear()
        for c in self.world.customers:
            reward = rules.amount if rules.returns == "amount" else rules.rate * c.basket * self.firm.price
            card = c.credit_weight if rules.paid_as == "credit" else 1.0
            worth = c.money_weight * reward * card * c.present_bias
            self.outlook[c] = Outlook(*chances(self.world, c, self.firm), worth, c.daily_discount)

    def pull(self, customer: Customer, time: float) -> float:
        """What buying here now does to the worth of the programme, in logits: phi [W(v + 1, d) - W(v, d)]."""
        day, window = int(time), self.rules.window
        left = window - 1 - day % window  # days after today
        done = self.visits[customer]
        as_it_is = self._worth(customer, done, left)
        if self.last[customer] < day:
            gain = self._worth(customer, done + 1, left) - as_it_is
        else:  # today counts already; only the spending can grow
            gain = self._worth(customer, done, left, more=1) - as_it_is
        return customer.foresight * gain

    def _worth(self, customer: Customer, done: int, left: int, more: int = 0) -> float:
        """Worth in logits of `done` visit days with `left` days to go, and `more` purchases on them."""
        key = self.outlook[customer], more
        if key not in self.tables:
            self.tables[key] = worths(*key, self.rules.window, self.rules.days, self.rules.returns == "share")
        return self.tables[key][left][done]

    def settle(self, customer: Customer, time: float, paid: int) -> None:
        """Count the day and the money."""
        if paid > 0:
            self.visits[customer] += self.last[customer] < int(time)
            self.last[customer] = int(time)
            self.spent[customer] += paid

    def close(self, day: int) -> None:
        """When the window ends, pay the winners and start again: rate x spending, or the amount."""
        rules = self.rules
        if (day + 1) % rules.window:
            return
        for c in self.world.customers:
            if self.visits[c] >= rules.days:
                amount = self.spent[c] * rules.rate if rules.returns == "share" else rules.amount * 1e6
                self._give(c, round(amount), day)
            self.visits[c] = self.spent[c] = 0

    def _give(self, customer: Customer, amount: int, day: int) -> None:
        """Pay in cash, or put it on the customer's card."""
        firm, rules = self.firm, self.rules
        if rules.paid_as == "cash":
            firm.post("rewards", "cash", amount)
            return
        firm.post("rewards", "liability", amount)
        customer.credit[firm.name] = customer.credit.get(firm.name, 0) + amount
        customer.lapses[firm.name] = day + rules.lapse if rules.lapse > 0 else math.inf


def worths(outlook: Outlook, more: int, window: int, goal: int, grows: bool) -> list[list[float]]:
    """W(v, d) by d and v, backwards: what the end is worth, then the last day, then the one before ...

    W(v, 0) = R where the goal is reached, R (v + more) if the rebate grows with the spending, else 0
    W(v, d) = delta [(1 - alpha) W(v, d - 1) + alpha log((1 - p) exp W(v, d - 1) + p exp W(v + 1, d - 1))]

    The logarithm is what the customer's own moods make of having a choice.
    """
    table = [[outlook.worth * (v + more if grows else 1) if v >= goal else 0.0 for v in range(window + 1)]]
    for _ in range(1, window):
        table.append(day_before(table[-1], outlook))
    return table


def day_before(later: list[float], outlook: Outlook) -> list[float]:
    """Worth by visit days so far with one more day to go than in `later`."""
    coming, buying, _, discount = outlook
    return [
        discount * ((1 - coming) * stay + coming * log_mean(buying, stay, go)) for stay, go in pairwise(later)
    ]


def log_mean(p: float, stay: float, go: float) -> float:
    """Log-sum log((1 - p) exp(stay) + p exp(go)), however large the two are."""
    if p == 0:
        return stay
    top = max(stay, go)
    return top + math.log((1 - p) * math.exp(stay - top) + p * math.exp(go - top))


def credit_pull(customer: Customer, firm: PlainFirm) -> float:
    """Credit saves money now; but it keeps, so that only the delay counts (logits).

    b / basket x credit weight x min(credit, usual bill) x (1 - phi delta^(1 / lambda))
    """
    credit = customer.credit.get(firm.name, 0)
    if credit == 0:
        return 0.0
    money = min(credit / MILLION, customer.basket * firm.price)
    days_to_next = 1 / customer.rate
    keeps = customer.foresight * customer.daily_discount**days_to_next
    return customer.money_weight * customer.credit_weight * money * (1 - keeps)


def use_credit(customer: Customer, firm: PlainFirm, paid: int) -> None:
    """Pay with credit at the till, as far as it goes."""
    used = min(customer.credit.get(firm.name, 0), paid)
    if used:
        customer.credit[firm.name] -= used
        firm.post("liability", "cash", used)


def lapse(customer: Customer, firm: PlainFirm, day: int) -> None:
    """Credit that nothing was added to for too long is gone; the reward is taken back."""
    if customer.lapses.get(firm.name, math.inf) <= day:
        firm.post("liability", "rewards", customer.credit[firm.name])
        customer.credit[firm.name], customer.lapses[firm.name] = 0, math.inf
