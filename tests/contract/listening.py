"""Markets with somebody listening to all that strategies promise, and whether customers lived the same lives in two of them."""

import sys

import numpy as np

from regulars import Scenario
from regulars.world.board import CHANNELS
from regulars.world.purse import Purse


class Ears:
    """Hears all that strategies promise: the whole board at every opportunity, after the last of them has written."""

    def __init__(self, firms):
        self.firms, self.heard = firms, {}

    def appeal(self, round):
        board = np.array([[round.column(channel, f) for f in range(self.firms)] for channel in CHANNELS])
        assert np.isfinite(board).all(), "somebody has promised what is no number"
        for row, key in enumerate(zip(round.who.tolist(), round.occasion.tolist(), strict=True)):
            self.heard[key] = board[:, :, row].tobytes()


def listen(market):
    """The same market, with somebody listening."""
    market._ears = Ears(len(market.names))
    market.phases["appeal"].append(market._ears)
    return market


def run(contents, before=None, **options):
    """A market after its run; `before(market)` may touch it first."""
    market = listen(Scenario(contents).market(log="memory", **options))
    if before is not None:
        before(market)
    return market.run()


def slice_finely(patch, rows):
    """Let threads share even rounds of a few rows, wherever the size of a slice is kept."""
    for name, module in list(sys.modules.items()):
        if name.startswith("regulars.") and hasattr(module, "SMALLEST_SLICE"):
            patch.setattr(module, "SMALLEST_SLICE", rows)


def life(market, customers=None):
    """The opportunities and the events of the first `customers` customers, in an order of their own."""
    log = market.log.opportunities()
    events = market.log.events()
    events = events.sort_values(["customer", "time", "event", "firm", "strategy", "amount"])
    if customers is not None:
        log, events = log[log["customer"] < customers], events[events["customer"] < customers]
    return log.sort_values(["customer", "occasion"], ignore_index=True), events.reset_index(drop=True)


def same(one, other):
    """Assert that two tables are alike to the last bit."""
    assert list(one.columns) == list(other.columns)
    assert len(one) == len(other)
    for name in one.columns if len(one) else ():
        a, b = one[name], other[name]
        if a.dtype.kind == "f":
            assert (a.to_numpy().view(np.int64) == b.to_numpy().view(np.int64)).all(), name
        else:
            assert plain(a) == plain(b), name


def plain(column):
    """A column as a list in which nothing is None (a missing value is not even equal to itself)."""
    return column.astype(object).where(column.notna(), None).tolist()


def same_lives(one, other, customers=None, but=(), promises=True):
    """Assert that the first `customers` customers, except some, lived and were promised the same in both markets."""
    for a, b in zip(life(one, customers), life(other, customers), strict=True):
        same(*(t[~t["customer"].isin(but)].reset_index(drop=True) for t in (a, b)))
    if not promises:
        return
    kept = [
        {
            key: told
            for key, told in market._ears.heard.items()
            if key[0] not in but and not (customers and key[0] >= customers)
        }
        for market in (one, other)
    ]
    assert kept[0] == kept[1]


def purses(thing, depth=3, seen=None):
    """All purses of a strategy, of its books and of its firm's card."""
    seen = set() if seen is None else seen
    if id(thing) in seen or depth < 0:
        return
    seen.add(id(thing))
    kind = type(thing)
    if isinstance(thing, Purse):
        yield thing
    elif kind.__module__.startswith("regulars.") and kind.__name__ not in ("Firm", "Market", "Customers"):
        for value in list(getattr(thing, "__dict__", {}).values()):
            yield from purses(value, depth - 1, seen)
