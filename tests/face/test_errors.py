"""What people get wrong on the public face is answered with the place, the value and the nearest right name."""

import pickle
import re

import pandas as pd
import pytest
from face import things

import regulars
from regulars import Market, compare, fit
from regulars.ground.attributes import NoSuch
from regulars.ground.calls import WrongCall
from regulars.ground.errors import RegularsError

PRICES = {"firms.anna.price": [1.0]}
WRONG = {  # what is done to a market m, a scenario s, a comparison c, a sweep w, a panel p, a plain market d: what is said
    "m.firm('annna')": "no firm is called 'annna'; did you mean 'anna'",
    "m.firm('nobody')": "no firm is called 'nobody'; known here: anna, bob",
    "m.firm(0)": "a firm has a name, not 0",
    "m.firm('anna').members('pointss')": "firms.anna: no programme is called 'pointss'; did you mean 'points'",
    "m.firm('anna').members(None)": "no programme is called None",
    "m.firm('anna').audience('membres', 1.0)": "'membres' is no audience; did you mean 'members'",
    "m.firm('anna').audience(None, 1.0)": "None is no audience",
    "m.firm('anna').strategies['pointss']": "no strategy of this firm is called 'pointss'; did you mean 'points'",
    "m.ledger.value('gross_sale', 0)": "no account is called 'gross_sale'; did you mean 'gross_sales'",
    "m.ledger.value('gross_sales', 'annna')": "no firm is called 'annna'; did you mean 'anna'",
    "m.ledger.value('gross_sales', 2)": "there is no firm 2; by number there are 0 anna, 1 bob",
    "m.ledger.value('gross_sales', -1)": "there is no firm -1",
    "m.ledger.balance(['gross_sales'], 0)": "no account is called",
    "m.ledger.profit(None)": "there is no firm None",
    "m.ledger.post(0, 'cas', 'gross_sales', 5)": "no account is called 'cas'; did you mean 'cash'",
    "m.ledger.post(0, 'cash', 'gross_sale', 5)": "no account is called 'gross_sale'; did you mean 'gross_sales'",
    "m.demand('annna')": "did you mean 'anna'",
    "m.customers[10**9]": "there is no customer 1000000000: this market has customers 0 to 59",
    "m.customers.select('a')": "'a' selects no customers",
    "m.branch(treads=2)": "no option 'treads'; did you mean 'threads'",
    "m.branch({'firms.anna.prise': 2})": "did you mean 'firms.anna.price'",
    "m.lockstep([1])": r"arms = \[1\] will not do",
    "m.run(progress=3)": "progress = 3 will not do",
    "m.run(progres=print)": "has no argument 'progres'; did you mean 'progress'",
    "Market(s, treads=2)": "no option 'treads'; did you mean 'threads'",
    "Market(s, 5)": r"takes no second argument \(5\): in order it takes scenario; by name also seed",
    "Market()": "Market needs 'scenario'",
    "Market([1])": r"a scenario is needed, .* not \[1\]",
    "plain.PlainMarket(None)": "a scenario is needed",
    "plain.PlainMarket(s, 5)": r"PlainMarket takes no second argument \(5\)",
    "plain.PlainMarket(s)": r"the plain day leaves out firms\.anna\.strategies\.points",
    "d.firm('annna')": "no firm is called 'annna'; did you mean 'anna'",
    "d.run(3)": r"run takes no first argument",
    "Lockstep(m, 3)": "arms = 3 will not do",
    "Lockstep(None, {'a': None})": r"arms\.a: this is no market",
    "s.market(treads=2)": "no option 'treads'; did you mean 'threads'",
    "s.market(2)": r"Scenario\.market takes no first argument",
    "s.arm('cheapper')": r"arms\.cheapper: no arm of this name; did you mean 'cheaper'",
    "s.arm(['cheaper'])": "no arm of this name",
    "s.set()": r"Scenario\.set needs 'changes'",
    "Scenario(None)": "a scenario is made of a table",
    "Scenario({}, pth=None)": "has no argument 'pth'; did you mean 'path'",
    "load('coffe-shop')": "there is no such scenario; did you mean 'coffee-shop'",
    "load(pd.DataFrame())": "the path of a scenario file is needed",
    "c.wide('profits')": "no metric is called 'profits'; did you mean 'profit'",
    "c.wide([1])": r"no metric is called \[1\]",
    "c.estimate('cheapper', 'profit')": "no arm is called 'cheapper'; did you mean 'cheaper'",
    "c.estimate('cheaper', 'profits')": "no metric is called 'profits'; did you mean 'profit'",
    "c.estimate('cheaper', metrik='profit')": "no argument 'metrik'; did you mean 'metric'",
    "c['cheapper']": "no arm is called 'cheapper'; did you mean 'cheaper'",
    "c.break_even_day(None)": "no arm is called None",
    "compare('scenari.toml')": r"scenari\.toml: there is no such scenario",
    "compare(None)": "a scenario is needed",
    "compare(s, arms=['cheapper'])": r"arms\.cheapper: no arm of this name; did you mean 'cheaper'",
    "compare(s, arms=pd.DataFrame())": "none is named",
    "compare(s, arms=3)": "a list of names is needed",
    "compare(s, metric='profit')": "compare has no argument 'metric'; known here: arms",
    "compare(s, replicate=2)": "did you mean 'replicates'",
    "compare(s, progress=3)": "progress = 3 will not do",
    "compare(s, 2, replicates=2)": "'replicates' is given twice",
    "sweep(s, {'firms.anna.prise': [1]})": "did you mean 'firms.anna.price'",
    "sweep(s)": "sweep needs 'over'",
    "sweep(s, [1])": "nothing to sweep over",
    "sweep(s, PRICES, design='lsh')": "did you mean 'lhs'",
    "sweep(s, PRICES, desgin='lhs')": "did you mean 'design'",
    "w.figure('profits')": "no metric is called 'profits'; did you mean 'profit'",
    "fit('log.csv')": r"log\.csv: no such file",
    "fit('yogurtt')": "neither a file nor a dataset.*nearest: yogurt",
    "fit(None)": "a log is needed, not None",
    "fit([1])": r"a log is needed, not \[1\]",
    "fit(pd.DataFrame())": "customer",
    "fit(p, focal='annna')": "did you mean 'anna'",
    "fit(p, daays=3)": "did you mean 'days'",
    "fit(p, before=3)": "before = 3 will not do",
    "fit(p, recover='a')": "recover = 'a' will not do",
    "Panel(None)": "a panel is made of a table of pandas, not of None",
    "Panel(p.purchases, days='a')": "days = 'a' will not do",
    "Panel(p.purchases, nam='a')": "has no argument 'nam'; did you mean 'name'",
    "p.shares('money')": "shares of 'money': choose 'purchases' or 'amount'",
    "p.shares(off='amount')": "has no argument 'off'; did you mean 'of'",
    "p.between(None, 2)": "None is no time",
    "p.split('a')": "'a' is no time",
    "p.of_customers(5)": "a list of customers is needed, not 5",
    "panels.resolve(None)": "None is no log",
    "panels.rfm(None)": "a log is needed, not None",
    "panels.read('none.csv', currncy='EUR')": "nearest: currency",
    "laws.fit_law('bgnbdd', p)": "no law is called 'bgnbdd'; did you mean 'bgnbd'",
    "laws.fit_law('nbd', None)": "a log is needed",
    "laws.fit_law(p, 'nbd')": "no law is called",
    "laws.fit_law('nbd', p, frim='anna')": "did you mean 'firm'",
    "show.ranking(None)": "a comparison is needed, .* not None",
    "show.sweep_figure(c)": "the result of a sweep is needed",
}  # fmt: skip
KINDS = {"list": [1], "table": pd.DataFrame({"a": [1]}), "number": 3.7, "thing": object()}
TAKES = {  # what takes an argument of some kind: calls with `x` in its place
    "a name": ["m.firm(x)", "d.firm(x)", "m.firm('anna').members(x)", "m.firm('anna').audience(x, 1.0)", "m.ledger.value(x, 0)", "m.demand(x)", "s.arm(x)",
               "s.value(x)", "c.wide(x)", "c.estimate(x)", "c[x]", "c.estimate('cheaper', x)", "c.break_even_day(x)", "p.shares(x)",
               "sweep(s, PRICES, design=x)", "w.figure(x)", "fit(p, focal=x)", "panels.dataset(x)", "panels.rfm(p, x)", "laws.fit_law(x, p)",
               "register(m, x)", "show.sweep_figure(w, x)", "m.customers[x]"],
    "a path": ["m.save(x)", "load(x)", "Scenario({}, x)", "panels.resolve(x)", "panels.read('a.csv', reading=x)", "show.write_report(c, x)",
               "show.save(figure, x)", "Market.load(x)", "sweep(s, PRICES, out=x)", "fit(p, before=x)"],
    "a thing": ["Market(x)", "plain.PlainMarket(x)", "compare(x)", "sweep(x, PRICES)", "register(x)", "laws.fit_law('nbd', x)", "panels.rfm(x)", "fit(x)", "show.ranking(x)",
                "show.answer(x)", "show.headline(x)", "show.sweep_figure(x)", "show.save(x, 'a')", "Market(s, against=x)"],
    "a table": ["s.set(x)", "m.branch(x)", "m.lockstep(x)", "Lockstep(m, x)", "sweep(s, x)", "panels.read('a.csv', columns=x)", "Scenario(x)"],
    "a number": ["Market(s, seed=x)", "plain.PlainMarket(s, seed=x)", "Market(s, threads=x)", "compare(s, replicates=x)", "compare(s, jobs=x)", "fit(p, days=x)", "fit(p, recover=x)",
                 "panels.rfm(p, unit=x)", "Panel(p.purchases, days=x)"],
    "a function": ["m.run(progress=x)", "plain.PlainMarket(s, hand=x)", "compare(s, progress=x)", "sweep(s, PRICES, progress=x)", "fit(p, progress=x)"],
}  # fmt: skip
FINE = {
    ("fit(p, days=x)", "number"),
    ("panels.rfm(p, unit=x)", "number"),
    ("Panel(p.purchases, days=x)", "number"),
}
MISSING = {
    "m.totals.purchasess": "Totals has no 'purchasess'; did you mean 'purchases'",
    "m.customers.satisfactionn": "Customers has no 'satisfactionn'",
    "m.customers.basquet": "did you mean 'basket'",
    "m.firm('anna').pricee": "Firm has no 'pricee'; did you mean 'price'",
    "m.treads": "did you mean 'threads'",
    "m.log.purchasess": "did you mean 'purchases'",
    "m.ledger.valu": "did you mean 'value'",
    "s.arms": "Scenario has no 'arms'; did you mean 'arm'",
    "c.rankings": "Comparison has no 'rankings'; did you mean 'ranking'",
    "w.tabel": "Sweep has no 'tabel'; did you mean 'table'",
    "d.row": "PlainMarket has no 'row'; did you mean 'rows'",
    "p.purchasess": "Panel has no 'purchasess'; did you mean 'purchases'",
    "regulars.compar": "did you mean 'compare'",
    "panels.reed": "did you mean 'read'",
    "show.rankin": "did you mean 'ranking'",
    "laws.BGNBDD": "did you mean 'BGNBD'",
    "regulars.measures.funel": "did you mean 'funnel'",
}
SET = {
    "m.firm('anna').pricee": "Firm has no 'pricee' to set.*did you mean 'price'",
    "m.dayy": "did you mean 'day'",
    "d.seedd": "did you mean 'seed'",
    "m.day": "'day' of Market can be read, not set",
    "m.customers.taste": "write into it, as in customers.taste",
    "m.customers.tast": "did you mean 'taste'",
    "m.totals.purchasess": "did you mean 'purchases'",
    "m.ledger.profitt": "did you mean 'profit'",
    "m.log.pth": "did you mean 'path'",
    "s.tablee": "did you mean 'table'",
    "c.seed": "cannot assign to field 'seed'",
}


