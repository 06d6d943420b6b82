"""What every part of a market keeps, strategy, process or policy: the tick is nothing, nor is saving at noon."""

import pytest
from contract.alike import alike
from contract.behaviours import BEHAVIOURS, POLICIES, RULES, SECTIONS, with_behaviour, with_policy
from contract.listening import run
from contract.shop import COMPANY, by_turns, cases, does
from worlds.everything import table
from worlds.lives import after

from regulars import Market, Scenario
from regulars.contract.process import every

SMALL = {"customers": 25, "days": 28}
NEED = {"need": {"mean": 4.0, "shape": 2.0}}
CLOSE = {
    "relationship": {"on": True, "personal_contact": 0.05},
    "devotion": {"on": True},
}  # what strategies may deepen
PARTS = [*cases(), *(f"[{section}]" for section in SECTIONS), *(f"pricing {name}" for name in POLICIES)]


def market_with(part, **market):
    """The table of a small market with a part in it, lively enough to matter within four weeks."""
    bare = {**table({}, **{**SMALL, **market}), **CLOSE, **NEED}
    if part.startswith("["):
        return with_behaviour(part[1:-1], bare)
    if part.startswith("pricing "):
        return with_policy(part.removeprefix("pricing "), bare, firms=("anna", "berta"))
    case = {**does(COMPANY.get(part, part)), **does(part)} if part else {}
    return {**table(case, firms=("anna", "carla"), **{**SMALL, **market}), **CLOSE, **NEED}


@pytest.fixture(scope="module")
def ran():
    """Markets with one part each in ticks of a day, run once."""
    kept = {}

    def market(part):
        if part not in kept:
            kept[part] = run(market_with(part))
        return kept[part]

    return market


def test_every_process_and_policy_is_here():
    assert sorted(BEHAVIOURS) == sorted(kind.title() for kind in every())
    assert sorted(RULES) == POLICIES


@pytest.mark.parametrize("kind", every(), ids=lambda kind: kind.title())
def test_its_settings_switch_it_on(kind):
    """Negative control of what is shown with these settings."""
    bare = {"firms": [{"name": "anna"}, {"name": "berta"}], "choice": {"outside": True}}
    assert not kind.wanted(Scenario(bare).spec)
    assert kind.wanted(Scenario(with_behaviour(kind.title(), bare)).spec)


@pytest.mark.parametrize("name", POLICIES)
def test_its_rules_move_the_price(name):
    """Negative control of what is shown with these rules."""
    market = run(market_with(f"pricing {name}"))
    moved = market.offers.arrays["price"] != [firm.price for firm in market.scenario.spec.firms]
    assert moved[:2].any() == (name != "fixed") and not moved[2]


@pytest.mark.parametrize("part", [part for part in PARTS if part != "pricing fixed"])
def test_it_shows(part, ran):
    """Negative control: four weeks of this market are not the same with and without the part."""
    without = ran(COMPANY.get(part, ""))
    with pytest.raises(AssertionError):
        alike(without, ran(part), promises=False)


TICKS = (0.5, 2.0, 7.0)


def part_and_tick():
    """Every part with every length of a tick; of each one by turns in every run of the tests."""
    for k, part in enumerate(PARTS):
        for tick in TICKS:
            marks = () if tick == TICKS[k % len(TICKS)] else pytest.mark.slow
            yield pytest.param(part, tick, marks=marks, id=f"{part}-{tick:g}")


@pytest.mark.parametrize(("part", "tick"), list(part_and_tick()))
def test_the_length_of_a_tick_does_not_matter(part, tick, ran):
    """The day is the clock of every part: in half days, pairs of days and weeks all is the same, to the bit."""
    alike(ran(part), run(market_with(part, tick=tick)))


@pytest.mark.parametrize("part", by_turns(PARTS))
def test_saved_at_noon_it_goes_on(part, ran, tmp_path):
    """Also when the day is half over: loaded or branched it lives the same days as the market that went on."""
    market = after(Scenario(market_with(part, tick=0.5)).market(log="memory"), 27)
    loaded, branched = Market.load(market.save(tmp_path / "m")), market.branch()
    assert loaded.day == branched.day == 13.5
    for other in (loaded, branched):
        alike(ran(part), other.run(), promises=False)
