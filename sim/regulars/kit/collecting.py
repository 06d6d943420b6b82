"""Collecting toward a reward without deadline: what the next purchase is worth to a customer, by how far that customer has come.

A customer sees a card of T purchases: points needed for the chosen reward over the points that a purchase brings on
average. With p the base probability of buying here at an opportunity, delta its discount and h the chance that the
progress is lost before it (expiry), the worth W(s) of having done s purchases is the fixed point of

    W(s) = delta { h W(0) + (1-h) [W(s) + log(1 - p + p exp D(s))] },   D(s) = W(s+1) - W(s),   W(T) = R + W(0)

(`foresight.card_values`, with a loss of progress). With V(s) = W(s) - W(0) and g = W(0) (1/delta - 1), the worth of an
opportunity at the start of a card, D(s) = log(1 + (exp(x) - 1) / p), x = [V(s) (1/delta - 1 + h) + g] / (1 - h), and g is
found so that the gains of a card add up to the reward R exactly. A purchase pulls by phi * [V(s + a) - V(s)],
interpolated between steps, where `a` is what it brings, so an event that multiplies points multiplies the pull. Goal
gradient, reset after the reward and the stronger pull on rare customers near it emerge from delta < 1 and h > 0;
with delta = 1 and h = 0 every step is worth R / T.

Two simplifications. T is cut into n = 1..16 steps of T / n purchases each: exact for whole cards of at most 16 purchases,
within 2% for others. Lots expire one by one; here all progress is lost at hazard 1 / life, times the chance that the
purchases of one life do not make up a card: customers who come often enough lose nothing, those who cannot get there are
not pulled.

Sources: Kivetz, Urminsky & Zheng 2006, JMR 43:39-58 (goal gradient, reset); Hartmann & Viard 2008, QME 6:109-137
(incentives by frequency); Nunes & Dreze 2006, JCR 32:504-512 (proportion of the distance covered).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from regulars.behavior.foresight import card_pace, card_step, likely, strongest_fade
from regulars.ground.kernel import kernel
from regulars.world.board import Effect

if TYPE_CHECKING:
    from regulars.world.board import Round
    from regulars.world.customers import Customers
    from regulars.world.firms import Firm

MOST = 16  # steps of a card
PER_POINT, PER_PURCHASE, STEPS, WORTH = range(4)  # columns of a card; then V(1) .. V(MOST)
ALIKE = 0.02  # relative change of a probability below which a card is not drawn up anew


class Collecting:
    """What every customer makes of collecting: one card each, 80 bytes."""

    def __init__(self, firm: Firm) -> None:
        self.firm = firm
        self.cards = np.zeros((firm.customers.count, WORTH + 1 + MOST), np.float32)
        self.pace = np.zeros(firm.customers.count, np.float32)
        self.seen = np.zeros((4, firm.customers.count))  # what each card is for: p, worth, points, purchases

    def look(
        self, p: NDArray[Any], delta: NDArray[Any], needed: NDArray[Any], earned: NDArray[Any], worth: NDArray[Any], life: float
    ) -> None:  # fmt: skip
        """Customers draw up their cards, where something has changed.

        p, delta: chance of a purchase here at an opportunity, and its discount; needed: points of the reward; earned:
        points of an average purchase; worth: of the reward, logits; life: days that points last, 0 for ever.
        """
        rate = np.maximum(self.firm.customers.rate.astype(np.float64), 1e-9)
        steps = np.clip(needed / np.maximum(earned, 1e-12), 1e-9, 1e9)
        draw_up(
            p,
            delta,
            chance_of_loss(p, rate, steps, life),
            steps,
            needed,
            worth,
            self.seen,
            self.cards,
            self.pace,
        )

    def forget(self) -> None:
        """There is nothing to collect any more."""
        self.cards[:], self.pace[:], self.seen[:] = 0, 0, 0

    def pull(
        self, round: Round, member: NDArray[Any], held: NDArray[np.int64], lots: NDArray[np.int64], first: int,
        narrow: NDArray[Any], head: float, times: float, perception: float,
    ) -> None:  # fmt: skip
        """Add what a purchase now is worth to the firm's appeal.

        held, lots: points in millionths (all, and by lot); where `narrow` only the `first` lots count. head: points
        that everybody has at the start of a card; times: points event; perception: logits at the end of the distance.
        """
        collecting_pull(
            round.who, member, held, lots, int(first), narrow, self.cards, self.firm.customers.foresight, float(head),
            float(times), float(perception), round.column(Effect.APPEAL, self.firm.index),
        )  # fmt: skip

    def worth_a_day(self, customers: NDArray[Any]) -> NDArray[Any]:
        """What collecting is worth to each of `customers`, logits a day."""
        return self.pace[customers] * self.firm.customers.rate[customers].astype(np.float64)

    def state(self) -> dict[str, Any]:
        """All cards, for saving."""
        return {"cards": self.cards, "pace": self.pace, "seen": self.seen}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take back what `state` gave."""
        for name, array in self.state().items():
            array[...] = saved[name]