@pytest.fixture(scope="module")
def names():
    public = {name: getattr(regulars, name) for name in regulars.__all__}
    return {**public, "regulars": regulars, "pd": pd, "PRICES": PRICES, "figure": regulars.show.ranking(things.comparison()), "m": things.market(), "s": things.scenario(), "c": things.comparison(), "w": things.swept(), "p": things.panel(), "d": things.plain_market()}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_call_is_answered(wrong, names):
    with pytest.raises(RegularsError, match=WRONG[wrong]):
        eval(wrong, names)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("call", [call for calls in TAKES.values() for call in calls])
def test_a_wrong_kind_is_answered(call, kind, names):
    """Whatever it is, and whatever is in its place: in words of ours, never Python's."""
    if (call, kind) in FINE:
        return
    with pytest.raises(RegularsError):
        eval(call, {**names, "x": KINDS[kind]})


@pytest.mark.parametrize("wrong", MISSING)
def test_a_wrong_attribute_is_answered(wrong, names):
    with pytest.raises(AttributeError, match=MISSING[wrong]):
        eval(wrong, names)


@pytest.mark.parametrize("wrong", SET)
def test_setting_what_is_not_there_is_refused(wrong, names):
    with pytest.raises(AttributeError, match=SET[wrong]):
        exec(f"{wrong} = 7", dict(names))


