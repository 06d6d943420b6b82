"""Regular interaction (P8): e-mail, social media, forum and live support, each with its reach, cost and frequency."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from pydantic import model_validator

from regulars.contract.aim import Aimed
from regulars.contract.strategy import State, Strategy
from regulars.ground.parameter import REQUIRED, Problem, par
from regulars.kit.contact import CONTACT, Contact, ContactParameters
from regulars.world.calendar import due
from regulars.world.ledger import MILLION, Account

if TYPE_CHECKING:
    from regulars.world.board import Round

SYSTEMS = {"P8": "tests/strategies/test_channels.py::test_messages_bring_customers_until_they_tire"}
SLOWER, FASTER, SLOWEST, FASTEST = 2.0, 0.8, 16.0, 0.25  # steps and ends of the pace that reviews may set


class Channel(Aimed):
    """One channel."""

    # fmt: off
    name: str = par(REQUIRED, "", "", "name of the channel")
    every: float = par(14.0, "days", "(0, 3660]", "time between two messages")
    reach: float = par(0.3, "probability", "[0, 1]", "chance that a message is noticed")
    cost: float = par(0.05, "currency per message", "[0, inf)", "cost of a message")
    fixed: float = par(0.0, "currency per day", "[0, inf)", "cost of keeping the channel open", total=True)
    effect: float = par(1.0, "multiple", "[0, 100]", "what a message of this channel does, as a multiple of `effect`")
    tires: float = par(1.0, "messages", "[0, 100]", "as how many recent messages it counts; 0 where customers come by themselves")
    builds: Literal["nothing", "social", "special", "confidence", "respect"] = par("nothing", "", "", "relationship benefit that a message noticed builds (where [relationship] is on)")
    depth: float = par(0.0, "share of what is missing", "[0, 1]", "how much of it")
    # fmt: on


CHANNELS = (  # strengths and weaknesses as the source documents have them; the sizes are assumptions
    Channel(name="e-mail", every=14, reach=0.25, cost=0.01, fixed=1.0),
    Channel(name="social media", audience="everybody", every=7, reach=0.05, cost=0.0, fixed=2.0, effect=0.5, tires=0.5),
    Channel(name="forum", every=7, reach=0.03, cost=0.0, fixed=3.0, effect=0.5, tires=0.0, builds="social", depth=0.05),
    Channel(name="live support", audience="new:30", every=28, reach=0.6, cost=1.0, effect=1.5, tires=0.0, builds="confidence", depth=0.1),
)  # fmt: skip


class Channels(Strategy):
    """Talk to customers regularly, through several channels that share one customer's patience.

    A message that is noticed leaves warmth that fades; the more of late, through whatever channel, the less the next
    one does, and some ask for no more. So talk brings customers up to a point: one message a day brings less than one
    a week. With a `holdout` the effect is measured: a random part of the audience gets no messages, and at every
    review the margins that both parts brought are compared. A difference that is worth less than the messages halves
    their pace, one that is worth more than twice as much quickens it by a quarter, if it is clear of chance by two
    standard errors (with few customers it seldom is: Lewis & Rao 2015). A measured pace goes by what all customers do.
    """

    class Parameters(ContactParameters):
        """Channels, what a message does, and whether its effect is measured."""

        # fmt: off
        channels: tuple[Channel, ...] = par(CHANNELS, "", "", "the channels in use", "source documents, P8")
        holdout: float = par(0.0, "share of customers", "[0, 0.9]", "random part of the customers who get no messages, to measure the effect; 0: not measured")
        review: float = par(91.0, "days", "(0, 3660]", "time between two looks at the effect")
        # fmt: on

        @model_validator(mode="after")
        def _names_differ(self) -> Channels.Parameters:
            names = [channel.name for channel in self.channels]
            wrong = [
                (("channels", k, "name"), f"{name!r} will not do: every channel has a name of its own")
                for k, name in enumerate(names)
                if not name or name in names[:k]
            ]
            if wrong:
                raise Problem(wrong)
            return self

    state: ClassVar[tuple[State, ...]] = (
        *CONTACT,
        State("spent", "i8", "millionths of the currency unit", "spending here since the last review"),
        State("addressed", "?", "yes/no", "would have got a message since the last review"),
    )
    remembers: ClassVar[tuple[str, ...]] = ("next", "pace", "looks", "bought")
    off: ClassVar[dict[str, Any]] = {"channels": ()}
    sources: ClassVar[tuple[str, ...]] = (
        "Source documents, P8 (channels, their strengths and costs; measuring and improving)",
        "Venkatesan & Kumar 2004, Journal of Marketing 68(4):106-125 (contacts help up to a point)",
        "Godfrey, Seiders & Voss 2011, Journal of Marketing 75(4):94-109 (too many contacts, in several channels)",
        "Lewis & Rao 2015, Quarterly Journal of Economics 130:1941-1973 (effects drown in the noise of spending)",
    )

    def start(self) -> None:
        """Open the channels; choose who gets no messages."""
        rules = self.parameters
        self.contact = Contact(self)
        self.next, self.pace = np.zeros(len(rules.channels)), np.ones(1)
        self.looks = np.full(1, rules.review)  # day of the next review
        self.bought = np.zeros(1)  # currency paid for messages since the last one
        everyone = np.arange(self.customers.count)
        self.apart = self.firm.chance.uniform(self.purpose("holdout"), everyone) < rules.holdout

    def open(self, day: float) -> None:
        """Look at the effect now and then; send what is due."""
        rules, firm = self.parameters, self.firm
        if rules.holdout and due(self.looks, day, rules.review):
            self._review()
        for number, channel in enumerate(rules.channels):
            if not due(self.next[number : number + 1], day, channel.every * self.pace[0]):
                continue
            who = np.flatnonzero(firm.audience(channel.audience, day))
            self.addressed[who] = True
            who = who[~self.apart[who] & ~self.opted_out[who]]
            self.bought[0] += channel.cost * who.size
            noticed = self.contact.send(who, day, channel.effect, channel.cost, channel.reach, channel.tires)
            if channel.builds != "nothing":
                firm.relations.deepen(channel.builds, noticed, channel.depth, day)

    def appeal(self, round: Round) -> None:
        """Warmth pulls."""
        self.contact.pull(round)

    def settle(self, round: Round) -> None:
        """Note what identified customers spend."""
        if self.parameters.holdout:
            rows = round.rows(self.firm.index)
            rows = rows[self.firm.identifies(round.who[rows])]
            self.spent[round.who[rows]] += round.paid[rows]

    def close(self, day: float) -> None:
        """Channels cost whether anything is sent or not."""
        fixed = sum(channel.fixed for channel in self.parameters.channels)
        if fixed:
            self.firm.books.spend(Account.COMMUNICATION, fixed)

    def _review(self) -> None:
        """Compare the margins on those who got messages and on those who would have, and set the pace."""
        price, cost = self.firm.price, self.firm.cost
        margin = (price - cost) / price / MILLION if price > 0 else 0.0
        with_, without = (margin * self.spent[self.addressed & part] for part in (~self.apart, self.apart))
        if with_.size and without.size:
            more = with_.mean() - without.mean()
            doubt = 2 * math.sqrt(with_.var() / with_.size + without.var() / without.size)
            paid = self.bought[0] / with_.size
            step = SLOWER if more + doubt < paid else FASTER if more - doubt > 2 * paid else 1.0
            self.pace[0] = min(max(self.pace[0] * step, FASTEST), SLOWEST)
        self.bought[0] = 0.0
        self.spent[:], self.addressed[:] = 0, False
