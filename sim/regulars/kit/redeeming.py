"""What points buy, and which reward suits whom best.

Each customer aims for the reward of the catalogue that is worth most to it per purchase, after the trouble of
redeeming and the wait: worth / T for a reward that takes T purchases, less for those who discount, and nothing for
one that would take ten years. Worth differs between customers by a lognormal taste for each reward; a coupon counts as
store credit does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regulars.ground.chance import philox, purpose, unit
from regulars.ground.kernel import kernel
from regulars.ground.parameter import REQUIRED, ParameterSet, par
from regulars.ground.wide import carry
from regulars.kit.collecting import discounted_rate, opportunity_discount
from regulars.kit.limits import enough
from regulars.kit.points_book import put
from regulars.world.ledger import MILLION, MOST

if TYPE_CHECKING:
    from regulars.world.firms import Firm


HORIZON = 3652.5  # days; nobody aims for what takes longer, however patient (assumption)


class Reward(ParameterSet):
    """One thing that points buy."""

    # fmt: off
    name: str = par(REQUIRED, "", "", "name of the reward")
    kind: Literal["good", "coupon", "service"] = par("coupon", "", "", "a good, money off the next purchase, or a service at the next visit")
    points: float = par(100.0, "points", "[0.000001, inf)", "what it takes")
    worth: float = par(1.0, "currency", "[0, inf)", "worth to the average customer; face value of a coupon")
    cost: float = par(0.0, "currency", "[0, inf)", "cost of a good or service to the firm; a coupon costs its face value")
    service: float = par(0.0, "performance", "[-10, 10]", "better experience of the next purchase (services)")
    # fmt: on

    @property
    def outlay(self) -> float:
        """What a redemption costs the firm, currency units."""
        return self.worth if self.kind == "coupon" else self.cost


CATALOGUE = (
    Reward(name="voucher", kind="coupon", points=100, worth=1.0),
    Reward(name="mug", kind="good", points=250, worth=3.0, cost=1.5),
    Reward(name="repair", kind="service", points=400, worth=5.0, cost=2.0, service=0.2),
)


def felt_worth(firm: Firm, rewards: Sequence[Reward], spread: float, hassle: float) -> NDArray[Any]:
    """Worth of each reward to each customer in cash, currency units, shape (rewards, customers).

    spread: coefficient of variation between customers, drawn by customer and name of the reward; hassle: currency.
    """
    c, everyone = firm.customers, np.arange(firm.customers.count)
    worth = np.empty((len(rewards), c.count))
    for k, reward in enumerate(rewards):
        worth[k] = reward.worth
        if spread > 0:
            sd = np.sqrt(np.log1p(spread**2))
            worth[k] *= np.exp(
                sd * firm.chance.normal(purpose("reward", firm.name, reward.name), everyone) - sd**2 / 2
            )
        if reward.kind == "coupon":
            worth[k] *= c.credit_weight
    return worth - hassle


@dataclass(frozen=True)
class Aims:
    """What customers aim for; arrays are one per customer."""

    favourite: NDArray[np.int16]  # number of the reward, -1 for none
    narrow: NDArray[np.bool_]  # whether only points from purchases buy it
    needed: NDArray[Any]  # points from the start of a card
    earned: NDArray[Any]  # points toward it of an average purchase
    worth: NDArray[Any]  # logits
    p: NDArray[Any]  # base probability of a purchase here at an opportunity
    delta: NDArray[Any]  # discount of an opportunity


def what_to_aim_for(firm: Firm, rules: Any, per_unit: float, head: float) -> Aims:
    """Aims of all customers under the `rules` of a points programme.

    per_unit: points per currency unit now in force; head: points that are there at the start of every card.
    """
    c, everyone = firm.customers, np.arange(firm.customers.count)
    p, delta = firm.baseline.purchase_probability(everyone), opportunity_discount(c)
    talk = rules.review_rate * rules.review_points + rules.share_rate * rules.share_points
    talk *= bool(rules.most_talk)
    limited = np.array(
        [r.kind == "service" and not rules.talk_buys_services for r in rules.rewards], np.bool_
    )
    usual = c.basket.astype(np.float64) * firm.price
    bought = whole_points(per_unit * usual, rules.rounding)
    bought = bought * enough(usual, rules.least, firm.model.scenario.spec.spending.variation, money=True)
    earned = bought + np.where(limited, 0.0, talk)[:, None]
    needed = np.array([r.points - head for r in rules.rewards])
    cash = felt_worth(firm, rules.rewards, rules.reward_taste, rules.hassle)
    far = needed[:, None] > earned * p * c.rate.astype(np.float64) * HORIZON
    cash[far & (earned > 0)] = 0.0  # where no more is earned, what is held is still there to be used
    aim = favourites(cash, needed, earned, p, delta)
    row = np.maximum(aim, 0)
    own = earned[row, everyone]
    worth = cash[row, everyone] * after_delay(rules.redemption_rate, p, delta)
    worth *= firm.baseline.money_weight(everyone) * c.present_bias
    worth[(aim < 0) | (own <= 0)] = 0.0
    return Aims(aim, limited[row] & (aim >= 0), needed[row], own, worth, p, delta)


ROUNDING = ("none", "down", "nearest")


def whole_points(points: NDArray[Any], rounding: str) -> NDArray[Any]:
    """Points that purchases earn on average, where each earns `points` before rounding, give or take.

    Rounded down, a purchase loses half a point on average, and what is worth less than a point may earn none.
    """
    return np.where(points >= 1.0, points - 0.5, 0.5 * points**2) if rounding == "down" else points


def favourites(
    worth: NDArray[Any], needed: ArrayLike, earned: NDArray[Any], p: NDArray[Any], delta: NDArray[Any]
) -> NDArray[np.int16]:
    """Number of the reward that each customer aims for, -1 for none.

    worth (rewards, customers) currency; needed: points of each reward; earned (rewards, customers): points toward it
    of an average purchase; p, delta: chance of a purchase at an opportunity, and its discount.
    """
    if not len(worth):
        return np.full(p.size, -1, np.int16)
    steps = np.asarray(needed, np.float64)[:, None] / np.maximum(earned, 1e-12)
    best = np.where(worth > 0, discounted_rate(worth, steps, p, delta), -1.0)
    return np.where(best.max(axis=0) > 0, best.argmax(axis=0), -1).astype(np.int16)


def after_delay(rate: float, p: NDArray[Any], delta: NDArray[Any]) -> NDArray[Any]:
    """Part of the worth of a reward that is left when one gets round to it with chance `rate` at every visit."""
    if rate <= 0:
        return np.zeros(p.size)
    visit = delta * np.maximum(p, 1e-300)
    between = visit / (1 - delta + visit)  # discount from one visit to the next
    return rate / (1 - (1 - rate) * between)


def split(amounts: NDArray[np.int64], parts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Split `amounts` (one per column) in proportion to the columns of `parts`; exact in total, millionths."""
    out = np.zeros_like(parts)
    _split(amounts, parts, out)
    return out


