"""The people of the plain market: what makes each of them different from the others.

A trait is remembered in single precision, as in the engine, so `single` rounds what is remembered; whatever is
only computed in passing keeps all its digits.
"""

import math
import struct
from itertools import count

from plain.plain_chance import purpose

YEAR = 365.25


def single(number):
    """The nearest number that four bytes can hold."""
    return struct.unpack("f", struct.pack("f", number))[0]


def step(x):
    """A smooth step from 0 to 1."""
    return 1 / (1 + math.exp(-max(x, -500.0)))


class Customer:
    """One customer; what concerns a firm is a dictionary by the name of the firm."""

    def __init__(self, number):
        self.number = number
        self.incumbent = None  # name of the firm last bought from
        self.commitment = 0.0  # chance of not looking around
        self.taste, self.liking, self.attraction, self.aware_from = {}, {}, {}, {}
        self.satisfaction, self.expectation = {}, {}
        self.credit, self.lapses = {}, {}  # store credit in millionths, and the day it is gone


def born(spec, dice):
    """Everybody who will ever be in the market: those of the first day, then the newcomers."""
    customers = []
    for number, entry in enumerate(_entries(spec, dice)):
        customer = Customer(number)
        _stays(customer, entry, spec, dice)
        _needs(customer, spec.need, dice)
        _likes(customer, spec, dice)
        _pays(customer, spec, dice)
        _weighs(customer, spec, dice)
        _looks_ahead(customer, spec, dice)
        customers.append(customer)
    return customers


def _entries(spec, dice):
    """Days of entry: those who are there at the start, then newcomers at random, one after the other."""
    start, rate = spec.market.customers, spec.turnover.entry_rate
    yield from [0.0] * start
    end = spec.market.days
    clock = 0.0
    for newcomer in count():
        if rate > 0:
            clock += dice.exponential(purpose("turnover", "arrive"), newcomer)
        entry = clock * YEAR / (start * rate) if rate > 0 else end
        if entry >= end:
            return
        yield entry


def _stays(customer, entry, spec, dice):
    """When the customer comes and goes, and which firms it knows from when on."""
    turnover, number, knowing = spec.turnover, customer.number, purpose("turnover", "aware")
    stay = math.inf
    if turnover.exit_rate > 0:
        hazard = turnover.exit_rate / YEAR
        if turnover.exit_shape > 0:  # some are quicker to leave than others
            draw = math.exp(dice.log_gamma(purpose("turnover", "hazard"), number, turnover.exit_shape))
            hazard = max(hazard * draw / turnover.exit_shape, 1e-12)
        stay = dice.exponential(purpose("turnover", "stay"), number) / hazard
    customer.entry, customer.exit = single(entry), single(entry + stay)
    for f, firm in enumerate(spec.firms):
        knows = turnover.aware >= 1 or dice.uniform(knowing, number, 0, f) < turnover.aware
        wait = math.inf
        if turnover.noticing_rate > 0:  # passing by, or its advertising
            wait = dice.exponential(purpose("turnover", "notice"), number, 0, f)
            wait = wait * YEAR / turnover.noticing_rate
        customer.aware_from[firm.name] = -math.inf if knows else single(entry + wait)


def _needs(customer, need, dice):
    """Mean rate of purchase opportunities, per day: the same for all, or gamma over customers."""
    what, number = purpose("need", "rate"), customer.number
    if need.process == "calendar":
        rate = dice.spread(need.attendance, what, number, 0, 1) / need.interval
    elif need.shape > 0:
        rate = math.exp(dice.log_gamma(what, number, need.shape)) * need.mean / need.shape / need.period
    else:
        rate = need.mean / need.period
    customer.rate = single(rate)


def _likes(customer, spec, dice):
    """Taste in logits: what the firm is to this customer by itself."""
    taste, number, what = spec.taste, customer.number, purpose("taste")
    total = sum(firm.share for firm in spec.firms)
    shares = [firm.share / total for firm in spec.firms]
    if taste.kind == "dirichlet":
        values = [dice.log_gamma(what, number, taste.concentration * s, f) for f, s in enumerate(shares)]
    elif taste.kind == "normal":
        shocks = [dice.normal(what, number, f) for f in range(len(shares))]
        root = _root(taste, len(shares))
        values = [
            single(math.log(s)) + taste.sd * sum(w * z for w, z in zip(row, shocks, strict=True))
            for s, row in zip(shares, root, strict=True)
        ]
    elif taste.kind == "hotelling":
        place = dice.uniform(purpose("taste", "place"), number)
        values = [-taste.transport * abs(place - firm.position) for firm in spec.firms]
    else:
        values = [math.log(s) for s in shares]
    for firm, value in zip(spec.firms, values, strict=True):
        customer.taste[firm.name] = single(value)


