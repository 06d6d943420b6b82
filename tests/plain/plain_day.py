"""A day of the market in plain Python, written for reading.

Everything the compiled engine does to one opportunity stands here once more, one customer at a time, with the
standard library only. The two must agree choice for choice and amount for amount (`test_plain_day.py`).

    market = PlainMarket(scenario, seed=1)
    rows = market.run()

A day has six parts. OPEN: the calendar turns. APPEAL: what programmes promise. CHOOSE: the largest utility
wins. SETTLE: the till. FEEL: experience against expectation. CLOSE: rewards are paid.

Five pages belong to this one: `plain_chance` (draws), `plain_people` (who the customers are), `plain_shopping`
(categories), `plain_ties` (relations and loyalty) and `plain_rebate` (the rebate and the store card). What they leave
out: traits that are gamma or beta over customers, members who are not everybody, all strategies but the lower price
and the threshold rebate, and all other processes; `hand` may write on the board in their place.
"""

import math
from itertools import count, takewhile
from types import SimpleNamespace
from typing import NamedTuple

from plain.plain_chance import Dice, bell, gumbel, purpose
from plain.plain_people import born, single, step
from plain.plain_rebate import Rebate, credit_pull, lapse, use_credit
from plain.plain_shopping import ShoppingList
from plain.plain_ties import Devotion, Relations

ACCOUNTS = ("cash", "revenue", "discounts", "cost_of_goods", "rewards", "liability")
NOT_A_FIRM = 0xFFFF  # block of draws for buying nothing and for looking around


class Row(NamedTuple):
    """One opportunity of one customer and what came of it; money in millionths of the currency unit."""

    time: float
    customer: int
    occasion: int
    firm: str | None
    quantity: float
    listed: int
    paid: int


class Here:
    """What is written on the board of one occasion about one firm; at first nothing that makes a difference."""

    def __init__(self):
        self.appeal = self.attachment = 0.0  # logits: of promotions, and of what lasts
        self.price_factor, self.money_off, self.price_weight = 1.0, 0.0, 1.0
        self.basket_factor, self.service, self.forgiveness, self.promotion_deafness = 1.0, 0.0, 0.0, 0.0
        self.blocked = self.locked_in = False


class Firm:
    """An offer, books, and perhaps a lower price for all and a rebate."""

    def __init__(self, offer):
        self.name, self.price, self.cost, self.pull = offer.name, offer.price, offer.cost, offer.appeal
        self.quality, self.service, self.hours = offer.quality, offer.service, offer.hours
        self.effort, self.risk, self.categories = offer.effort, offer.risk, offer.categories
        self.failure, self.severity = offer.failure, offer.severity
        self.markdown, self.rebate = 1.0, None
        self.books = dict.fromkeys(ACCOUNTS, 0)

    def post(self, debit, credit, amount):
        """Double entry: the books always sum to zero."""
        self.books[debit] += amount
        self.books[credit] -= amount


