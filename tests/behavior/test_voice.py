"""Exit, voice and silence after a bad experience (Hirschman 1970), and what is remembered of it."""

import itertools
import math

import numpy as np
import pytest
from contract.listening import slice_finely

from regulars import Market, Scenario
from regulars.ground.parameter import Problem
from regulars.processes.voice import chances

N = 20_000


def market(
    voice=None, *, days=2, gap=1.0, firms=("a", "b"), customers=N, failure=1.0, keep="memory", **changes
):
    """Firms alike but that everything bought at `a` fails by half a point; everybody meets all opportunities."""
    table = {
        "market": {"customers": customers, "days": days},
        "need": {"process": "calendar", "interval": gap},
        "taste": {"kind": "homogeneous"},
        "experience": {"on": True, "noise": 0.0},
        "voice": {"on": True, **(voice or {})},
        "firms": [
            {"name": name, "failure": failure if name == "a" else 0.0, "severity": 0.5} for name in firms
        ],
    }
    return Scenario(table).set({name.replace("__", "."): v for name, v in changes.items()}).market(log=keep)


def lively(rules=None, **changes):
    """The reference market of the iceberg: ordinary shops, one purchase in twenty fails."""
    table = {
        "market": {"customers": 2000, "days": 364},
        "need": {"mean": 1.0, "shape": 2.0},
        "taste": {"concentration": 2.0},
        "choice": {"outside": True, "outside_utility": -1.0},
        "experience": {"on": True},
        "bond": {"on": True, "response": "linear"},
        "voice": {"on": True, **(rules or {})},
        "firms": [{"name": name, "failure": 0.05} for name in "ab"],
    }
    return (
        Scenario(table).set({name.replace("__", "."): v for name, v in changes.items()}).market(log="memory")
    )


def counts(run, before=math.inf):
    """How many left, complained and kept silent, from the log."""
    events = run.log.events()
    kinds = events.loc[events["time"] < before, "event"].value_counts()
    return np.array([kinds.get(kind, 0) for kind in ("leave", "complain", "keep_silent")])


def bought(run):
    """Numbers of the firms bought from, shape (customers, opportunities)."""
    log = run.log.opportunities().sort_values(["customer", "time"])
    return log["firm"].cat.codes.to_numpy().reshape(run.customers.count, -1)


def agrees(share, chance, n):
    """Hold a share of n draws to its chance, by four standard errors."""
    assert n > 1000 and abs(share - chance) <= 4 * math.sqrt(max(chance * (1 - chance), 1e-9) / n)


def logistic(x):
    return 1.0 / (1.0 + math.exp(-x))


# ---------------------------------------------------------------- the choice between three


def expected(leave, speak):
    """Chances of the three as a column."""
    return chances(np.array([leave]), np.array([speak]))[:, 0]


@pytest.mark.parametrize("rules", [{}, {"anger": 4.0, "hope": 0.8}, {"reluctance": 4.0, "cost": 1.0}])
def test_the_three_shares(rules):
    """Two firms alike, a shortfall of one half: u_exit = -d - ..., where d is what the bond has lost."""
    run = market(rules, days=1, bond__on=True, bond__response="linear").run()
    r = run.scenario.spec.voice
    lost = 1.2 * 0.3 * 0.5  # slope x memory x severity
    theory = expected(lost + r.anger * 0.5 - r.reluctance, r.hope * r.gain * 0.5 - r.cost)
    found = counts(run)
    assert found.sum() == (bought(run) == 0).sum()
    for k in range(3):
        agrees(found[k] / found.sum(), theory[k], found.sum())


@pytest.mark.parametrize("devoted", [False, True])
def test_without_hope_only_loyalty_speaks(devoted):
    """p_fix = 0: voice over silence is exp(-c + phi L) exactly (Hirschman's logit)."""
    rules = {"hope": 0.0, "cost": 1.0, "phi": 0.4, "anger": 0.0}
    run = market(rules, days=1, bond__upper=0.0 if devoted else 1.0, bond__lower=0.0, bond__width=0.001).run()
    loyal = 2.0 if devoted else 0.0
    _, speaks, silent = counts(run)
    odds = math.exp(-1.0 + 0.4 * loyal)
    agrees(speaks / (speaks + silent), odds / (1 + odds), speaks + silent)


def test_hope_of_being_helped_activates_voice():
    shares = [counts(market({"hope": hope}, days=1).run())[1] for hope in (0.0, 0.3, 0.9)]
    assert shares == sorted(shares) and shares[2] > 3 * shares[0]
    assert (
        counts(market({"hope": 0.9, "gain": 0.0}, days=1).run())[1] == shares[0]
    )  # nothing to gain, nothing to hope


