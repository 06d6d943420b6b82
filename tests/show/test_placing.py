from itertools import product

import numpy as np
import pytest

from regulars.ground import lines
from regulars.show import placing as p


def test_clean_makes_one_harmless_line():
    assert lines.clean("a_b\n\tc\x00\x1b[31m\u202ed") == "a b c[31md"
    assert lines.clean("  ") == "(unnamed)"


@pytest.mark.parametrize(
    ("text", "width", "cut"),
    [("short", 10, "short"), ("x" * 20, 10, "x" * 9 + "…"), ("会员积分计划", 7, "会员积…")],
)
def test_short_counts_wide_characters_twice(text, width, cut):
    assert p.short(text, width) == cut and p.columns(cut) <= width


def test_wrap_breaks_words_only_where_it_must_and_says_when_it_cuts():
    assert p.wrap("one two three", 7) == "one two\nthree"
    assert p.wrap("a" * 25, 10, 3) == "a" * 10 + "\n" + "a" * 10 + "\n" + "a" * 5
    assert p.wrap("one two three four five", 5, 2).endswith("…")
    assert all(p.columns(line) <= 9 for line in p.wrap("会员积分计划会员积分计划 and more", 9, 4).split("\n"))


def test_balanced_lines_are_about_equal_and_no_more():
    text = "the quick brown fox jumps over the lazy dog and then some more words"
    plain, even = p.wrap(text, 50), p.balanced(text, 50)
    assert even.count("\n") == plain.count("\n") and even.replace("\n", " ") == text
    assert max(map(len, even.split("\n"))) < max(map(len, plain.split("\n")))


def test_apart_moves_little_and_keeps_the_order():
    rng = np.random.default_rng(1)
    for _ in range(50):
        places = list(rng.uniform(0, 3, 8))
        moved = np.array(p.apart(places, 0.2, 0.0, 3.0))
        assert (
            (np.diff(np.sort(moved)) >= 0.2 - 1e-9).all() and moved.min() >= -1e-9 and moved.max() <= 3 + 1e-9
        )
        assert (np.argsort(moved) == np.argsort(places)).all()
    assert p.apart([1.0, 2.0], 0.2) == [1.0, 2.0]
    assert p.apart([], 0.2) == []


def test_names_around_points_avoid_points_lines_and_one_another():
    rng = np.random.default_rng(2)
    dots = [tuple(d) for d in rng.uniform(0.5, 3.5, (12, 2))]
    frame, line = (0.0, 0.0, 6.0, 4.0), (0.0, 1.98, 6.0, 2.02)
    found = p.around(dots, [(0.8, 0.15)] * 12, frame, [line])
    for k, box in enumerate(found):
        assert not any(p.overlap(box, other) for other in found[:k])
        assert not any(box[0] < x < box[2] and box[1] < y < box[3] for x, y in dots)
        assert box[0] >= 0 and box[2] <= 6 and box[1] >= 0 and box[3] <= 4


def test_a_name_stands_at_the_nearest_free_place_first_to_the_right():
    size, frame, x, y = (0.8, 0.2), (0.0, 0.0, 6.0, 4.0), 3.0, 2.0

    def place(*taken):
        """Where the name is, seen from its point, and how far from it."""
        left, bottom, right, top = p.around([(x, y)], [size], frame, taken)[0]
        h = 1 if left > x else -1 if right < x else 0
        v = 1 if bottom > y else -1 if top < y else 0
        return (h, v), max(left - x, x - right, bottom - y, y - top)

    where, near = place()
    right, left = (x + 0.1, y - 0.08, 6.0, y + 0.08), (0.0, y - 0.08, x - 0.1, y + 0.08)
    assert where == (1, 0) and near < 0.15
    assert place(right) == ((-1, 0), pytest.approx(near))
    assert place(right, left) == ((0, 1), pytest.approx(near))
    assert place(right, left, (0.0, y + 0.1, 6.0, 4.0)) == ((0, -1), pytest.approx(near))
    beside = (x - 1.0, y - 0.12, x + 1.0, y + 0.12)  # a band: above it, and no farther than needed
    where, far = place(beside)
    assert where == (0, 1) and 0.12 <= far < 0.24
    assert p.around([(5.9, 2.0)], [size], frame)[0][2] < 5.9  # nothing leaves the frame


def test_extent_grows_with_text_and_knows_wide_characters():
    assert p.extent("iiii", 10)[0] < p.extent("wwww", 10)[0]
    assert p.extent("会员", 10)[0] >= 2 * 10 / 72 - 1e-9
    assert p.extent("a\nb", 10)[1] == pytest.approx(2 * p.extent("a", 10)[1])


def test_a_text_of_millions_of_letters_is_cut_at_once():
    import time

    began = time.process_time()
    assert (
        p.short("x" * 5_000_000, 10) == "x" * 9 + "…"
        and p.short(" " * 5_000 + "y", 10) == "(unnamed)…"[:9] + "…"
    )
    assert time.process_time() - began < 2.0


def test_lines_that_lead_to_names_cross_no_wall():
    """Near the point all places are taken; further off, to the right, the first in order, a thin wall stands between."""
    point, size, frame = (5.0, 5.0), (1.0, 0.2), (0.0, 0.0, 10.0, 10.0)
    near, wall = [(4.4, 5.05, 5.6, 5.9), (4.4, 4.1, 5.6, 4.95)], (5.4, 4.0, 5.41, 6.0)
    (free,) = p.around([point], [size], frame, near)
    (turned,) = p.around([point], [size], frame, [*near, wall])
    assert free[0] > wall[2] and turned[2] < point[0]
    assert p._crossed(point, free, [wall]) > 0 == p._crossed(point, turned, [wall])
    assert p._crossed(point, (5.1, 4.9, 6.1, 5.1), [wall]) == 0  # so near that there is no line
    assert p._line(point, (5.4, 4.9, 6.4, 5.1))[-1] == pytest.approx((5.4, 5.0), abs=0.03)


def row(many, gap):
    return [(5 + gap * k, 5.0) for k in range(many)]


def cloud(seed):
    return [(float(x), float(y)) for x, y in np.random.default_rng(seed).normal(5, 0.25, (8, 2)).round(2)]


@pytest.mark.parametrize("points", [row(6, 0.1), row(8, 0.2), cloud(60), cloud(84)])
def test_no_name_lies_on_the_line_to_another(points):
    wide = 0.6 if points[0][1] == points[1][1] else 1.0
    boxes = p.around(points, [(wide, 0.15)] * len(points), (2.0, 3.0, 8.0, 7.0))
    lines = [p._line(point, box) for point, box in zip(points, boxes, strict=True)]
    assert any(lines)
    for (k, line), (j, box) in product(enumerate(lines), enumerate(boxes)):
        over = [(x, y) for x, y in line[:-1] if box[0] < x < box[2] and box[1] < y < box[3]]
        assert j == k or not over, (k, j)
