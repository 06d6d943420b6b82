"""What happens when customers meet an opportunity: look around, choose, pay, experience. One compiled page.

The pieces stand in the files beside this one, each beside its equation; here they are put in order and run block by
block, so that draws, logarithms and utilities are computed by vector instructions and everything stays in the cache.
"""

from __future__ import annotations

from regulars.behavior.choice import choose
from regulars.behavior.draws import draw
from regulars.behavior.experience import feel
from regulars.behavior.records import (
    BLOCK,
    Bill,
    Block,
    Draws,
    Meetings,
    Mind,
    Offers,
    Out,
    People,
    Rules,
    Scratch,
    Slice,
    Sums,
)
from regulars.behavior.search import look_around
from regulars.behavior.spending import till
from regulars.ground.kernel import kernel
from regulars.ground.wide import carry


@kernel(allocates=False)
def meet(
    rounds: Slice,
    meetings: Meetings,
    people: People,
    offers: Offers,
    rules: Rules,
    out: Out,
    sums: Sums,
    scratch: Scratch,
) -> None:
    """Run the rounds of a slice; a customer occurs once in a round, so that all of a block can choose before any pays.

    `out` is written, row by row; `people` change by what they buy and experience; `sums` are added to. A purchase that
    cannot be counted in millionths is ODD, and counts as nothing.
    """
    firms, n, k = offers.firm.shape[1], scratch.numbers, scratch.places
    # rows of one piece of memory, so that the compiler sees that they do not overlap, and loops over them vectorise
    draws = Draws(scratch.moods, n[0], n[1], n[2], n[3], n[4], n[5])
    mind = Mind(n[6], n[7], n[8], n[9], n[10], n[11], n[12], n[13], k[0], k[1], k[2], k[3], k[4])
    bill = Bill(n[14], n[15], n[16], k[5])
    draws.size[:] = 1.0
    for number in range(rounds.first, rounds.last):
        origin = rounds.edges[number]
        length = rounds.edges[number + 1] - origin
        start = origin + length * rounds.part // rounds.parts
        stop = origin + length * (rounds.part + 1) // rounds.parts
        for base in range(start, stop, BLOCK):
            block = Block(base, origin, min(BLOCK, stop - base))
            draw(block, meetings, rules, firms, draws)
            look_around(block, meetings, people, offers, rules, draws, mind)
            choose(block, meetings, people, offers, rules, draws, mind)
            till(block, meetings, people, offers, draws, mind, bill, out, sums)
            if rules.experience.learns:
                feel(block, meetings, people, offers, rules, draws, out, sums)
            carry(sums.by_firm)
            carry(sums.discounts)
