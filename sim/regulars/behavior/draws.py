"""What chance brings to an opportunity: moods, looking around, performance, basket. All keyed by the customer's occasion."""

from __future__ import annotations

import math
from typing import Any

from regulars.behavior.choice import ASIDE, MOOD
from regulars.behavior.experience import FEELING
from regulars.behavior.records import Block, Draws, Meetings, Rules
from regulars.behavior.spending import BASKET
from regulars.ground.chance import gumbel, normal, philox, unit
from regulars.ground.kernel import kernel


@kernel(allocates=False)
def draw(block: Block, meetings: Meetings, rules: Rules, firms: Any, draws: Draws) -> None:
    """Fill the draws of a block; what the rules do not ask for is left as it is.

    One mood a firm, one for buying nothing, one for looking around; without moods the draws of the firms decide between
    equals.
    """
    who, occasion, base, rows = meetings.who, meetings.occasion, block.base, block.rows
    key_a, key_b, mood = rules.key_a, rules.key_b, draws.mood
    for quad in range((firms + 3) // 4):
        for x in range(rows):
            a, b, c, d = philox(who[base + x], occasion[base + x], quad, MOOD, key_a, key_b)
            mood[4 * quad, x] = unit(a)
            mood[4 * quad + 1, x] = unit(b)
            mood[4 * quad + 2, x] = unit(c)
            mood[4 * quad + 3, x] = unit(d)
    if rules.choice.gumbel_mood:
        for f in range(firms):
            line = mood[f]
            for x in range(rows):
                line[x] = gumbel(line[x])
    if rules.choice.outside or rules.choice.use_search:
        for x in range(rows):
            a, b, c, d = philox(who[base + x], occasion[base + x], ASIDE, MOOD, key_a, key_b)
            draws.nothing[x] = gumbel(unit(a)) if rules.choice.gumbel_mood else 0.0
            draws.look[x] = unit(b)
    if rules.experience.learns:
        for x in range(rows):
            a, b, c, d = philox(who[base + x], occasion[base + x], 0, FEELING, key_a, key_b)
            draws.shock[x] = unit(a)
            draws.angle[x] = unit(b)
            draws.luck[x] = unit(c)
        for x in range(rows):
            draws.shock[x] = rules.experience.noise * normal(draws.shock[x], draws.angle[x])
    log_sd = rules.choice.log_sd
    if log_sd > 0.0:
        for x in range(rows):
            a, b, c, d = philox(who[base + x], occasion[base + x], 0, BASKET, key_a, key_b)
            draws.size[x] = math.exp(log_sd * normal(unit(a), unit(b)) - 0.5 * log_sd * log_sd)
