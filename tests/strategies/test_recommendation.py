"""Recommendations: they get better with data, pull by how well they truly suit, and reach across categories."""

import numpy as np
import pytest
from worlds.chances import chance, near
from worlds.corner import corner
from worlds.lives import lives
from worlds.online_shops import mine, purchases
from worlds.recommending import BABY, BOOKS, GOODS, Witness, parent, parents, shops, witnessed

KINDS = ("popular", "content_based", "collaborative", "contextual")
ALIKE = {"assortment__taste_strength": 0.0, "assortment__own_taste": 0.0}


GAIN, GROUPS = 0.1, 20


def fits(kind, edges, replicate=0, **changes):
    """Mean true fit of what was shown between these days, shape (times, groups of customers)."""
    rules = {"kind": kind, "gain": GAIN}
    more = {"market__customers": 800, "market__days": edges[-1], **changes}
    _, (time, who, _, _, appeal, _, _) = witnessed(shops(rules, **more), replicate=replicate)
    part, mean = np.searchsorted(edges, time, side="right") - 1, np.empty((len(edges) - 1, GROUPS))
    for at in np.ndindex(mean.shape):
        mean[at] = appeal[(part == at[0]) & (who % GROUPS == at[1])].mean() / GAIN
    return mean


def judged(groups):
    """Mean over groups of customers, and its standard error."""
    return groups.mean(axis=-1), groups.std(axis=-1, ddof=1) / np.sqrt(GROUPS)


# ---------------------------------------------------------------- data


@pytest.mark.parametrize("kind", ["content_based", "collaborative"])
def test_recommendations_get_better_with_data_and_then_no_more(kind):
    """More and more suits, a day adds less and less, and it stays below what suits best (1.87 is the best of 20)."""
    edges = np.array((7, 14, 28, 70, 154, 238))
    fit = fits(kind, edges)
    steps, error = judged(np.diff(fit, axis=0))
    assert (steps > 3 * error).all(), (steps, error)
    a_day = steps / np.diff((edges[:-1] + edges[1:]) / 2)
    assert (np.diff(a_day) < 0).all() and a_day[-1] < 0.1 * a_day[0], a_day
    assert fit[0].mean() > 0.2 and fit[-1].mean() < 1.87


def test_bestsellers_have_nothing_more_to_learn():
    """Negative control: the rise is the data's and not the time's."""
    fit = fits("popular", (28, 70, 154, 238))
    steps, error = judged(np.diff(fit, axis=0))
    assert (np.abs(steps) < 3 * error).all() and (error < 0.05).all()
    assert fit.mean() > 0.3


def test_the_better_the_data_are_understood_the_more_is_sold():
    """Who knows the customer sells more than bestsellers do, and these more than nothing, on the same people."""
    sold = {kind: purchases(shops({"kind": kind, "gain": 0.3})) for kind in KINDS}
    assert min(sold["content_based"], sold["collaborative"]) > 1.04 * sold["popular"]
    assert sold["popular"] > 1.02 * purchases(shops())


@pytest.mark.parametrize("kind", KINDS[1:])
def test_where_tastes_are_alike_nobody_beats_bestsellers(kind):
    """Negative control, on the same people; bestsellers still sell more than nothing."""
    gaps = []
    for replicate in range(4):
        own, base = (
            fits(k, (28, 56), replicate, market__customers=300, **ALIKE).mean() for k in (kind, "popular")
        )
        gaps.append(own - base)
    assert abs(np.mean(gaps)) <= 3 * np.std(gaps, ddof=1) / 2 + 1e-6
    assert abs(np.mean(gaps)) < 0.03 and base > 0.5


def test_where_no_product_suits_better_than_another_nothing_is_gained():
    """Negative control, bit for bit."""
    nothing = {**ALIKE, "assortment__popularity": 0.0}
    own, none = (lives(shops(rules, **nothing).market(log="memory").run()) for rules in ({"gain": 5.0}, None))
    assert own.equals(none)


# ---------------------------------------------------------------- pull and service


def test_pull_and_service_are_gain_and_service_times_the_true_fit():
    """For every opportunity, from the products themselves: the season and the category met before included."""
    context = {"assortment__season": 0.8, "assortment__sequel": 0.7, "experience__on": True}
    rules = {"kind": "contextual", "gain": 0.4, "service": 0.3, "cross_sell": 0.0, "enough": 1}
    market, (time, who, occasion, category, appeal, service, _) = witnessed(
        parents(rules, **context, market__days=28)
    )
    order = np.lexsort((occasion, who))
    time, who, category, appeal, service = (x[order] for x in (time, who, category, appeal, service))
    before = np.where(np.diff(who, prepend=-1) == 0, np.roll(category, 1), -1)
    assert (service == pytest.approx(0.75 * appeal)) and np.unique(appeal).size > 50
    products = market.processes["assortment"].products
    every = np.stack(
        [products.fit(who, products.each * category + k, time, before) for k in range(products.each)], axis=1
    )
    off = np.abs(0.4 * every - appeal[:, None]).min(axis=1)
    bought = market.log.purchases().query("firm == 'shop'").groupby("customer")["time"].min()
    first = bought.reindex(np.arange(market.customers.count), fill_value=np.inf).to_numpy()[who]
    assert (off[appeal != 0] < 1e-12).all()
    assert (appeal[time < first] == 0).all(), "nobody is known before the first order"
    assert (appeal[(time > first + 1) & (time > 14)] != 0).mean() > 0.7
    assert (appeal[time < 7] == 0).all(), "nothing is shown before the first look at the data"


