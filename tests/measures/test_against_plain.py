"""Every measure of a log against the same measure in plain Python, on random logs."""

import itertools

import numpy as np
import pandas as pd
import pytest
from measures import plain_measures as plain

from regulars import measures
from regulars.measures import customer_value, loyalty, retention, switching, value
from regulars.measures.funnel import KINDS, STEPS, funnel

COLUMNS = ["customer", "time", "firm", "amount"]
SEEDS = range(4)


def rows_of(seed, customers=25, most=9):
    """A random log: some buy once, some pay nothing at times, some firms are small; customers' rows are in any order."""
    rng = np.random.default_rng(1000 + seed)
    rows = []
    for customer in rng.choice(1000, customers, replace=False).tolist():
        taste = rng.dirichlet([1.2, 0.8, 0.4, 0.1])
        for time in (
            np.sort(rng.choice(120, rng.integers(1, most + 1), replace=False)) / 2
        ):  # many on the edges of windows
            amount = float(round(rng.exponential(10.0), 2)) * (rng.random() > 0.1)
            rows.append((customer, float(time), "ABCD"[rng.choice(4, p=taste)], amount))
    return [rows[k] for k in rng.permutation(len(rows))]


def frame(rows):
    """The same as a table, customers' purchases in order."""
    return pd.DataFrame(sorted(rows, key=lambda r: r[1]), columns=COLUMNS)


def same(found, wanted):
    """Same keys and values of two mappings, NaN being NaN."""
    assert set(found) == set(wanted)
    for key, number in wanted.items():
        assert found[key] == number or found[key] == pytest.approx(
            number, rel=1e-9, abs=1e-12, nan_ok=True
        ), key


@pytest.fixture(params=SEEDS, ids=lambda seed: f"log{seed}")
def rows(request):
    return rows_of(request.param)


@pytest.mark.parametrize("window", [(None, None), (10.0, None), (None, 40.0), (12.5, 33.0)])
def test_repeat_buying(rows, window):
    start, end = window
    log, part = frame(rows), plain.part_of(rows, start, end)
    for people in (None, 100):
        size = people or len({r[0] for r in rows})
        table = measures.brand_table(log, start=start, end=end, customers=people)
        wanted = plain.brand_table(rows, size, start, end)
        assert table["purchases"].is_monotonic_decreasing
        for firm in wanted:
            same(table.loc[firm].to_dict(), wanted[firm])
        found = measures.penetration(log, start=start, end=end, customers=people)
        same(found.to_dict(), {firm: row["penetration"] for firm, row in wanted.items()})
        for joint in (0.0, 2.0):
            d = measures.duplication_coefficient(log, start=start, end=end, customers=people, joint=joint)
            assert d == pytest.approx(plain.duplication_coefficient(part, size, joint), nan_ok=True)
        line = measures.double_jeopardy(log, start=start, end=end, customers=people)
        w = {f: row["frequency"] * (1 - row["penetration"]) for f, row in wanted.items()}
        w0 = sum(w.values()) / len(w)
        assert line.w0 == pytest.approx(w0) and line.variation == pytest.approx(np.std(list(w.values())) / w0)
        on_line = {f: w0 / (1 - row["penetration"]) for f, row in wanted.items() if row["penetration"] < 1}
        same(line.table["on_line"].dropna().to_dict(), on_line)
    for of in ("purchases", "amount"):
        same(
            measures.market_share(log, start=start, end=end, of=of).to_dict(),
            plain.market_share(part, of),
        )
        each = [
            sum(1 if of == "purchases" else r[3] for r in life) for life in plain.by_customer(part).values()
        ]
        for top in (0.2, 0.33):
            heavy = measures.pareto_share(log, start=start, end=end, top=top, of=of)
            assert heavy.share == pytest.approx(plain.top_share(each, top)) and heavy.buyers == len(each)
            times = [r[1] for r in part]
            length = (plain.end_of(part) if end is None else end) - (
                np.floor(min(times)) if start is None else start
            )
            assert (heavy.period, heavy.top, heavy.of) == (length, top, of)
    given = measures.duplication(log, start=start, end=end)
    same({(j, k): given.loc[j, k] for j in given.index for k in given.columns}, plain.duplication(part))


