"""Yardsticks: how a pattern is measured, when it passes, and that it does not where nothing acts."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from regulars.lab.holding import hold
from regulars.lab.yardstick import (
    FAIL,
    NO_MECHANISM,
    PASS,
    PairedRun,
    Yardstick,
    estimate,
    find,
    judged,
    names,
)
from regulars.market.pairing import Lockstep
from regulars.scenario import Scenario

SHOPS = {
    "market": {"customers": 250, "days": 280.0},
    "need": {"mean": 3.0, "shape": 2.0},
    "choice": {"outside": True, "outside_utility": -1.0, "price_sensitivity": 3.0},
    "firms": [{"name": "ours", "price": 1.0, "cost": 0.7}, {"name": "theirs", "price": 1.0, "cost": 0.7}],
}


def shops(strategies, **more):
    return Scenario({**SHOPS, **more, "arms": {"arm": {"strategies": strategies}}})


def verdict(yardstick, scenario, replicates=3):
    return next(one for one in hold(scenario, replicates=replicates) if one.yardstick == yardstick)


# ---------------------------------------------------------------- the rule


@pytest.mark.parametrize("name", names())
def test_every_yardstick_rests_on_a_published_number_with_a_spread(name):
    rod = find(name)
    assert (
        rod.published.estimate is not None
        and rod.published.spread > 0
        and rod.published.checked != "not checked"
    )
    assert rod.title and (rod.nothing is None or rod.nothing != rod.published.estimate)


@pytest.mark.parametrize(
    ("simulated", "error", "nothing", "said", "why"),
    [
        (0.9, 0.01, None, PASS, "1.0 standard errors"),  # .1 off, spread .1
        (0.9, 0.01, 1.0, PASS, "1.0"),
        (0.99, 0.01, 1.0, FAIL, "not told from 1"),
        (0.9, 0.06, 1.0, FAIL, "not told from 1"),  # 1.7 standard errors from 1
        (1.05, 0.01, 1.0, FAIL, "2.5 standard errors from what was published"),
        (0.6, 0.01, None, FAIL, "2.0 standard errors"),  # 1.99
        (0.6, 0.1, None, PASS, "1.4 standard errors"),
        (math.nan, math.nan, 1.0, NO_MECHANISM, "nothing of it was seen"),
        (0.9, math.nan, 1.0, FAIL, "use two or more"),
    ],
)
def test_the_rule(simulated, error, nothing, said, why):
    """Published .8 with a spread of .1; on the other side of nothing it fails whatever the size of the errors."""
    got, told = judged(0.8, 0.1, simulated, error, nothing)
    assert got == said and why in told


def test_on_the_wrong_side_of_nothing():
    assert judged(0.8, 0.5, 1.2, 0.01, 1.0)[0] == FAIL
    assert judged(7.0, 3.0, 3.0, 0.5, 1.0)[0] == PASS


class Ratio(Yardstick):
    title, effect = "ratio", "last-gap"

    def missing(self, scenario):
        return ""

    def measure(self, run):
        return 1.0, 1.0


def test_the_error_is_that_of_the_jackknife():
    """Of a mean it is the standard error of the mean, sd / sqrt(n)."""
    above = np.array([1.0, 4.0, 2.0, 7.0, 3.0])
    assert estimate(Ratio(), [(a, 1.0) for a in above]) == pytest.approx(
        (3.4, above.std(ddof=1) / math.sqrt(5))
    )
    assert estimate(Ratio(), [(2.0, 1.0), (6.0, 3.0)]) == pytest.approx((2.0, 0.0))
    value, error = estimate(Ratio(), [(2.0, 1.0)])
    assert value == 2.0 and math.isnan(error)
    assert math.isnan(estimate(Ratio(), [(0.0, 0.0), (0.0, 0.0)])[0])


# ---------------------------------------------------------------- what is measured, on logs made up


def table(*rows):
    return pd.DataFrame(rows, columns=["customer", "occasion", "time", "firm", "amount"])


def made_up(scenario, arm, control, events=(), **firm):
    log = SimpleNamespace(
        opportunities=lambda: table(*arm),
        events=lambda: pd.DataFrame(
            events, columns=["time", "customer", "event", "firm", "strategy", "amount"]
        ),
    )
    market = SimpleNamespace(log=log, firms=[SimpleNamespace(name="ours", **firm)])
    without = SimpleNamespace(log=SimpleNamespace(opportunities=lambda: table(*control)))
    return PairedRun(scenario.arm("arm"), market, without)


def visits(*times, customer=1):
    return [(customer, k, t, "ours", 1.0) for k, t in enumerate(times)]


def filled(*days, customer=1):
    return [(day, customer, "redeem", "ours", "stamp_card", 5.0) for day in days]


def test_gaps_of_a_card():
    """Cards of five: gaps 4 and 1, then 3 and 2; a card that was not filled does not count, nor what another customer does."""
    scenario = shops({"stamp_card": {"stamps": 5}})
    log = visits(0.5, 4.5, 6.5, 8.5, 9.5, 20.5, 23.5, 24.5, 25.5, 27.5, 30.5, 39.5)
    other = [(2, k, t, "theirs", 1.0) for k, t in enumerate((0.1, 0.2, 0.3, 0.4, 0.5))]
    run = made_up(scenario, [*log, *other], [], filled(9.0, 27.0))
    assert find("last_gap").measure(run) == pytest.approx((1.0 + 2.0, 4.0 + 3.0))


def test_several_purchases_on_the_day_of_a_reward():
    """The fifth purchase filled the card; those after it on the same day are on the next one."""
    scenario = shops({"stamp_card": {"stamps": 5}})
    log = visits(0.1, 2.1, 3.1, 4.1, 9.1, 9.5, 9.9, 12.5, 13.5, 16.5)
    run = made_up(scenario, log, [], filled(9.0, 16.0))
    assert find("last_gap").measure(run) == pytest.approx((5.0 + 3.0, 2.0 + 0.4))


def test_a_head_start_makes_the_first_card_shorter():
    scenario = shops({"stamp_card": {"stamps": 6, "head_start": 2}})
    log = visits(0.1, 2.1, 3.1, 9.1, 9.9, 12.9, 13.5, 14.5, 15.5, 17.5)
    run = made_up(scenario, log, [], filled(9.0, 17.0))
    assert find("last_gap").measure(run) == pytest.approx((6.0 + 2.0, 2.0 + 3.0))


def test_lift_of_coupons_by_opportunity():
    """Customer 1 used a coupon on day 3 (5 more), customer 2 only saw one (2 more); what would have been bought anyway is no lift."""
    scenario = shops({"coupons": {"effect": 0.2}})
    arm = [
        (1, 0, 3.4, "ours", 5.0),
        (1, 1, 6.0, "ours", 4.0),
        (2, 0, 8.0, "ours", 2.0),
        (3, 0, 3.5, "theirs", 9.0),
    ]
    control = [
        (1, 0, 3.4, "theirs", 5.0),
        (1, 1, 6.0, "ours", 4.0),
        (2, 0, 8.0, None, 0.0),
        (3, 0, 3.5, "theirs", 9.0),
    ]
    used = [(3.0, 1, "use_coupon", "ours", "coupons", 0.5), (3.0, 3, "use_coupon", "theirs", "coupons", 0.5)]
    assert find("coupon_exposure").measure(made_up(scenario, arm, control, used)) == pytest.approx((5.0, 7.0))


def test_points_that_left_once_they_could_expire():
    """Validity 91 and a lot of 91: what happened in the first 182 days does not count."""
    scenario = shops({"points": {"purchase_valid": 91, "share_valid": 91}})
    told = [
        (100.0, "redeem", 50.0),
        (190.0, "redeem", 30.0),
        (200.0, "expire", 15.0),
        (210.0, "forfeit", 5.0),
    ]
    events = [(day, 1, kind, "ours", "points", amount) for day, kind, amount in told]
    assert find("points_unredeemed").measure(made_up(scenario, [], [], events)) == (20.0, 50.0)


def test_members_and_their_twins():
    """Members spend 10 and 6 (before: 8 and 4), the other one 2: naive 6, causal 2."""
    scenario = shops({"points": {"enrolment": "offered"}})
    arm = [
        (0, 0, 1.0, "ours", 10.0),
        (1, 0, 1.0, "ours", 6.0),
        (2, 0, 1.0, "ours", 2.0),
        (2, 1, 1.0, "theirs", 50.0),
    ]
    control = [(0, 0, 1.0, "ours", 8.0), (1, 0, 1.0, "ours", 4.0), (2, 0, 1.0, "ours", 3.0)]
    points = SimpleNamespace(participants=lambda: np.array([True, True, False]))
    run = made_up(
        scenario,
        arm,
        control,
        strategies={"points": points, "other": SimpleNamespace(participants=lambda: None)},
    )
    assert find("members_excess").measure(run) == pytest.approx((6.0, 2.0))


def test_coming_back():
    """Of those who bought in the first quarter of the control, opportunities of the second half: 2 of 3 against 1 of 3."""
    scenario = shops({"greeting": {}})
    early = [(1, 0, 60.0, "ours", 1.0), (2, 0, 71.0, "ours", 1.0)]  # a quarter ends on day 70
    late = [(1, 1, 150.0), (1, 2, 200.0), (1, 3, 250.0), (2, 1, 150.0)]
    arm = [
        *early,
        *((*row, firm, 1.0) for row, firm in zip(late, ["ours", "ours", "theirs", "ours"], strict=True)),
    ]
    control = [
        *early,
        *((*row, firm, 1.0) for row, firm in zip(late, ["ours", None, "theirs", "ours"], strict=True)),
    ]
    rod = find("recognition")
    sums = rod.measure(made_up(scenario, arm, control))
    assert sums == (2.0, 3.0, 1.0, 3.0) and rod.value(sums) == pytest.approx(math.log(2) - math.log(0.5))
    assert math.isnan(rod.value((3.0, 3.0, 1.0, 3.0)))


def test_a_head_start_on_every_card_or_on_the_first_one_only():
    """Cards of four and four purchases, or of four and six: the second reward is on a day with two purchases."""
    log = visits(0.1, 2.1, 3.1, 9.1, 9.9, 12.9, 13.5, 17.1, 17.4, 17.9)
    every, first = (
        made_up(
            shops({"stamp_card": {"stamps": 6, "head_start": 2, "every_card": on}}),
            log,
            [],
            filled(9.0, 17.0),
        )
        for on in (True, False)
    )
    assert find("last_gap").measure(every) == pytest.approx((6.0 + 3.6, 2.0 + 3.0))  # up to 17.1
    assert find("last_gap").measure(first) == pytest.approx((6.0 + 0.5, 2.0 + 3.0))  # up to 17.9


def test_a_purchase_that_is_lost_counts_against_the_lift():
    scenario = shops({"coupons": {"effect": 0.2}})
    arm = [(1, 0, 3.4, "ours", 5.0), (2, 0, 8.0, "theirs", 2.0)]
    control = [(1, 0, 3.4, "theirs", 5.0), (2, 0, 8.0, "ours", 2.0)]
    used = [(3.0, 1, "use_coupon", "ours", "coupons", 0.5)]
    assert find("coupon_exposure").measure(made_up(scenario, arm, control, used)) == pytest.approx((5.0, 3.0))


def test_nothing_is_seen_of_members_where_all_or_none_are():
    scenario = shops({"points": {"enrolment": "offered"}})
    log = [(0, 0, 1.0, "ours", 10.0), (1, 0, 1.0, "ours", 6.0)]
    for member in (True, False):
        points = SimpleNamespace(participants=lambda member=member: np.array([member, member]))
        assert find("members_excess").measure(made_up(scenario, log, log, strategies={"points": points})) == (
            0.0,
            0.0,
        )


def test_coupons_sent_noticed_and_used():
    events = [
        (3.0, 1, "use_coupon", "ours", "coupons", 0.5),
        *((1.0, c, "contact", "ours", "coupons", 1.0) for c in (1, 2, 3, 4)),
    ]
    coupons = SimpleNamespace(sent=np.array([3, 2, 5]))
    run = made_up(shops({"coupons": {}}), [], [], events, strategies={"coupons": coupons})
    assert find("coupons_to_everybody").measure(run) == (1.0, 10.0) and find("coupons_to_card").measure(
        run
    ) == (1.0, 4.0)


@pytest.mark.parametrize(
    ("yardstick", "strategies", "why"),
    [
        ("last_gap", {}, "no stamp card"),
        ("last_gap", {"stamp_card": {"stamps": 3}}, "fewer than four stamps"),
        ("last_gap", {"stamp_card": {"stamps": 8, "head_start": 5}}, "fewer than four stamps"),
        ("last_gap", {"stamp_card": {"stamps": 4}}, ""),  # foresight is 1
        ("points_unredeemed", {}, "no points"),
        ("points_unredeemed", {"points": {"purchase_valid": 210.0, "lot": 70.0, "share_valid": 70.0, "review_valid": 70.0}}, "within 280 days; they last 280"),
        ("points_unredeemed", {"points": {"purchase_valid": 182.0}}, ""),  # 273 days
        ("points_unredeemed", {"points": {"purchase_valid": 0.0}}, "never expire"),
        ("members_excess", {"everyday_low_price": {}}, "no programme that customers join"),
        ("members_excess", {"points": {"enrolment": "randomised"}}, "nobody chooses whether to join"),
        ("members_excess", {"points": {"enrolment": "offered"}}, ""),
        ("coupons_to_everybody", {"coupons": {"audience": "everybody"}}, ""),
        ("coupons_to_everybody", {"coupons": {"audience": "identified"}}, "go to identified, not to everybody"),
        ("coupons_to_everybody", {"coupons": {"audience": "everybody", "discount": 0.0}}, "no coupons"),
        ("coupons_to_card", {"coupons": {"audience": "everybody"}}, "go to everybody"),
        ("coupons_to_card", {"coupons": {"audience": "identified"}}, ""),
        ("coupons_to_card", {}, "no coupons"),
        ("coupon_exposure", {"coupons": {"effect": 0.0}}, "coupons.effect is 0"),
        ("coupon_exposure", {"coupons": {"effect": 0.1}}, ""),
        ("coupon_exposure", {"coupons": {"effect": 0.1, "discount": 0.0}}, "no coupons"),
        ("recognition", {}, "no customer is recognized"),
        ("recognition", {"greeting": {"effect": 0.0}}, "its pull is 0"),
        ("recognition", {"greeting": {"effect": 0.0}, "tailoring": {}}, ""),
    ],
)  # fmt: skip
def test_why_nothing_could_bring_a_pattern_about(yardstick, strategies, why):
    told = find(yardstick).missing(shops(strategies).arm("arm"))
    assert why in told and bool(told) == bool(why)


# ---------------------------------------------------------------- markets: the mechanism on, and off

CARD = {"stamps": 10, "size": 4.0}
LOOK = {"foresight": {"foresight": 0.0}}


def test_the_last_gap_needs_somebody_who_looks_at_the_card():
    seen = verdict("last_gap", shops({"stamp_card": {**CARD, "progress_perception": 0.6}}, **LOOK))
    assert (seen.verdict, seen.arm, seen.effect) == (PASS, "arm", "last-gap") and 0.5 < seen.simulated < 0.95
    blind = shops({"stamp_card": {**CARD, "progress_perception": 0.0}}, **LOOK)
    assert verdict("last_gap", blind).verdict == NO_MECHANISM
    simulated, error = unchanged("last_gap", blind)
    assert abs(simulated - 1.0) < 3 * error < 0.2 and judged(0.8, 0.143, simulated, error, 1.0)[0] == FAIL
    assert "no stamp card" in verdict("last_gap", shops({})).why


def unchanged(name, scenario, replicates=4):
    """What a yardstick shows where it says that nothing acts: its value and error, measured all the same."""
    rod = find(name)
    seen = []
    for k in range(replicates):
        control = scenario.arm("control").market(seed=1, replicate=k, log="memory")
        market = scenario.arm("arm").market(seed=1, replicate=k, log="memory", against=control)
        Lockstep(control, {"arm": market}).run()
        seen.append(rod.measure(PairedRun(scenario.arm("arm"), market, control)))
    return estimate(rod, seen)


POINTS = {
    "purchase_valid": 91.0, "share_valid": 91.0, "review_valid": 91.0, "enrolment": "automatic",
    "rewards": [{"name": "voucher", "kind": "coupon", "points": 30, "worth": 1.5}],
}  # fmt: skip


def test_breakage_needs_customers_who_do_not_get_round_to_it():
    """At a validity of a quarter some third is lost where few redeem; where everybody does at once, next to nothing."""
    lazy = verdict(
        "points_unredeemed", shops({"points": {**POINTS, "redemption_rate": 0.25}}, spending={"basket": 10.0})
    )
    keen = verdict(
        "points_unredeemed", shops({"points": {**POINTS, "redemption_rate": 1.0}}, spending={"basket": 10.0})
    )
    assert lazy.verdict == PASS and lazy.simulated > 2 * keen.simulated
    assert keen.verdict == FAIL
    for_ever = shops({"points": {**POINTS, "purchase_valid": 0.0}})
    assert "never expire" in verdict("points_unredeemed", for_ever).why
    assert "no points can expire within 280 days" in verdict("points_unredeemed", shops({"points": {}})).why


def test_members_chosen_at_random_have_no_excess():
    """Where those join who find it worth an effort, naive differences are several times the effect; at random they are it."""
    base = {**POINTS, "redemption_rate": 0.5}
    more = {
        "spending": {"basket": 10.0},
        "need": {"mean": 2.0, "shape": 0.8},
        "taste": {"concentration": 2.0},
    }
    chosen = verdict(
        "members_excess", shops({"points": {**base, "enrolment": "offered", "effort": 15.0}}, **more), 4
    )
    assert chosen.verdict == PASS and chosen.simulated > 2
    random = shops({"points": {**base, "enrolment": "randomised"}}, **more)
    assert verdict("members_excess", random).verdict == NO_MECHANISM
    simulated, error = unchanged("members_excess", random, 8)
    assert abs(simulated - 1.0) < 3 * error and judged(7.0, 3.0, simulated, error, 1.0)[0] == FAIL


def test_coupons_work_by_being_seen_only_where_that_pulls():
    rules = {"discount": 0.1, "every": 28.0, "reach": 0.8, "half_life": 14.0, "audience": "everybody"}
    small = {"choice": {**SHOPS["choice"], "price_sensitivity": 0.3}}
    seen = verdict("coupon_exposure", shops({"coupons": {**rules, "effect": 0.5}}, **small), 4)
    assert seen.verdict == PASS and seen.simulated < 0.5
    unseen = shops({"coupons": {**rules, "effect": 0.0}})
    assert verdict("coupon_exposure", unseen).verdict == NO_MECHANISM
    assert unchanged("coupon_exposure", unseen)[0] > 0.8


def test_coupons_that_nobody_asked_for_are_hardly_used_where_they_are_a_trouble():
    rules = {"discount": 0.1, "every": 28.0, "reach": 0.1, "audience": "everybody"}
    trouble = {"distribution": "lognormal", "mean": 1.0, "sd": 1.5}
    rare = verdict("coupons_to_everybody", shops({"coupons": {**rules, "hassle": trouble}}), 4)
    free = verdict("coupons_to_everybody", shops({"coupons": rules}))
    assert (rare.verdict, free.verdict) == (PASS, FAIL) and free.simulated > 0.02 > rare.simulated > 0
    known = shops(
        {"coupons": {**rules, "audience": "identified", "hassle": trouble}},
        firms=[{**SHOPS["firms"][0], "online": True}, SHOPS["firms"][1]],
    )
    assert "go to identified, not to everybody" in verdict("coupons_to_everybody", known).why
    assert verdict("coupons_to_card", known).verdict == PASS
    assert verdict("coupons_to_card", shops({"coupons": rules})).why == "coupons go to everybody"


def test_recognition_as_weak_as_was_found_passes_and_a_strong_one_fails():
    online = [{**SHOPS["firms"][0], "online": True}, SHOPS["firms"][1]]
    weak, strong, none = (
        verdict(
            "recognition",
            shops({"greeting": {"effect": effect, "half_life": 300.0, "reach": 1.0}}, firms=online),
        )
        for effect in (0.05, 1.5, 0.0)
    )
    assert (weak.verdict, strong.verdict, none.verdict) == (PASS, FAIL, NO_MECHANISM)
    assert strong.simulated > weak.simulated
    assert "nobody minds being recognized" in none.why


def test_what_no_arm_could_bring_about_is_told_once():
    held = hold(Scenario({**SHOPS, "arms": {"one": {}, "two": {}}}), replicates=2)
    assert [one.yardstick for one in held] == names() and {one.verdict for one in held} == {NO_MECHANISM}
    assert {one.arm for one in held} == {""} and "no coupons" in {one.why for one in held}
