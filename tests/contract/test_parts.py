"""What every part of a market keeps, strategy, process or policy: the tick is nothing, nor is saving at noon."""

import numpy as np
import pytest
from contract.alike import alike, are_alike
from contract.behaviours import (
    BEHAVIOURS,
    POLICIES,
    RULES,
    SECTIONS,
    more_of_a_policy,
    more_of_a_process,
    with_behaviour,
    with_policy,
)
from contract.listening import run
from contract.shop import COMPANY, by_turns, cases, does, more_of_a_strategy
from worlds.everything import table
from worlds.lives import after

from regulars import Market, Scenario
from regulars.contract import process
from regulars.contract.part import Part
from regulars.contract.process import every
from regulars.contract.strategy import Strategy, find
from regulars.contract.uses import Uses, uses
from regulars.ground.parameter import Problem
from regulars.world.board import CHANNELS
from regulars.world.events import AWARE, CREDIT_LAPSED, CREDIT_USED, REWARD

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


def watch(market):
    """Note which part writes to which effect of the board, and which strategy writes which event."""
    board, log = market.board, market.log
    column, event = board.column, log.event
    market._touched = set()

    def noted_column(channel, firm, rows):
        if isinstance(board.writer, Part):
            market._touched.add((board.writer.title(), str(CHANNELS[channel])))
        return column(channel, firm, rows)

    def noted_event(kind, firm, strategy, customers, *rest):
        if np.size(customers) and strategy:
            market._touched.add((strategy, str(kind)))
        return event(kind, firm, strategy, customers, *rest)

    board.column, log.event = noted_column, noted_event


@pytest.fixture(scope="module")
def ran():
    """Markets with one part each in ticks of a day, run once."""
    kept = {}

    def market(part):
        if part not in kept:
            kept[part] = run(market_with(part), watch)
        return kept[part]

    return market


def test_settings_are_of_parts_that_there_are():
    assert set(BEHAVIOURS) <= set(SECTIONS)
    assert set(RULES) <= set(POLICIES)


@pytest.mark.parametrize("kind", every(), ids=lambda kind: kind.title())
def test_its_settings_switch_it_on(kind):
    """Negative control of what is shown with these settings."""
    bare = {"firms": [{"name": "anna"}, {"name": "berta"}], "choice": {"outside": True}}
    assert not kind.wanted(Scenario(bare).spec)
    title = kind.title()
    try:
        on = kind.wanted(Scenario(with_behaviour(title, bare)).spec)
    except Problem as problem:
        pytest.fail(more_of_a_process(title, f"with these settings there is no such market ({problem})"))
    assert on, more_of_a_process(title, "these settings do not switch it on")


@pytest.mark.parametrize("name", POLICIES)
def test_its_rules_move_the_price(name):
    """Negative control of what is shown with these rules."""
    market = run(market_with(f"pricing {name}"))
    moved = market.offers.arrays["price"] != [firm.price for firm in market.scenario.spec.firms]
    assert moved[:2].any() == (name != "fixed"), more_of_a_policy(name, "its price stays where it was")
    assert not moved[2]


@pytest.mark.parametrize("part", [part for part in PARTS if part != "pricing fixed"])
def test_it_shows(part, ran):
    """Negative control: four weeks of this market are not the same with and without the part."""
    assert not are_alike(ran(COMPANY.get(part, "")), ran(part)), advice(part)


def advice(part):
    """Where a part gets livelier settings."""
    why = "four weeks of the small market are the same without it"
    if part.startswith("["):
        return more_of_a_process(part[1:-1], why)
    if part.startswith("pricing "):
        return more_of_a_policy(part.removeprefix("pricing "), why)
    return more_of_a_strategy(part.partition(" ")[0], why)


@pytest.mark.parametrize("part", [part for part in PARTS if not part.startswith("pricing")])
def test_it_touches_what_its_text_says(part, ran):
    """What `contract.uses` reads off a part covers all that it wrote in a lively month."""
    title = part.strip("[]").split(" ")[0]
    said = uses(process.find(title) if part.startswith("[") else find(title))
    shared = {
        event.name for event in (AWARE, REWARD, CREDIT_USED, CREDIT_LAPSED)
    }  # the firm's own doors write these
    for who, what in ran(part)._touched:
        if who == title:
            assert what in {*said.effects, *said.events, *shared}, (title, what)


def test_what_is_used_is_not_everything():
    """Negative control: a part that writes to one effect is not said to write to others, and one made at a prompt to nothing."""
    assert uses(find("greeting")).effects == ("appeal",) and not uses(find("better_value")).effects
    assert uses(find("tailoring")).relations == ("deepen",) and uses(find("staff_retention")).ports == (
        "Staffing",
    )
    assert uses(type("Made", (Strategy,), {"close": lambda self, day: None})) == Uses()


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
    """Also when the day is half over: loaded or branched it lives the same days as the market that went on.

    Not on the eve of a week's end: what is done every week would be due then anyway.
    """
    market = after(Scenario(market_with(part, tick=0.5)).market(log="memory"), 23)
    loaded, branched = Market.load(market.save(tmp_path / "m")), market.branch()
    assert loaded.day == branched.day == 11.5
    for other in (loaded, branched):
        alike(ran(part), other.run(), promises=False)
