"""Recruiting along ties: customers bring their friends, and use up social credit doing it.

Whoever recommends for a bonus spends some of the trust that friends have in him; it comes back slowly. Only friends can
be reached, each of them best by the first, and nobody can be won who buys here already: reach is limited. A friend who
is reached learns of the firm and feels a pull that fades, of trust x the credit of who speaks. With the first purchase
the friend is recruited, and the recruiter is on record: the tree of referrals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regulars.ground.parameter import ParameterSet, par
from regulars.world.fading import faded
from regulars.world.strategy import State, Strategy

if TYPE_CHECKING:
    from regulars.world.board import Round

NOBODY = -1


class RecruitingParameters(ParameterSet):
    """What a recommendation does, and what it uses up."""

    # fmt: off
    trust: float = par(1.0, "logits", "[0, 20]", "pull of a recommendation by a friend of full credit")
    half_life: float = par(14.0, "days", "(0, 3660]", "time in which half of that pull is gone")
    window: float = par(60.0, "days", "(0, 3660]", "days within which the first purchase counts as recruited")
    credit_used: float = par(0.2, "share of credit", "[0, 1]", "social credit that a recommendation for money uses up", "source documents, P12")
    credit_half_life: float = par(90.0, "days", "(0, 36525]", "time in which half of the credit used up comes back")
    tie: float = par(0.0, "logits", "[0, 20]", "pull on a recruited customer while the recruiter buys here too", "Van den Bulte et al. 2018 (social enrichment; size assumed)")
    active: float = par(60.0, "days", "(0, 3660]", "days since the last purchase within which a recruiter counts as buying here")
    # fmt: on


class Recruiting(Strategy):
    """Base of strategies by which customers recruit their friends."""

    linked: ClassVar[bool] = True
    recruits: ClassVar[tuple[State, ...]] = (
        State("latest", "f4", "days", "latest purchase here; never at first", -np.inf),
        State("spoken_to", "i4", "customer", "friend who recommended the firm last; -1 for none", NOBODY),
        State("heard", "f4", "days", "when that was", -np.inf),
        State("warmth", "f4", "logits", "pull of the recommendation at that time"),
        State("recruiter", "i4", "customer", "who recruited the customer; -1 for nobody", NOBODY),
        State("used", "f4", "0..1", "social credit used up, after the latest recommendation"),
        State("used_on", "f4", "days", "when that was", -np.inf),
    )

    def __init__(self, firm: Any, parameters: ParameterSet) -> None:
        self.state = self.recruits + type(self).state  # type: ignore[misc]
        super().__init__(firm, parameters)

    @classmethod
    def misfits(cls, parameters: Any, spec: Any) -> list[tuple[str, str]]:
        """Somebody must know somebody."""
        if spec.network.kind != "none":
            return []
        return [("", 'nobody here knows anybody: give the market a [network], such as kind = "small_world"')]

    def start(self) -> None:
        """Regulars from before the start cannot be recruited."""
        self.latest[self.customers.incumbent == self.firm.index] = 0.0

    def credit(self, customers: NDArray[Any], time: Any) -> NDArray[np.float64]:
        """Social credit that is left, 0..1."""
        used = faded(self.used[customers], self.used_on[customers], time, self.parameters.credit_half_life)
        return np.asarray(1.0 - used)

    def recommend(
        self, who: NDArray[Any], occasion: Any, time: NDArray[Any], numbers: Any = 1
    ) -> NDArray[Any]:
        """Let each of `who` recommend the firm to `numbers` friends; returns the friends who were reached."""
        row, friends = self.firm.network.partners(self.purpose("friend"), who, occasion, numbers, time)
        speakers = np.asarray(who)[row]
        when = np.broadcast_to(np.asarray(time, np.float64), np.shape(who))[row]
        credit = self.credit(speakers, when)
        self.used[who] = np.minimum(1.0 - self.credit(who, time) * (1.0 - self.parameters.credit_used), 1.0)
        self.used_on[who] = time
        free = (self.latest[friends] < 0) & (friends != speakers) & ~np.isfinite(self.latest[friends])
        friends, first = np.unique(friends[free], return_index=True)  # the first to speak is heard
        speakers, when, credit = speakers[free][first], when[free][first], credit[free][first]
        self.spoken_to[friends], self.heard[friends] = speakers, when
        self.warmth[friends] = self.parameters.trust * credit
        if friends.size:
            self.firm.inform(friends, float(when.min()))
            self.firm.event("recommend", self.title(), speakers, float(when.min()), friends)
        return friends

    def appeal(self, round: Round) -> None:
        """A recommendation pulls; a recruiter who still comes holds those whom he brought."""
        rules, who = self.parameters, round.who
        spoken = np.flatnonzero(np.isfinite(self.heard[who]) & ~np.isfinite(self.latest[who]))
        if spoken.size:
            pull = faded(
                self.warmth[who[spoken]], self.heard[who[spoken]], round.time[spoken], rules.half_life
            )
            round.column("appeal", self.firm.index)[spoken] += pull
        if rules.tie:
            rows = np.flatnonzero(self.recruiter[who] != NOBODY)
            held = rows[self.comes(self.recruiter[who[rows]], round.time[rows])]
            if held.size:
                round.column("appeal", self.firm.index)[held] += rules.tie

    def comes(self, customers: NDArray[Any], time: Any) -> NDArray[np.bool_]:
        """Who of `customers` has bought here lately, and is in the market."""
        lately = time - self.latest[customers] <= self.parameters.active
        return np.asarray(lately & (self.customers.exit[customers] > time))

    def recruit(self, round: Round) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Note who bought; returns rows of all purchases here, and of first purchases that friends have brought."""
        rows = round.rows(self.firm.index)
        who, time = round.who[rows], round.time[rows]
        fresh = ~np.isfinite(self.latest[who])
        brought = fresh & (time - self.heard[who] <= self.parameters.window) & (self.spoken_to[who] != NOBODY)
        new = rows[brought]
        self.recruiter[round.who[new]] = self.spoken_to[round.who[new]]
        self.latest[who] = time
        self.firm.event("referred", self.title(), self.recruiter[round.who[new]], round.day, round.who[new])
        return rows, new

    def referrals(self) -> Any:
        """Who recruited whom: customer, referrer; a table for `measures.referral_tree`."""
        import pandas as pd

        customers = np.flatnonzero(self.recruiter != NOBODY)
        return pd.DataFrame({"customer": customers, "referrer": self.recruiter[customers]})