def test_what_is_there_can_be_set():
    market = things.market()
    market.firm("anna").price = 0.5
    market.customers.taste += 1.0
    market.running = False
    market._mine = 1
    assert market.firm("anna").price == 0.5 and market._mine == 1


def test_a_class_of_ones_own_may_keep_what_it_likes():
    class Mine(Market):
        def __init__(self, table):
            super().__init__(table)
            self.mood = "good"

    assert Mine(things.SHOPS).mood == "good"


def test_a_strategy_may_keep_what_it_likes():
    points = things.market().firm("anna").strategies["points"]
    points.mine = 3
    assert points.mine == 3


def test_the_error_of_a_property_is_not_hidden(monkeypatch):
    """A property that fails for another attribute tells of that one."""
    monkeypatch.setattr(
        type(things.market().firm("anna")), "broken", property(lambda firm: firm.pricee), raising=False
    )
    with pytest.raises(AttributeError, match="pricee"):
        things.market().firm("anna").broken  # noqa: B018


def test_a_type_error_from_inside_is_left_alone():
    """Only what the caller got wrong is told in the words of the function."""
    with pytest.raises(TypeError, match="from inside") as told:
        things.market().run(progress=lambda *_: (_ for _ in ()).throw(TypeError("from inside")))
    assert not isinstance(told.value, WrongCall)


