"""The people of the plain market: what makes each of them different from the others (sections 7.1 to 7.3, 7.5, 7.10).

A trait is remembered in single precision, as in the engine, so `single` rounds what is remembered; whatever is
only computed in passing keeps all its digits.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from regulars.plain.chance import Dice, purpose

if TYPE_CHECKING:
    from regulars.scenario.spec import Spec

YEAR = 365.25
LEVERS = ("quality_weight", "service_weight", "hour", "effort_weight", "risk_weight")
ByFirm = dict[str, float]


def single(number: float) -> float:
    """The nearest number that four bytes can hold; infinity beyond the largest."""
    try:
        return float(struct.unpack("f", struct.pack("f", number))[0])
    except OverflowError:
        return math.copysign(math.inf, number)


def step(x: float) -> float:
    """A smooth step from 0 to 1: 1 / (1 + exp(-x))."""
    return 1 / (1 + math.exp(-max(x, -500.0)))


@dataclass(eq=False)
class Customer:
    """One customer; what concerns a firm is a dictionary by the name of the firm."""

    number: int
    entry: float = 0.0  # day
    exit: float = math.inf  # day
    rate: float = 0.0  # lambda, opportunities per day
    basket: float = 1.0  # units
    price_sensitivity: float = 0.0  # b, logits per unit price
    money_weight: float = 0.0  # b / basket, logits per currency unit
    switching_cost: float = 0.0  # c, logits
    risk_weight: float = 0.0  # logits per uncertainty
    differs: bool = False  # whether customers weigh the levers in ways of their own
    lower: float = 0.0  # threshold lo, satisfaction
    upper: float = 1.0  # threshold hi, satisfaction
    foresight: float = 1.0  # phi
    daily_discount: float = 1.0  # delta, per day
    present_bias: float = 1.0  # beta
    credit_weight: float = 1.0
    incumbent: str | None = None  # name of the firm last bought from
    commitment: float = 0.0  # chance of not looking around
    taste: ByFirm = field(default_factory=dict)  # a, logits
    liking: ByFirm = field(default_factory=dict)  # taste and levers, logits
    attraction: ByFirm = field(default_factory=dict)  # liking and bond, logits
    aware_from: ByFirm = field(default_factory=dict)  # day
    satisfaction: ByFirm = field(default_factory=dict)  # S
    expectation: ByFirm = field(default_factory=dict)  # E
    credit: dict[str, int] = field(default_factory=dict)  # on the store card, millionths
    lapses: ByFirm = field(default_factory=dict)  # the day on which that is gone


def born(spec: Spec, dice: Dice) -> list[Customer]:
    """Everybody who will ever be in the market: those of the first day, then the newcomers."""
    customers = []
    for number, entry in enumerate(_entries(spec, dice)):
        customer = Customer(number)
        _stays(customer, entry, spec, dice)
        _needs(customer, spec, dice)
        _likes(customer, spec, dice)
        _pays(customer, spec, dice)
        _bought_before(customer, spec, dice)
        _weighs(customer, spec, dice)
        _looks_ahead(customer, spec, dice)
        customers.append(customer)
    return customers


def _entries(spec: Spec, dice: Dice) -> Iterator[float]:
    """Days of entry: those who are there at the start, then newcomers at random: gap = E / (N rate), a Poisson process."""
    start, rate = spec.market.customers, spec.turnover.entry_rate
    yield from [0.0] * start
    if rate == 0:
        return
    clock = 0.0
    for newcomer in count():
        clock += dice.exponential(purpose("turnover", "arrive"), newcomer)
        entry = clock * YEAR / (start * rate)
        if entry >= spec.market.days:
            return
        yield entry


def _stays(customer: Customer, entry: float, spec: Spec, dice: Dice) -> None:
    """When the customer comes and goes, and which firms they know from when on: stay = E / hazard, hazard = rate G / shape."""
    turnover, number = spec.turnover, customer.number
    stay = math.inf
    if turnover.exit_rate > 0:
        hazard = turnover.exit_rate / YEAR
        if turnover.exit_shape > 0:  # some are quicker to leave than others
            draw = math.exp(dice.log_gamma(purpose("turnover", "hazard"), number, turnover.exit_shape))
            hazard = max(hazard * draw / turnover.exit_shape, 1e-12)
        stay = dice.exponential(purpose("turnover", "stay"), number) / hazard
    customer.entry, customer.exit = single(entry), single(entry + stay)
    for f, firm in enumerate(spec.firms):
        share = turnover.aware if firm.known is None else firm.known
        knows = share >= 1 or dice.uniform(purpose("turnover", "aware"), number, 0, f) < share
        wait = math.inf
        if turnover.noticing_rate > 0:  # passing by, or its advertising
            wait = dice.exponential(purpose("turnover", "notice"), number, 0, f)
            wait = wait * YEAR / turnover.noticing_rate
        customer.aware_from[firm.name] = -math.inf if knows else single(entry + wait)


def _needs(customer: Customer, spec: Spec, dice: Dice) -> None:
    """Rate of opportunities per day: lambda = M / period, times G / K with G ~ Gamma(K, 1) where customers differ."""
    need, what, number = spec.need, purpose("need", "rate"), customer.number
    if need.process == "calendar":
        rate = dice.spread(need.attendance, what, number, 0, 1) / need.interval
    elif need.shape > 0:
        rate = math.exp(dice.log_gamma(what, number, need.shape)) * need.mean / need.shape / need.period
    else:
        rate = need.mean / need.period
    customer.rate = single(rate)


def _likes(customer: Customer, spec: Spec, dice: Dice) -> None:
    """Taste in logits: what the firm is to this customer by itself.

    a = log G, G ~ Gamma(S s) (dirichlet); log s + sigma (L z) (normal); -tau |x_i - x_j| (hotelling); log s (homogeneous)
    """
    taste, number, what = spec.taste, customer.number, purpose("taste")
    total = sum(firm.share for firm in spec.firms)
    shares = [firm.share / total for firm in spec.firms]
    if taste.kind == "dirichlet":
        values = [dice.log_gamma(what, number, taste.concentration * s, f) for f, s in enumerate(shares)]
    elif taste.kind == "normal":
        shocks = [dice.normal(what, number, f) for f in range(len(shares))]
        root = _root(spec)
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


def _root(spec: Spec) -> list[list[float]]:
    """Cholesky root L of the correlations, L L' = R: the rows turn independent shocks into correlated ones."""
    taste, firms = spec.taste, len(spec.firms)
    root = [[0.0] * firms for _ in range(firms)]
    for i in range(firms):
        for j in range(i + 1):
            wanted = 1.0 if i == j else taste.correlation
            if taste.correlations:
                wanted = taste.correlations[i][j]
            left = wanted - sum(root[i][k] * root[j][k] for k in range(j))
            root[i][j] = math.sqrt(left) if i == j else left / root[j][j]
    return root


