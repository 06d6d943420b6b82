"""Firms that look odd: branches taken as rivals, brands that come and go, orders of chance, far too many."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from regulars.panels.account import several, share
from regulars.panels.headings import PLACES, spelled
from regulars.panels.oddity import Oddity
from regulars.panels.ways import way

if TYPE_CHECKING:
    from regulars.panels.interpret import Interpreted
    from regulars.panels.panel import Panel

CHANCE = 1e-6  # that a firm sold all the time would not be seen for so long
SHORTEST = 0.05  # of the window, for an absence to be told
MOST = 100


def branches(panel: Panel, read: Interpreted | None) -> list[Oddity]:
    """A column of places whose values are taken as rival firms."""
    if (
        read is None
        or "firm" not in read.columns
        or spelled(read.columns["firm"]) not in PLACES
        or panel.one_firm
    ):
        return []
    column = read.columns["firm"]
    said = f"column {column}: its {several(len(panel.firms), 'value')} are taken as rival firms; if they are branches of one chain, a choice between them is no loss of a customer: {way('columns', {'firm': ''})} reads the log as one firm's"
    return [Oddity("branches", said, "review")]


def many(panel: Panel, read: Interpreted | None) -> list[Oddity]:
    """So many firms that the column may hold something else."""
    firms, rows = len(panel.firms), len(panel)
    if firms <= MOST:
        return []
    grade = "fail" if firms > 0.2 * rows else "review"
    return [
        Oddity(
            "many firms",
            f"{firms:,} firms in {rows:,} purchases: is the column of firms one of products, receipts or places?",
            grade,
        )
    ]


def coming_and_going(panel: Panel, read: Interpreted | None) -> list[Oddity]:
    """Brands that were not on sale all the time: where one is absent, staying with another passes for habit."""
    if panel.one_firm or not panel.dated or panel.days < 14:
        return []
    times = panel.purchases.groupby("firm", sort=False, observed=True)["time"]
    everything = np.sort(panel.purchases["time"].to_numpy())
    absent = []
    for firm, own in times:
        at = np.sort(own.to_numpy())
        if len(at) < 10:
            continue
        # positions among all purchases: a clock on which a brand of constant share is seen at an even rate
        place = np.searchsorted(everything, at) / len(everything)
        rate = (len(at) - 1) / max(place[-1] - place[0], 1e-9)
        for kind, gap, when in (
            ("first", place[0], at[0]), ("last", 1 - place[-1], at[-1]), ("middle", *_longest(place, at)),
        ):  # fmt: skip
            if gap > SHORTEST and rate * gap > -np.log(CHANCE):
                absent.append((str(firm), kind, float(when), gap))
    return [Oddity("not always on sale", _absence(panel, *one), "review") for one in absent[:10]]


def _longest(place: np.ndarray, at: np.ndarray) -> tuple[float, float]:
    gaps = np.diff(place)
    k = int(np.argmax(gaps))
    return float(gaps[k]), float(at[k])


def _absence(panel: Panel, firm: str, kind: str, when: float, gap: float) -> str:
    day = _day(panel, when)
    seen = {
        "first": f"was first bought {day}: it was not on sale (or not recorded) before",
        "last": f"was last bought {day}: it was not on sale (or not recorded) after",
        "middle": f"was not bought for a long time after {day.removeprefix('on ')}: it was not on sale (or not recorded) then",
    }[kind]
    return f"{firm} {seen}, for {share(gap, 1)} of all purchases; if it is taken as on sale all the time, its absence passes for habit among the others' buyers"


def _day(panel: Panel, when: float) -> str:
    number = f"on day {np.floor(when):g}"
    return (
        number
        if panel.start is None
        else f"on {panel.start + dt.timedelta(days=int(when))} (day {np.floor(when):g})"
    )


def ties(panel: Panel, read: Interpreted | None) -> list[Oddity]:
    """Several firms at one time: which came first is not known."""
    table = panel.purchases
    same = (table["customer"].to_numpy()[1:] == table["customer"].to_numpy()[:-1]) & (
        table["time"].to_numpy()[1:] == table["time"].to_numpy()[:-1]
    )
    if not same.any():
        return []
    trip = np.concatenate([[0], np.cumsum(~same)])
    tied = pd.Series(np.bincount(trip) > 1)
    firms = pd.Series(pd.factorize(table["firm"])[0]).groupby(trip).agg(["min", "max"])
    mixed = int((firms["min"] != firms["max"]).sum())
    if not mixed:
        return []
    part = mixed / len(tied)
    said = f"{several(mixed, 'time')} ({share(part, 1)}) a customer buys from several firms at the same time: their order is not known and is taken by chance; Panel.one_per_trip() keeps the largest of each"
    return [Oddity("several firms at one time", said, "review" if part > 0.1 else "note")]