def test_a_wrong_call_is_both():
    with pytest.raises(TypeError):
        compare()
    with pytest.raises(RegularsError):
        compare()


def test_errors_travel():
    missing = NoSuch(things.market().totals, "purchasess")
    assert "did you mean 'purchases'" in str(pickle.loads(pickle.dumps(missing)))


def test_nothing_is_posted_on_a_wrong_account():
    market = things.market()
    before = market.ledger.table()
    with pytest.raises(RegularsError):
        market.ledger.post(0, "cash", "revenu", 5)
    assert market.ledger.table() == before


def test_fit_reads_what_it_is_given(tmp_path):
    """A path, a table and a panel are the same log."""
    path = tmp_path / "till.csv"
    many = Market(things.scenario(market={"customers": 300, "days": 84}), log="memory").run().log.purchases()
    table = many.astype({"firm": str})[["customer", "time", "firm", "amount", "price", "quantity"]]
    table.to_csv(path, index=False)
    found = [fit(log).estimates["estimate"].to_numpy() for log in (path, str(path), table)]
    assert all((one == found[0]).all() for one in found[1:])


def test_estimates_are_those_of_the_summary():
    comparison = things.comparison()
    effect = comparison.estimate("cheaper")
    row = comparison["cheaper"].loc["incremental_profit"]
    assert (effect.mean, effect.low, effect.high, effect.unit) == (
        row["mean"],
        row["low"],
        row["high"],
        "currency",
    )
    assert re.search(r"cheaper, incremental profit: .* \(95% interval .* to .*\)", repr(effect))
    one = compare(things.scenario(), replicates=1, jobs=1)
    assert "without an interval" in str(one.estimate("cheaper"))
    assert str(one.estimate("control", "return_on_reward")) == "cannot be told"
