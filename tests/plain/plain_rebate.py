"""The threshold rebate and the store card of the plain market.

"Buy here on at least T days of a window of D days and get a share of the window's spending back."
"""

import math
from functools import cache


class Rebate:
    """One firm's rebate, and what its customers make of it."""

    def __init__(self, rules, firm, market):
        self.rules, self.firm, self.market = rules, firm, market
        self.visits = {customer: 0 for customer in market.customers}  # visit days in this window
        self.last = {customer: -1 for customer in market.customers}  # latest visit day
        self.spent = {customer: 0 for customer in market.customers}  # millionths, in this window
        self.look_again()

    def look_again(self):
        """At the start of a window customers ask: what are my chances, and what is the reward worth to me?"""
        rules, self.outlook = self.rules, {}
        for c in self.market.customers:
            reward = rules.amount if rules.returns == "amount" else rules.rate * c.basket * self.firm.price
            card = c.credit_weight if rules.paid_as == "credit" else 1.0
            worth = c.money_weight * reward * card * c.present_bias  # logits (per visit day, if it grows)
            self.outlook[c] = *self.market.chances(c, self.firm), worth, c.daily_discount

    def pull(self, customer, time):
        """What buying here now does to the worth of the programme, in logits."""
        day, window = int(time), self.rules.window
        left = window - 1 - day % window  # days after today
        done = self.visits[customer]
        as_it_is = self.worth(customer, done, left)
        if self.last[customer] < day:
            gain = self.worth(customer, done + 1, left) - as_it_is
        else:  # today counts already; only the spending can grow
            gain = self.worth(customer, done, left, more=1) - as_it_is
        return customer.foresight * gain

    def worth(self, customer, done, left, more=0):
        """Worth in logits of `done` visit days with `left` days to go, and `more` purchases on them."""
        grows = self.rules.returns == "share"
        return _worth(done, left, more, *self.outlook[customer], self.rules.days, grows)

    def settle(self, customer, time, paid):
        """Count the day and the money."""
        if paid > 0:
            self.visits[customer] += self.last[customer] < int(time)
            self.last[customer] = int(time)
            self.spent[customer] += paid

    def close(self, day):
        """When the window ends, pay the winners and start again."""
        rules = self.rules
        if (day + 1) % rules.window:
            return
        for c in self.market.customers:
            if self.visits[c] >= rules.days:
                amount = self.spent[c] * rules.rate if rules.returns == "share" else rules.amount * 1e6
                self.give(c, round(amount), day)
            self.visits[c] = self.spent[c] = 0

    def give(self, customer, amount, day):
        """Pay in cash, or put it on the customer's card."""
        firm, rules = self.firm, self.rules
        if rules.paid_as == "cash":
            firm.post("rewards", "cash", amount)
            return
        firm.post("rewards", "liability", amount)
        customer.credit[firm.name] = customer.credit.get(firm.name, 0) + amount
        customer.lapses[firm.name] = day + rules.lapse if rules.lapse > 0 else math.inf


@cache
def _worth(done, left, more, coming, buying, worth, discount, goal, grows):
    """Backward induction: what the end is worth, then the last day, then the one before ...

    W(s, d) = delta [(1 - a) W(s, d-1) + a log((1 - p) exp W(s, d-1) + p exp W(s+1, d-1))], where a is the chance to
    come on a day and p to buy here then. The logarithm is what the customer's own moods make of having a choice.
    """
    if left == 0:
        return worth * (done + more if grows else 1) if done >= goal else 0.0
    rules = coming, buying, worth, discount, goal, grows
    stay, go = _worth(done, left - 1, more, *rules), _worth(done + 1, left - 1, more, *rules)
    choice = math.log((1 - buying) * math.exp(stay) + buying * math.exp(go))
    return discount * ((1 - coming) * stay + coming * choice)


def credit_pull(customer, firm):
    """Credit saves money now; but it keeps, so that only the delay counts (logits)."""
    credit = customer.credit.get(firm.name, 0)
    if credit == 0:
        return 0.0
    money = min(credit / 1e6, customer.basket * firm.price)
    days_to_next = 1 / customer.rate
    keeps = customer.foresight * customer.daily_discount**days_to_next
    return customer.money_weight * customer.credit_weight * money * (1 - keeps)


def use_credit(customer, firm, paid):
    """Pay with credit at the till, as far as it goes."""
    used = min(customer.credit.get(firm.name, 0), paid)
    if used:
        customer.credit[firm.name] -= used
        firm.post("liability", "cash", used)


def lapse(customer, firm, day):
    """Credit that nothing was added to for too long is gone; the reward is taken back."""
    if customer.lapses.get(firm.name, math.inf) <= day:
        firm.post("liability", "rewards", customer.credit[firm.name])
        customer.credit[firm.name], customer.lapses[firm.name] = 0, math.inf
