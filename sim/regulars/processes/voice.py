"""Exit, voice and silence: what customers do after a bad experience, and what they remember of it.

A purchase is a bad experience when something failed and it shows, when it falls short of what was expected by more than
`tolerance`, or when it leaves the customer below the lower threshold. With shortfall s = max(E - x, 0) the customer
then does one of three things, by a logit (Hirschman 1970, Exit, Voice, and Loyalty):

    u_exit    = rivals (V_alternatives - V_here) + anger s - reluctance - switching cost - L
    u_voice   = hope gain s - cost + ease_j + phi L
    u_silence = 0

V_alternatives is the log-sum of all other firms that the customer knows and of buying nothing where that is possible; L
= attachment x devotion (as in `devotion`), and the stocks of the relationship where there are any. Customers who
leave feel an aversion that fades; those who speak up have complained; the others keep silent: for each complaint, far
more customers are dissatisfied than a firm ever hears of. All remember: the shortfall stays on the customer's mind (`blame`), a
complaint adds to it until it is answered, and both weigh on coming back (Folkes 1984, J. of Consumer Research 10:398-409,
on attributing failures). Hope, the chance of being helped, follows what became of the customer's complaints.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regulars.behavior import bond
from regulars.contract.process import Place, Process, Section, section
from regulars.ground.chance import Chance, purpose
from regulars.ground.parameter import ParameterSet, par
from regulars.world.board import Effect, Round
from regulars.world.customers import Column, Customers
from regulars.world.events import Event
from regulars.world.fading import faded
from regulars.world.ports import Complaints, Relationships

SYSTEMS = {
    "M9": "tests/behavior/test_voice.py::test_loyalty_delays_exit_and_activates_voice",
    "M11": "tests/behavior/test_voice.py::test_behind_one_complaint_stand_many_silent_ones",
}
REACTION = purpose("voice", "reaction")


class VoiceRules(ParameterSet):
    """What customers do after a bad experience."""

    # fmt: off
    on: bool = par(False, "", "", "whether the dissatisfied leave, complain or keep silent")
    tolerance: float = par(0.3, "performance", "[0, 10]", "shortfall against expectation up to which nothing happens")
    rivals: float = par(1.0, "", "[0, 10]", "weight of what the alternatives are worth in leaving", "Hirschman 1970")
    anger: float = par(9.0, "logits per performance", "[0, 100]", "what a shortfall adds to leaving", "assumption")
    reluctance: float = par(3.0, "logits", "[-50, 50]", "what it takes to make up one's mind to leave", "assumption")
    gain: float = par(4.0, "logits per performance", "[0, 100]", "worth of being helped, by shortfall", "assumption")
    hope: float = par(0.3, "probability", "[0, 1]", "chance of being helped that a customer believes in at first", "assumption")
    learning: float = par(0.5, "", "[0, 1]", "how far one complaint moves that belief toward what became of it", "assumption")
    cost: float = par(2.7, "logits", "[-50, 50]", "trouble of complaining", "so that 1 of about 27 dissatisfied complains: practitioners' figure")
    attachment: float = par(2.0, "logits", "[0, 50]", "loyalty L at full devotion", "assumption")
    phi: float = par(0.5, "", "[0, 10]", "part of loyalty that makes customers speak up instead of leaving", "Hirschman 1970 (sign)")
    aversion: float = par(4.0, "logits", "[0, 50]", "pull that a firm has lost with a customer who has just left it", "assumption")
    half_life: float = par(180.0, "days", "[0, 36525]", "time in which half of the aversion is gone; 0: never", "assumption")
    blame: float = par(0.8, "logits per performance", "[0, 50]", "pull lost by what is remembered of shortfalls", "Folkes 1984 (sign)")
    forgetting: float = par(365.0, "days", "[0, 36525]", "time in which half of what is remembered is gone; 0: never", "assumption")
    unanswered: float = par(1.0, "", "[0, 10]", "what a complaint without an answer adds to the memory, as a multiple of the shortfall", "assumption")
    forgiven: float = par(0.9, "share", "[0, 1]", "part of what is remembered that an answer at once and in full takes away", "assumption")
    lenience: float = par(0.0, "share of severity", "[0, 1]", "part of a failure that members of the firm's programmes forgive", "Bolton, Kannan & Bramlett 2000, J. Academy of Marketing Science 28:95-108 (sign)")
    # fmt: on


def chances(leave: NDArray[Any], speak: NDArray[Any]) -> NDArray[np.float64]:
    """Chances of exit, voice and silence for their utilities (silence 0), shape (3, rows); each column sums to 1."""
    utilities = np.stack([leave, speak, np.zeros_like(speak)])
    odds = np.exp(utilities - utilities.max(axis=0))
    return np.asarray(odds / odds.sum(axis=0))


class Voice(Process, Complaints):
    """Lets the dissatisfied leave, complain or keep silent, and remember."""

    events: ClassVar[tuple[Event, ...]] = (
        Event("leave", "left after a bad experience", "shortfall, performance"),
        Event("complain", "complained", "shortfall, performance"),
        Event("keep_silent", "kept silent after a bad experience", "shortfall, performance"),
    )
    follows: ClassVar[tuple[str, ...]] = ("devotion",)
    sections: ClassVar[dict[str, Section]] = {
        "voice": section(VoiceRules, "what they do after a bad experience: leave, complain or keep silent")
    }
    columns: ClassVar[tuple[Column, ...]] = (
        Column("aversion", "f4", "logits", "pull lost right after leaving in anger", pair=True, lived=True),
        Column("averted", "f4", "days", "when that was", pair=True, lived=True),
        Column("blame", "f4", "performance", "shortfalls remembered at the latest", pair=True, lived=True),
        Column("blamed", "f4", "days", "when the latest was", pair=True, lived=True),
        Column("hope", "f4", "probability", "chance of being helped, as believed", pair=True, lived=True, origin="voice.hope"),
    )  # fmt: skip
    remembers: ClassVar[tuple[str, ...]] = ("heard",)

    @classmethod
    def problems(cls, spec: Any) -> list[tuple[Place, str]]:
        """A bad experience needs one."""
        if spec.voice.on and not spec.experience.on:
            told = "nobody has a bad experience without one: set experience.on = true as well"
            return [(("voice", "on"), told)]
        return []

    @classmethod
    def endow(cls, customers: Customers, spec: Any, chance: Chance) -> None:
        """Nobody has anything against anybody."""
        super().endow(customers, spec, chance)
        customers.hope[:] = spec.voice.hope

    def __init__(self, market: Any, rules: VoiceRules) -> None:
        super().__init__(market, rules)
        firms = len(market.names)
        self.ease = np.zeros(firms)  # logits by which a firm's channels make complaining easier
        self.heard = np.zeros(firms, np.int64)  # complaints of the day

    def grudge(self, customers: NDArray[Any], firm: Any, time: Any) -> NDArray[np.float64]:
        """Pull that `firm` (`...` for all, in columns) has lost with `customers` by bad experiences, at `time` (days), logits."""
        c, rules = self.customers, self.rules
        left = faded(c.aversion[customers, firm], c.averted[customers, firm], time, rules.half_life)
        known = faded(c.blame[customers, firm], c.blamed[customers, firm], time, rules.forgetting)
        return np.asarray(left + rules.blame * known)

    def appeal(self, round: Round) -> None:
        """What is remembered keeps away; members forgive part of what goes wrong."""
        c, who = self.customers, round.who
        sore = (c.aversion[who] != 0) | (c.blame[who] != 0)
        for f in np.flatnonzero(sore.any(axis=0)).tolist():
            rows = np.flatnonzero(sore[:, f])
            round.column(Effect.ATTACHMENT, f)[rows] -= self.grudge(who[rows], f, round.time[rows])
        if self.rules.lenience:
            for f, firm in enumerate(self.market.firms):
                round.column(Effect.FORGIVENESS, f)[:] += self.rules.lenience * firm.members()[who]

    def feel(self, round: Round) -> None:
        """Customers who had a bad experience leave, complain or keep silent; from here on `complaining` means complained."""
        bad = (round.failed & (round.gap < 0)) | (round.gap < -self.rules.tolerance) | round.complaining
        rows = np.flatnonzero(bad & (round.chosen >= 0))
        round.complaining[:] = False
        if not rows.size:
            return
        who, at, time = round.who[rows], round.chosen[rows], round.time[rows]
        short = np.maximum(-round.gap[rows].astype(np.float64), 0.0)
        odds = chances(*self.utilities(who, at, time, short))
        u = self.chance.uniform(REACTION, who, round.occasion[rows])
        leaves, speaks = u < odds[0], u > 1.0 - odds[1]
        self._remember(who, at, time, short * np.where(speaks, 1.0 + self.rules.unanswered, 1.0))
        c = self.customers
        c.aversion[who[leaves], at[leaves]] = self.rules.aversion
        c.averted[who[leaves], at[leaves]] = time[leaves]
        c.hope[who[speaks], at[speaks]] *= 1.0 - self.rules.learning  # until there is an answer
        round.complaining[rows[speaks]] = True
        kinds = (("leave", leaves), ("complain", speaks), ("keep_silent", ~(leaves | speaks)))
        for f, firm in enumerate(self.market.firms):
            for kind, those in kinds:
                here = np.flatnonzero(those & (at == f))
                if here.size:
                    firm.event(kind, "", who[here], round.day, short[here])
            self.heard[f] += np.count_nonzero(speaks & (at == f))

    def close(self, day: float) -> None:
        """What counts as a complaint is what the firms have heard."""
        self.market.totals.complaints[int(day)] = self.heard
        self.heard[:] = 0

    def utilities(
        self, who: NDArray[Any], at: NDArray[Any], time: NDArray[Any], short: NDArray[Any]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Utilities of leaving and of complaining, logits, for customers with a shortfall at firms `at`."""
        c, rules = self.customers, self.rules
        loyal = self.loyalty(who, at, time)
        speak = c.hope[who, at] * rules.gain * short - rules.cost + self.ease[at] + rules.phi * loyal
        better = rules.rivals * self._alternatives(who, at, time) if rules.rivals else np.zeros(len(who))
        leave = better + rules.anger * short - rules.reluctance - c.switching_cost[who] - loyal
        return np.asarray(leave), np.asarray(speak)

    def loyalty(self, who: NDArray[Any], at: NDArray[Any], time: NDArray[Any]) -> NDArray[np.float64]:
        """Loyalty L of customers to firms `at`, logits: devotion above the upper threshold, and the relationship."""
        rules = bond.rules_of(self.market.scenario.spec.bond)
        loyal = self.rules.attachment * bond.devotion(rules, self.customers, who, at)
        relationships = self.market.port(Relationships)
        for f in range(len(self.market.names)):
            here = at == f
            loyal[here] += relationships.pull_of(who[here], f, time[here])
        return np.asarray(loyal)

    def answered(self, firm: int, customers: NDArray[Any], quality: Any) -> None:
        """Complaints were answered, from 0 (not at all) to 1 (at once and in full): less is remembered, hope follows."""
        c, good = self.customers, np.clip(quality, 0.0, 1.0)
        c.blame[customers, firm] *= 1.0 - self.rules.forgiven * good
        hope = (
            c.hope[customers, firm] + self.rules.learning * good
        )  # the rest of the step begun by complaining
        c.hope[customers, firm] = np.minimum(hope, 1.0)

    def invite(self, firm: int, ease: float) -> None:
        """Make complaining to a firm easier by `ease` logits, for the whole run."""
        self.ease[firm] += ease

    def _remember(
        self, who: NDArray[Any], at: NDArray[Any], time: NDArray[Any], amount: NDArray[Any]
    ) -> None:
        c = self.customers
        before = faded(c.blame[who, at], c.blamed[who, at], time, self.rules.forgetting)
        c.blame[who, at], c.blamed[who, at] = before + amount, time

    def _alternatives(self, who: NDArray[Any], at: NDArray[Any], time: NDArray[Any]) -> NDArray[np.float64]:
        """Log-sum of what else each customer could do, less the worth of the firm where the customer is, logits."""
        c, offers, choice = self.customers, self.market.offers.arrays, self.market.scenario.spec.choice
        worth = (
            c.attraction[who] + offers["standing"] - c.price_sensitivity[who, None] * offers["shelf_price"]
        )
        worth -= self.grudge(who, ..., time[:, None])
        here = worth[np.arange(len(who)), at]
        if c.has("aware_from"):
            worth[c.aware_from[who] > time[:, None]] = -np.inf
        worth[np.arange(len(who)), at] = choice.outside_utility if choice.outside else -np.inf
        best = worth.max(axis=1)
        some = np.isfinite(best)
        out = np.full(len(who), -np.inf)
        out[some] = best[some] + np.log(np.exp(worth[some] - best[some, None]).sum(axis=1)) - here[some]
        return out
