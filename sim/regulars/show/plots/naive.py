"""What members against non-members seem to show, beside what the programme did: the self-selection gap by name."""

from __future__ import annotations

import math
from typing import Any

from regulars.ground.numbers import brief, money, unit_of
from regulars.show.plots.rows import Column, row_figure, span, ticks, zero_line
from regulars.show.reading import Reading, read
from regulars.show.style import FAINT, MUTED, PAPER, Sheet, drawn, verdict_colour
from regulars.show.words import certainty, is_sure, named, perhaps

NAIVE = "#b26a00"


def members(reading: Reading) -> list[str]:
    """Arms that have both members and non-members, best first."""
    return [arm for arm in reading.arms if math.isfinite(reading.estimate(arm, "naive_lift").mean)]


def message(comparison: Any) -> str:
    """By how much the naive comparison misleads."""
    reading = read(comparison)
    arms = members(reading)
    if not arms:
        return "No arm has both members and non-members, so nobody can be misled by comparing them"
    naive, true = (reading.estimate(arms[0], m) for m in ("naive_lift", "true_lift"))
    seems = f"{money(abs(naive.mean), reading.currency)} {'more' if naive.mean >= 0 else 'less'}"
    start = f"Members of {named(arms[0])} spend {seems} than non-members{perhaps(naive)}"
    if not is_sure(true):
        return f"{start}; what the programme causes ({money(true.mean, reading.currency, sign=True)}) may be chance"
    if 0 <= true.mean < naive.mean:
        return f"{start}, but the programme causes only {money(true.mean, reading.currency)} of it"
    return f"{start}; the programme itself causes {money(true.mean, reading.currency, sign=True)}"


@drawn
def draw(comparison: Any, *, title: bool = True) -> Sheet:
    """Naive and true lift of each arm with members, in currency per customer, and the gap between them."""
    reading = read(comparison)
    arms = members(reading)
    text = message(reading) if title else ""
    if not arms:
        figure, axes = row_figure(["nothing to compare"], [], message=text, axis=False)
        axes.text(0, 0, "In each arm everybody is a member, or nobody.", va="center_baseline", color=MUTED)
        return figure
    values = {
        m: [reading.estimate(arm, m).mean for arm in arms]
        for m in ("naive_lift", "true_lift", "selection_gap")
    }
    true = [reading.estimate(arm, "true_lift") for arm in arms]
    colours = [verdict_colour(lift.low, lift.high) for lift in true]
    right = [
        Column(
            "○ members against\nnon-members",
            [brief(v, sign=True) for v in values["naive_lift"]],
            colours=NAIVE,
        ),
        Column(
            "● caused by\nthe programme", [brief(v, sign=True) for v in values["true_lift"]], True, colours
        ),
        Column("self-selection\ngap", [brief(v, sign=True) for v in values["selection_gap"]], colours=MUTED),
    ]
    grey = " Grey: may be chance." if any(lift.open for lift in true) else ""
    without = [named(arm, 20) for arm in reading.arms if arm not in arms]
    note = (
        "Hollow: revenue a member less revenue a non-member, as a report without a control would tell it. "
        "Filled: the same members in the arm less in the control. The gap is who joins, not what joining does. "
        + f"{certainty(reading)}{grey}"
        + (
            f" Without members and non-members: {', '.join(without[:4])}{' and others' if len(without) > 4 else ''}."
            if without
            else ""
        )
    )
    figure, axes = row_figure(
        arms, right, message=text, note=note, unit=f"revenue, {unit_of(reading.currency)} per customer"
    )
    span(
        axes,
        [*values["naive_lift"], *values["true_lift"], *(v for lift in true for v in (lift.low, lift.high))],
    )
    ticks(axes)
    zero_line(axes)
    for k, (seems, does) in enumerate(zip(values["naive_lift"], values["true_lift"], strict=True)):
        axes.plot([seems, does], [k, k], color=FAINT, linewidth=2.2, zorder=2)
        axes.plot(
            [seems],
            [k],
            "o",
            markersize=8,
            markerfacecolor=PAPER,
            markeredgecolor=NAIVE,
            markeredgewidth=1.8,
            zorder=3,
        )
        if true[k].known:
            axes.plot([true[k].low, true[k].high], [k, k], color=colours[k], linewidth=2.0, zorder=3.5)
        axes.plot([does], [k], "o", markersize=7.5, color=colours[k], zorder=4)
    return figure