def opportunity_discount(customers: Customers) -> NDArray[Any]:
    """Discount factor of the time between two opportunities of each customer."""
    return np.clip(
        customers.daily_discount ** (1 / np.maximum(customers.rate.astype(np.float64), 1e-9)), 1e-3, 1.0
    )


def chance_of_loss(p: Any, rate: Any, steps: Any, life: float) -> NDArray[Any]:
    """Chance at an opportunity that progress is lost: 1 / (rate * life) when the purchases of a life make no card."""
    if life <= 0:
        return np.zeros(np.shape(p))
    from scipy.special import gammaincc

    short = gammaincc(np.ceil(steps - 1e-6), p * rate * life)  # P(Poisson(p rate life) < steps)
    return np.minimum(-np.expm1(-short / (rate * life)), 0.999)


def discounted_rate(worth: Any, steps: Any, p: Any, delta: Any, loss: Any = 0.0) -> NDArray[Any]:
    """Worth of a reward every `steps` purchases, spread evenly over them: worth / steps without discounting."""
    fade = (
        -np.log(np.maximum(delta * (1 - loss), 1e-12)) * steps / np.maximum(p, 1e-9)
    )  # of a card, at the base rate
    with np.errstate(over="ignore", invalid="ignore"):
        return worth / steps * np.where(fade > 1e-9, fade / np.expm1(fade), 1.0)


@kernel
def draw_up(
    p: Any, delta: Any, loss: Any, steps: Any, needed: Any, worth: Any, seen: Any, cards: Any, pace: Any
) -> None:
    """Draw up the card of every customer whose chances, reward or prospects have changed."""
    for i in range(p.size):
        drift = abs(p[i] - seen[0, i])
        same = worth[i] == seen[1, i] and needed[i] == seen[2, i] and steps[i] == seen[3, i]
        if same and drift <= ALIKE * seen[0, i] * (1.0 - seen[0, i]):
            continue
        seen[0, i], seen[1, i], seen[2, i], seen[3, i] = p[i], worth[i], needed[i], steps[i]
        if (
            i > 0 and p[i] == p[i - 1] and delta[i] == delta[i - 1] and loss[i] == loss[i - 1]
            and steps[i] == steps[i - 1] and needed[i] == needed[i - 1] and worth[i] == worth[i - 1]
            and seen[0, i - 1] == p[i]
        ):  # fmt: skip
            cards[i] = cards[i - 1]
            pace[i] = pace[i - 1]
            continue
        n = int(min(max(np.rint(steps[i]), 1.0), MOST))
        purchases = steps[i] / n
        keep = 1.0 - loss[i]
        fade = min(1.0 / delta[i] - 1.0 + loss[i], keep * strongest_fade(steps[i]))
        chance = likely(p[i], fade / keep, steps[i])
        start = card_pace(chance, worth[i], fade, keep, n, purchases)
        pace[i] = start
        cards[i, PER_POINT] = n / needed[i]
        cards[i, PER_PURCHASE] = 1.0 / purchases
        cards[i, STEPS] = n
        value = 0.0
        for s in range(n - 1):
            value += card_step(value, start, chance, fade, keep if s > 0 else 1.0, purchases)
            cards[i, WORTH + 1 + s] = value
        cards[i, WORTH + n] = cards[i, WORTH] = worth[i]


@kernel
def collecting_pull(
    who: Any,
    member: Any,
    held: Any,
    lots: Any,
    first: Any,
    narrow: Any,
    cards: Any,
    foresight: Any,
    head: Any,
    times: Any,
    perception: Any,
    appeal: Any,
) -> None:
    """Add to appeal[o] what a purchase now is worth to each collector, logits."""
    for o in range(who.size):
        i = who[o]
        if not member[i] or cards[i, WORTH] <= 0.0:
            continue
        points = held[i]
        if narrow[i]:
            points = np.int64(0)
            for k in range(first):
                points += lots[i, k]
        n, worth = np.float64(cards[i, STEPS]), np.float64(cards[i, WORTH])
        place = max(points * 1e-6 - head, 0.0) * cards[i, PER_POINT]
        if place >= n:
            place -= np.floor(place / n) * n
        s = min(int(place), int(n) - 1)
        low = cards[i, WORTH + s] if s > 0 else 0.0
        gain = -low - (place - s) * (cards[i, WORTH + 1 + s] - low)
        place += times * cards[i, PER_PURCHASE]
        if place >= n:
            full = np.floor(place / n)
            place -= full * n
            gain += full * worth
        s = min(int(place), int(n) - 1)
        low = cards[i, WORTH + s] if s > 0 else 0.0
        gain += low + (place - s) * (cards[i, WORTH + 1 + s] - low)
        appeal[o] += foresight[i] * gain
        if perception > 0.0:
            shown = points * 1e-6 / (n / cards[i, PER_POINT] + head)
            appeal[o] += perception * min(shown, 1.0)
