"""Image: a reward that looks cheap costs a premium brand.

loss = damage * max(brand - looks, 0)

with both between 0 (cheap) and 1 (premium), for every customer who sees the reward. What is lost adds up, the less the
more is lost already, and fades as people forget. A brand that promises nothing has nothing to lose, and a reward that
looks like the brand does no harm (Roehm, Pullins & Roehm 2002, J. of Marketing Research 39:202-213, on rewards that
fit the associations of a brand).
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regulars.contract.process import Process, Section, section
from regulars.ground.parameter import ParameterSet, par
from regulars.world.board import Effect, Round
from regulars.world.customers import Column
from regulars.world.fading import faded
from regulars.world.ports import BrandImage

SYSTEMS = {"M18": "tests/behavior/test_image.py::test_cheap_rewards_cost_a_premium_brand"}


class ImageRules(ParameterSet):
    """What rewards do to the image of a brand."""

    arms_may_change: ClassVar[bool] = True
    # fmt: off
    on: bool = par(False, "", "", "whether customers notice that a reward looks cheaper than the brand")
    damage: float = par(0.3, "logits", "[0, 50]", "pull lost when the cheapest reward of the most premium brand is seen for the first time", "Roehm, Pullins & Roehm 2002 (sign; size assumed)")
    worst: float = par(2.0, "logits", "(0, 50]", "pull that a firm can lose at most", "assumption")
    half_life: float = par(180.0, "days", "[0, 36525]", "time in which half of the loss is forgotten; 0 for never", "assumption")
    # fmt: on


class Image(Process, BrandImage):
    """Keeps how far each customer's image of each firm has suffered, and takes it off the firm's pull."""

    follows: ClassVar[tuple[str, ...]] = ("platform",)
    sections: ClassVar[dict[str, Section]] = {
        "image": section(ImageRules, "what cheap rewards do to a brand")
    }
    columns: ClassVar[tuple[Column, ...]] = (
        Column("tarnish", "f4", "logits", "pull that the firm had lost when its latest reward was seen, by rewards too cheap for its brand", pair=True, lived=True),
        Column("tarnished", "f4", "days", "when that was", pair=True, lived=True),
    )  # fmt: skip

    def seen(self, firm: int, customers: NDArray[Any], looks: float, day: float) -> None:
        """These customers see a reward of `firm` that looks like `looks`, 0 (cheap) to 1 (premium)."""
        loss = self.rules.damage * max(self.market.firms[firm].brand - looks, 0.0)
        if loss > 0:
            c, worst = self.customers, self.rules.worst
            now = faded(c.tarnish[customers, firm], c.tarnished[customers, firm], day, self.rules.half_life)
            c.tarnish[customers, firm] = now + min(loss, worst) * (1.0 - now / worst)
            c.tarnished[customers, firm] = day

    def appeal(self, round: Round) -> None:
        """What is lost is missing from the pull."""
        c = self.customers
        for f in range(len(self.market.names)):
            rows = np.flatnonzero(c.tarnish[round.who, f])
            if rows.size:
                who = round.who[rows]
                lost = faded(c.tarnish[who, f], c.tarnished[who, f], round.time[rows], self.rules.half_life)
                round.column(Effect.ATTACHMENT, f)[rows] -= lost
