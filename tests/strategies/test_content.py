"""Content: forms that pull and cost differently, outlets that reach strangers or friends, goodwill that builds up and fades."""

import math

import numpy as np
import pytest
from worlds.chances import near
from worlds.corner import corner
from worlds.lives import happened, lives, run
from worlds.online_shops import communication, mine, purchases, world

from regulars.ground.parameter import Problem
from regulars.strategies.content import FORMS, OUTLETS

CLEAR = {"effect": 0.5, "fatigue": 1e9, "piece_cost": 0.0}  # no fatigue, to see the rest


def content(**rules):
    """Content for everybody, loud enough to be heard in a small market."""
    return {"content": {**CLEAR, **rules}}


def knowing(share, **changes):
    """Changes that make a part of the customers know each firm, for good."""
    return {"turnover__aware": share, **changes}


def test_forms_and_outlets_do_different_things():
    """Social media sells where few know the shop, an own platform where all do; a video pulls most, a text costs least."""
    for share, best in ((0.1, "social_media"), (1.0, "own_platform")):
        sales = {
            outlet: purchases(world(content(outlet=outlet, effect=0.2), **knowing(share)))
            for outlet in OUTLETS
        }
        assert max(sales, key=sales.get) == best
        assert min(sales.values()) >= purchases(world(**knowing(share)))
    ran = {form: run(world(content(form=form, outlet="own_platform", piece_cost=50.0))) for form in FORMS}
    sales = {form: market.firm("shop").purchases for form, market in ran.items()}
    paid = {form: communication(market) for form, market in ran.items()}
    assert sales["text"] < sales["picture"] < sales["video"]
    assert paid["text"] < paid["picture"] < paid["video"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("outlet", OUTLETS)
def test_readers_by_hand(form, outlet):
    """One piece: strangers and acquaintances read it by their reaches, each is warmed by the form, the maker pays."""
    n, known = 20_000, 0.4
    rules = content(form=form, outlet=outlet, piece_cost=50.0, cost=0.02)
    market = run(world(rules, **knowing(known, market__customers=n, market__days=1)))
    plain = run(world(**knowing(known, market__customers=n, market__days=1)))
    stranger = np.isposinf(plain.customers.aware_from[:, market.names.index("shop")])
    reader = mine(market).warmth > 0
    for group, reach in (
        (stranger, OUTLETS[outlet].strangers),
        (~stranger, OUTLETS[outlet].acquaintances),
    ):
        chance = reach * FORMS[form].spread
        assert near(reader[group].mean(), chance, group.sum())
    assert mine(market).warmth[reader] == pytest.approx(0.5 * FORMS[form].effect)
    made = 50.0 * FORMS[form].cost * OUTLETS[outlet].cost
    assert communication(market) == pytest.approx(made + 0.02 * reader.sum())
    aware = market.customers.aware_from[:, market.names.index("shop")]
    assert (np.isfinite(aware) == (reader & stranger)).all() or outlet == "own_platform"


def test_an_own_platform_makes_nobody_know_the_shop():
    f = run(world()).names.index("shop")
    few = knowing(0.2)
    after, before = (
        run(world(s, **few)).customers.aware_from[:, f] for s in (content(outlet="own_platform"), None)
    )
    assert (after == before).all()


def test_goodwill_comes_to_its_formula():
    """reach x effect x half-life / (T ln 2) on average over time, Nerlove & Arrow's stock."""
    rules = content(form="video", outlet="own_platform", every=7.0, half_life=20.0)
    market = world(rules, market__customers=4000, market__days=280).market()
    own, means = market.firm("shop").strategies["content"], []
    while market.day < 280:
        market.step()
        if market.day > 140:
            fresh = own.warmth * 2.0 ** (-(market.day - 0.5 - own.warmed) / 20.0)
            means.append(np.where(own.sent > 0, fresh, 0.0).mean())
    expected = 0.25 * (0.5 * 1.5) * 20.0 / (7.0 * math.log(2))
    assert np.mean(means) == pytest.approx(expected, rel=0.02)


def test_a_piece_moves_the_odds_by_what_is_left_of_it():
    n = 40_000
    market = run(
        corner(
            content(form="video", outlet="own_platform"),
            p=0.3,
            online=True,
            market__customers=n,
            market__days=4,
        )
    )
    reader = mine(market).warmth > 0
    table = lives(market)
    for day in (0, 3):
        bought = table.loc[table["time"] == day, "firm"].notna().to_numpy()
        p = 1 / (1 + 7 / 3 * math.exp(-0.75 * 2.0 ** (-day / 7)))
        assert near(bought[reader].mean(), p, reader.sum())
        assert near(bought[~reader].mean(), 0.3, n - reader.sum())


def test_too_much_of_late_does_less():
    """Twice the pieces with fatigue leave less than twice the warmth; without it exactly as much each."""
    seen = {"form": "video", "outlet": "own_platform", "half_life": 3660.0, "recovery": 3660.0}
    for fatigue, shrinks in ((1e9, False), (2.0, True)):
        own = mine(run(world(content(**seen, fatigue=fatigue), market__days=7 * 20)))
        each = own.warmth / np.maximum(own.lately, 1e-9)
        many = own.lately > 4
        assert many.sum() > 100
        assert (each[many] < 0.5).all() if shrinks else each[many] == pytest.approx(0.75, rel=0.02)


def test_standing_of_the_outlet():
    on = {"relationship__on": True, "relationship__confidence_gain": 0.0, "market__days": 1}
    for outlet, lends in ((o, OUTLETS[o].confidence) for o in OUTLETS):
        market = run(world(content(outlet=outlet), market__customers=3000, **on))
        reader = mine(market).warmth > 0
        confidence = market.customers.confidence[:, market.firm("shop").index]
        assert reader.any() and confidence[reader] == pytest.approx(lends, rel=1e-2)
        assert not confidence[~reader].any()


def test_for_an_audience_of_its_own():
    """Pieces for who has bought five times: nobody on the first day, and only them later."""
    rules = content(audience="frequent:5", outlet="own_platform", every=50.0)
    market = run(world(rules, market__days=101))
    table = lives(market)
    got = happened(market, "contact")
    for day in (50, 100):
        before = table[(table["firm"] == "shop") & (table["time"] < day)].groupby("customer").size()
        readers = set(got.loc[got["time"] == day, "customer"])
        assert readers and readers < set(before[before >= 5].index)
    assert (got["time"] > 0).all()


# ---------------------------------------------------------------- off, generosity, books


def test_pieces_that_say_nothing_cost_and_do_nothing():
    quiet, none = run(world(content(effect=0.0, piece_cost=10.0))), run(world())
    assert lives(quiet).equals(lives(none))
    assert communication(quiet) == pytest.approx(10.0 * 0.3 * 16)


@pytest.mark.parametrize(
    ("what", "values"), [("reach", (0.0, 0.3, 0.6, 1.0)), ("effect", (0.0, 0.2, 0.5, 1.0))]
)
def test_more_of_it_never_attracts_less(what, values):
    sales = [purchases(world(content(**{what: value}), **knowing(0.7))) for value in values]
    assert sales == sorted(sales) and sales[-1] > 1.02 * sales[0]


def test_both_shops_may_publish():
    both = run(world(content(piece_cost=5.0), content(form="video", piece_cost=5.0)))
    both.ledger.check()
    paid = [both.ledger.value("communication", both.names.index(name)) for name in ("shop", "rival")]
    assert paid == pytest.approx([5.0 * 0.3 * 16, 5.0 * 3.0 * 16])


# ---------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"form": "song"}, "content.form"),
        ({"outlet": "radio"}, "content.outlet"),
        ({"reach": 1.5}, "content.reach"),
        ({"every": 0.0}, "days"),
        ({"audience": "stranger"}, "content.audience"),
        ({"peice_cost": 5.0}, "did you mean 'piece_cost'"),
    ],
)
def test_mistakes_are_told(rules, told):
    with pytest.raises(Problem, match=told):
        world({"content": rules})
