"""The records that the compiled page reads and writes: arrays by name, so that every piece takes the few that it needs.

A record is a named tuple of arrays and numbers. Compiled code finds a field by its place when it is built, so that a
name costs nothing while the market runs.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

BLOCK = 256  # opportunities handled together: what they need stays in the cache
LISTED, PAID, COSTS, PURCHASES, COMPLAINTS, ODD = range(6)  # the first three as in `world.ledger.TILL`
SUMS = 6
NUMBERS, PLACES = 17, 6  # rows of float64 and of int64 that the records `Draws`, `Mind` and `Bill` take


class Slice(NamedTuple):
    """Which rows of a day to run: rounds first..last, and of each the slice `part` of `parts`.

    edges: where the rounds begin and end among the rows of `Meetings` and of `Out`.
    """

    edges: Any
    first: Any
    last: Any
    part: Any
    parts: Any


class Meetings(NamedTuple):
    """Opportunities, one row each: customer, number of the customer's occasion, time (days).

    control: what was chosen at the same opportunity in the control arm (firm or -1), where `paired`.
    """

    who: Any
    occasion: Any
    time: Any
    control: Any
    paired: Any


class People(NamedTuple):
    """Columns of all customers: the first four and the last by customer and firm, the others by customer."""

    attraction: Any  # logits: taste, levers and bond
    liking: Any  # logits: attraction without the bond
    satisfaction: Any
    expectation: Any
    commitment: Any
    sensitivity: Any  # logits per unit price
    switching_cost: Any  # logits
    basket: Any  # units
    incumbent: Any  # firm bought from last, -1 for none
    low: Any  # thresholds of the bond
    high: Any
    aware_from: Any  # day from which a firm is known


class Offers(NamedTuple):
    """What is on the table: numbers of the firms, and what strategies wrote on the board of the round.

    firm (number, firm) is the table of `world.offers`; effects (effect, firm, row of the round) hold something only where
    used (effect, firm).
    """

    firm: Any
    effects: Any
    used: Any


class ChoiceRules(NamedTuple):
    """How customers choose: the switches and numbers of [choice], [switching], [search] and [spending]."""

    gumbel_mood: Any
    outside: Any
    outside_utility: Any
    premium: Any  # switching cost as a bonus for the incumbent
    use_awareness: Any
    use_search: Any
    transparency: Any
    log_sd: Any  # standard deviation of the logarithm of a basket


class BondRules(NamedTuple):
    """What satisfaction does to attraction: the numbers of [bond], response as its place in `bond.RESPONSES`."""

    response: Any
    slope: Any
    middle: Any
    collapse: Any
    rise: Any
    zone_slope: Any
    width: Any


class ExperienceRules(NamedTuple):
    """What a purchase does to satisfaction: the numbers of [experience]."""

    learns: Any
    noise: Any
    memory: Any
    adaptation: Any
    performance_weight: Any
    disconfirmation_weight: Any
    loss_aversion: Any


class Rules(NamedTuple):
    """All rules of a market, and the key of its draws."""

    choice: ChoiceRules
    bond: BondRules
    experience: ExperienceRules
    key_a: Any
    key_b: Any


class Out(NamedTuple):
    """What came of the opportunities, one row each; see `world.board.Outcomes`."""

    chosen: Any
    quantity: Any
    money: Any
    complaining: Any
    failed: Any
    gap: Any


class Sums(NamedTuple):
    """What a day comes to so far, in two words (`ground.wide`): by_firm (2, firms, SUMS), discounts (2, firms, sources)."""

    by_firm: Any
    discounts: Any


class Scratch(NamedTuple):
    """Memory for a block: numbers (NUMBERS, BLOCK), places (PLACES, BLOCK), moods (firms made up to fours, BLOCK)."""

    numbers: Any
    places: Any
    moods: Any


class Block(NamedTuple):
    """Rows handled together: `rows` of them from row `base` of the table on, in the round that begins at `origin`."""

    base: Any
    origin: Any
    rows: Any


class Draws(NamedTuple):
    """What chance brings to the rows of a block; mood by firm and row."""

    mood: Any  # logits; without moods it decides between equals
    nothing: Any  # logits, of buying nothing
    look: Any  # uniform: whether the customer looks around
    shock: Any  # performance: how the purchase differs from the usual
    angle: Any
    luck: Any  # uniform: whether something goes wrong
    size: Any  # of a basket


class Mind(NamedTuple):
    """What the customers of a block have in mind while they choose."""

    sensitivity: Any  # logits per unit price
    stay: Any  # switching cost, logits
    price: Any  # of the firm looked at, as it is felt
    weight: Any  # of that price, logits per unit
    pull: Any  # of its programmes, logits
    value: Any  # its utility, logits
    best: Any  # the largest utility so far, logits
    luck: Any  # mood of the firm that has it
    now: Any  # incumbent, -1 for none
    only: Any  # the one firm that is considered, -1 for all
    bound: Any  # whether only firms count that the customer is bound to
    seen: Any  # whether the firm looked at is considered
    winner: Any  # firm with the largest utility so far, -1 for none


class Bill(NamedTuple):
    """What the customers of a block take to the till."""

    amount: Any  # units
    factor: Any  # of the list price
    off: Any  # currency
    odd: Any  # whether it cannot be counted


def scratch(firms: int) -> Scratch:
    """Memory for the blocks of a market of so many firms; moods are drawn four at a time."""
    moods = np.zeros((4 * ((firms + 3) // 4), BLOCK))
    return Scratch(np.ones((NUMBERS, BLOCK)), np.zeros((PLACES, BLOCK), np.int64), moods)
