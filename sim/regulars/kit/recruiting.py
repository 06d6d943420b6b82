"""Recruiting along ties: customers bring their friends, and use up social credit doing it.

Customers who recommend for money spend some of the trust that friends have in them; it comes back slowly. Friends hear in the
evening what was said to them by day, learn of the firm, and feel a pull of trust x the credit of the friend who spoke, which fades;
of several friends the one who pulls most is heeded. Those who buy here already cannot be won, and nobody has more than so
many friends: reach is limited. With the first purchase the friend is recruited, and the recruiter is on record: the tree
of referrals. As a recruiter has bought before, and friends are others, no one recruits themselves, or in a circle.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regulars.contract.strategy import State, Strategy
from regulars.ground.parameter import ParameterSet, par
from regulars.world.board import Effect
from regulars.world.events import Event
from regulars.world.fading import faded

if TYPE_CHECKING:
    from regulars.world.board import Round

NOBODY = -1


class RecruitingParameters(ParameterSet):
    """What a recommendation does, and what it uses up."""

    # fmt: off
    trust: float = par(1.0, "logits", "[0, 20]", "pull of a recommendation by a friend with full credit", "assumption")
    half_life: float = par(14.0, "days", "(0, 3660]", "time in which half of that pull is gone", "assumption")
    window: float = par(60.0, "days", "(0, 3660]", "days within which the first purchase counts as recruited")
    credit_used: float = par(0.2, "share of credit", "[0, 1]", "social credit that a recommendation for money uses up", "source documents, P12 (that it is used up; size assumed)")
    credit_half_life: float = par(90.0, "days", "(0, 36525]", "time in which half of the credit used up comes back", "assumption")
    tie: float = par(0.0, "logits", "[0, 20]", "pull on a recruited customer while the recruiter buys here too", "Van den Bulte et al. 2018 (social enrichment; size assumed)")
    active: float = par(60.0, "days", "(0, 3660]", "days since the last purchase within which a recruiter counts as buying here")
    # fmt: on


class Recruiting(Strategy):
    """Base of strategies by which customers recruit their friends; subclasses say who speaks, and what it earns."""

    events: ClassVar[tuple[Event, ...]] = (
        Event("recommend", "recommended the firm to a friend", "number of the friend"),
        Event("referred", "a friend came by the recommendation", "number of the friend"),
    )
    linked: ClassVar[bool] = True
    recruits: ClassVar[tuple[State, ...]] = (
        State("latest", "f4", "days", "latest purchase here; never at first", -np.inf),
        State("here", "?", "yes/no", "bought here of late and is in the market, as of this morning"),
        State("speaker", "i4", "customer", "friend whose recommendation is heeded; -1 for none", NOBODY),
        State("heard", "f4", "days", "when it was heard", -np.inf),
        State("warmth", "f4", "logits", "its pull at that time"),
        State("recruiter", "i4", "customer", "who recruited the customer; -1 for nobody", NOBODY),
        State("used", "f4", "0..1", "social credit used up, when it was last used"),
        State("used_on", "f4", "days", "when that was", -np.inf),
    )

    def __init__(self, firm: Any, parameters: ParameterSet) -> None:
        self.state = self.recruits + type(self).state  # type: ignore[misc]
        super().__init__(firm, parameters)
        self.underway: list[NDArray[np.float64]] = []  # (friend, speaker, time, pull) in rows

    @classmethod
    def misfits(cls, parameters: Any, spec: Any) -> list[tuple[str, str]]:
        """Somebody must know somebody."""
        if spec.network.on:
            return []
        return [("", "nobody here knows anybody: give the market a [network] with on = true")]

    def start(self) -> None:
        """Those who are customers from the start cannot be recruited."""
        regular = self.customers.incumbent == self.firm.index
        self.latest[regular] = self.customers.entry[regular]

    # ------------------------------------------------------------------ speaking

    def credit(self, customers: NDArray[Any], time: Any) -> NDArray[np.float64]:
        """Social credit that is left, 0..1."""
        used = faded(self.used[customers], self.used_on[customers], time, self.parameters.credit_half_life)
        return np.asarray(1.0 - used)

    def use_credit(self, customers: NDArray[Any], time: Any, left: Any) -> None:
        """Leave only the share `left` of the credit of `customers` (each once)."""
        self.used[customers] = 1.0 - self.credit(customers, time) * left
        self.used_on[customers] = time

    def recommend(self, who: NDArray[Any], occasion: Any, time: Any, for_money: Any = True) -> None:
        """Let each of `who` (once each) recommend the firm to a friend, who will hear it in the evening.

        occasion keys the draw of the friend; time: days; for_money: whether it uses up credit, one for all or one each.
        """
        row, friend = self.firm.network.partners(self.purpose("friend"), who, occasion, 1, time)
        speaker = np.asarray(who)[row]
        when = np.broadcast_to(np.asarray(time, np.float64), np.shape(who))[row]
        pull = self.parameters.trust * self.credit(speaker, when)
        self.underway.append(np.stack([friend, speaker, when, pull]))
        paid = np.broadcast_to(for_money, np.shape(who))[row]
        self.use_credit(speaker[paid], when[paid], 1.0 - self.parameters.credit_used)

    def close(self, day: float) -> None:
        """In the evening friends hear what was said to them."""
        if self.underway:
            self._hear(day + 1.0)

    def _hear(self, evening: float) -> None:
        said = np.concatenate(self.underway, axis=1)
        self.underway.clear()
        said = said[:, np.lexsort((said[1], said[2], -said[3]))]  # who pulls most, then who was first
        friend, speaker = said[:2].astype(np.int64)
        self.firm.event("recommend", self.title(), speaker, evening, friend)
        friend, first = np.unique(friend, return_index=True)
        speaker, pull = speaker[first], said[3, first]
        new = ~np.isfinite(self.latest[friend])
        friend, speaker, pull = friend[new], speaker[new], pull[new]
        self.firm.relations.inform(friend, evening)
        before = faded(self.warmth[friend], self.heard[friend], evening, self.parameters.half_life)
        heeds = pull >= before
        friend = friend[heeds]
        self.speaker[friend], self.warmth[friend], self.heard[friend] = speaker[heeds], pull[heeds], evening

    # ------------------------------------------------------------------ listening

    def open(self, day: float) -> None:
        """See this morning who has been a customer lately: they hold those whom they brought."""
        if self.parameters.tie:
            self.here[:] = (day - self.latest <= self.parameters.active) & (self.customers.exit > day)

    def appeal(self, round: Round) -> None:
        """A recommendation pulls; recruiters who still come hold those whom they brought."""
        rules, who, firm = self.parameters, round.who, self.firm.index
        told = np.flatnonzero((self.warmth[who] > 0) & ~np.isfinite(self.latest[who]))
        if told.size:
            friend = who[told]
            pull = faded(self.warmth[friend], self.heard[friend], round.time[told], rules.half_life)
            round.column(Effect.ATTACHMENT, firm)[told] += pull
        if rules.tie:
            brought = np.flatnonzero(self.recruiter[who] != NOBODY)
            held = brought[self.here[self.recruiter[who[brought]]]]
            if held.size:
                round.column(Effect.ATTACHMENT, firm)[held] += rules.tie

    def invited(self, customers: NDArray[Any], time: Any) -> NDArray[np.bool_]:
        """Who of `customers` would be recruited by buying now."""
        fresh = ~np.isfinite(self.latest[customers])
        return np.asarray(fresh & (time - self.heard[customers] <= self.parameters.window))

    def recruit(self, round: Round) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Note who bought; returns rows of all purchases here, and of first purchases that friends have brought."""
        rows = round.rows(self.firm.index)
        who, time = round.who[rows], round.time[rows]
        new = rows[self.invited(who, time)]
        recruits = round.who[new]
        self.recruiter[recruits] = self.speaker[recruits]
        self.latest[who] = time
        self.firm.event("referred", self.title(), self.recruiter[recruits], round.day, recruits)
        return rows, new

    def pay(
        self, round: Round, rows: NDArray[Any], customers: NDArray[Any], amounts: Any
    ) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.int64]]:
        """Pay `amounts` (millionths, one per row or one for all) to `customers` for the purchases in `rows` of a round.

        In cash, booked by what earned it; a customer may occur more than once, and who has left the market gets nothing. Returns
        what was paid: rows, customers and amounts.
        """
        there = self.customers.exit[customers] > round.time[rows]
        amounts = np.broadcast_to(amounts, rows.shape)[there]
        rows, customers = rows[there], customers[there]
        self.reward(customers, amounts, round.source[rows], round.day)
        return rows, customers, amounts

    def referrals(self) -> Any:
        """Who recruited whom: customer, referrer; a table for `measures.referral_tree`."""
        import pandas as pd

        customers = np.flatnonzero(self.recruiter != NOBODY)
        return pd.DataFrame({"customer": customers, "referrer": self.recruiter[customers]})

    # ------------------------------------------------------------------ saving

    def save(self) -> dict[str, Any]:
        """Arrays, and what was said today and not heard yet."""
        return {**super().save(), "underway": np.concatenate([np.zeros((4, 0)), *self.underway], axis=1)}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take back what `save` gave."""
        super().restore(saved)
        self.underway = [np.array(saved["underway"])] if np.size(saved["underway"]) else []

    def revise(self) -> None:
        """New rules: what was said before they came stays said."""
