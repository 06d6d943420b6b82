"""X8: software with high switching costs and dissatisfied users, who complain and stay.

Claims C5 (behind one complaint are more than 10 silent ones), C9 (switching costs keep dissatisfied customers), C16 (satisfied
customers still leave for a better price; satisfaction alone is worth nothing).
"""

import numpy as np
import pytest

from regulars import compare, load
from regulars.measures import dick_basu
from regulars.minds import attitude

PROVES = ("X8",)
MARKET = load("scenarios/office-software.toml")
YEARS = 728.0  # days after which we look at the users
OPEN = {"portability.on": True}
NO_TIES = {
    "switching.relation": 0.0,
    **{f"firms.{name}.strategies.contract.set_up": 0.0 for name in ("suite", "cloud", "simple")},
}


class Users:
    """The suite's users after two years, and the market they are in."""

    def __init__(self, changes=()):
        self.market = market = MARKET.arm("control").set(dict(changes)).market(log="memory")
        while market.day < YEARS:
            market.step()
        c, f = market.customers, market.names.index("suite")
        self.who = np.flatnonzero(c.incumbent == f)
        table = attitude.constructs(market, market.log.purchases(), "suite", start=YEARS - 364)
        self.cells = dick_basu(table, 0.0, 0.5)[self.who]
        self.likes = table["attitudinal"].to_numpy()[self.who] > 0
        self.content = c.satisfaction[self.who, f] >= c.lower_threshold[self.who]

    def part(self, cell):
        return float((self.cells == cell).mean())

    def left(self, market, days=364.0):
        """Which of the users have used something else within `days` of a market that went on from here."""
        log = market.log.purchases()
        later = log[(log["time"] >= YEARS) & (log["time"] < YEARS + days) & (log["firm"] != "suite")]
        return np.isin(self.who, later["customer"])


@pytest.fixture(scope="module")
def closed():
    users = Users()
    users.on = users.market.branch(log="memory").run()
    return users


@pytest.fixture(scope="module")
def opened():
    users = Users(OPEN)
    users.on = users.market.branch(log="memory").run()
    return users


def test_many_are_loyal_in_what_they_do_and_not_in_what_they_feel(closed):
    """The spurious cell of Dick & Basu holds some four users in ten, and most of these are dissatisfied."""
    assert 0.3 < closed.part("spurious") < 0.5
    assert (~closed.content[closed.cells == "spurious"]).mean() > 0.5
    assert (~closed.content).mean() > 0.3


def test_without_ties_there_is_hardly_any_spurious_loyalty(closed):
    """Negative control: nothing to lose by changing, and the users who are left like the suite."""
    free = Users(NO_TIES)
    assert free.part("spurious") < closed.part("spurious") / 2
    assert len(free.who) < len(closed.who)


def test_they_complain_and_stay(closed, opened):
    """C9: the dissatisfied leave next to never where the files hold them, and often where these can be taken along."""
    events = closed.market.log.events()
    assert (events[events["firm"] == "suite"]["event"] == "complain").sum() > 300
    stay, go = (users.left(users.on)[~users.content].mean() for users in (closed, opened))
    assert stay < 0.12
    assert go > 3 * stay


def test_behind_a_complaint_are_ten_silent_ones(closed):
    """C5: more than ten dissatisfied users keep silent for each who complains."""
    events = closed.on.log.events()
    told = events[events["firm"] == "suite"]["event"].value_counts()
    assert told["keep_silent"] / told["complain"] > 10


def test_a_better_price_takes_satisfied_users_where_nothing_holds_them(closed):
    """C16: a rival at a third of its price wins content users who like the suite best, unless files hold them.

    The same users go on in four ways: format closed or opened now, rival as dear as ever or cheap.
    """
    happy, gone, won = closed.content & closed.likes, {}, {}
    assert happy.mean() > 0.3
    for name, format in (("closed", {}), ("open", {"portability.on": True, "portability.day": 0.0})):
        dear, cheap = (
            closed.left(closed.market.branch({**format, "firms.cloud.price": price}, log="memory").run())
            for price in (30.0, 10.0)
        )
        assert not (dear & ~cheap)[happy].any()
        gone[name], won[name] = (dear, cheap), (cheap & ~dear)[happy].mean()
    assert won["open"] > 1.3 * won["closed"] > 0
    assert gone["open"][1][happy].mean() > 0.3
    assert gone["closed"][0][~closed.content].mean() < 0.12  # the dissatisfied who are held stay all the same


@pytest.fixture(scope="module")
def profits():
    """Incremental profit of each arm, format closed and open; fewer users."""
    small = MARKET.set({"market.customers": 500})
    names = ("open_files", "open_standard", "closer_ties", "better_quality", "recovery")
    return [
        compare(small.set({"portability.on": on}), replicates=1, arms=names, jobs=1).wide(
            "incremental_profit"
        )
        for on in (False, True)
    ]


@pytest.mark.slow
def test_letting_users_go_costs_their_maker_dearly(profits):
    closed, _ = profits
    assert (closed["open_standard"] < closed["open_files"]).all()
    assert (closed["open_files"] < 0).all()


@pytest.mark.slow
def test_quality_pays_once_users_can_go(profits):
    """Locked in, nobody leaves for want of quality, so that it is a cost; open, it earns its cost."""
    closed, opened = profits
    assert (closed["better_quality"] < 0).all() and (opened["better_quality"] > 0).all()
    assert (opened["recovery"] > closed["recovery"]).all()
    assert (closed["closer_ties"] > closed["better_quality"]).all()


def test_a_format_that_opens_nothing_changes_nothing(closed):
    """Negative control: an open format that takes nothing off the cost of changing."""
    same = MARKET.arm("control").set({**OPEN, "portability.removes": 0.0}).market(log="memory").run()
    assert same.log.purchases().equals(closed.on.log.purchases())
