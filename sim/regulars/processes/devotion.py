"""How loyalty shows: the devoted mind the price less, do not hear rivals, forgive, and fill larger baskets.

Devotion D_ij in 0..1 is how far satisfaction S_ij lies beyond the upper threshold hi_i of the customer (see `bond`):

    D = step((S - hi_i) / width)               with a bond of two thresholds, or none
    D = max((S - middle) / (1 - middle), 0)    with a linear bond

In the zone of indifference below the threshold D is about 0: satisfied, but not devoted, and off to a better price
(Jones & Sasser 1995). What devotion does, each by a parameter of its own and each for a firm j at an opportunity:

    price weight of j      *  1 - ease D_ij                    Krishnamurthi & Raj 1991 (for choice, not for quantity)
    rivals' promotions     -  immunity D_i,incumbent unheard   Dick & Basu 1994 (resistance to counter-persuasion)
    severity of a failure  -  forgiveness D_ij                 Bolton, Kannan & Bramlett 2000
    basket at j            *  1 + basket D_ij                  Zeithaml, Berry & Parasuraman 1996

Rivals' promotions are what they offer in person (appeal, personal prices, coupons), not their prices for everybody.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regulars.behavior import bond
from regulars.behavior.bond import devoted
from regulars.behavior.records import BondRules
from regulars.contract.process import Place, Process, Section, section
from regulars.ground.kernel import kernel
from regulars.ground.parameter import ParameterSet, par
from regulars.world.board import BASKET_FACTOR, FORGIVENESS, PRICE_WEIGHT, PROMOTION_DEAFNESS, Effect, Round

SYSTEMS = {
    "M9": "tests/behavior/test_devotion.py::test_the_devoted_resist_forgive_and_buy_more",
    "M10": "tests/behavior/test_devotion.py::test_the_devoted_mind_the_price_less",
}


class DevotionRules(ParameterSet):
    """What devotion does."""

    # fmt: off
    on: bool = par(False, "", "", "whether devotion shows in what customers do; needs experience.on")
    ease: float = par(0.4, "share", "[0, 1]", "part of the price sensitivity toward the firm that full devotion takes away", "Krishnamurthi & Raj 1991, Marketing Science 10:172-183 (sign; size assumed)")
    immunity: float = par(0.5, "share", "[0, 1]", "part of rivals' promotions that full devotion to the incumbent leaves unheard", "Dick & Basu 1994, JAMS 22:99-113 (sign; size assumed)")
    forgiveness: float = par(0.3, "share", "[0, 1]", "part of a failure's severity that full devotion forgives", "Bolton, Kannan & Bramlett 2000, JAMS 28:95-108 (sign; size assumed)")
    basket: float = par(0.2, "of a basket", "[0, 10]", "what full devotion adds to a basket", "Zeithaml, Berry & Parasuraman 1996, J. Marketing 60(2):31-46 (sign; size assumed)")
    # fmt: on


class Devotion(Process):
    """Lets satisfaction beyond the upper threshold show in what customers do."""

    follows: ClassVar[tuple[str, ...]] = ("relationship",)
    sections: ClassVar[dict[str, Section]] = {
        "devotion": section(DevotionRules, "how loyalty shows in what customers do")
    }

    @classmethod
    def problems(cls, spec: Any) -> list[tuple[Place, str]]:
        """Devotion needs experience."""
        if spec.devotion.on and not spec.experience.on:
            return [
                (("devotion", "on"), "devotion comes from satisfaction: set experience.on = true as well")
            ]
        return []

    @classmethod
    def largest_basket(cls, spec: Any) -> float:
        """Full devotion adds to a basket."""
        return 1.0 + float(spec.devotion.basket) if spec.devotion.on else 1.0

    def __init__(self, market: Any, rules: DevotionRules) -> None:
        super().__init__(market, rules)
        self.bond = bond.rules_of(market.scenario.spec.bond)
        effects = {
            Effect.PRICE_WEIGHT: rules.ease,
            Effect.PROMOTION_DEAFNESS: rules.immunity,
            Effect.FORGIVENESS: rules.forgiveness,
            Effect.BASKET_FACTOR: rules.basket,
        }
        self.effects = [effect for effect, size in effects.items() if size > 0]

    def devotion(self, customers: Any, firm: int) -> NDArray[np.float64]:
        """Devotion of `customers` (numbers) to a firm, 0..1."""
        return bond.devotion(self.bond, self.customers, customers, firm)

    def appeal(self, round: Round) -> None:
        """Say how much the customers of a round mind, hear, forgive and want."""
        if not self.effects:
            return
        board, rules, c = self.market.board, self.rules, self.customers
        for effect in self.effects:
            for f in range(len(self.market.names)):
                round.column(effect, f)
        show(
            self.bond, round.who, c.incumbent, c.satisfaction, c.upper_threshold,
            float(rules.ease), float(rules.immunity), float(rules.forgiveness), float(rules.basket), board.values,
        )  # fmt: skip


@kernel
def show(
    rules: BondRules, who: Any, incumbent: Any, satisfaction: Any, high: Any, ease: Any, immunity: Any, forgiveness: Any, basket: Any, values: Any
) -> None:  # fmt: skip
    """Write what devotion does into the board's values (channel, firm, opportunity), for all firms at once."""
    for o in range(who.size):
        i = who[o]
        now = incumbent[i]
        bound = 0.0
        if immunity > 0.0 and now >= 0:
            bound = immunity * devoted(rules, satisfaction[i, now], high[i])
        for f in range(satisfaction.shape[1]):
            devotion = devoted(rules, satisfaction[i, f], high[i])
            if ease > 0.0:
                values[PRICE_WEIGHT, f, o] *= 1.0 - ease * devotion
            if forgiveness > 0.0:
                values[FORGIVENESS, f, o] += forgiveness * devotion
            if basket > 0.0:
                values[BASKET_FACTOR, f, o] *= 1.0 + basket * devotion
            if immunity > 0.0 and f != now:
                values[PROMOTION_DEAFNESS, f, o] += bound
