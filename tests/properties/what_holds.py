"""What holds in any market that a scenario can describe: properties of one world, each a function of its table.

`always` looks at one run; each of `SOMETIMES` lives the world once more in another way that must not matter.
"""

import json
import tempfile
import tomllib
from pathlib import Path

import numpy as np
import pytest
from contract.alike import alike, books
from contract.books import audit
from contract.listening import life, run, same, slice_finely
from market.test_discounts import given
from worlds.lives import after, differences

from regulars import Market, Scenario
from regulars.ground.errors import RegularsError
from regulars.world.ledger import MILLION
from regulars.world.offers import OFFER

UNIT_RANGE = ("0..1", "probability", "satisfaction", "yes/no")  # units of what lies between 0 and 1


# ---------------------------------------------------------------- of one run


def always(market):
    """Books, log and state of a market after its run."""
    audit(market)
    market.ledger.check(market.totals.arrays())
    given(market)
    log_tells_the_totals(market)
    numbers_are_in_range(market)
    profits_add_up(market)


def log_tells_the_totals(market):
    """Opportunities, purchases and money by day and firm are the same in the log and in the totals."""
    log, totals = market.log.opportunities(), market.log.totals
    days, day = len(totals.opportunities), np.floor(log["time"].to_numpy() + 1e-9).astype(int)
    assert np.bincount(day, minlength=days).tolist() == totals.opportunities.tolist()
    for f in range(len(market.names)):
        mine = log["firm"].cat.codes == f
        assert np.bincount(day[mine], minlength=days).tolist() == totals.purchases[:, f].tolist()
        for column, name in (("listed", "listed"), ("amount", "paid")):
            money = np.rint(log[column][mine].to_numpy() * MILLION)
            assert np.bincount(day[mine], money, days).tolist() == totals.arrays()[name][:, f].tolist(), name
    assert (totals.complaints >= 0).all()


def numbers_are_in_range(market):
    """No number is out of its mind: not in a column, an offer, on the board, nor in what was promised."""
    for name, array in market.customers.columns.items():
        declared = market.customers.declared[name]
        assert not np.isnan(array).any(), name
        assert np.isfinite(array).all() or declared.unit == "days", name
        if declared.unit in UNIT_RANGE:
            assert ((array >= 0) & (array <= 1)).all(), name
    for name, array in market.offers.arrays.items():
        assert np.isfinite(array).all(), name
        if OFFER[name] in UNIT_RANGE:
            assert ((array >= 0) & (array <= 1)).all(), name
    for name in ("price", "cost", "shelf_price", "shelf_factor"):
        assert (market.offers.arrays[name] >= 0).all(), name
    assert np.isfinite(market.board.standing).all() and np.isfinite(market.board.bids).all()
    for promised in market._ears.heard.values():
        assert np.isfinite(np.frombuffer(promised)).all()
    log, events = life(market)
    assert np.isfinite(log[["time", "quantity", "listed", "amount"]].to_numpy()).all()
    assert np.isfinite(events[["time", "amount"]].to_numpy()).all()


def profits_add_up(market):
    """What all firms took in at the till, and what they paid, is what their profits come to."""
    totals, ledger = market.log.totals, market.ledger
    for f in range(len(market.names)):
        cost, goods = int(totals.cost[:, f].sum()), int(ledger.money["cost_of_goods"][f])
        assert 0 <= goods <= cost and (
            goods == cost or "returns" in market.processes
        )  # what came back is sold again
        margin = int(totals.paid[:, f].sum()) - goods
        own = (
            "rewards",
            "communication",
            "acquisition",
            "recovery",
            "staff",
            "rent",
            "overhead",
            "fees",
            "partner",
            "refunds",
            "restocking",
        )
        assert ledger.profit(f) == (margin - sum(int(ledger.money[name][f]) for name in own)) / MILLION


# ---------------------------------------------------------------- the same once more


def changed(table, **market):
    """The table with other numbers of the section [market]."""
    return {**table, "market": {**table["market"], **market}}


def on_threads(table, base):
    """The number of threads does not matter."""
    with pytest.MonkeyPatch.context() as patch:
        slice_finely(patch, 2)
        alike(base, run(table, threads=2 + len(table["firms"]) % 2))


def in_any_order(table, base):
    """The order in which firms and their strategies are written does not matter."""
    backwards = [
        {**firm, "strategies": dict(reversed(firm.get("strategies", {}).items()))}
        for firm in reversed(table["firms"])
    ]
    alike(base, run(dict(reversed({**table, "firms": backwards}.items()))))


def in_ticks(table, base):
    """The length of a tick does not matter."""
    for tick in {0.5, 1.0, 2.0, 7.0} - {base.tick_length}:
        alike(base, run(changed(table, tick=tick)))