def test_a_recommendation_moves_the_odds_by_gain_times_fit():
    small = {
        "assortment__on": True,
        "assortment__products": 20,
        "market__customers": 2000,
        "market__days": 42,
    }
    rules = {"kind": "popular", "gain": 0.6, "recorded": 1.0}
    scenario = corner({}, p=0.3, online=True, **small).set({"firms.shop.strategies.recommendation": rules})
    market, (_, who, occasion, _, appeal, _, _) = witnessed(scenario)
    log = lives(market)
    order = np.lexsort((occasion, who))
    bought, pull = log["firm"].notna().to_numpy(), appeal[order]
    shown = pull != 0
    for low, high in ((-2.0, -0.2), (-0.2, 0.2), (0.2, 0.6), (0.6, 3.0)):
        rows = shown & (pull >= low) & (pull < high)
        expected = chance(np.log(3 / 7) + pull[rows]).mean()
        assert rows.sum() > 1000 and near(bought[rows].mean(), expected, rows.sum())
    assert near(bought[~shown].mean(), 0.3, (~shown).sum())


def test_satisfaction_and_purchases_rise_with_what_suits_and_fall_with_what_does_not():
    """C21: signs; recommending the worst product is worse than recommending nothing."""
    more = {"experience__on": True, "market__days": 84}
    results = {}
    for case in ("none", "fitted", "worst"):
        rules = None if case == "none" else {"kind": "content_based", "gain": 0.3, "service": 0.1}
        market = shops(rules, **more).market()
        if case == "worst":
            strategy = mine(market)
            strategy.recommender.recommend = lambda who, moment, p=strategy.products.products: (
                p.utilities(who, moment.category).argmin(axis=1)[:, None] + p.each * moment.category[:, None]
            )
        market.run()
        f = market.names.index("shop")
        results[case] = market.firm("shop").purchases, float(market.customers.satisfaction[:, f].mean())
    for measure in range(2):
        assert results["worst"][measure] < results["none"][measure] < results["fitted"][measure]


# ---------------------------------------------------------------- across categories


def books(market, who):
    log = market.log.purchases()
    log = log[(log["firm"] == "shop") & (log["category"] == "books")]
    return int(who[log["customer"]].sum())


def lives_of(market, who):
    log = lives(market)
    return log[who[log["customer"]]].reset_index(drop=True)


def test_cross_selling_brings_books_to_households_with_a_baby_and_to_nobody_else():
    """Others never bought baby goods, so that nothing is expected of them: they live as they did, to the bit."""
    rules, more = {"kind": "contextual", "gain": 0.0, "service": 0.0, "enough": 500}, {"market__days": 168}
    ran = {
        share: parents({**rules, "cross_sell": share}, **more).market(log="memory").run()
        for share in (0.0, 0.5, 1.0)
    }
    baby = parent(ran[0.0])
    sold = [books(market, baby) for market in ran.values()]
    assert sold[0] < sold[1] < sold[2] and sold[2] > 1.1 * sold[0], sold
    lift = mine(ran[1.0]).recommender.cross_sell()
    assert lift[BABY, BOOKS] > 1.2 and (lift[0, 1:] < 1).all()
    assert books(ran[0.0], ~baby) > 100, "they do buy books"
    assert lives_of(ran[0.0], ~baby).equals(lives_of(ran[1.0], ~baby))


def test_cross_selling_by_hand():
    """What is overcome is cross_sell (1 - 1/L) of what is missing, and nothing where the category is bought already."""
    rules = {"kind": "contextual", "gain": 0.0, "service": 0.0, "cross_sell": 0.6}
    market = parents(rules, market__customers=2000).market()
    while market.day < 23:
        market.step()
    witness, strategy = Witness(market), mine(market)
    last = strategy.latest.copy()
    market.step()
    _, who, _, category, pull, _, new = witness.seen[0]
    lift = np.vstack([strategy.recommender.cross_sell(), np.ones(3)])[last[who], category]
    assert pull == pytest.approx(0.6 * np.maximum(1 - 1 / lift, 0) * 2.0 * new, abs=1e-12)
    assert (pull > 0.1).sum() > 5 and (pull[new == 0] == 0).all() and (lift[new == 0] > 1).any()


@pytest.mark.parametrize("kind", ["popular", "content_based", "collaborative"])
def test_who_knows_no_rules_sells_nothing_across(kind):
    """Negative control, bit for bit."""
    rules = {"kind": kind, "gain": 0.0, "service": 0.0}
    one, other = (
        lives(parents({**rules, "cross_sell": share}).market(log="memory").run()) for share in (0.0, 1.0)
    )
    assert one.equals(other)


def test_where_households_are_alike_there_is_nothing_to_expect():
    """Negative control: shares that are the same for all make no rules."""
    rules = {"kind": "contextual", "gain": 0.0, "service": 0.0}
    alike = {
        "mix": {"unfamiliar": 2.0},
        "categories": [{"name": g["name"]} for g in GOODS],
        "market__days": 84,
    }
    sold = [purchases(parents({**rules, "cross_sell": share}, **alike)) for share in (0.0, 1.0)]
    assert abs(sold[1] - sold[0]) < 0.01 * sold[0]


# ---------------------------------------------------------------- economics


@pytest.mark.parametrize(
    ("name", "values", "case"),
    [("gain", (0.0, 0.1, 0.3, 0.8), "collaborative"), ("cross_sell", (0.0, 0.3, 0.6, 1.0), "contextual")],
)
def test_more_generous_never_attracts_less(name, values, case):
    make = shops if name == "gain" else parents
    sold = [purchases(make({"kind": case, "gain": 0.0, name: value}, market__days=84)) for value in values]
    assert (np.diff(sold) >= 0).all() and sold[-1] > sold[0], sold
