"""Relationship benefits: what ties a customer to a firm besides the goods and their price.

Four stocks for every customer and firm, from 0 (nothing) to 1 (full): social benefits, special treatment and
confidence (Gwinner, Gremler & Bitner 1998, JAMS 26:101-114), and respect (source documents; as the fit of values it
is what ties customers to companies in Bhattacharya & Sen 2003, J. Marketing 67(2):76-88). Each has its own half-life,
its own weight and its own sources:

    fades      x(t) = x(t0) 2 ** (-(t - t0) / half-life)
    grows      x <- x + share (1 - x)
    shrinks    x <- x - share x

Confidence grows with every purchase without a failure and shrinks with every failure, social benefits grow with
visits where staff have time for people; special treatment and respect come from what firms do (`Firm.deepen`) only.
What the stocks do, each by a parameter of its own: they pull (channel `tie`), confidence forgives failures (`lenience`)
and takes away psychic cost. Others, such as talk among customers, read `stock`.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regulars.contract.process import Process, Section, section
from regulars.ground.errors import RegularsError
from regulars.ground.kernel import kernel
from regulars.ground.parameter import ParameterSet, par
from regulars.ground.words import word
from regulars.world.benefits import Benefit
from regulars.world.board import ATTACHMENT, FORGIVENESS, Effect, Round
from regulars.world.customers import Column
from regulars.world.fading import faded, toward_one
from regulars.world.ports import Relationships

SYSTEMS = {"M5": "tests/behavior/test_relationship.py::test_each_stock_pulls_by_its_weight_alone"}
BENEFITS = tuple(Benefit)


class RelationshipRules(ParameterSet):
    """What relationship benefits do, and how they come and go."""

    # fmt: off
    on: bool = par(False, "", "", "whether customers and firms have relations")
    social_weight: float = par(0.5, "logits", "[-50, 50]", "pull of full social benefits", "Gwinner, Gremler & Bitner 1998 (sign and order; size assumed)")
    special_weight: float = par(0.3, "logits", "[-50, 50]", "pull of full special treatment", "Gwinner, Gremler & Bitner 1998 (sign and order; size assumed)")
    confidence_weight: float = par(0.7, "logits", "[-50, 50]", "pull of full confidence", "Gwinner, Gremler & Bitner 1998 (sign and order; size assumed)")
    respect_weight: float = par(0.3, "logits", "[-50, 50]", "pull of full respect", "Bhattacharya & Sen 2003 (sign; size assumed)")
    social_half_life: float = par(90.0, "days", "[0, 36525]", "time in which half of the social benefits is gone; 0: they last", "assumption")
    special_half_life: float = par(60.0, "days", "[0, 36525]", "time in which half of special treatment is forgotten; 0: it lasts", "assumption")
    confidence_half_life: float = par(180.0, "days", "[0, 36525]", "time in which half of the confidence is gone; 0: it lasts", "assumption")
    respect_half_life: float = par(180.0, "days", "[0, 36525]", "time in which half of the respect is gone; 0: it lasts", "assumption")
    confidence_gain: float = par(0.1, "share", "[0, 1]", "missing confidence that a purchase without a failure adds", "assumption")
    confidence_loss: float = par(0.5, "share", "[0, 1]", "confidence that a failure takes away", "assumption")
    personal_contact: float = par(0.0, "share", "[0, 1]", "missing social benefits that a visit adds: staff who know their customers", "assumption")
    forgiveness: float = par(0.3, "share", "[0, 1]", "part of a failure's severity that full confidence forgives", "Hess, Ganesan & Klein 2003, JAMS 31:127-145 (sign; size assumed)")
    reassurance: float = par(1.0, "share", "[0, 1]", "part of the psychic cost of the firm's risk that full confidence takes away", "Gwinner, Gremler & Bitner 1998 (sign; size assumed)")
    # fmt: on


class Relationship(Process, Relationships):
    """Keeps the four stocks, lets them fade, and lets customers feel them."""

    follows: ClassVar[tuple[str, ...]] = ("cost_to_serve",)
    sections: ClassVar[dict[str, Section]] = {
        "relationship": section(RelationshipRules, "what ties customers to firms besides the goods")
    }
    columns: ClassVar[tuple[Column, ...]] = (
        Column("social", "f4", "0..1", "being known at the firm and knowing its people", pair=True, lived=True),
        Column("special", "f4", "0..1", "being treated better than others", pair=True, lived=True),
        Column("confidence", "f4", "0..1", "knowing what to expect of the firm", pair=True, lived=True),
        Column("respect", "f4", "0..1", "being taken seriously by the firm, and sharing its values", pair=True, lived=True),
        Column("tended", "f4", "days", "when the four benefits above were last worked out", pair=True, lived=True),
    )  # fmt: skip

    def __init__(self, market: Any, rules: RelationshipRules) -> None:
        super().__init__(market, rules)
        self.weights = np.array([getattr(rules, f"{name}_weight") for name in BENEFITS])
        self.half_lives = np.array([getattr(rules, f"{name}_half_life") for name in BENEFITS])
        ages = np.where(self.half_lives > 0, self.half_lives, np.inf)
        self.rates = math.log(2.0) / ages  # per day
        if self.customers.has("risk_weight"):
            self.risk_weight = self.customers.risk_weight
        else:
            alike = market.scenario.spec.choice.risk_weight.centre
            self.risk_weight = np.full(self.customers.count, alike, np.float32)
        self.some = np.zeros(len(market.names), np.bool_)  # firms with any stock at all

    def start(self) -> None:
        """See which firms have relations already."""
        for name in BENEFITS:
            self.some |= (self.customers.columns[name] != 0.0).any(axis=0)

    # ------------------------------------------------------------------ for strategies and other processes

    def add(self, firm: int, benefit: str, customers: NDArray[Any], amount: Any, day: Any) -> None:
        """Add `amount` of what is missing to a benefit of `customers` (numbers or a mask, each at most once).

        amount: share in [-1, 1], one for all or one per customer; a negative one takes that share of the stock away.
        Errors: no such benefit, an amount that is no share.
        """
        benefit = word(Benefit, benefit, "relationship benefit")
        share = np.asarray(amount, np.float64)
        if not (np.abs(share) <= 1.0).all():
            raise RegularsError(
                f"{self.market.names[firm]}: {amount!r} of {benefit} will not do: a share in [-1, 1] is needed, of what "
                "is missing (below 0: of what is there)"
            )
        who = np.asarray(customers)
        who = np.flatnonzero(who) if who.dtype == np.bool_ else who
        share, day = (np.broadcast_to(value, who.shape) for value in (share, day))
        some = np.flatnonzero(share)
        if not some.size:
            return
        # nothing added is nothing touched, to the bit: also not where others are added to at the same time
        c, who, share, day = self.customers, who[some], share[some], day[some]
        for name in BENEFITS:
            c.columns[name][who, firm] = self.stock(name, who, firm, day)
        c.tended[who, firm] = np.maximum(c.tended[who, firm], day)
        now = c.columns[benefit][who, firm].astype(np.float64)
        c.columns[benefit][who, firm] = np.where(share < 0, now * (1.0 + share), toward_one(now, share))
        self.some[firm] = True

    def stock(self, benefit: str, customers: Any, firm: int, day: Any) -> NDArray[np.float64]:
        """Benefit of `customers` at a firm on `day`, 0..1."""
        c = self.customers
        value = c.columns[benefit][customers, firm].astype(np.float64)
        half_life = float(self.half_lives[BENEFITS.index(word(Benefit, benefit, "relationship benefit"))])
        return faded(value, c.tended[customers, firm].astype(np.float64), day, half_life)

    def pull_of(self, customers: Any, firm: int, day: float) -> NDArray[np.float64]:
        """What all relationship benefits add to the pull of a firm on `customers`, logits."""
        stocks = [self.stock(name, customers, firm, day) for name in BENEFITS]
        pull = sum(weight * stock for weight, stock in zip(self.weights, stocks, strict=True))
        risk = self.rules.reassurance * float(self.market.offers.arrays["risk"][firm])
        return np.asarray(
            pull + risk * self.risk_weight[customers] * stocks[BENEFITS.index(Benefit.CONFIDENCE)]
        )

    # ------------------------------------------------------------------ the day

    def appeal(self, round: Round) -> None:
        """What ties the customers of a round, and how much they would forgive."""
        rules, board = self.rules, self.market.board
        relief = rules.reassurance * self.market.offers.arrays["risk"]
        pulls = bool(self.weights.any() or (relief.any() and self.risk_weight.any()))
        forgives = rules.forgiveness > 0
        if not (pulls or forgives):
            return
        for f in np.flatnonzero(self.some).tolist():
            if pulls:
                round.column(Effect.ATTACHMENT, f)
            if forgives:
                round.column(Effect.FORGIVENESS, f)
        c = self.customers
        tie(
            round.who, round.time, c.social, c.special, c.confidence, c.respect, c.tended, self.weights, self.rates, relief,
            self.risk_weight, float(rules.forgiveness), self.some, pulls, forgives, board.values[ATTACHMENT], board.values[FORGIVENESS],
        )  # fmt: skip

    def feel(self, round: Round) -> None:
        """Let the latest purchase tell what the firm can be trusted with."""
        rules, c = self.rules, self.customers
        if rules.confidence_gain > 0 or rules.personal_contact > 0 or self.some.any():
            live(
                round.who, round.time, round.chosen, round.failed, c.social, c.special, c.confidence, c.respect, c.tended,
                self.rates, float(rules.confidence_gain), float(rules.confidence_loss), float(rules.personal_contact), self.some,
            )  # fmt: skip


@kernel(inline=True)
def left(value: Any, rate: Any, elapsed: Any) -> Any:
    """What is left of a stock after `elapsed` days, at `rate` per day."""
    return np.float64(value) * math.exp(-rate * elapsed) if value > 0.0 else 0.0


@kernel
def tie(
    who: Any, time: Any, social: Any, special: Any, confidence: Any, respect: Any, tended: Any, weights: Any, rates: Any, relief: Any, risk_weight: Any, forgiveness: Any, some: Any, pulls: Any,
    forgives: Any, pull: Any, lenience: Any,
) -> None:  # fmt: skip
    """Add to pull[f, o] (logits) and lenience[f, o] (share) what the relations of the customers of a round are worth.

    relief (firms): risk that full confidence takes away; some (firms): whether the firm has any relations.
    """
    for o in range(who.size):
        i = who[o]
        for f in range(some.size):
            if not some[f]:
                continue
            elapsed = max(time[o] - tended[i, f], 0.0)
            trust = left(confidence[i, f], rates[2], elapsed)
            if pulls:
                value = (weights[2] + relief[f] * risk_weight[i]) * trust
                if weights[0] != 0.0:
                    value += weights[0] * left(social[i, f], rates[0], elapsed)
                if weights[1] != 0.0:
                    value += weights[1] * left(special[i, f], rates[1], elapsed)
                if weights[3] != 0.0:
                    value += weights[3] * left(respect[i, f], rates[3], elapsed)
                pull[f, o] += value
            if forgives:
                lenience[f, o] += forgiveness * trust


@kernel
def live(
    who: Any, time: Any, chosen: Any, failed: Any, social: Any, special: Any, confidence: Any, respect: Any, tended: Any, rates: Any, gain: Any, loss: Any, contact: Any, some: Any
) -> None:  # fmt: skip
    """Work out the stocks of the customers who have just bought, and what the purchase adds and takes away."""
    for o in range(who.size):
        f = chosen[o]
        if f < 0:
            continue
        i = who[o]
        elapsed = max(time[o] - tended[i, f], 0.0)
        known = left(social[i, f], rates[0], elapsed)
        trust = left(confidence[i, f], rates[2], elapsed)
        trust += -loss * trust if failed[o] else gain * (1.0 - trust)
        known += contact * (1.0 - known)
        social[i, f] = known
        special[i, f] = left(special[i, f], rates[1], elapsed)
        confidence[i, f] = trust
        respect[i, f] = left(respect[i, f], rates[3], elapsed)
        tended[i, f] = max(time[o], np.float64(tended[i, f]))
        if trust > 0.0 or known > 0.0:
            some[f] = True