@pytest.mark.parametrize(("start", "length"), [(0.0, 30.0), (10.0, 15.0), (5.0, 8.0)])
def test_buying_again(rows, start, length):
    log = frame(rows)
    same(
        measures.period_repeat(log, start=start, length=length).to_dict(),
        plain.period_repeat(rows, start, length),
    )
    table, wanted = (
        retention.churn(log, at=start + length, length=length),
        plain.churn(rows, start + length, length),
    )
    assert set(table.index) == set(wanted) and table["buyers"].is_monotonic_decreasing
    for firm, (buyers, *shares) in wanted.items():
        row = table.loc[firm]
        assert row["buyers"] == buyers and row[["kept", "to_rivals", "silent"]].tolist() == pytest.approx(
            shares
        )
        assert row["churn"] == pytest.approx(1 - shares[0])
        assert row["standard_error"] == pytest.approx(np.sqrt(shares[0] * (1 - shares[0]) / buyers))


@pytest.mark.parametrize("window", [(None, None), (12.5, 33.0)])
def test_loyalty(rows, window):
    start, end = window
    log, part = frame(rows), plain.part_of(rows, start, end)
    for of in ("amount", "purchases"):
        shares = loyalty.wallet_shares(log, start=start, end=end, of=of)
        for customer, wanted in plain.wallets(part, of).items():
            same(shares.loc[customer].to_dict(), wanted)
        assert len(shares) == len(plain.wallets(part, of))
    edges = (0.0, 0.25, 0.5, 1.0)
    for firm in "AB":
        table = loyalty.wallet_distribution(log, firm, start=start, end=end, edges=edges)
        wanted = plain.wallet_distribution(part, firm, edges)
        assert table.to_numpy() == pytest.approx(np.array(wanted))
        mains = {c: w[firm] for c, w in plain.wallets(part).items() if w[firm] > 0.5}
        found = loyalty.main_customers(log, firm, start=start, end=end)
        same(found.to_dict(), mains)
        assert found.is_monotonic_decreasing
    table = loyalty.behavioural_loyalty(log, start=start, end=end)
    for customer, wanted in plain.behavioural_loyalty(part).items():
        same(table.loc[customer].to_dict(), wanted)
    assert len(table) == len({r[0] for r in part})


def test_switching(rows):
    log, pairs = frame(rows), plain.switching_counts(rows)
    found, rates = switching.switching_matrix(log, as_counts=True), switching.switching_matrix(log)
    for a, b in itertools.product(plain.firms_of(rows), repeat=2):
        total = sum(n for (f, _), n in pairs.items() if f == a)
        assert found.loc[a, b] == pairs[a, b]
        assert rates.loc[a, b] == pytest.approx(plain.ratio(pairs[a, b], total), nan_ok=True)
    flow, wanted = (
        switching.switching_flows(log, at=30.0, length=20.0),
        plain.switching_flows(rows, 30.0, 20.0),
    )
    for a, b in itertools.product(flow.index, repeat=2):
        assert flow.loc[a, b] == pytest.approx(wanted[a, b], abs=1e-9), (a, b)
    table = switching.gain_loss(log, "A", at=30.0, length=20.0)
    *rivals, customers, category = table.index
    table.loc["none"] = table.loc[customers] + table.loc[category]
    table = table.drop(index=[customers, category])
    sizes = {f: sum(n for (g, _), n in wanted.items() if g == f) for f in rivals}
    lost = sum(wanted["A", f] for f in sizes)
    for rival in table.index:
        gained, gone = wanted[rival, "A"], wanted["A", rival]
        assert table.loc[rival, ["gained", "lost", "net"]].tolist() == pytest.approx(
            [gained, gone, gained - gone]
        )
        fair = lost * sizes[rival] / sum(sizes.values()) if rival in sizes else np.nan
        assert table.loc[rival, "fair_share"] == pytest.approx(fair, nan_ok=True)


