"""The measures of a log once more, in plain Python: rows are (customer, time, firm, amount), one loop after another."""

import itertools
import math
from collections import Counter, defaultdict

NAN = float("nan")


def part_of(rows, start=None, end=None, firm=None):
    """Rows of a window and firm, in order of time."""
    inside = [
        r for r in rows
        if (start is None or r[1] >= start) and (end is None or r[1] < end) and (firm is None or r[2] == firm)
    ]  # fmt: skip
    return sorted(inside, key=lambda r: r[1])


def by_customer(rows):
    """Each customer's rows in order of time."""
    lives = defaultdict(list)
    for row in sorted(rows, key=lambda r: r[1]):
        lives[row[0]].append(row)
    return lives


def firms_of(rows):
    """Names of the firms."""
    return sorted({r[2] for r in rows})


def end_of(rows):
    """Day after the last purchase."""
    return math.floor(max(r[1] for r in rows)) + 1.0


def ratio(above, below):
    return above / below if below else NAN


# ---------------------------------------------------------------- repeat buying


def brand_table(rows, people, start=None, end=None):
    rows = part_of(rows, start, end)
    lives, table = by_customer(rows), {}
    for firm in firms_of(rows):
        mine = {c: [r for r in life if r[2] == firm] for c, life in lives.items()}
        buyers = [c for c, own in mine.items() if own]
        volume = sum(len(own) for own in mine.values())
        category = sum(len(lives[c]) for c in buyers)
        follows = [(a, b) for life in lives.values() for a, b in itertools.pairwise(life) if a[2] == firm]
        table[firm] = {
            "purchases": volume,
            "share": volume / len(rows),
            "buyers": len(buyers),
            "penetration": len(buyers) / people,
            "frequency": volume / len(buyers),
            "category_frequency": category / len(buyers),
            "requirements_share": volume / category,
            "sole_buyers": sum(len(mine[c]) == len(lives[c]) for c in buyers) / len(buyers),
            "next_repeat": ratio(sum(b[2] == firm for _, b in follows), len(follows)),
        }
    return table


def market_share(rows, of):
    total = Counter()
    for r in rows:
        total[r[2]] += 1 if of == "purchases" else r[3]
    return {firm: value / sum(total.values()) for firm, value in total.items()}


def period_repeat(rows, start, length):
    before, after = part_of(rows, start, start + length), part_of(rows, start + length, start + 2 * length)
    found = {}
    for firm in firms_of(before):
        buyers = {r[0] for r in before if r[2] == firm}
        found[firm] = len(buyers & {r[0] for r in after if r[2] == firm}) / len(buyers)
    return found


def duplication(rows):
    buyers = {firm: {r[0] for r in rows if r[2] == firm} for firm in firms_of(rows)}
    return {(j, k): len(buyers[j] & buyers[k]) / len(buyers[j]) for j in buyers for k in buyers}


def duplication_coefficient(rows, people, joint=0.0):
    b = {firm: len({r[0] for r in rows if r[2] == firm}) / people for firm in firms_of(rows)}
    given = duplication(rows)
    found = [given[j, k] / b[k] for j in b for k in b if j != k and b[j] * b[k] * people >= joint]
    return ratio(sum(found), len(found))


def top_share(values, top):
    ordered, left, taken = sorted(values, reverse=True), top * len(values), 0.0
    for value in ordered:
        taken += min(max(left, 0.0), 1.0) * value
        left -= 1
    return ratio(taken, sum(values))


# ---------------------------------------------------------------- loyalty and switching


def wallets(rows, of="amount"):
    shares = {}
    for customer, life in by_customer(rows).items():
        weight = Counter()
        for r in life:
            weight[r[2]] += r[3] if of == "amount" else 1
        if sum(weight.values()) > 0:
            shares[customer] = {f: weight[f] / sum(weight.values()) for f in firms_of(rows)}
    return shares


def wallet_distribution(rows, firm, edges):
    shares = wallets(rows)
    spent = {c: sum(r[3] for r in rows if r[0] == c and r[2] == firm) for c in shares}
    classes = []
    for low, high in itertools.pairwise(edges):
        here = [c for c in shares if low < shares[c][firm] <= high]
        classes.append((len(here), sum(spent[c] for c in here)))
    buyers, revenue = sum(n for n, _ in classes), sum(m for _, m in classes)
    return [(n, n / buyers, m / revenue) for n, m in classes]


def behavioural_loyalty(rows):
    table = {}
    for customer, life in by_customer(rows).items():
        bought = [r[2] for r in life]
        often = Counter(bought)
        main = max(often, key=lambda f: (often[f], -bought.index(f)))
        changes = sum(a != b for a, b in itertools.pairwise(bought))
        run = next((k for k, f in enumerate(reversed(bought)) if f != bought[-1]), len(bought))
        table[customer] = {
            "purchases": len(bought), "firms": len(often), "main_firm": main, "main_share": often[main] / len(bought),
            "concentration": sum((n / len(bought)) ** 2 for n in often.values()),
            "switching": ratio(changes, len(bought) - 1), "last_firm": bought[-1], "run": run,
        }  # fmt: skip
    return table


def switching_counts(rows):
    return Counter((a[2], b[2]) for life in by_customer(rows).values() for a, b in itertools.pairwise(life))


