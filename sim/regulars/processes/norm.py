"""The social norm: customers are drawn to the firms where their friends buy.

A firm pulls by weight x (share of the friends who bought there last - 1 / number of firms), so that without a majority
there is no pull. The choices of friends are those known at the end of yesterday. With two firms, equal in everything
else and everybody everybody's friend, m = tanh(weight m / 2) holds for the lead m of one firm over the other: beyond a
weight of 2 the market tips to one of them (Brock & Durlauf 2001, Review of Economic Studies 68:235-260).

Source: Ajzen 1991, Organizational Behavior and Human Decision Processes 50:179-211 (subjective norm).
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from regulars.contract.process import Place, Process, Section, section
from regulars.ground.kernel import kernel
from regulars.ground.parameter import ParameterSet, par
from regulars.world.board import Effect, Round
from regulars.world.customers import NOBODY

SYSTEMS = {"M7": "tests/behavior/test_norm.py::test_friends_buy_alike"}


class NormRules(ParameterSet):
    """How much the choices of friends matter."""

    says_when_on: ClassVar[tuple[str, ...]] = ("weight",)
    # fmt: off
    on: bool = par(False, "", "", "whether the choices of friends matter; needs network.on and says a weight")
    weight: float = par(0.0, "logits", "[-50, 50]", "pull of a firm where all friends buy over one where none does; below 0 for those who want to differ", "Brock & Durlauf 2001")
    # fmt: on


class Norm(Process):
    """Draws customers to where their friends buy; under random mixing everybody else is a friend.

    seen (customers): firm last bought from, as known yesterday evening; -1 for nobody's and for those not in the market.
    """

    follows: ClassVar[tuple[str, ...]] = ("situations",)
    sections: ClassVar[dict[str, Section]] = {
        "norm": section(NormRules, "how much the choices of friends matter")
    }
    remembers: ClassVar[tuple[str, ...]] = ("seen",)

    @classmethod
    def problems(cls, spec: Any) -> list[tuple[Place, str]]:
        """A norm needs friends."""
        if spec.norm.on and not spec.network.on:
            return [(("norm", "on"), "nobody has friends: set network.on = true as well")]
        return []

    def __init__(self, market: Any, rules: NormRules) -> None:
        super().__init__(market, rules)
        self.seen = np.full(self.customers.count, NOBODY, np.int16)

    def start(self) -> None:
        """Look around for the first time."""
        self._look(self.market.day)

    def close(self, day: float) -> None:
        """In the evening everybody knows where the others are customers."""
        self._look(day + 1.0)

    def _look(self, day: float) -> None:
        c = self.customers
        self.seen[:] = np.where((c.entry <= day) & (c.exit > day), c.incumbent, NOBODY)

    def appeal(self, round: Round) -> None:
        """Pull toward the firms of friends."""
        firms, network = len(self.market.names), self.market.network
        counts = np.zeros((firms, len(round)))
        if network.mixing:
            counts[:] = np.bincount(self.seen[self.seen >= 0], minlength=firms)[:, None]
            own = self.seen[round.who]
            counts[own[own >= 0], np.flatnonzero(own >= 0)] -= 1.0
        else:
            _count(round.who, network.start, network.friend, self.seen, counts)
        everybody = counts.sum(axis=0)
        known = everybody > 0
        share = counts / np.where(known, everybody, 1.0)
        for f in range(firms):
            round.column(Effect.ATTACHMENT, f)[:] += self.rules.weight * np.where(
                known, share[f] - 1.0 / firms, 0.0
            )


@kernel
def _count(who: Any, start: Any, friend: Any, seen: Any, out: Any) -> None:
    """Friends of each row who are customers of each firm."""
    for r in range(who.size):
        for k in range(start[who[r]], start[who[r] + 1]):
            f = seen[friend[k]]
            if f >= 0:
                out[f, r] += 1.0
