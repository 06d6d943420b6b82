"""Points (P3): progress pulls as it should, and only as it should; better terms never attract less."""

import math

import numpy as np
import pytest
from worlds.one_shop import STAMPS, book, chosen, collect, mug, two_firms

from regulars.behavior.foresight import card_values
from regulars.world.ledger import MILLION


def stamps(market):
    """All opportunities with the purchases made before them, and whether they ended in one."""
    log = market.log.opportunities().sort_values(["customer", "time"])
    log["bought"] = log["firm"].notna().astype(int)
    log["before"] = log.groupby("customer")["bought"].cumsum() - log["bought"]
    return log


def by_stamp(daily_discount, **rules):
    market = (
        collect(
            0.3,
            {**STAMPS, "rewards": mug(), **rules},
            **{"foresight.daily_discount": daily_discount, "market.days": 300},
        )
        .market(log="memory")
        .run()
    )
    log = stamps(market)
    log["stamp"] = log["before"] % 10
    return log


def rate(log):
    p = log["bought"].mean()
    return p, math.sqrt(p * (1 - p) / len(log))


def test_goal_gradient_and_reset():
    """delta = .95: the log-sum recursion's chances by stamp; the last step is fastest, the first of the next card slow again."""
    log = by_stamp(0.95)
    w = np.zeros((1, 1, 1, 11))
    card_values(np.array([0.3]), np.array([3.0]), np.array([0.95]), 10, w)
    for stamp, step in enumerate(np.diff(w[0, 0, 0])):
        p, se = rate(log[log["stamp"] == stamp])
        assert abs(p - 0.3 * math.exp(step) / (0.7 + 0.3 * math.exp(step))) < 4 * se
    last, first = rate(log[log["before"] == 9]), rate(log[log["before"] == 10])
    assert last[0] - first[0] > 4 * math.hypot(last[1], first[1])


def test_no_gradient_without_discounting():
    """Negative control: delta = 1 and no perception of progress; every stamp pulls by R / T."""
    log = by_stamp(1.0)
    flat = 0.3 * math.exp(0.3) / (0.7 + 0.3 * math.exp(0.3))
    for stamp in range(10):
        p, se = rate(log[log["stamp"] == stamp])
        assert abs(p - flat) < 3.5 * se
    short_sighted = (
        collect(0.3, {**STAMPS, "rewards": mug()}, **{"foresight.foresight": 0.0}).market(log="memory").run()
    )
    assert (chosen(short_sighted) == chosen(collect(0.3).market(log="memory").run())).all()


def test_perception_of_progress_makes_a_gradient_of_its_own():
    log = by_stamp(1.0, progress_perception=0.8)
    first, last = rate(log[log["stamp"] == 0]), rate(log[log["stamp"] == 9])
    assert last[0] - first[0] > 4 * math.hypot(last[1], first[1])


EIGHT = {**STAMPS, "rewards": mug(8)}
TEN = {**STAMPS, "rewards": mug(10), "endowed": 2.0, "endowed_again": True}


def test_endowed_progress_is_nothing_to_the_rational():
    """8 stamps, or 10 with 2 given: the same distance, the same life, to the bit (4.4 ii)."""
    one, other = (
        collect(0.3, r, **{"foresight.daily_discount": 0.95}).market(log="memory").run() for r in (EIGHT, TEN)
    )
    assert (chosen(one) == chosen(other)).all()
    assert one.log.events()["event"].tolist() == other.log.events()["event"].tolist()
    assert book(other).flows["issued"].sum() > book(one).flows["issued"].sum()


def test_endowed_progress_speeds_up_who_looks_at_the_distance_covered():
    """Nunes & Dreze 2006: 19% against 34% completed a card; 95% interval of the difference 5 to 25 points (4.4 i)."""
    done, logs = [], []
    for rules in (EIGHT, TEN):
        rewards = mug(rules["rewards"][0]["points"], 0.5)
        market = (
            collect(0.05, {**rules, "rewards": rewards, "progress_perception": 1.2}, **{"market.days": 67})
            .market(log="memory")
            .run()
        )
        done.append(market.log.events().query("event == 'redeem'")["customer"].nunique() / 2000)
        logs.append(chosen(market))
    assert done[0] == pytest.approx(0.19, abs=0.03)
    assert 0.05 < done[1] - done[0] < 0.25
    assert (logs[1] == 0).sum() > (logs[0] == 0).sum()


def test_head_start_only_once():
    """Without `endowed_again` only the first card is shorter, and customers who enter later get theirs on entering."""
    rules = {**STAMPS, "rewards": mug(10), "endowed": 2.0}
    market = collect(1.0, rules, **{"market.customers": 10, "market.days": 28}).market(log="memory").run()
    days = market.log.events().query("event == 'redeem' and customer == 0")["time"].tolist()
    assert days == [7.0, 17.0, 27.0]
    late = collect(
        1.0, rules, **{"market.customers": 50, "turnover.entry_rate": 5.0, "market.days": 100}
    ).market()
    while late.day <= 50:
        late.step()
    people, came = late.customers, late.firms[0].strategies["points"].came
    assert (came == (people.entry <= 50)).all() and not came.all() and came.sum() > 50


# ---------------------------------------------------------------- more for the customer


@pytest.mark.parametrize("more", [{"per_unit": 2.0}, {"rewards": mug(10, 5.0)}, {"rewards": mug(5, 3.0)}])
def test_more_generous_never_attracts_less(more):
    """Without discounting every opportunity that ends here still does under better terms."""
    rules = {**STAMPS, "rewards": mug()}
    less, plus = (chosen(collect(0.3, r).market(log="memory").run()) for r in (rules, {**rules, **more}))
    assert (plus >= less).all() and (plus > less).any()


def test_longer_validity_never_attracts_less():
    runs = [
        collect(0.05, {**STAMPS, "rewards": mug(), "lot": 7.0, "purchase_valid": v})
        .market()
        .run()
        .log.totals.purchases.sum()
        for v in (28, 112, 0)
    ]
    assert runs == sorted(runs) and runs[0] < runs[-1]


def test_events_multiply_points_and_pull():
    """On the days of an event a purchase brings, and is worth, three times as much; the day after no more."""
    rules = {**STAMPS, "rewards": mug(), "events": [(50, 59, 3.0)]}
    market = collect(0.3, rules, **{"market.days": 100}).market().run()
    sold, n = market.log.totals.purchases[:, 0], 2000
    for days, gain in ((slice(50, 60), 0.9), (slice(60, 100), 0.3), (slice(0, 50), 0.3)):
        p = 0.3 * math.exp(gain) / (0.7 + 0.3 * math.exp(gain))
        count = n * len(sold[days])
        assert abs(sold[days].sum() / count - p) < 4 * math.sqrt(p * (1 - p) / count)
    assert book(market).flows["issued"].sum() == MILLION * (sold.sum() + 2 * sold[50:60].sum())


def test_both_firms_the_same_programme():
    """Two alike cancel: rewards are paid, shares are what they were (4.8)."""
    changes = {
        "choice.outside": False,
        "experience.on": False,
        "taste.kind": "homogeneous",
        "market.customers": 2000,
    }
    rules = {**STAMPS, "rewards": mug(40, 4.0)}
    both, none = (
        two_firms(s, **changes).market().run().log.totals.purchases.sum(axis=0)
        for s in (({"points": rules}, {"points": rules}), (None, None))
    )
    assert both.sum() == none.sum()
    assert abs(both[0] - none[0]) < 4 * math.sqrt(both.sum() / 2)
