"""What a purchase adds to the appeal of a firm: differences of one card of worths, however many cards it fills."""

import numpy as np
import pytest
from worlds.one_shop import STAMPS, collect, mug

from regulars.kit.collecting import (
    MOST,
    PER_POINT,
    PER_PURCHASE,
    STEPS,
    WORTH,
    collecting_pull,
    draw_up,
)

NEEDED = 40.0  # points of the reward


def cards(steps, worth=3.0, people=1):
    """Cards of `steps` purchases, alike for all `people`."""
    rows, pace = np.zeros((people, WORTH + 1 + MOST), np.float32), np.zeros(people, np.float32)
    full = [np.full(people, x) for x in (0.3, 0.95, 0.02, float(steps), NEEDED, worth)]
    draw_up(*full, np.zeros((4, people)), rows, pace)
    return rows


def pull(
    row, held, *, times=1.0, head=0.0, perception=0.0, lots=None, narrow=False, member=True, foresight=1.0
):
    """What a purchase pulls whoever holds `held` points."""
    appeal = np.zeros(1)
    lots = np.array([[held]]) if lots is None else np.array([lots])
    collecting_pull(
        np.zeros(1, np.int64), np.array([member]), np.rint([held * 1e6]).astype(np.int64),
        np.rint(lots * 1e6).astype(np.int64), 1, np.array([narrow]), row, np.array([foresight]), head, times,
        perception, appeal,
    )  # fmt: skip
    return appeal[0]


def worth_of_having(row, place):
    """What having come `place` steps is worth: a reward for every full card, and the card in hand, between its steps."""
    n = int(row[0, STEPS])
    steps = np.append(0.0, row[0, WORTH + 1 : WORTH + 1 + n])
    return place // n * row[0, WORTH] + np.interp(place % n, np.arange(n + 1), steps)


@pytest.mark.parametrize("steps", [1, 3, 10, 40])
@pytest.mark.parametrize("times", [0.5, 1.0, 4.0, 7.3, 25.0, 100.0])
@pytest.mark.parametrize("held", [0.0, 3.0, 39.0, 40.0, 57.0, 200.0])
def test_every_card_that_a_purchase_fills_counts(steps, times, held):
    row = cards(steps)
    place, brings = held * row[0, PER_POINT], times * row[0, PER_PURCHASE]
    expected = worth_of_having(row, place % row[0, STEPS] + brings) - worth_of_having(
        row, place % row[0, STEPS]
    )
    assert pull(row, held, times=times) == pytest.approx(float(expected), rel=1e-5, abs=1e-6)
    if times * NEEDED / steps >= 2 * NEEDED:
        assert pull(row, held, times=times) > 1.9 * row[0, WORTH]


def test_a_purchase_that_fills_cards_exactly_is_worth_their_rewards():
    for filled in (1, 2, 5):
        assert pull(cards(3, worth=2.0), 0.0, times=3.0 * filled) == pytest.approx(2.0 * filled, rel=1e-6)


def test_who_counts_what():
    """The head start is no progress; the narrow count the first lots only; strangers and the short-sighted feel nothing."""
    row = cards(4)
    assert pull(row, 15.0, head=5.0) == pytest.approx(pull(row, 10.0))
    assert pull(row, 3.0, head=5.0) == pytest.approx(pull(row, 0.0))
    assert pull(row, 30.0, lots=[10.0, 20.0], narrow=True) == pytest.approx(pull(row, 10.0))
    assert pull(row, 30.0, lots=[10.0, 20.0]) == pytest.approx(pull(row, 30.0))
    assert pull(row, 30.0) > 1.05 * pull(row, 10.0)
    assert pull(row, 10.0, member=False) == 0 == pull(row, 10.0, foresight=0.0) == pull(0 * row, 10.0)
    assert pull(row, 10.0, foresight=0.25) == pytest.approx(0.25 * pull(row, 10.0))


@pytest.mark.parametrize(
    ("held", "head", "share"), [(0.0, 0.0, 0.0), (10.0, 0.0, 0.25), (5.0, 10.0, 0.1), (90.0, 10.0, 1.0)]
)
def test_the_share_of_the_distance_pulls_by_itself(held, head, share):
    """Nunes & Dreze 2006: of the points needed and the head start together, whatever is left to do."""
    row = cards(4)
    seen = pull(row, held, head=head, perception=2.0) - pull(row, held, head=head)
    assert seen == pytest.approx(2.0 * share, abs=1e-6)


@pytest.mark.parametrize("steps", [0.001, 0.4, 5.5, 16.0, 400.0, 1e9])
@pytest.mark.parametrize("loss", [0.0, 0.9, 0.999])
@pytest.mark.parametrize("delta", [1.0, 0.5, 1e-3])
@pytest.mark.parametrize("p", [1e-9, 0.3, 1.0])
def test_who_will_never_get_there_still_has_a_card(p, delta, loss, steps):
    """However far the reward and however little it is worth by then: finite, rising, and the whole of it at the end."""
    rows = np.zeros((1, WORTH + 1 + MOST), np.float32)
    numbers = [np.array([x]) for x in (p, delta, loss, steps, NEEDED, 3.0)]
    draw_up(*numbers, np.zeros((4, 1)), rows, np.zeros(1, np.float32))
    worths = rows[0, WORTH + 1 : WORTH + 1 + int(rows[0, STEPS])]
    assert (np.diff(worths, prepend=0.0) >= 0).all() and worths[-1] == pytest.approx(3.0, rel=1e-4)
    assert 0 <= pull(rows, 0.0) < np.inf


def test_points_out_of_reach_keep_nobody_from_buying():
    """A reward of 400 purchases, points that are lost before the next one: as if there were no points."""
    rules = {**STAMPS, "purchase_valid": 91.0, "lot": 91.0, "rewards": mug(400.0)}
    changes = {"need.interval": 300, "market.customers": 50, "market.days": 301}
    with_points, without = (collect(1.0, r, **changes).market().run() for r in (rules, None))
    assert with_points.totals.purchases.sum() == without.totals.purchases.sum() > 50