class PlainMarket:
    """Customers, firms and the calendar."""

    def __init__(self, scenario, seed=1, replicate=0, hand=None):
        self.spec, self.dice, self.hand = scenario.spec, Dice(seed, replicate), hand
        spec = self.spec
        self.firms = [Firm(offer) for offer in spec.firms]
        self.customers = born(spec, self.dice)
        if spec.experience.on:
            self.expect(single(spec.experience.initial))
        parts = {
            ShoppingList: bool(spec.categories),
            Relations: spec.relationship.on,
            Devotion: spec.devotion.on,
        }
        self.parts = [kind(self) for kind, on in parts.items() if on]
        self.rows, self.complaints = [], 0
        self.days = int(spec.market.days)
        for firm, offer in zip(self.firms, scenario.resolved()["firms"], strict=True):
            does = offer["strategies"]
            if "everyday_low_price" in does:
                firm.markdown = 1 - does["everyday_low_price"]["discount"]
            if "threshold_rebate" in does:
                firm.rebate = Rebate(SimpleNamespace(**does["threshold_rebate"]), firm, self)

    def run(self):
        """All days, from the first to the last; how long a tick is does not matter."""
        streams = [self.opportunities(customer) for customer in self.customers]
        waiting = [next(stream, None) for stream in streams]
        for today in range(self.days):
            met = []  # what everybody meets on this day: first opportunities first, then second ones ...
            for i, stream in enumerate(streams):
                turn = 0
                while waiting[i] is not None and waiting[i][0] < today + 1:
                    met.append((turn, i, *waiting[i]))
                    waiting[i], turn = next(stream, None), turn + 1
            self.day(today, sorted(met))
        return self.rows

    def day(self, today, met):
        """One day."""
        for firm in self.firms:
            for customer in self.customers:
                lapse(customer, firm, today)
            if firm.rebate and today > 0 and today % firm.rebate.rules.window == 0:
                firm.rebate.look_again()
        for _, i, time, occasion in met:
            self.meet(self.customers[i], time, occasion)
        for firm in self.firms:
            if firm.rebate:
                firm.rebate.close(today)

    def meet(self, customer, time, occasion):
        """One opportunity: appeal, choose, settle, feel."""
        board = {firm.name: Here() for firm in self.firms}
        for part in self.parts:
            part.appeal(customer, time, occasion, board)
        for f, firm in enumerate(self.firms):
            board[firm.name].appeal += credit_pull(customer, firm)
            if firm.rebate:
                board[firm.name].appeal += firm.rebate.pull(customer, time)
            if self.hand:
                self.hand(customer.number, occasion, f, board[firm.name])
        firm = self.choose(customer, time, occasion, board)
        quantity, listed, paid, failed = 0.0, 0, 0, False
        if firm:
            quantity, listed, paid = self.till(customer, firm, time, occasion, board[firm.name])
            if self.spec.experience.on:
                failed = self.feel(customer, firm, occasion, board[firm.name])
            for part in self.parts:
                part.bought(customer, firm, time, failed)
        self.rows.append(Row(time, customer.number, occasion, firm and firm.name, quantity, listed, paid))

    # ------------------------------------------------------------------ when

    def opportunities(self, customer):
        """Times and numbers of a customer's purchase opportunities, as long as it is in the market."""
        dates = self.calendar if self.spec.need.process == "calendar" else self.renewals
        last = min(customer.exit, self.days)
        return takewhile(lambda met: met[0] < last, dates(customer)) if customer.rate > 0 else iter(())

    def renewals(self, customer):
        """Exponential gaps, or sums of several shorter ones (`stages`): the more of them, the more regular."""
        need, dice, who = self.spec.need, self.dice, customer.number
        stages = need.regularity if need.process == "erlang" else 1
        stage = 1 / (stages * customer.rate)  # mean length of one, days
        # a process that has gone on for ever is in any of its stages with equal chance when we come upon it
        what = purpose("need", "first")
        left = int(dice.uniform(what, who) * stages) + 1
        time = customer.entry + stage * sum(dice.exponential(what, who, 0, 1 + s) for s in range(left))
        what = purpose("need", "gap")
        for occasion in count():
            yield time, occasion
            time += stage * sum(dice.exponential(what, who, occasion + 1, s) for s in range(stages))

    def calendar(self, customer):
        """The same days for all, or everybody's own; on each the customer comes or does not."""
        need, dice, who = self.spec.need, self.dice, customer.number
        if need.together:
            start, first = 0.0, math.ceil(customer.entry / need.interval)
        else:
            start, first = customer.entry + dice.uniform(purpose("need", "phase"), who) * need.interval, 0
        for date in count(first):
            mood = dice.uniform(purpose("need", "attend"), who, date // 4, date % 4)
            if mood < customer.rate * need.interval:
                yield start + date * need.interval, date

    # ------------------------------------------------------------------ where

    def choose(self, customer, time, occasion, board):
        """The firm with the largest utility, or the one that the customer is bound to; None for buying nothing."""
        rules, search, mood = self.spec.choice, self.spec.search, purpose("choice", "mood")
        nothing, look, _, _ = self.dice.four(mood, customer.number, occasion, NOT_A_FIRM)
        stays = customer.commitment * (1 - search.transparency)
        looks_around = not (search.on and customer.incumbent and look < stays)
        bound = any(board[firm.name].locked_in and not board[firm.name].blocked for firm in self.firms)
        best, winner, luck = -math.inf, None, 0.0
        if rules.outside and not bound:
            best = rules.outside_utility + (gumbel(nothing) if rules.mood == "gumbel" else 0.0)
        for f, firm in enumerate(self.firms):
            here = board[firm.name]
            strange = customer.aware_from[firm.name] > time
            overlooked = not looks_around and firm.name != customer.incumbent
            if here.blocked or (not here.locked_in if bound else (strange or overlooked)):
                continue
            shelf = firm.price * firm.markdown
            price = shelf * here.price_factor
            price -= min(here.money_off / customer.basket, price)
            heard = 1 - min(
                here.promotion_deafness, 1.0
            )  # of a promotion; the price on the shelf is there to be seen
            price = heard * price + (1 - heard) * shelf
            utility = (
                self.utility(customer, firm, price, here.price_weight) + heard * here.appeal + here.attachment
            )
            draw = self.dice.uniform(mood, customer.number, occasion, f)
            if rules.mood == "gumbel":
                utility += gumbel(draw)
            if utility > best or (
                winner and utility == best and draw > luck
            ):  # the draw decides between equals
                best, winner, luck = utility, firm, draw
        return winner

    def utility(self, customer, firm, price, weight=1.0):
        """What a firm is to a customer before programmes and mood, logits."""
        value = customer.attraction[firm.name] + self.standing(customer, firm)
        value -= weight * customer.price_sensitivity * price
        if self.spec.switching.form == "premium":
            return value + customer.switching_cost * (firm.name == customer.incumbent)
        return value - customer.switching_cost * (customer.incumbent not in (None, firm.name))

    def standing(self, customer, firm):
        """What a firm has for everybody, logits; the levers are in a customer's own liking where customers differ."""
        rules = self.spec.choice
        if customer.differs:
            return firm.pull
        worth = rules.quality_weight.centre * firm.quality + rules.service_weight.centre * firm.service
        trouble = rules.effort_weight.centre * firm.effort + rules.risk_weight.centre * firm.risk
        return firm.pull + worth - trouble

    def chances(self, customer, firm):
        """Chance to come on a day, and to buy here then, as the customer sees it, were there no programmes."""
        values = {f.name: math.exp(self.utility(customer, f, f.price)) for f in self.firms}
        nothing = math.exp(self.spec.choice.outside_utility) if self.spec.choice.outside else 0.0
        logit = values[firm.name] / (sum(values.values()) + nothing)
        if self.spec.need.process == "calendar":
            return min(customer.rate, 1.0), logit
        coming, visiting = (-math.expm1(-customer.rate * share) for share in (1.0, logit))
        return coming, visiting / coming

    # ------------------------------------------------------------------ how much

    def till(self, customer, firm, time, occasion, here):
        """Ring it up: quantity, money at list price, money asked."""
        variance = math.log(1 + self.spec.spending.variation**2)
        u, v, _, _ = self.dice.four(purpose("spending", "occasion"), customer.number, occasion)
        quantity = customer.basket * math.exp(math.sqrt(variance) * bell(u, v) - variance / 2)
        quantity *= here.basket_factor
        listed = round(quantity * firm.price * 1e6)
        due = quantity * firm.price * (firm.markdown * here.price_factor)
        paid = round(max(due - here.money_off, 0.0) * 1e6)
        firm.post("cash", "revenue", listed)
        firm.post("discounts", "cash", listed - paid)
        firm.post("cost_of_goods", "cash", round(quantity * firm.cost * 1e6))
        use_credit(customer, firm, paid)
        if firm.rebate:
            firm.rebate.settle(customer, time, paid)
        customer.incumbent = firm.name
        return quantity, listed, paid

    # ------------------------------------------------------------------ how it was

    def feel(self, customer, firm, occasion, here):
        """Experience against expectation; satisfaction remembers, and the bond follows. Did anything go wrong?"""
        rules, name = self.spec.experience, firm.name
        u, v, luck, _ = self.dice.four(purpose("experience"), customer.number, occasion)
        performance = firm.quality + firm.service + rules.noise * bell(u, v)
        failed = luck < firm.failure
        if failed:
            performance -= firm.severity * (1 - min(here.forgiveness, 1.0))
        performance += here.service
        gap = performance - customer.expectation[name]
        customer.expectation[name] = single(customer.expectation[name] + rules.adaptation * gap)
        weighs = 1.0 if gap >= 0 else rules.loss_aversion
        felt = rules.performance_weight * performance + rules.disconfirmation_weight * weighs * gap
        before = customer.satisfaction[name]
        after = min(max(before + rules.memory * (felt - before), 0.0), 1.0)
        customer.satisfaction[name] = single(after)
        self.grow_fond(customer, firm, after)
        if self.spec.search.on:
            customer.commitment = single(step((after - customer.upper) / self.spec.bond.width))
        self.complaints += after < customer.lower
        return failed

    def expect(self, start):
        """Before the first purchase everybody expects the same of every firm."""
        for customer in self.customers:
            for firm in self.firms:
                customer.satisfaction[firm.name] = customer.expectation[firm.name] = start
                self.grow_fond(customer, firm, start)

    def grow_fond(self, customer, firm, satisfaction):
        """Attraction is liking plus bond; the bond is flat between the two thresholds and steep at them."""
        b, low, high, pull = self.spec.bond, customer.lower, customer.upper, 0.0
        if b.on and b.response == "linear":
            pull = b.slope * (satisfaction - b.middle)
        elif b.on and b.response == "two_threshold":
            pull = b.zone_slope * min(max(satisfaction - low, 0.0), high - low)
            pull -= b.collapse * step((low - satisfaction) / b.width)
            pull += b.rise * step((satisfaction - high) / b.width)
        customer.attraction[firm.name] = single(customer.liking[firm.name] + pull)
