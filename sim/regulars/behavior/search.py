"""Looking around, or not: a satisfied and committed customer does not compare.

With a probability that grows with satisfaction above the customer's upper threshold and falls with the
transparency of the market, the customer considers only the incumbent and buying nothing (Moorthy, Ratchford &
Talukdar 1997, J. Consumer Research 23:263-277, on search that falls with experience).
"""

from __future__ import annotations

from typing import ClassVar

from regulars.behavior.records import Block, Draws, Meetings, Mind, Offers, People, Rules
from regulars.ground.kernel import kernel
from regulars.ground.parameter import ParameterSet, par
from regulars.world.board import BLOCKED, LOCKED_IN

SYSTEMS = {
    "M17": "tests/oracles/test_search.py::test_commitment_grows_with_satisfaction_and_falls_with_transparency",
}


class Search(ParameterSet):
    """Whether customers compare all firms they know."""

    shapes_people: ClassVar[bool] = True
    arms_may_change: ClassVar[bool] = True
    on: bool = par(False, "", "", "whether committed customers stop looking around (needs [experience] on)")
    transparency: float = par(
        0.0, "", "[0, 1]", "how far reviews and easy comparison make everybody look; 1: everybody compares"
    )


@kernel(allocates=False)
def look_around(
    block: Block, meetings: Meetings, people: People, offers: Offers, rules: Rules, draws: Draws, mind: Mind
) -> None:
    """Whom the customers of a block consider: all firms, the incumbent only, or only those that they are bound to.

    A customer considers nobody but the incumbent with probability commitment (1 - transparency). Whoever is bound to one
    firm or several, as far as they have what is wanted, does not choose among others, nor to buy nothing.
    """
    who, used, effects, begin = meetings.who, offers.used, offers.effects, block.base - block.origin
    incumbent, commitment, now, only, bound = (
        people.incumbent,
        people.commitment,
        mind.now,
        mind.only,
        mind.bound,
    )
    for x in range(block.rows):
        now[x] = incumbent[who[block.base + x]]
        only[x] = -1
        bound[x] = 0
    if rules.choice.use_search:
        for x in range(block.rows):
            stays = commitment[who[block.base + x]] * (1.0 - rules.choice.transparency)
            only[x] = now[x] if draws.look[x] < stays else -1
    for f in range(offers.firm.shape[1]):
        if used[LOCKED_IN, f]:
            for x in range(block.rows):
                blocked = used[BLOCKED, f] and effects[BLOCKED, f, begin + x] > 0.0
                if effects[LOCKED_IN, f, begin + x] > 0.0 and not blocked:
                    bound[x] = 1