@pytest.mark.parametrize(("period", "start", "end"), [(10.0, 0.0, 60.0), (7.0, 4.0, 55.0), (20.0, 0.0, None)])
def test_cohorts(rows, period, start, end):
    log = frame(rows)
    table = retention.cohort_retention(log, period=period, start=start, end=end)
    shares, sizes = plain.cohort_retention(rows, period, start, end or plain.end_of(rows))
    assert table["customers"].to_dict() == sizes
    found = {
        (b, k): table.loc[b, k]
        for b in table.index
        for k in table.columns[1:]
        if not np.isnan(table.loc[b, k])
    }
    same(found, shares)


@pytest.mark.parametrize(("silent", "end"), [(10.0, None), (25.0, None), (5.0, 41.0)])
def test_survival_and_gaps(rows, silent, end):
    log = frame(rows)
    table = retention.survival(log, silent=silent, end=end)
    wanted = plain.survival(rows, silent, end or plain.end_of(rows))
    columns = ["time", "at_risk", "gone", "survival", "standard_error"]
    np.testing.assert_allclose(table[columns].to_numpy(), np.array(wanted), rtol=1e-9, atol=1e-12)
    gaps = [b[1] - a[1] for life in plain.by_customer(rows).values() for a, b in itertools.pairwise(life)]
    found = retention.interpurchase_times(log)
    assert sorted(found) == pytest.approx(sorted(gaps))
    summary = retention.gap_summary(found)
    numbers = [len(gaps), np.mean(gaps), np.median(gaps), np.std(gaps) / np.mean(gaps)]
    assert summary.tolist() == pytest.approx(numbers)


@pytest.mark.parametrize("timing", ["start", "end"])
def test_lifetime_values(rows, timing):
    log, rng = frame(rows), np.random.default_rng(7)
    people = [*sorted({r[0] for r in rows}), 2000, 2001]
    costs = [(people[k], float(t), float(a)) for k, t, a in zip(rng.integers(0, 27, 30), rng.integers(0, 60, 30), rng.uniform(0, 9, 30), strict=True)]  # fmt: skip
    spent = pd.DataFrame(costs, columns=["customer", "time", "amount"])
    for start in (0.0, 15.0):
        found = customer_value.lifetime_value(
            log, period=9.0, discount=0.15, timing=timing, start=start, costs=spent
        )
        same(found.to_dict(), plain.discounted(rows, 9.0, 0.15, timing, start, costs))
        assert found.is_monotonic_decreasing
    for start, end in ((None, None), (10.0, None), (None, 30.0), (10.0, 30.0)):
        found = customer_value.customer_profit(log, start=start, end=end, margin=0.4, costs=spent)
        part, profit = plain.part_of(rows, start, end), {}
        for r in part:
            profit[r[0]] = profit.get(r[0], 0.0) + 0.4 * r[3]
        for customer, time, amount in costs:
            if (start is None or time >= start) and (end is None or time < end):
                profit[customer] = profit.get(customer, 0.0) - amount
        same(found.to_dict(), profit)