def test_switching_costs_turn_exit_into_voice_and_silence():
    """dP(exit)/dsc < 0 and dP(voice)/dsc >= 0; voice and silence rise in equal proportion, as in any logit."""
    grid = [expected(1.5 - cost, -1.0) for cost in (0.0, 1.0, 3.0)]
    for less, more in itertools.pairwise(grid):
        assert more[0] < less[0] and more[1] > less[1]
        assert more[1] / less[1] == pytest.approx(more[2] / less[2], rel=1e-12)
    # where leaving costs what it costs to switch, the market moves along
    free, dear = (
        counts(market({"cost": 1.0}, days=1, switching__relation=cost).run()) for cost in (0.0, 2.0)
    )
    lost = 9.0 * 0.5 - 3.0
    for found, u in ((free, lost), (dear, lost - 2.0)):
        agrees(found[0] / found.sum(), expected(u, 0.3 * 4.0 * 0.5 - 1.0)[0], found.sum())
    assert dear[0] < free[0] and dear[1] > free[1]


def test_nowhere_to_go():
    """One firm and no staying at home: nobody leaves, more complain; with a way out many leave."""
    alone = counts(market({"cost": 1.0}, days=1, firms=("a",)).run())
    assert alone[0] == 0 and alone[1] > 0
    out = {"choice__outside": True, "choice__outside_utility": 0.0}
    some = counts(market({"cost": 1.0}, days=1, firms=("a",), **out).run())
    assert some[0] > 0.5 * some.sum() and some[1] / some.sum() < alone[1] / alone.sum()


def test_firms_that_nobody_knows_are_no_alternative():
    """Who knows no other firm than this one cannot leave for another."""
    run = market({}, days=1)
    run.customers.add("aware_from", 0.0)
    run.customers.aware_from[:, 1] = np.inf
    who, at = np.arange(100), np.zeros(100, np.int64)
    leave, _ = run.processes["voice"].utilities(who, at, np.zeros(100), np.full(100, 0.5))
    assert (leave == -np.inf).all()
    assert expected(leave[0], 0.0)[0] == 0.0


def test_loyalty_delays_exit_and_activates_voice():
    """The same failures: who is devoted stays longer and complains more before leaving."""
    firsts, shares = [], []
    for upper in (1.0, 0.0):
        run = market(
            {"cost": 1.0, "anger": 6.0},
            days=40,
            customers=4000,
            failure=0.3,
            bond__upper=upper,
            bond__lower=0.0,
        ).run()
        events = run.log.events()
        left = events[events["event"] == "leave"].groupby("customer")["time"].min()
        firsts.append(left.reindex(range(4000), fill_value=40.0).mean())
        found = counts(run)
        shares.append(found[1] / found.sum())
    assert firsts[1] > firsts[0] + 3.0 and shares[1] > 1.5 * shares[0]
    # negative control: loyalty that ties nobody
    same = [
        counts(market({"attachment": 0.0}, days=5, bond__upper=upper, bond__lower=0.0).run()).tolist()
        for upper in (1.0, 0.0)
    ]
    assert same[0] == same[1]


# ---------------------------------------------------------------- the iceberg


def test_behind_one_complaint_stand_many_silent_ones():
    """Far more than 10 (source documents); about 26 by the defaults, which were chosen for that."""
    found = counts(lively().run())
    hidden = (found[0] + found[2]) / found[1]
    assert found[1] > 100 and 20 < hidden < 34
    easy = counts(lively({"cost": -50.0}).run())  # negative control: complaining is no trouble at all
    assert easy[0] == easy[2] == 0 and easy[1] > 1000


def test_only_complaints_that_are_made_are_counted():
    run = lively().run()
    events = run.log.events()
    for f, name in enumerate(run.names):
        made = ((events["event"] == "complain") & (events["firm"] == name)).sum()
        assert run.totals.complaints[:, f].sum() == made > 0
    deaf = lively({"cost": 50.0}).run()
    assert deaf.totals.complaints.sum() == 0 and counts(deaf)[0] > 1000


# ---------------------------------------------------------------- what is remembered


@pytest.mark.parametrize(("half_life", "gap"), [(10.0, 5.0), (10.0, 20.0), (0.0, 20.0)])
def test_aversion_fades(half_life, gap):
    """Everybody leaves; a half-life later half of the pull is back."""
    rules = {"reluctance": -50.0, "aversion": 3.0, "half_life": half_life, "blame": 0.0}
    run = market(rules, days=2 * gap, gap=gap).run()
    left = 3.0 if half_life == 0 else 3.0 * 2 ** (-gap / half_life)
    choice = bought(run)
    here = choice[:, 0] == 0
    agrees((choice[here, 1] == 0).mean(), logistic(-left), here.sum())
    agrees((choice[~here, 1] == 0).mean(), 0.5, (~here).sum())  # who had no failure has no aversion


