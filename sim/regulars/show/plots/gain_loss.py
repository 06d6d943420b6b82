"""Purchases won from and lost to each rival."""

from __future__ import annotations

from typing import Any

from regulars.ground.numbers import brief, count
from regulars.show.plots.rows import Column, row_figure, separate, span, ticks, zero_line
from regulars.show.reading import Estimate, Reading, read
from regulars.show.style import GAIN, INK, LOSS, MUTED, UNSURE, Sheet, drawn, tint
from regulars.show.words import is_sure, named, perhaps

NOBODY = "bought nowhere"
SIGN = {"won": 1.0, "created": 1.0, "lost": -1.0, "foregone": -1.0}
MOST = 14  # rivals shown one by one; of more, those that matter least are taken together


def balance(reading: Reading, arm: str) -> dict[str, tuple[float, float]]:
    """Purchases won and lost by rival, largest net first, then against buying nowhere."""
    by = reading.rivals(arm)
    rows = {rival: (by["won"][rival].opportunities, by["lost"][rival].opportunities) for rival in by["won"]}
    if len(rows) > MOST:
        moved = sorted(rows, key=lambda rival: (-sum(rows[rival]), rival))
        few, many = moved[: MOST - 1], moved[MOST - 1 :]
        together = sum(rows[rival][0] for rival in many), sum(rows[rival][1] for rival in many)
        rows = {rival: rows[rival] for rival in few} | {f"{len(many)} others": together}
    rows = dict(sorted(rows.items(), key=lambda item: (item[1][1] - item[1][0], item[0])))
    cells = reading.cells(arm)
    return rows | {NOBODY: (cells["created"].opportunities, cells["foregone"].opportunities)}


def spreads(reading: Reading, arm: str) -> dict[str, Estimate]:
    """The balance of each row of `balance`, with its interval over replicates; and of all, under ''."""
    rows = reading.comparison.attribution
    rows = rows[(rows["arm"] == arm) & rows["cell"].isin(list(SIGN))]
    who = rows["rival"].where(rows["cell"].isin(["won", "lost"]), NOBODY).astype(str)
    net = (
        (rows["opportunities"] * rows["cell"].map(SIGN))
        .groupby([rows["replicate"], who])
        .sum()
        .unstack(fill_value=0.0)
    )
    names = list(balance(reading, arm))
    others = [name for name in net if name not in names]

    def one(name: str) -> Any:
        return net[name] if name in net else net[others].sum(axis=1)

    return {name: reading.interval(one(name).to_numpy()) for name in names} | {
        "": reading.interval(net.sum(axis=1).to_numpy())
    }


def message(comparison: Any, arm: str | None = None) -> str:
    """From whom the purchases come."""
    reading = read(comparison)
    arm = arm or reading.best
    net = {rival: won - lost for rival, (won, lost) in balance(reading, arm).items()}
    total = sum(net.values())
    if not any(net.values()):
        return f"{named(arm)} moves no purchases between firms"
    found = spreads(reading, arm)[""]
    if not is_sure(found):
        return f"{named(arm)} changes purchases by {brief(total, sign=True)} on balance{perhaps(found)}"
    if total >= 0:
        top = max(net, key=lambda rival: net[rival])
        source = "customers who would not have bought" if top == NOBODY else _called(top)
        return f"{named(arm)} gains {brief(total)} purchases on balance, chiefly from {source}"
    top = min(net, key=lambda rival: net[rival])
    return f"{named(arm)} loses {brief(-total)} purchases on balance, chiefly to {'nobody' if top == NOBODY else _called(top)}"


def _called(rival: str) -> str:
    """What a rival, or a number of them taken together, is called in a sentence."""
    return rival if rival.endswith(" others") else named(rival, 24)


@drawn
def draw(comparison: Any, arm: str | None = None, *, title: bool = True) -> Sheet:
    """Purchases won (right) and lost (left) by rival and against buying nowhere; the dot is the balance.

    Purchases in the run, mean over replicates.

    Args:
        comparison: of `regulars.compare`.
        arm: name of the arm; the best by default.
        title: whether the message stands above the figure.
    """
    reading = read(comparison)
    arm = arm or reading.best
    every, found = balance(reading, arm), spreads(reading, arm)
    rows = {rival: pair for rival, pair in every.items() if any(pair)} or every
    sure = [is_sure(found[rival]) for rival in rows]
    won, lost = [w for w, _ in rows.values()], [lost for _, lost in rows.values()]
    net = [w - x for w, x in rows.values()]
    right = [
        Column(
            "won",
            [count(v, sign=True) for v in won],
            colours=[GAIN if yes and v else MUTED for yes, v in zip(sure, won, strict=True)],
        ),
        Column(
            "lost",
            [count(-v, sign=True) for v in lost],
            colours=[LOSS if yes and v else MUTED for yes, v in zip(sure, lost, strict=True)],
        ),
        Column(
            "● balance", [count(v, sign=True) for v in net], True, [INK if yes else MUTED for yes in sure]
        ),
    ]
    moved = reading.cells(arm)["created"].moved
    note = "Each purchase is compared with the same opportunity in the control." + (
        f" Of those against '{NOBODY}', {count(moved)} are the same purchase at another time."
        if moved >= 0.05
        else ""
    )
    note += "" if all(sure) else " Grey: the balance may be chance."
    still = [rival for rival in every if rival not in rows]
    note += (
        f" None moved from or to: {', '.join(still[:4])}{' and others' if len(still) > 4 else ''}."
        if still
        else ""
    )
    figure, axes = row_figure(
        list(rows),
        right,
        message=message(reading, arm) if title else "",
        note=note,
        unit="purchases in the run",
        row=0.34,
        italic=[k for k, rival in enumerate(rows) if rival == NOBODY],
    )
    for sizes, colour in ((won, GAIN), ([-v for v in lost], LOSS)):
        shades = [tint(colour if yes else UNSURE, 0.55) for yes in sure]
        axes.barh(range(len(sizes)), sizes, height=0.56, color=shades, zorder=2)
    axes.plot(net, range(len(net)), "o", color=INK, markersize=5.5, zorder=3)
    span(axes, [*won, *(-v for v in lost)])
    ticks(axes)
    zero_line(axes)
    if len(rows) > 1 and NOBODY in rows:
        separate(axes, len(rows) - 1.5)
    return figure
