"""What a programme changed, by hand: cells, their margins and rewards, and purchases that only moved in time."""

from types import SimpleNamespace

import numpy as np
import pytest

from regulars.measures.attribution import Cells

NAMES = ("ann", "bob", "cy")
ANN, BOB, CY, NOBODY = 0, 1, 2, -1


def tick(day, rows):
    """A tick of one world: rows of (customer, chosen, listed, cost)."""
    who, chosen, listed, cost = np.array(rows, np.int64).reshape(-1, 4).T
    return SimpleNamespace(day=day, who=who, chosen=chosen.astype(np.int16), listed=listed, cost=cost)


def gathered(*ticks, firm=ANN, customers=4, window=7.0):
    """Cells after ticks of (day, rows); a row: customer, chosen in the arm, chosen in the control."""
    cells = Cells(firm, len(NAMES), customers, window)
    for day, rows in ticks:
        arm, control = ([(row[0], row[k], 10, 4) for row in rows] for k in (1, 2))
        cells.add(tick(day, arm), tick(day, control))
    return cells


def by_cell(rows, value):
    """{(cell, rival): value}, zeros left out."""
    return {(row["cell"], row["rival"]): row[value] for row in rows if row[value]}


def test_every_opportunity_falls_into_its_cell():
    outcomes = [(a, c) for a in (ANN, BOB, CY, NOBODY) for c in (ANN, BOB, CY, NOBODY)]
    often = {pair: k + 1 for k, pair in enumerate(outcomes)}
    rows = [(0, a, c) for (a, c), n in often.items() for _ in range(n)]
    table = gathered((0.0, rows)).table(NAMES, np.arange(5))
    assert by_cell(table, "opportunities") == {
        ("kept", ""): often[ANN, ANN],
        ("won", "bob"): often[ANN, BOB],
        ("won", "cy"): often[ANN, CY],
        ("created", ""): often[ANN, NOBODY],
        ("lost", "bob"): often[BOB, ANN],
        ("lost", "cy"): often[CY, ANN],
        ("foregone", ""): often[NOBODY, ANN],
    }
    other = gathered((0.0, rows), firm=BOB).table(NAMES, np.arange(5))
    assert by_cell(other, "opportunities")["won", "ann"] == often[BOB, ANN]
    assert by_cell(other, "opportunities")["lost", "cy"] == often[CY, BOB]


def test_margins_are_those_of_the_firm_at_its_list_prices():
    """Kept: the change of list price less cost; won and created: the arm's; lost and foregone: the control's, lost."""
    cells = Cells(ANN, 3, 1, 7.0)
    outcomes = [(ANN, ANN), (ANN, BOB), (ANN, NOBODY), (CY, ANN), (NOBODY, ANN), (BOB, CY), (NOBODY, NOBODY)]
    arm = tick(0.0, [(0, a, 90, 30) for a, _ in outcomes])
    control = tick(0.0, [(0, c, 100, 45) for _, c in outcomes])
    cells.add(arm, control)
    assert by_cell(cells.table(NAMES, np.zeros(5)), "margin") == {
        ("kept", ""): 60 - 55,
        ("won", "bob"): 60,
        ("created", ""): 60,
        ("lost", "cy"): -55,
        ("foregone", ""): -55,
    }
    assert cells.margin.sum() == 5 + 60 + 60 - 55 - 55


@pytest.mark.parametrize("sign", [1, -1])
def test_margins_do_not_wrap(sign):
    """Ten thousand purchases of nine billion each, won or lost, on two days: exact to the millionth."""
    large, pair = 2**53, (ANN, NOBODY)[::sign]
    cells = Cells(ANN, 3, 1, 7.0)
    for day in (0.0, 1.0):
        arm, control = (tick(day, [(0, here, large - 1, 4)] * 5000) for here in pair)
        cells.add(arm, control)
    margin = by_cell(cells.table(NAMES, [0] * 5), "margin")
    assert margin == {(("created", ""), ("foregone", ""))[sign < 0]: sign * 10_000 * (large - 5)}


def test_rewards_lie_where_the_opportunity_that_earned_them_ended_in_the_control():
    rewards = np.array(
        [5, 7, 11, 13, 17]
    )  # earned where the control bought at ann, bob, cy, nowhere; by nothing
    for firm, kept, won in (
        (ANN, 5, {("won", "bob"): 7, ("won", "cy"): 11}),
        (CY, 11, {("won", "ann"): 5, ("won", "bob"): 7}),
    ):
        table = gathered(firm=firm).table(NAMES, rewards)
        assert by_cell(table, "reward") == {
            ("kept", ""): kept,
            **won,
            ("created", ""): 13,
            ("unearned", ""): 17,
        }


@pytest.mark.parametrize(
    ("days", "moved"),
    [
        (([(0, ANN, NOBODY)], [(0, NOBODY, ANN)]), 1),  # bought a day early
        (([(0, NOBODY, ANN)], [(0, ANN, NOBODY)]), 1),  # or late
        (([(0, ANN, NOBODY)], [(1, NOBODY, ANN)]), 0),  # two customers
        (([(0, ANN, NOBODY)], [(0, ANN, NOBODY)]), 0),  # two created
        (([(0, ANN, NOBODY), (0, ANN, NOBODY), (0, ANN, NOBODY)], [(0, NOBODY, ANN)]), 1),
        (([(0, ANN, NOBODY)], [(0, NOBODY, ANN), (0, NOBODY, ANN), (0, NOBODY, ANN)]), 1),
        (([(0, ANN, NOBODY), (0, ANN, NOBODY), (1, ANN, NOBODY)], [(0, NOBODY, ANN), (0, NOBODY, ANN), (1, NOBODY, ANN)]), 3),
        (([(0, ANN, BOB)], [(0, BOB, ANN)]), 0),  # won and lost again: not a matter of time
        (([(0, ANN, NOBODY)], [(0, BOB, ANN)]), 0),  # created and lost
        (([(0, ANN, BOB)], [(0, NOBODY, ANN)]), 0),  # won and foregone
        (([(0, ANN, NOBODY), (0, ANN, ANN)], [(0, ANN, ANN)]), 0),
        (([(0, BOB, NOBODY)], [(0, NOBODY, BOB)]), 0),  # at another firm
    ],
)  # fmt: skip
def test_what_only_moved_in_time(days, moved):
    """Created in one place and foregone in another of the same customer and window, as often as both happened."""
    table = gathered(*((float(day), rows) for day, rows in enumerate(days))).table(NAMES, np.zeros(5))
    assert [row["moved"] for row in table if row["cell"] in ("created", "foregone")] == [moved, moved]
    assert sum(row["moved"] for row in table) == 2 * moved


def test_windows_part_what_moved():
    """Day 6 and day 7 lie in different windows; a long pause ends windows in their own rhythm."""
    early, late = [(0, ANN, NOBODY)], [(0, NOBODY, ANN)]
    for first, second, moved in (
        (0.0, 6.5, 1),
        (6.0, 7.0, 0),
        (7.0, 13.9, 1),
        (0.0, 21.0, 0),
        (21.0, 27.0, 1),
        (27.0, 28.0, 0),
    ):
        cells = gathered((first, early), (second, late))
        cells.close_window()
        assert cells.moved == moved, (first, second)
    cells = gathered(
        (1.0, early), (2.0, late), (8.0, early), (9.0, late), (30.0, early), (34.0, late), (35.0, late)
    )
    assert cells.table(NAMES, np.zeros(5))[3]["moved"] == 3