@kernel
def _split(amounts: Any, parts: Any, out: Any) -> None:
    for k in range(amounts.size):
        whole = parts[:, k].sum()
        reached, before = np.int64(0), np.int64(0)
        for s in range(parts.shape[0]):
            reached += parts[s, k]
            edge = np.int64(np.rint(amounts[k] * (reached / whole))) if whole > 0 else np.int64(0)
            out[s, k] = edge - before
            before = edge


@kernel
def visit(
    rows: Any, who: Any, occasion: Any, paid: Any, source: Any, member: Any, per_unit: Any, rounding: Any, chances: Any, points: Any, most: Any, reviews: Any, shares: Any,
    lots: Any, balance: Any, held: Any, given: Any, issued: Any, current: Any, own: Any, today: Any, waiting: Any, favourite: Any, narrow: Any, prices: Any, redemption_rate: Any, most_rewards: Any,
    purpose: Any, key_a: Any, key_b: Any, times: Any, gained: Any,
) -> Any:  # fmt: skip
    """Members among the buyers in `rows` earn points, review and share; times[row] is how many rewards each redeems.

    gained[row]: points that the purchase itself has earned, millionths.

    paid (all rows): money that earns points, millionths; rounding: number in `ROUNDING`; today, waiting (customers): what is earned
    today and cannot be used yet (empty where all can), and all that cannot be used yet.
    chances, points (2): of reviews and of shares, points in millionths, at most `most` of each; own: lots of points from
    purchases come first, so many. Draws are the customer's own, by occasion. Returns how many redeem, or -1 where
    points cannot be counted any more.
    """
    redeeming = 0
    fits = True
    for k in range(rows.size):
        o = rows[k]
        i = who[o]
        times[k] = gained[k] = 0
        if not member[i]:
            continue
        a, b, c, _ = philox(i, occasion[o], 0, purpose, key_a, key_b)
        by = source[o]
        if not paid[o] * per_unit <= MOST:
            return -1
        earned = np.int64(np.rint(paid[o] * per_unit))
        if rounding == 1:
            earned -= earned % MILLION
        elif rounding == 2:
            earned += MILLION // 2
            earned -= earned % MILLION
        gained[k] = earned
        if earned > 0:
            if today.size:
                today[i] += earned
                waiting[i] += earned
            fits &= put(lots, balance, held, given, issued, current, 0, i, earned, by)
        if unit(a) < chances[0] and reviews[i] < most and points[0] > 0:
            reviews[i] += 1
            fits &= put(lots, balance, held, given, issued, current, 1, i, points[0], by)
        if unit(b) < chances[1] and shares[i] < most and points[1] > 0:
            shares[i] += 1
            fits &= put(lots, balance, held, given, issued, current, 2, i, points[1], by)
        price = prices[favourite[i]]
        if balance[i] - waiting[i] < price or unit(c) >= redemption_rate:
            continue
        usable = balance[i]
        if narrow[i]:
            usable = np.int64(0)
            for column in range(own):
                usable += lots[i, column]
        usable -= waiting[i]
        times[k] = max(min(usable // price, most_rewards), 0)
        redeeming += times[k] > 0
    carry(given)
    carry(issued)
    return redeeming if fits else -1
