"""A mistyped word of a part is told when the part is loaded, or when a door is reached, with the nearest right one."""

import importlib
import sys

import numpy as np
import pytest
from worlds.everything import table

from regulars import Market, Scenario
from regulars.contract import spelling, strategy
from regulars.ground.errors import RegularsError
from regulars.kit.programme import Programme
from regulars.world.board import Effect
from regulars.world.events import Event

FILE = """
from regulars.contract.strategy import Strategy
from regulars.world.board import Effect
from regulars.world.ledger import Account


class Odd(Strategy):
    '''Does it on the thousandth day.'''

    def close(self, day):
        if day == 1000:
            {line}
"""
SLIPS = {
    'self.round.column("apeal", 0)': "no effect 'apeal'; did you mean 'appeal'",
    "self.round.column(Effect.APEAL, 0)": "Effect has no 'APEAL'; did you mean 'APPEAL'",
    "self.round.column(Effect.TIE, 0)": "Effect has no 'TIE'; it is called 'ATTACHMENT' now",
    'self.round.column("deaf", 0)': "no effect 'deaf'; it is called 'promotion_deafness' now",
    "self.round.column(Effect.HELD, 0)": "Effect has no 'HELD'; it is called 'LOCKED_IN' now",
    'self.round.column("lenience", 0)': "no effect 'lenience'; it is called 'forgiveness' now",
    "self.firm.books.spend(Account.COMUNICATION, 1.0)": "Account has no 'COMUNICATION'; did you mean 'COMMUNICATION'",
    'self.firm.books.spend("comunication", 1.0)': "no cost is called 'comunication'; did you mean 'communication'",
    'self.firm.books.spend("cash", 1.0)': "no cost is called 'cash'",
    'self.reward([], 0, None, day, "creditt")': "no way of paying 'creditt'; did you mean 'credit'",
    'self.reward([], 0, None, day, paid_as="creditt")': "no way of paying 'creditt'; did you mean 'credit'",
    'self.firm.relations.deepen("socail", [], 0.1, day)': "no benefit 'socail'; did you mean 'social'",
    'self.firm.give("odd", "creditt", [], None, day)': "no way of paying 'creditt'; did you mean 'credit'",
    'self.firm.give("odd", paid_as="creditt")': "no way of paying 'creditt'; did you mean 'credit'",
    'self.firm.event("enroll", "odd", [], day)': "no kind of event is called 'enroll'; did you mean 'enrol'",
    'self.firm.audience("heavyy:0.2", day)': "'heavyy:0.2' is no audience; did you mean 'heavy'",
}


def loaded(tmp_path, monkeypatch, line):
    (tmp_path / "odd_one.py").write_text(FILE.format(line=line))
    monkeypatch.syspath_prepend(tmp_path)
    sys.modules.pop("odd_one", None)
    importlib.invalidate_caches()
    return importlib.import_module("odd_one").Odd


@pytest.mark.parametrize("line", SLIPS)
def test_a_slip_is_told_when_the_part_is_loaded(line, tmp_path, monkeypatch):
    with pytest.raises(RegularsError) as told:
        spelling.check(loaded(tmp_path, monkeypatch, line))
    assert SLIPS[line] in str(told.value) and "odd_one.py, line 12" in str(told.value)


@pytest.mark.parametrize(
    ("phases", "told"),
    [
        ("def appeel(self, round): pass", "Idle.appeel is no phase of the day; did you mean 'appeal'?"),
        ("def setle(self, round): pass", "did you mean 'settle'?"),
        ("def close(self, day): pass\n    def opne(self, day): pass", "did you mean 'open'?"),
        ("def felt(self): return 1.0", "Idle takes part in no phase of the day (open, offer, appeal"),
        ("def close(self, day): pass\n    def felt(self): return 1.0", ""),
    ],
)
def test_a_mistyped_phase_is_told(phases, told, tmp_path, monkeypatch):
    """It would never be called, and what the part does would be nothing."""
    (tmp_path / "idle_one.py").write_text(
        f"from regulars.parts import Strategy\nclass Idle(Strategy):\n    {phases}\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    sys.modules.pop("idle_one", None)
    importlib.invalidate_caches()
    kind = importlib.import_module("idle_one").Idle
    if not told:
        return spelling.check(kind)
    with pytest.raises(RegularsError) as error:
        spelling.check(kind)
    assert told in str(error.value) and "idle_one.py, line 2" in str(error.value)


@pytest.mark.parametrize(
    ("declares", "told"),
    [
        ("folows = ()", "Odd.folows is nothing that a process declares; did you mean 'follows'?"),
        ("source = ('Smith 2001',)", "did you mean 'sources'?"),
        ("remember = ('seen',)", "did you mean 'remembers'?"),
        ("sources = ('Smith 2001',)", ""),
        ("HALF_A_YEAR = 182", ""),
    ],
)
def test_a_mistyped_declaration_is_told(declares, told, tmp_path, monkeypatch):
    """It would be an attribute that nobody looks at."""
    text = f"from regulars.parts import Process\nclass Odd(Process):\n    {declares}\n    def close(self, day): pass\n"
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "odd_process.py").write_text(text)
    sys.modules.pop("odd_process", None)
    importlib.invalidate_caches()
    kind = importlib.import_module("odd_process").Odd
    if not told:
        return spelling.check(kind)
    with pytest.raises(RegularsError) as error:
        spelling.check(kind)
    assert told in str(error.value) and "odd_process.py, line 2" in str(error.value)