def switching_flows(rows, at, length):
    firms, flow = firms_of(part_of(rows, at - length, at + length)), Counter()
    before, after = (by_customer(part_of(rows, *w)) for w in ((at - length, at), (at, at + length)))
    for customer in before.keys() | after.keys():
        x, y = (Counter(r[2] for r in lives.get(customer, ())) for lives in (before, after))
        for f in firms:
            flow[f, f] += min(x[f], y[f])
        down, up = ({f: max(a[f] - b[f], 0) for f in firms} for a, b in ((x, y), (y, x)))
        lost, won = sum(down.values()), sum(up.values())
        for f, g in itertools.product(firms, firms):
            flow[f, g] += ratio(down[f] * up[g], max(lost, won)) if lost and won else 0
        for f in firms:
            flow[f, "none"] += down[f] * (1 - min(won / lost, 1.0)) if lost else 0
            flow["none", f] += up[f] * (1 - min(lost / won, 1.0)) if won else 0
    return flow


# ---------------------------------------------------------------- retention


def cohort_retention(rows, period, start, end):
    """{(cohort, tenure): share}, {cohort: customers}; only what all of a cohort were watched through."""
    lives = {c: life for c, life in by_customer(part_of(rows, None, end)).items() if life[0][1] >= start}
    cohorts = defaultdict(list)
    for life in lives.values():
        cohorts[math.floor((life[0][1] - start) / period)].append(life)
    shares = {}
    for number, members in cohorts.items():
        begin = start + number * period
        tenure = 0
        while begin + period + (tenure + 1) * period <= end + 1e-9:
            active = sum(
                any(tenure <= (r[1] - life[0][1]) / period < tenure + 1 for r in life) for life in members
            )
            shares[begin, tenure] = active / len(members)
            tenure += 1
    return shares, {start + number * period: len(members) for number, members in cohorts.items()}


def churn(rows, at, length):
    before, after = part_of(rows, at - length, at), part_of(rows, at, at + length)
    found = {}
    for firm in firms_of(before):
        buyers = {r[0] for r in before if r[2] == firm}
        kept = buyers & {r[0] for r in after if r[2] == firm}
        active = buyers & {r[0] for r in after}
        n = len(buyers)
        found[firm] = (n, len(kept) / n, len(active - kept) / n, (n - len(active)) / n)
    return found


def survival(rows, silent, end):
    """[(time, at risk, gone, survival, Greenwood's standard error)]"""
    stays = []
    for life in by_customer(part_of(rows, None, end)).values():
        stays.append((life[-1][1] - life[0][1], end - life[-1][1] >= silent))
    curve, total, table = 1.0, 0.0, []
    for t in sorted({t for t, gone in stays if gone}):
        risk, gone = sum(u >= t for u, _ in stays), sum(u == t and g for u, g in stays)
        curve *= 1 - gone / risk
        total += gone / (risk * (risk - gone)) if risk > gone else 0.0
        table.append((t, risk, gone, curve, curve * math.sqrt(total)))
    return table


# ---------------------------------------------------------------- value


def discounted(rows, period, discount, timing, start=0.0, costs=()):
    """Lifetime value of each customer: purchases less costs (customer, time, amount), by tenure."""
    lives, spent, found = by_customer(rows), defaultdict(list), {}
    for customer, time, amount in costs:
        spent[customer].append((time, amount))
    for customer in lives.keys() | spent.keys():
        flows = [(r[1], r[3]) for r in lives.get(customer, ())] + [(t, -a) for t, a in spent[customer]]
        born = lives[customer][0][1] if customer in lives else min(t for t, _ in flows)
        if born >= start:
            tenures = [max(math.floor((t - born) / period), 0) for t, _ in flows]
            found[customer] = sum(
                money / (1 + discount) ** k
                for k, (_, money) in zip(tenures, flows, strict=True)
                if timing == "start" or k > 0
            )
    return found


def gini(values):
    """Mean absolute difference over twice the mean."""
    n, mean = len(values), sum(values) / len(values)
    return sum(abs(a - b) for a in values for b in values) / (2 * n * n * mean)


def margins_by_tenure(rows, period, start, end):
    """[(customers watched through the tenure, what they paid in it)]"""
    lives = [life for life in by_customer(part_of(rows, None, end)).values() if life[0][1] >= start]
    table = []
    for k in itertools.count():
        watched = [life for life in lives if life[0][1] + (k + 1) * period <= end]
        if not watched:
            return table
        paid = sum(r[3] for life in watched for r in life if k <= (r[1] - life[0][1]) / period < k + 1)
        table.append((len(watched), paid))


def funnel_steps(rows, events, kinds, start, end):
    """Customers and times of the five steps: (who, how often) each."""
    first = {c: life[0] for c, life in by_customer(rows).items()}
    inside = [e for e in events if start <= e[1] < end]
    here = [r for r in rows if start <= r[1] < end]
    told = {step: [(e[0], e[1]) for e in inside if e[2] in kinds[step]] for step in kinds}
    met = {(c, math.floor(t)) for c, t in told["traffic"]} | {(r[0], math.floor(r[1])) for r in here}
    fresh = [r for r in here if r == first[r[0]]]
    later = [r for r in here if r != first[r[0]]]
    steps = (told["publicity"], sorted(met), fresh, later, told["fission"])
    return [({x[0] for x in step}, len(step)) for step in steps]
