"""Staff: experience grows with tenure and leaves with the people; what is left is the service."""

import math

import numpy as np
import pytest
from worlds.lives import differences

from regulars import Scenario
from regulars.market import Market

YEAR = 365.25
PROVES = ("M15",)
TEAM = {"people": 20, "wage": 5.0, "quit_rate": 2.0, "learning": 120.0, "gain": 0.6, "hiring": 30.0}


def scenario(staff=None, **changes):
    """Two shops where service counts; a customer expects what staff can usually give."""
    shop = {"name": "shop", "price": 10.0, "cost": 4.0}
    if staff is not None:
        shop["staff"] = {**TEAM, **staff}
    return Scenario(
        {
            "market": {"customers": 400, "days": 364},
            "need": {"mean": 2.0},
            "choice": {"outside": True},
            "experience": {"on": True},
            "bond": {"on": True, "response": "linear"},
            "firms": [shop, {"name": "rival", "price": 10.0, "cost": 4.0}],
        }
    ).set(changes)


def run(staff=None, **changes):
    return scenario(staff, **changes).market(log="memory").run()


def team(market):
    return market.processes["staff"]


def f_of(market):
    return market.names.index("shop")


# ---------------------------------------------------------------- tenure and experience


@pytest.mark.parametrize("quit_rate", [0.5, 4.0])
def test_mean_experience_in_the_long_run(quit_rate):
    """k / (k + h), with k = ln 2 / learning and h the hazard, from the first day and ever after."""
    people = 4000
    market = run({"people": people, "quit_rate": quit_rate}, **{"market.days": 200.0, "market.customers": 1})
    k, h = math.log(2) / 120.0, quit_rate / YEAR
    mean, sd = k / (k + h), math.sqrt(h / (h + 2 * k) - (h / (h + k)) ** 2)
    for experience in (market_at_start(people, quit_rate), team(market).experience[f_of(market)]):
        assert abs(experience.mean() - mean) <= 4 * sd / math.sqrt(people) + h  # quitting goes by whole days
    quits = team(market).quits[f_of(market)]
    assert abs(quits - people * h * 200) <= 4 * math.sqrt(people * h * 200) + people * h


def market_at_start(people, quit_rate):
    market = scenario({"people": people, "quit_rate": quit_rate}, **{"market.customers": 1}).market()
    return team(market).experience[f_of(market)]


def test_a_beginner_learns_half_of_what_is_missing_in_a_half_life():
    market = scenario({"people": 1, "quit_rate": 0.0}).market()
    team(market).experience[:] = 0.0
    levels = []
    for _ in range(240):
        market.step()
        levels.append(team(market).mean(f_of(market)))
    assert levels[119] == pytest.approx(0.5) and levels[239] == pytest.approx(0.75)


def test_who_quits_is_replaced_by_a_beginner():
    market = scenario({"people": 1, "quit_rate": 0.0}).market()
    team(market).patience[:] = 0.0
    market.step()
    assert team(market).quits[f_of(market)] == 1 and team(market).mean(f_of(market)) == 0.0
    assert market.ledger.value("staff", f_of(market)) == 5.0 + 30.0


def test_wages_and_hiring_are_booked():
    market = run({})
    market.ledger.check()
    f = f_of(market)
    quits = team(market).quits[f]
    assert quits > 20
    assert market.ledger.value("staff", f) == pytest.approx(364 * 20 * 5.0 + 30.0 * quits)
    assert market.ledger.value("staff", 1 - f) == 0.0


def test_better_pay_can_only_postpone_a_quit():
    """The same people with the same draws: with each day of higher pay fewer have quit."""
    counts = []
    for pay in (1.0, 1.2, 2.0):
        market = scenario({"pay_elasticity": 2.0, "people": 200}).market()
        market.phases["open"].append(Payer(team(market), f_of(market), pay))
        market.run()
        counts.append(int(team(market).quits[f_of(market)]))
        expected = 200 * 2.0 * 364 / YEAR * pay**-2.0
        assert abs(counts[-1] - expected) <= 4 * math.sqrt(expected)
    assert counts == sorted(counts, reverse=True)


class Payer:
    """Somebody who pays more."""

    def __init__(self, staff, firm, pay):
        self.staff, self.firm, self.pay = staff, firm, pay

    def open(self, day):
        self.staff.encourage(self.firm, pay=self.pay)


# ---------------------------------------------------------------- the chain to profit