def test_a_mistyped_hook_of_a_pricing_policy_is_told(tmp_path, monkeypatch):
    """Its price would never move."""
    text = "from regulars.parts import PricingPolicy\nclass Odd(PricingPolicy):\n    def {name}(self, day):\n        return 1.0\n"
    monkeypatch.syspath_prepend(tmp_path)
    for name, told in (
        ("prise", "Odd.prise is no part of a pricing policy; did you mean 'price'?"),
        ("price", ""),
        ("wish", ""),
    ):
        (tmp_path / f"odd_{name}.py").write_text(text.format(name=name))
        importlib.invalidate_caches()
        kind = importlib.import_module(f"odd_{name}").Odd
        if not told:  # negative control
            spelling.check(kind)
            continue
        with pytest.raises(RegularsError) as error:
            spelling.check(kind)
        assert told in str(error.value)


def test_a_reward_in_currency_units_is_refused():
    """5.0 would be booked as five millionths."""
    market = Scenario(
        {"market": {"customers": 5, "days": 7}, "firms": [{"name": "a", "strategies": {"greeting": {}}}]}
    ).market()
    greeting = market.firm("a").strategies["greeting"]
    nobody = np.arange(2)
    with pytest.raises(
        RegularsError,
        match=r"greeting: a reward of 5\.0 is in no whole millionths .*; write millionths\(5\.0\)",
    ):
        greeting.reward(nobody, 5.0, np.zeros(2, np.int64), 0.0)
    greeting.reward(nobody, 5_000_000, np.zeros(2, np.int64), 0.0)
    assert market.ledger.value("rewards", "a") == 10.0


def test_programmes_enrol():
    """An event of the kit, known to whoever builds on it."""
    assert "enrol" in {event.name for event in Programme.events}


def test_what_is_right_is_loaded(tmp_path, monkeypatch):
    """Negative control, and words that are known only when the part runs."""
    line = 'self.round.column("appeal", 0), self.round.column(Effect.ATTACHMENT, 0), self.firm.event(self.kind, "odd", [], day)'
    spelling.check(loaded(tmp_path, monkeypatch, line))
    for name in strategy.names():
        strategy.find(name)


def test_doors_refuse_what_is_no_word():
    """Words that are put together while the market runs are told where they are used."""
    market = Market(table({"points": {}}, customers=20, days=7), log="memory")
    firm, nobody = market.firms[0], market.customers.entry[:0].astype(int)
    for door, nearest in (
        (lambda: market.latest().column("a" + "peal", 0), "appeal"),
        (lambda: firm.books.spend("staf" + "ff", 1.0), "staff"),
        (lambda: firm.books.post("cahs", "fees", 1), "cash"),
        (lambda: market.ledger.value("gross_sale", 0), "gross_sales"),
        (lambda: firm.relations.deepen("socail", nobody, 0.1, 0.0), "social"),
        (lambda: firm.give("points", "creditt", nobody, None, 0.0), "credit"),
        (lambda: firm.event("enroll", "points", nobody, 0.0), "enrol"),
        (lambda: firm.audience("heavyy:0.2", 0.0), "heavy"),
        (lambda: firm.audience("heavy", 0.0), "a number is needed"),
    ):
        if "column" in door.__code__.co_names:
            market.step()
        with pytest.raises(RegularsError, match=nearest):
            door()


def test_a_part_declares_its_own_events():
    market = Market(table({}, customers=20, days=7), log="memory")
    who = market.customers.entry[:2].astype(int)
    with pytest.raises(RegularsError, match="no kind of event"):
        market.firms[0].event("applaud", "", who, 0.0)
    market.firms[0].event(Event("applaud", "clapped hands"), "", who, 0.0)
    assert set(market.log.events()["event"]) >= {"applaud"}


def test_effects_are_what_the_board_holds():
    assert [str(effect) for effect in Effect] == [effect.value for effect in Effect] and len(
        set(Effect)
    ) == len(Effect)