@pytest.mark.parametrize("timing", ["start", "end"])
@pytest.mark.parametrize(("start", "end"), [(0.0, 60.0), (6.0, 60.0), (0.0, None), (0.0, 35.0)])
def test_observed_value(rows, timing, start, end):
    found = value.observed_clv(
        frame(rows), period=8.0, discount=0.1, timing=timing, margin=0.4, start=start, end=end
    )
    wanted = plain.margins_by_tenure(rows, 8.0, start, end or plain.end_of(rows))
    each = [0.4 * paid / n for n, paid in wanted]
    now = [m / 1.1**k for k, m in enumerate(each)]
    assert found.table["customers"].tolist() == [n for n, _ in wanted]
    assert found.table["margin"].tolist() == pytest.approx(each) and found.table[
        "discounted"
    ].tolist() == pytest.approx(now)
    assert found.table.index.tolist() == list(range(len(each))) and found.table.index.name == "tenure"
    assert found.observed == pytest.approx(sum(now[0 if timing == "start" else 1 :]))
    later = [wanted[k][0] for k in range(2, len(each))]
    r = sum(m * n for m, n in zip(each[2:], later, strict=True)) / sum(
        m * n for m, n in zip(each[1:], later, strict=False)
    )
    assert found.retention == pytest.approx(r)
    q = r / 1.1
    assert found.tail == pytest.approx(now[-1] * q / (1 - q) if q < 1 else np.inf)
    assert found.total == found.observed + found.tail


def test_concentration(rows):
    for firm, customers in ((None, None), ("A", 60)):
        spent = value.revenue_per_customer(frame(rows), firm=firm, customers=customers)
        each = {
            c: sum(r[3] for r in life)
            for c, life in plain.by_customer(plain.part_of(rows, None, None, firm)).items()
        }
        assert spent.is_monotonic_decreasing and len(spent) == (customers or len(each))
        same({c: x for c, x in spent.items() if c in each}, each)
        assert not spent[[c for c in spent.index if c not in each]].any()
        values = spent.tolist()
        assert value.gini(spent) == pytest.approx(plain.gini(values))
        table = value.deciles(spent, 7)
        edges = np.round(np.linspace(0, len(values), 8)).astype(int)
        for k, (low, high) in enumerate(itertools.pairwise(edges)):
            here = sorted(values, reverse=True)[low:high]
            wanted = [
                len(here),
                sum(here),
                np.mean(here),
                sum(here) / sum(values),
                sum(sorted(values)[::-1][:high]) / sum(values),
            ]
            assert table.loc[k + 1].tolist() == pytest.approx(wanted)
        whole = value.concentration(spent)
        assert whole.top_fifth == pytest.approx(plain.top_share(values, 0.2)) and whole.customers == len(
            values
        )


@pytest.mark.parametrize(("start", "end"), [(-np.inf, np.inf), (10.0, 45.0)])
def test_funnel(rows, start, end):
    rng = np.random.default_rng(8)
    people = [*sorted({r[0] for r in rows}), 2000, 2001, 2002]
    names = ["contact", "aware", "click", "visit", "referred", "answer"]
    events = [(people[k], float(t), names[e]) for k, t, e in zip(rng.integers(0, 28, 90), rng.integers(0, 120, 90) / 2, rng.integers(0, 6, 90), strict=True)]  # fmt: skip
    told = pd.DataFrame(events, columns=["customer", "time", "event"]).assign(firm="A")
    costs = {"communication": 50.0, "later_rewards": 8.0, "acquisition": 20.0}
    window = {} if start == -np.inf else {"start": start, "end": end}
    table = funnel(frame(rows), told, customers=90, costs=costs, **window)
    steps = plain.funnel_steps(rows, events, KINDS, start, end)
    spent = [50.0, 20.0, 0.0, 8.0, 0.0]
    before = None
    for k, (step, (who, times)) in enumerate(zip(STEPS, steps, strict=True)):
        passed = len(who & before) if before is not None else len(who)
        wanted = {
            "customers": len(who), "times": times, "share": len(who) / 90,
            "rate": passed / (len(before) if before is not None else 90), "entered": len(who) - passed,
            "cost": spent[k], "cost_per_customer": spent[k] / len(who), "cost_so_far": sum(spent[: k + 1]) / len(who),
        }  # fmt: skip
        same(table.loc[step].to_dict(), wanted)
        before = who