def _pays(customer: Customer, spec: Spec, dice: Dice) -> None:
    """Basket, price sensitivity, thresholds, and c = relation + b / basket (money + hour x time)."""
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
    customer.money_weight = customer.price_sensitivity / customer.basket
    customer.switching_cost = single(relation + customer.money_weight * (money + rules.hour * time))


def _bought_before(customer: Customer, spec: Spec, dice: Dice) -> None:
    """Where the customer bought before we look: nowhere, by share, with equal chance, or where they like it best."""
    rules, names = spec.switching, [firm.name for firm in spec.firms]
    u = dice.uniform(purpose("switching", "initial"), customer.number)
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


def _weighs(customer: Customer, spec: Spec, dice: Dice) -> None:
    """What the levers of value are worth to the customer, and what they like of every firm for it.

    liking = taste + q quality + s service - b / basket hour x hours - e effort - r risk, with weights of one's own. Where all
    customers weigh the levers alike they are part of what a firm has for everybody (`choice`).
    """
    rules, number = spec.choice, customer.number
    for firm in spec.firms:
        if any(other.base_price for other in spec.firms):
            at_base = customer.taste[firm.name] + customer.price_sensitivity * firm.base_price
            customer.taste[firm.name] = single(at_base)
    customer.liking = customer.taste
    own = any(not getattr(rules, lever).same_for_all for lever in LEVERS)
    customer.differs = own or rules.hour.centre > 0
    customer.risk_weight = single(rules.risk_weight.centre)
    if customer.differs:
        quality, service, hour, effort, risk = (
            single(dice.spread(getattr(rules, lever), purpose("choice", lever), number, 0))
            for lever in LEVERS
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


def _looks_ahead(customer: Customer, spec: Spec, dice: Dice) -> None:
    """How much the customer makes of what is to come: phi, delta, beta, and the mental account for store credit."""
    number, rules = customer.number, spec.foresight

    def drawn(trait: str, low: float = -math.inf, above: float | None = None) -> float:
        what = purpose("foresight", trait)
        return single(dice.spread(getattr(rules, trait), what, number, low, 1, above))

    customer.foresight, customer.credit_weight = drawn("foresight", 0), drawn("credit_weight", 0)
    customer.daily_discount = drawn("daily_discount", above=0)
    customer.present_bias = drawn("present_bias", above=0)