def _root(taste, firms):
    """Cholesky root of the correlations: the rows turn independent shocks into correlated ones."""
    root = [[0.0] * firms for _ in range(firms)]
    for i in range(firms):
        for j in range(i + 1):
            wanted = 1.0 if i == j else taste.correlation
            if taste.correlations:
                wanted = taste.correlations[i][j]
            left = wanted - sum(root[i][k] * root[j][k] for k in range(j))
            root[i][j] = math.sqrt(left) if i == j else left / root[j][j]
    return root


def _pays(customer, spec, dice):
    """Basket, price sensitivity, thresholds, switching cost, and where the customer bought before we look."""
    number, rules = customer.number, spec.switching
    basket = dice.spread(spec.spending.basket, purpose("spending", "mean"), number, above=0)
    customer.basket = single(max(basket, 1e-6))
    what = purpose("choice", "price sensitivity")
    customer.price_sensitivity = single(dice.spread(spec.choice.price_sensitivity, what, number, 0))
    lower = dice.spread(spec.bond.lower, purpose("bond", "lower"), number, 0, 1)
    upper = dice.spread(spec.bond.upper, purpose("bond", "upper"), number, 0, 1)
    customer.lower, customer.upper = single(min(lower, upper)), single(max(lower, upper))
    money, time, relation = (
        dice.spread(getattr(rules, part), purpose("switching", part), number, 0)
        for part in ("money", "time", "relation")
    )
    customer.money_weight = customer.price_sensitivity / customer.basket  # logits per currency unit
    customer.switching_cost = single(relation + customer.money_weight * (money + rules.hour * time))
    names = [firm.name for firm in spec.firms]
    u = dice.uniform(purpose("switching", "initial"), number)
    if rules.initial == "even":
        customer.incumbent = names[int(u * len(names))]
    elif rules.initial == "taste":
        most = max(customer.taste.values())
        best = [name for name in names if customer.taste[name] == most]
        customer.incumbent = best[int(u * len(best))]  # between equals the draw decides
    elif rules.initial == "share":
        total, reached = sum(firm.share for firm in spec.firms), 0.0
        for firm in spec.firms:
            reached += firm.share / total
            customer.incumbent = firm.name
            if u <= reached:
                break


def _weighs(customer, spec, dice):
    """What the levers of value are worth to the customer, and what it likes of every firm for it.

    Where all customers weigh the levers alike they are part of what a firm has for everybody (`PlainMarket.standing`).
    """
    rules, number = spec.choice, customer.number
    for firm in spec.firms:
        if any(other.base_price for other in spec.firms):
            at_base = customer.taste[firm.name] + customer.price_sensitivity * firm.base_price
            customer.taste[firm.name] = single(at_base)
    levers = ("quality_weight", "service_weight", "hour", "effort_weight", "risk_weight")
    customer.liking = customer.taste
    customer.differs = (
        any(not getattr(rules, lever).same_for_all for lever in levers) or rules.hour.centre > 0
    )
    customer.risk_weight = single(rules.risk_weight.centre)
    if customer.differs:
        quality, service, hour, effort, risk = (
            single(dice.spread(getattr(rules, lever), purpose("choice", lever), number, 0))
            for lever in levers
        )
        customer.risk_weight, hour = risk, hour * customer.money_weight
        customer.liking = {
            firm.name: single(
                customer.taste[firm.name] + quality * firm.quality + service * firm.service - hour * firm.hours
                - effort * firm.effort - risk * firm.risk
            )
            for firm in spec.firms
        }  # fmt: skip
    customer.attraction = dict(customer.liking)


def _looks_ahead(customer, spec, dice):
    """How much the customer makes of what is to come."""
    for trait in ("foresight", "daily_discount", "present_bias", "credit_weight"):
        what, rule = purpose("foresight", trait), getattr(spec.foresight, trait)
        bounds = {"above": 0} if trait in ("daily_discount", "present_bias") else {"low": 0}
        setattr(customer, trait, single(dice.spread(rule, what, customer.number, **bounds, high=1)))
