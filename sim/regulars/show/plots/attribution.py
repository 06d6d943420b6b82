"""Where each unit of reward money went: behaviour it caused, behaviour that would have happened anyway, nothing at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.patches import Rectangle

from regulars.ground.numbers import brief, percent, unit_of
from regulars.show.placing import extent
from regulars.show.plots.rows import Column, row_figure
from regulars.show.reading import Cell, Reading, read
from regulars.show.style import MARGIN, MUTED, SMALL, WIDTH, Sheet, drawn, ink_on
from regulars.show.words import named

PARTS = (
    ("won from rivals", ("won",), "#0b5f98"),
    ("new purchases", ("created",), "#5fb0e0"),
    ("would have happened anyway", ("kept",), "#eda62f"),
    ("tied to no purchase", ("unearned", "lost", "foregone"), "#c3cad1"),
)
CAUSED = ("won from rivals", "new purchases")


def parts(cells: Mapping[str, Cell]) -> dict[str, float]:
    """Reward money by what it went to, in currency; cells that nobody declared count as tied to no purchase."""
    told = {cell for _, own, _ in PARTS for cell in own} | {"programme", "control_programme"}
    money = {name: sum(cells[cell].reward for cell in own if cell in cells) for name, own, _ in PARTS}
    money["tied to no purchase"] += sum(cell.reward for name, cell in cells.items() if name not in told)
    return money


def caused(cells: Mapping[str, Cell]) -> float:
    """Share of the money spent that went to purchases that would not have happened; NaN where nothing was spent."""
    spent = {name: max(value, 0.0) for name, value in parts(cells).items()}
    total = sum(spent.values())
    return sum(spent[name] for name in CAUSED) / total if total > 0.005 else float("nan")


def message(comparison: Any) -> str:
    """The share that bought something."""
    reading = read(comparison)
    shares = {arm: caused(reading.cells(arm)) for arm in reading.arms}
    known = {arm: share for arm, share in shares.items() if share == share}
    if not known:
        return "No arm spends money on rewards"
    unit = unit_of(reading.currency)
    if reading.best in known:
        bought = f"{known[reading.best] * 100:.0f}"
        return f"Of every 100 {unit} of rewards, {named(reading.best)} spends {bought} on purchases it would not have had"
    arm = max(known, key=lambda a: known[a])
    return f"{named(reading.best)} pays no rewards; at most {known[arm] * 100:.0f} of 100 {unit} buy anything new ({named(arm, 20)})"


@drawn
def draw(comparison: Any, *, title: bool = True) -> Sheet:
    """Reward money of each arm as one stacked bar of shares, discounts included.

    Amounts below zero are left out of the bar and told in the note.
    """
    reading = read(comparison)
    arms, without = _with_money(reading)
    every = {arm: parts(reading.cells(arm)) for arm in arms}
    spent = {arm: sum(max(v, 0.0) for v in own.values()) for arm, own in every.items()}
    income = {arm: -sum(min(v, 0.0) for v in own.values()) for arm, own in every.items()}
    costs = [reading.cells(arm)["programme"].reward for arm in every]
    right = [
        Column("rewards\npaid", [brief(v) for v in spent.values()]),
        Column(
            "caused\npurchases",
            [percent(caused(reading.cells(a))) if spent[a] > 0.005 else "none" for a in every],
            True,
        ),
    ]
    if any(abs(cost) > 0.005 for cost in costs):
        right.append(Column("programme\ncosts", [brief(cost) for cost in costs], colours=MUTED))
    fees = [f"{named(arm, 20)} takes back {brief(v)}" for arm, v in income.items() if v > 0.005]
    note = (
        f"Money in {unit_of(reading.currency)}, mean over replicates: discounts and rewards; costs of running the programme stand beside. "
        "Caused: the same customer, at the same moment in the control, bought elsewhere or not at all."
        + (f" Rewards below zero: {'; '.join(fees[:3])}." if fees else "")
    )
    running = -reading.cells(reading.best)["control_programme"].reward
    if running > 0.005:
        note += f" {brief(running)} of it is spent in the control as well."
    note += (
        f" Without rewards and costs: {', '.join(named(arm, 20) for arm in without[:4])}{' and others' if len(without) > 4 else ''}."
        if without
        else ""
    )
    note += (
        " Costs below zero: more is taken in fees than is spent." if min(costs, default=0.0) < -0.005 else ""
    )
    figure, axes = row_figure(
        arms,
        right,
        message=message(reading) if title else "",
        note=note,
        unit="share of the rewards, owed included, %",
        key=" ",
    )
    axes.set_xlim(0, 100)
    axes.grid(visible=False)
    wide = axes.get_position().width * figure.inches[0]
    for k, arm in enumerate(arms):
        at = 0.0
        for name, _, colour in PARTS:
            share = 100 * max(every[arm][name], 0.0) / spent[arm] if spent[arm] > 0.005 else 0.0
            axes.barh([k], [share], left=[at], height=0.62, color=colour, edgecolor="white", linewidth=0.8)
            text = f"{share:.0f}%"
            if share * wide / 100 > extent(text, SMALL)[0] + 0.06:
                axes.text(
                    at + share / 2,
                    k,
                    text,
                    ha="center",
                    va="center_baseline",
                    size=SMALL,
                    color=ink_on(colour),
                )
            at += share
        if not at:
            axes.text(0, k, "no reward money", va="center_baseline", size=SMALL, style="italic")
    _key(figure, [part for part in PARTS if any(own[part[0]] > 0.005 for own in every.values())])
    return figure


def _with_money(reading: Reading) -> tuple[list[str], list[str]]:
    """Arms that spend on rewards or on running the programme, and those that do not; all where none does."""
    spends = {
        arm: any(abs(v) > 0.005 for v in (*parts(cells).values(), cells["programme"].reward))
        for arm, cells in ((arm, reading.cells(arm)) for arm in reading.arms)
    }
    some = [arm for arm, money in spends.items() if money]
    return (some, [arm for arm in reading.arms if arm not in some]) if some else (list(reading.arms), [])


def _key(figure: Sheet, told: Sequence[tuple[str, tuple[str, ...], str]]) -> None:
    """The parts that there are by name, each beside a swatch of its colour, in the order of the bars."""
    room = WIDTH - 2 * MARGIN - sum(0.14 + extent(name, SMALL)[0] for name, _, _ in told)
    x, (across, down) = MARGIN, figure.inches
    for name, _, colour in told:
        place = (x / across, 1 - (figure.body_top + 0.135) / down)
        figure.add_artist(
            Rectangle(place, 0.1 / across, 0.1 / down, facecolor=colour, transform=figure.transFigure)
        )
        figure.text_at(x + 0.14, 0.02, name, size=SMALL, va="top")
        x += 0.14 + extent(name, SMALL)[0] + min(room / max(len(told) - 1, 1), 0.3)