def test_shortfalls_are_remembered_and_add_up():
    """Silent, no bond: the log odds of coming back fall by the blame of all shortfalls so far."""
    rules = {"reluctance": 50.0, "cost": 50.0, "blame": 1.2, "forgetting": 0.0}
    run = market(rules, days=3, experience__adaptation=0.0).run()
    choice = bought(run)
    for failures in (0, 1, 2):
        group = (choice[:, :2] == 0).sum(axis=1) == failures
        agrees((choice[group, 2] == 0).mean(), logistic(-1.2 * 0.5 * failures), group.sum())
    short = run.log.events().query("event == 'keep_silent'")["amount"]
    assert np.allclose(short, 0.5, atol=1e-6)


def test_an_open_complaint_weighs_until_it_is_answered():
    """Everybody complains: twice the shortfall, and a tenth of it after an answer at once and in full."""
    rules = {"cost": -50.0, "blame": 1.2, "forgetting": 0.0}
    for quality, part in ((0.0, 2.0), (0.5, 1.1), (1.0, 0.2)):
        run = market(rules, days=2)
        run.step()
        here = np.flatnonzero(run.customers.incumbent == 0)
        assert run.customers.hope[here, 0] == pytest.approx(0.15, abs=1e-6)  # none so far
        run.firms[0].relations.answer_complaints(here, quality)
        assert run.customers.hope[here, 0] == pytest.approx(0.15 + 0.5 * quality, abs=1e-6)
        run.step()
        agrees((bought(run)[here, 1] == 0).mean(), logistic(-1.2 * 0.5 * part), here.size)


def test_members_forgive():
    """Bolton, Kannan & Bramlett 2000: of a random half with a card fewer are lost by a failure; nothing without lenience."""
    card = {
        "personal_service": {
            "enrolment": "randomised",
            "enrolled_share": 0.5,
            "fit_gain": 0.0,
            "service": 0.0,
            "visit_cost": 0.0,
        }
    }

    def interaction(lenience):
        rates = {}
        for failure in (0.0, 1.0):
            run = market(
                {"lenience": lenience},
                days=2,
                failure=failure,
                firms__0__strategies=card,
                bond__on=True,
                bond__response="linear",
            ).run()
            choice, member = bought(run), run.firms[0].members()
            for cut in (True, False):
                group = (choice[:, 0] == 0) & (member == cut)
                rates[failure, cut] = (choice[group, 1] == 0).mean(), 0.25 / group.sum()
        means = {key: mean for key, (mean, _) in rates.items()}
        effect = means[1.0, True] - means[0.0, True] - (means[1.0, False] - means[0.0, False])
        return effect, math.sqrt(sum(variance for _, variance in rates.values()))

    effect, se = interaction(0.6)
    assert effect > 5 * se
    effect, se = interaction(0.0)
    assert abs(effect) <= 3 * se


# ---------------------------------------------------------------- switches


def same(one, other):
    return one.log.opportunities().equals(other.log.opportunities())


def test_off_is_exactly_off():
    without, off = lively({"on": False}).run(), lively({"on": False, "lenience": 0.5, "aversion": 9.0}).run()
    assert same(without, off) and (without.totals.complaints == off.totals.complaints).all()
    assert without.ledger.table() == off.ledger.table() and off.log.events().empty
    assert not same(without, lively().run())


def test_without_memory_nobody_buys_otherwise():
    """Negative control of all effects on purchases: only what is counted as a complaint changes."""
    none = lively({"on": False}).run()
    quiet = lively({"aversion": 0.0, "blame": 0.0}).run()
    assert same(none, quiet) and none.ledger.table() == quiet.ledger.table()
    assert 0 < quiet.totals.complaints.sum() < none.totals.complaints.sum()


def test_it_needs_experience():
    with pytest.raises(Problem, match=r"experience\.on = true"):
        Scenario({"voice": {"on": True}, "firms": [{"name": "a"}]})


def test_length_of_a_tick_and_threads_change_nothing(monkeypatch):
    small = {"market__customers": 300, "market__days": 140}
    run = lively(None, **small).run()
    a = run.log.opportunities().sort_values(["customer", "time"], ignore_index=True)
    for tick in (0.5, 7.0):
        b = lively(None, market__tick=tick, **small).run().log.opportunities()
        assert a.equals(b.sort_values(["customer", "time"], ignore_index=True))
    slice_finely(monkeypatch, 4)
    apart = run.scenario.market(log="memory", threads=3).run()
    assert same(run, apart) and (run.totals.complaints == apart.totals.complaints).all()


def test_going_on_is_the_same(tmp_path):
    whole, half = lively().run(), lively()
    for _ in range(200):
        half.step()
    half.save(tmp_path / "half.regulars")
    rest = Market.load(tmp_path / "half.regulars", log="memory").run()
    assert (rest.totals.purchases == whole.totals.purchases).all()
    assert (rest.totals.complaints == whole.totals.complaints).all()
    for name in ("aversion", "blame", "hope"):
        assert (rest.customers.columns[name] == whole.customers.columns[name]).all()
