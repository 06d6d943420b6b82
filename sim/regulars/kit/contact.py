"""Contacts: messages of a firm to single customers, and what they do.

A message reaches a customer with some probability and leaves warmth toward the firm, which fades. The more messages
lately, the less the next one does (fatigue), and some customers ask for no more (opt out). All channels of a firm
and all its strategies share these few rules; what differs is their numbers.

warmth after a message = warmth before + effect * 2 ** -(recent messages / fatigue)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from regulars.contract.strategy import State
from regulars.ground.parameter import ParameterSet, par
from regulars.world.board import Effect
from regulars.world.events import Event
from regulars.world.fading import faded
from regulars.world.ledger import Account

if TYPE_CHECKING:
    from regulars.contract.strategy import Strategy
    from regulars.world.board import Round

CONTACT = (
    State("warmth", "f4", "logits", "pull right after the latest message"),
    State("warmed", "f4", "days", "when that was", -np.inf),
    State("lately", "f4", "messages", "recent messages, right after the latest one"),
    State("sent", "i4", "messages", "messages sent so far"),
    State("opted_out", "?", "yes/no", "wants no more messages"),
)


CONTACTED = Event("contact", "noticed a message of the firm", "messages")
OPTED_OUT = Event("opt_out", "wants no more messages of this kind")


class ContactParameters(ParameterSet):
    """What a message costs and does."""

    # fmt: off
    reach: float = par(0.3, "probability", "[0, 1]", "chance that a message is noticed", "assumption: open rates of e-mail are of this order")
    cost: float = par(0.05, "currency per message", "[0, inf)", "cost of a message")
    effect: float = par(0.1, "logits", "[-10, 10]", "pull of a message that is noticed, if there were none lately", "Venkatesan & Farris 2012 (mere exposure)")
    half_life: float = par(7.0, "days", "(0, 3660]", "time in which half of the warmth is gone")
    fatigue: float = par(4.0, "messages", "(0, inf)", "recent messages after which the next one does half as much")
    recovery: float = par(30.0, "days", "(0, 3660]", "time in which half of the recent messages are forgotten")
    opt_out: float = par(0.0, "probability per message", "[0, 1]", "chance that a noticed message makes the customer ask for no more")
    # fmt: on


class Contact:
    """Sends messages for a strategy whose state includes `CONTACT`; `rules` are `ContactParameters` or alike."""

    def __init__(
        self, strategy: Strategy, rules: Any | None = None, account: Account = Account.COMMUNICATION
    ) -> None:
        self.strategy, self.rules, self.account = strategy, rules or strategy.parameters, account

    def send(
        self,
        customers: NDArray[Any],
        day: float,
        strength: Any = 1.0,
        cost: float | None = None,
        reach: float | None = None,
        tires: float = 1.0,
    ) -> NDArray[Any]:
        """Send one message to each of `customers` (once each) who has not opted out; returns those who noticed it.

        Customers who notice a message know the firm from then on. strength: multiple of the effect, one for all or one per
        customer (a message that fits does more); cost and reach: of this channel, where they are not those of the
        rules; tires: as how many recent messages it counts.
        """
        s, rules, firm = self.strategy, self.rules, self.strategy.firm
        strength = np.broadcast_to(np.asarray(strength, np.float64), customers.shape)
        open_ = ~s.opted_out[customers]
        who, strength = customers[open_], strength[open_]
        if not who.size:
            return who
        s.sent[who] += 1
        firm.books.spend(self.account, (rules.cost if cost is None else cost) * who.size)
        u = firm.chance.uniform(s.purpose("reach"), who, s.sent[who])
        noticed = u < (rules.reach if reach is None else reach)
        who, strength = who[noticed], strength[noticed]
        lately = faded(s.lately[who], s.warmed[who], day, rules.recovery)
        now = faded(s.warmth[who], s.warmed[who], day, rules.half_life)
        s.warmth[who] = now + rules.effect * strength * np.exp2(-lately / rules.fatigue)
        s.lately[who], s.warmed[who] = lately + tires, day
        if rules.opt_out > 0:
            leaves = firm.chance.uniform(s.purpose("opt out"), who, s.sent[who]) < rules.opt_out
            s.opted_out[who[leaves]] = True
            firm.event(OPTED_OUT, s.title(), who[leaves], day)
        firm.event(CONTACTED, s.title(), who, day, 1.0)
        firm.relations.inform(who, day)
        return who

    def pull(self, round: Round) -> None:
        """Warmth pulls the customers who meet an opportunity now."""
        s = self.strategy
        warm = np.flatnonzero(s.warmth[round.who] != 0.0)
        if warm.size:
            who = round.who[warm]
            pull = faded(s.warmth[who], s.warmed[who], round.time[warm], self.rules.half_life)
            round.column(Effect.APPEAL, s.firm.index)[warm] += pull
