"""X9: the conference hotel of a hundred surprises. Renewed, they make the worst hotel the best; never renewed, they wear off."""

import numpy as np
import pytest

from regulars import load

PROVES = ("X9",)
HOTEL = load("scenarios/conference-hotel.toml")
ARMS = (
    "surprises",
    "never_renewed",
    "a_dozen",
    "surprises_and_dearer",
    "better_hardware",
    "everyday_low_price",
)


def half_years(scenario, *names, until=1092):
    """Runs the control and these arms side by side; per arm, half year by half year, what `look` sees."""
    control = scenario.arm("control").market()
    markets = {"control": control, **{n: scenario.arm(n).market(against=control) for n in names}}
    seen = {name: [] for name in markets}
    recent = {name: np.full(control.customers.satisfaction.shape, -1000.0) for name in markets}
    while control.day < until:
        for name, market in markets.items():
            market.step()
            today = market.latest()
            rows = np.flatnonzero(today.chosen >= 0)
            recent[name][today.who[rows], today.chosen[rows]] = market.day
            if market.day % 182 == 0:
                seen[name].append(look(market, recent[name] > market.day - 182))
    return markets, seen


def look(market, guests):
    """Mean satisfaction of the guests of the last half year by hotel, and what share of the catalogue ours know."""
    own = market.firm("heart")
    told = {
        hotel: float(market.customers.satisfaction[guests[:, f], f].mean())
        for f, hotel in enumerate(market.names)
    }
    touches = own.strategies.get("surprise")
    who = np.flatnonzero(guests[:, own.index])
    told["known"] = float(touches.known(who, market.day).mean()) if touches else np.nan
    told["purchases"], told["profit"] = own.purchases, own.profit
    return told


@pytest.fixture(scope="module")
def run():
    return half_years(HOTEL, *ARMS)


def ahead(told):
    """How far our guests are more satisfied than those of the best other hotel."""
    return told["heart"] - max(told[other] for other in ("palace", "lake", "airport"))


def test_neither_hardware_nor_service_is_as_good_as_elsewhere(run):
    """As the source says; and so, left alone, its guests are the least satisfied."""
    ours, *others = (HOTEL.value(f"firms.{n}.quality") for n in ("heart", "palace", "lake", "airport"))
    assert all(ours < other for other in others)
    assert all(
        0 == HOTEL.value("firms.heart.service") < HOTEL.value(f"firms.{n}.service")
        for n in ("palace", "lake")
    )
    for told in run[1]["control"]:
        assert told["heart"] < min(told[other] for other in ("palace", "lake", "airport"))


def test_over_a_hundred_touches_renewed_every_day_make_the_best_hotel(run):
    """Named the best of all, with over 100 touches and at least one new every day; most of what a guest meets is new."""
    rules = HOTEL.spec.arms["surprises"].strategies["surprise"]
    assert rules.touches > 100 and rules.renewed >= 1.0
    for told in run[1]["surprises"]:
        assert ahead(told) > 0.03
        assert told["known"] < 0.15


def test_never_renewed_they_wear_off(run):
    """The best at first, and no longer in the third year: guests know the touches, and expect the rest."""
    told = run[1]["never_renewed"]
    assert ahead(told[0]) > 0.03 and ahead(told[-1]) < 0
    known = [half["known"] for half in told]
    assert known == sorted(known) and known[-1] > 0.4
    dozen = run[1]["a_dozen"]
    assert all(ahead(half) < 0 for half in dozen) and dozen[0]["known"] > 0.5


def test_renewal_pays_more_from_year_to_year(run):
    sold = {name: np.diff([0, *(half["purchases"] for half in run[1][name])]) for name in ("control", *ARMS)}
    renewed, same = (sold[name] - sold["control"] for name in ("surprises", "never_renewed"))
    assert abs(renewed[0] - same[0]) < 0.2 * renewed[0]
    assert same[-1] < 0.6 * renewed[-1]


def test_who_is_unique_needs_no_price_war(run):
    profit = {name: told[-1]["profit"] for name, told in run[1].items()}
    assert (
        profit["surprises_and_dearer"] > profit["surprises"] > profit["better_hardware"] > profit["control"]
    )
    assert profit["everyday_low_price"] < profit["control"]


def test_renewal_is_about_novelty():
    """Negative control: of a catalogue that nobody can get to know, renewal adds nothing."""
    rules = HOTEL.table["arms"]["surprises"]["strategies"]["surprise"]
    endless = {**rules, "touches": 100_000, "design": 0.0}
    sold = []
    for renewed in (0.0, 1.0):
        arm = HOTEL.arm("control").set(
            {"market.days": 364, "firms.heart.strategies": {"surprise": {**endless, "renewed": renewed}}}
        )
        sold.append(arm.market().run().firm("heart").purchases)
    assert sold[0] == pytest.approx(sold[1], rel=0.002)


class Ears:
    """Hears how far each stay at the hotel goes beyond what was expected."""

    def __init__(self, hotel):
        self.hotel, self.gaps = hotel, []

    def feel(self, round):
        self.gaps.append(round.gap[round.rows(self.hotel)])


def test_delight_raises_the_bar():
    """Expectations follow: with new touches every day all the same, the surplus over what is expected fades (M2)."""

    def surplus(adaptation):
        changes = {"market.days": 182, "experience.adaptation": adaptation}
        market = HOTEL.set(changes).arm("surprises").market()
        ears = Ears(market.names.index("heart"))
        market.phases["feel"].append(ears)
        market.run()
        return np.concatenate(ears.gaps[:60]).mean(), np.concatenate(ears.gaps[-60:]).mean()

    first, last = surplus(0.2)
    assert first > 0.1 and last < 0.5 * first
    first, last = surplus(0.0)  # negative control
    assert last == pytest.approx(first, abs=0.03)
