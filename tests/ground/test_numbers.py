import datetime

import pytest

from regulars.ground import numbers as n

START = datetime.date(2024, 2, 28)
NAN = float("nan")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12345.6, "12,346"),
        (99.96, "100"),
        (42.25, "42.2"),
        (0.5, "0.50"),
        (-3.14159, "−3.14"),
        (0.0, "0"),
        (-0.001, "0"),
        (NAN, "n/a"),
    ],
)
def test_number(value, text):
    assert n.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12345, "12,300"),
        (1234567, "1.23M"),
        (999999, "1.00M"),
        (-45.67, "−45.7"),
        (123456789012, "123B"),
        (0, "0"),
        (float("inf"), "n/a"),
    ],
)
def test_brief(value, text):
    assert n.brief(value) == text


def test_signs_minus_and_hyphen():
    assert n.brief(12, sign=True) == "+12.0" and n.brief(-12, sign=True, plain=True) == "-12.0"
    assert n.number(0.0, sign=True) == "0"


def test_money_puts_symbols_in_front_and_words_behind():
    assert n.money(12300, "yuan") == "12,300 yuan"
    assert n.money(-12300, "$", sign=True) == "−$12,300"
    assert n.money(5000, "¥", sign=True) == "+¥5,000"
    assert n.money(5, "currency") == "5.00 currency units"
    assert n.money(NAN, "yuan") == "n/a"


def test_cents_balance_books():
    assert n.cents(-1234.5) == "−1,234.50" and n.cents(0.001) == "0.00"


def test_percent_never_rounds_to_certainty():
    assert [n.percent(v) for v in (0.0, 0.001, 0.5, 0.999, 1.0)] == ["0%", "<1%", "50%", ">99%", "100%"]
    assert n.points(-0.0123) == "−1.2"


def test_a_probability_is_no_finer_than_its_draws():
    assert [n.chance(v, 20) for v in (0.0, 0.05, 0.5, 1.0)] == ["<5%", "5%", "50%", ">95%"]
    assert n.chance(1.0, 4) == ">75%"
    assert n.chance(NAN, 20) == n.chance(1.0, 1) == "n/a"


def test_counts():
    assert [n.count(v) for v in (3.0, 3.25, 1234.4)] == ["3", "3.2", "1,234"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.01234, "0.0123"), (1.96, "1.96"), (155848.2, "155,848"), (0.0, "0"), (NAN, "n/a"), (-0.5, "−0.500")],
)
def test_precise(value, text):
    assert n.precise(value) == text


def test_ticks_say_no_more_than_needed():
    assert [n.tick(v) for v in (5_000_000.0, 0.5, 10.0, 0.0)] == ["5M", "0.5", "10", "0"]
    neighbours = [
        102_500.0,
        105_000.0,
        1_002.5,
        1_005.0,
        0.005,
        0.0075,
        -0.00002,
        0.1 + 0.2,
        1_025_000.0,
        1e-17,
    ]
    assert [n.tick(v) for v in neighbours] == [
        "102,500", "105,000", "1,002.5", "1,005", "0.005", "0.0075", f"{n.MINUS}0.00002", "0.3", "1.025M", "0",
    ]  # fmt: skip


def test_dates_cross_the_leap_day():
    assert n.date(1, START) == n.date(0, START) == n.date(0.5, START) == "28 Feb 2024"
    assert n.date(2, START) == "29 Feb 2024" and n.date(3, START) == "1 Mar 2024"
    assert n.day_and_date(3, START) == "day 3 (1 Mar 2024)"
    assert n.day_and_date(NAN, START) == "not in the run"


def test_intervals():
    assert n.interval(-1234, 5678) == "−1,230 to 5,680" and n.interval(NAN, 1) == "n/a"