def saved_and_loaded(table, base):
    """A market that was saved and loaded goes on as if nothing had been."""
    noons = changed(table, tick=0.5)
    for contents, tick in ((table, base.ticks // 2), (noons, base.days | 1)):
        market = after(Scenario(contents).market(log="memory"), tick)
        with tempfile.TemporaryDirectory() as folder:
            loaded = Market.load(market.save(Path(folder) / "m"))
        assert differences(market, loaded) == []
        alike(base, loaded.run(), promises=False)


def branched(table, base):
    """A branch without changes goes on as the market itself, which does not notice."""
    market = after(Scenario(table).market(log="memory"), base.ticks // 3 + 1)
    branch = market.branch()
    assert differences(market, branch) == []
    alike(base, branch.run(), promises=False)
    alike(base, market.run(), promises=False)


def beside_itself(table, base):
    """A control of its own makes no difference, and no profit: from the first day on, and from another day on."""
    scenario = Scenario(table)
    control = scenario.market(log="memory")
    arm = scenario.market(log="memory", against=control)
    half = after(scenario.market(log="memory"), base.ticks // 2)
    pairs = {"nothing": (control, arm)}
    both = half.lockstep({"nothing": {}}, log="memory")
    for _ in range(control.ticks):
        control.step()
        arm.step()
    both.run()
    pairs["branch"] = both.control, both.arms["nothing"]
    for one, other in pairs.values():
        alike(base, one, promises=False)
        alike(base, other, promises=False)
        rewards = other.ledger.money["rewards"] + other.ledger.money["discounts"]
        assert (other.ledger.by_source.sum(axis=1) == rewards).all()
    for f in range(len(arm.names)):  # every reward was for a purchase that was the firm's anyway
        assert not np.delete(arm.ledger.by_source[f], [f, len(arm.names) + 1]).any()
    for name in both.control.names:
        assert both.incremental_profit(name)["nothing"] == 0.0


def beside_its_arms(table, base):
    """Arms run beside the control, and everything in them adds up."""
    scenario = Scenario(table)
    control, arms = scenario.arm("control").market(), {}
    for name in scenario.spec.arms:
        arms[name] = scenario.arm(name).market(log="memory", against=control)
    for _ in range(control.ticks):
        control.step()
        for arm in arms.values():
            arm.step()
    assert books(control) == books(base)
    for arm in arms.values():
        audit(arm)
        given(arm)
        rewards = arm.ledger.money["rewards"] + arm.ledger.money["discounts"]
        assert (arm.ledger.by_source.sum(axis=1) == rewards).all()


def branched_off(table, base):
    """From the middle of the run on, with other strategies or with none: refused at once, or everything adds up."""
    scenario = base.scenario
    market = after(scenario.market(log="memory"), base.ticks // 2)
    place = f"firms.{scenario.focal}.strategies"
    now = next(firm.get("strategies", {}) for firm in table["firms"] if firm["name"] == scenario.focal)
    others = [{place: {**now, **arm.strategies}, **arm.set} for arm in scenario.spec.arms.values()]
    for changes in ({place: {}}, *others):
        try:
            branch = market.branch(changes)
        except RegularsError:
            continue
        audit(branch.run())
        branch.ledger.check(branch.totals.arrays())
        given(branch)
        profits_add_up(branch)
    assert market.day == base.ticks // 2 * base.tick_length


def written_out(table, base):
    """The scenario written out in full, as TOML or as JSON, is the same scenario and the same market."""
    scenario = base.scenario
    assert Scenario(table).hash == scenario.hash
    for again in (tomllib.loads(scenario.toml()), json.loads(json.dumps(scenario.resolved(), default=str))):
        assert Scenario(again).hash == scenario.hash
    alike(base, run(tomllib.loads(scenario.toml())))


def under_other_names(table, base):
    """Names that sort alike change names only, where firms draw nothing of their own."""
    plain = {
        firm["name"]
        for firm in table["firms"]
        if not (firm.get("strategies") or firm.get("pricing") or firm.get("staff"))
    }
    new = {name: f"{name}s" if name in plain else name for name in base.names}
    told = renamed(table, new)
    other = run(told)
    old = {name: before for before, name in new.items()}
    log, events = life(other)
    log["firm"] = log["firm"].cat.rename_categories(old)
    events["firm"] = events["firm"].map(old)
    mine = life(base)
    same(mine[0], log)
    same(mine[1], events)
    mine, its = books(base), books(other)
    its["by strategy"] = {(old[firm], name): value for (firm, name), value in its["by strategy"].items()}
    assert mine == its
    assert base._ears.heard == other._ears.heard


def renamed(thing, new):
    """A table in which firms have new names, wherever they are named."""
    if isinstance(thing, dict):
        return {name_in_path(key, new): renamed(value, new) for key, value in thing.items()}
    if isinstance(thing, (list, tuple)):
        return [renamed(item, new) for item in thing]
    return new.get(thing, thing) if isinstance(thing, str) else thing


def name_in_path(key, new):
    """A key with firms' names replaced, also as steps of a dotted name."""
    return ".".join(new.get(step, step) for step in key.split("."))


SOMETIMES = (
    on_threads, in_any_order, in_ticks, saved_and_loaded, branched, beside_itself, beside_its_arms, branched_off, written_out,
    under_other_names,
)  # fmt: skip


def check(table, properties=SOMETIMES):
    """Run one world, and look at it in all these ways."""
    base = run(table)
    always(base)
    for holds in properties:
        holds(table, base)