def test_service_is_what_the_present_staff_can_give():
    """service + gain (mean experience - 1), while the day lasts; between the days the firm's own number stands."""
    market = scenario({"gain": 0.6}, **{"firms.shop.service": 0.2}).market()
    seen = []
    market.phases["talk"].append(Looker(market, seen))
    for _ in range(60):
        mean = team(market).mean(f_of(market))
        market.step()
        assert seen[-1] == pytest.approx(0.2 + 0.6 * (mean - 1.0))
        assert market.firm("shop").service == pytest.approx(0.2)


class Looker:
    """Looks at the service before the day is over."""

    def __init__(self, market, seen):
        self.market, self.seen = market, seen

    def talk(self, day):
        self.seen.append(self.market.firm("shop").service)


def test_staff_who_leave_take_service_customers_and_profit_along():
    """The service-profit chain, link by link: fewer quits, more experience, satisfaction, purchases, profit before wages."""
    chain = []
    for quit_rate in (0.2, 2.0, 20.0):
        market = run({"quit_rate": quit_rate})
        f = f_of(market)
        chain.append(
            (
                -team(market).quits[f],
                team(market).mean(f),
                market.customers.satisfaction[:, f].mean(),
                market.firm("shop").purchases,
                market.firm("shop").profit,
            )
        )
    for link in zip(*chain, strict=True):
        assert link[0] > link[1] > link[2]
    assert chain[0][3] > 1.05 * chain[2][3]


def test_without_gain_turnover_changes_costs_only():
    """Control: where service does not hang on experience, staff who leave cost their replacement and nothing else."""
    few, many, none = run({"gain": 0.0, "quit_rate": 0.2}), run({"gain": 0.0, "quit_rate": 20.0}), run()
    assert few.log.opportunities().equals(many.log.opportunities())
    assert few.log.opportunities().equals(none.log.opportunities())
    f = f_of(few)
    quits = team(many).quits[f] - team(few).quits[f]
    assert few.firm("shop").profit - many.firm("shop").profit == pytest.approx(30.0 * quits)
    assert none.firm("shop").profit - few.firm("shop").profit == pytest.approx(few.ledger.value("staff", f))


def test_no_staff_no_process():
    assert "staff" not in scenario().market().processes
    idle = {"wage": 0.0, "quit_rate": 0.0, "hiring": 0.0}
    assert run(idle).log.opportunities().equals(run().log.opportunities())
    assert run(idle).ledger.table() == run().ledger.table()


def test_one_who_is_served_better_for_being_there_longer():
    """Learning at once: there are no beginners, whatever the turnover."""
    market = run({"learning": 0.0, "quit_rate": 20.0})
    assert team(market).mean(f_of(market)) == 1.0
    assert market.log.opportunities().equals(run().log.opportunities())


# ---------------------------------------------------------------- ticks, saving, branching


@pytest.mark.parametrize("tick", [0.5, 7.0])
def test_the_length_of_a_tick_does_not_matter(tick):
    day, other = (run({}, **{"market.tick": t}) for t in (1.0, tick))
    assert team(day).experience.tobytes() == team(other).experience.tobytes()
    assert day.ledger.value("staff", f_of(day)) == pytest.approx(other.ledger.value("staff", f_of(day)))
    lives = [m.log.purchases().sort_values(["customer", "occasion"], ignore_index=True) for m in (day, other)]
    if tick < 1:
        assert lives[0].equals(lives[1])
    else:
        assert len(lives[0]) == pytest.approx(len(lives[1]), rel=0.01)


def test_it_goes_on_where_it_was_saved(tmp_path):
    changes = {
        "choice.service_weight": {"distribution": "uniform", "low": 0.0, "high": 2.0},
        "market.days": 120.0,
    }
    straight, market = (scenario({}, **changes).market() for _ in range(2))
    straight.run()
    for _ in range(50):
        market.step()
    market.save(tmp_path / "m")
    assert differences(straight, Market.load(tmp_path / "m").run()) == []


def test_a_branch_may_hire_and_dismiss():
    market = scenario({}).market()
    for _ in range(50):
        market.step()
    same = market.branch()
    more, fewer = (market.branch({"firms.shop.staff.people": n}) for n in (30, 5))
    assert (team(more).experience[1, :20] == team(same).experience[1]).all()
    assert (team(fewer).experience[1, :5] == team(same).experience[1, :5]).all()
    for branch in (more, fewer):
        branch.step()
        branch.ledger.check()
    assert np.isfinite(team(more).patience[1]).all()
