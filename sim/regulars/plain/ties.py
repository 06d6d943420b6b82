"""Relations and loyalty of the plain market: four stocks that fade, and what devotion does.

Both write on the board of the occasion what they make of every firm, and `Relations` learns from every purchase.
"""

from __future__ import annotations

from regulars.plain.firm import PlainFirm
from regulars.plain.people import Customer, single, step
from regulars.plain.world import Boards, World

BENEFITS = ("social", "special", "confidence", "respect")


class Relations:
    """What ties customers to firms besides the goods (`[relationship]`; Gwinner, Gremler & Bitner 1998)."""

    def __init__(self, world: World) -> None:
        self.rules, self.world = world.spec.relationship, world
        # by customer and firm: the four stocks, and the day on which they stood so
        self.stocks: dict[tuple[Customer, str], tuple[dict[str, float], float]] = {}

    def stock(self, customer: Customer, firm: PlainFirm, benefit: str, day: float) -> float:
        """What is left of a stock, halved in every half-life h: x(t) = x 2^(-(t - since) / h)."""
        stocks, since = self.stocks.get((customer, firm.name), (dict.fromkeys(BENEFITS, 0.0), 0.0))
        half_life: float = getattr(self.rules, f"{benefit}_half_life")
        age = max(day - since, 0.0)
        return stocks[benefit] * (float(2 ** (-age / half_life)) if half_life > 0 else 1.0)

    def appeal(self, customer: Customer, time: float, occasion: int, board: Boards) -> None:
        """Every benefit pulls by its weight; confidence takes away risk and forgives: reassurance x risk x r_i x confidence + sum of w x."""
        for firm in self.world.firms:
            trust = self.stock(customer, firm, "confidence", time)
            pull = self.rules.reassurance * firm.risk * customer.risk_weight * trust
            for benefit in BENEFITS:
                weight = getattr(self.rules, f"{benefit}_weight")
                pull += weight * self.stock(customer, firm, benefit, time)
            board[firm.name].attachment += pull
            board[firm.name].forgiveness += self.rules.forgiveness * trust

    def bought(self, customer: Customer, firm: PlainFirm, time: float, failed: bool) -> None:
        """A good purchase adds to confidence, a failure takes from it; staff who know their people make friends.

        x <- x + a (1 - x) at each source, x <- x - loss x at a failure
        """
        now = {benefit: self.stock(customer, firm, benefit, time) for benefit in BENEFITS}
        if failed:
            now["confidence"] -= self.rules.confidence_loss * now["confidence"]
        else:
            now["confidence"] += self.rules.confidence_gain * (1 - now["confidence"])
        now["social"] += self.rules.personal_contact * (1 - now["social"])
        rounded = {benefit: single(value) for benefit, value in now.items()}
        self.stocks[customer, firm.name] = rounded, single(time)


class Devotion:
    """How loyalty shows (`[devotion]`; Dick & Basu 1994)."""

    def __init__(self, world: World) -> None:
        self.rules, self.bond = world.spec.devotion, world.spec.bond

    def devotion(self, customer: Customer, name: str) -> float:
        """How far satisfaction lies beyond the upper threshold, step((S - hi) / w); with a linear bond, beyond its middle."""
        satisfaction, bond = customer.satisfaction[name], self.bond
        if bond.on and bond.response == "linear":
            return max((satisfaction - bond.middle) / (1 - bond.middle), 0.0)
        return step((satisfaction - customer.upper) / bond.width)

    def appeal(self, customer: Customer, time: float, occasion: int, board: Boards) -> None:
        """The devoted mind the price less, by 1 - ease d, forgive, buy more, by 1 + basket d, and do not hear the others."""
        rules, home = self.rules, customer.incumbent
        for name, here in board.items():
            devotion = self.devotion(customer, name)
            here.price_weight *= 1 - rules.ease * devotion
            here.forgiveness += rules.forgiveness * devotion
            here.basket_factor *= 1 + rules.basket * devotion
            if home is not None and name != home:
                here.promotion_deafness += rules.immunity * self.devotion(customer, home)

    def bought(self, customer: Customer, firm: PlainFirm, time: float, failed: bool) -> None:
        """Satisfaction is all that devotion knows."""
