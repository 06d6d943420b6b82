"""A comparison made up for the tests of `show`: books that reconcile, and the hostile cases of real life."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from regulars.lab.comparison import Comparison
from regulars.lab.over_replicates import break_even
from regulars.scenario import Scenario
from regulars.show.reading import Reading, read


def scenario(
    arms: dict[str, str],
    rivals: tuple[str, ...] = ("Beta", "Gamma"),
    title: str = "Corner shop",
    question: str = "Which programme should Alpha run for a year?",
    currency: str = "yuan",
    limits: str = "Rivals do not react; staff effort is not modelled.",
) -> Scenario:
    """A real scenario with these arms (name: description)."""
    firms = [
        {"name": "Alpha", "price": 10.0, "cost": 6.0},
        *({"name": r, "price": 10.0, "cost": 6.0} for r in rivals),
    ]
    return Scenario(
        {
            "about": {"title": title, "question": question, "limits": limits, "sources": ["Shop records, 2023"],
                      "expected": "Rewards that need many visits cost little and bind light buyers least."},
            "market": {"customers": 1000, "days": 364.0, "currency": currency, "focal": "Alpha"},
            "firms": firms,
            "arms": {name: {"description": text, "strategies": {"everyday_low_price": {"discount": 0.05}}} for name, text in arms.items()},
        }
    )  # fmt: skip


def comparison(
    profits: dict[str, float] | None = None,
    replicates: int = 20,
    rivals: tuple[str, ...] = ("Beta", "Gamma"),
    members: tuple[str, ...] | None = None,
    noise: float = 1500.0,
    reward: float = 9000.0,
    descriptions: dict[str, str] | None = None,
    days: int = 364,
    seed: int = 7,
    **about: Any,
) -> Comparison:
    """Arms with about these incremental profits; `members` are the arms with a membership (None: all)."""
    profits = (
        {"points": 12300.0, "threshold_rebate": -3200.0, "everyday_low_price": 4100.0}
        if profits is None
        else profits
    )
    descriptions = descriptions or {arm: f"{arm} at the usual terms" for arm in profits}
    rng = np.random.default_rng(seed)
    world = rng.normal(0, 4000, replicates)
    metrics: list[tuple[str, int, str, float]] = []
    cells: list[tuple[Any, ...]] = []
    daily, customers = [], []
    base = {"profit": 251300.0, "revenue": 640000.0, "purchases": 64000.0}
    for arm in ("control", *profits):
        for r in range(replicates):
            shock = rng.normal(0, noise)
            books = _books(rng, profits.get(arm, 0.0) + shock, reward, rivals) if arm != "control" else []
            cells += [(arm, r, *row) for row in books]
            gain = sum(row[3] - row[4] for row in books)
            paid = sum(row[4] for row in books)
            more = sum(row[2] for row in books if row[0] in ("won", "created")) - sum(
                row[2] for row in books if row[0] in ("lost", "foregone")
            )
            path = gain * (np.linspace(0, 1, days) ** 2 * 1.6 - 0.6 * np.linspace(0, 1, days))
            path += np.cumsum(rng.normal(0, noise / 60, days)) * np.linspace(1, 0, days)
            path[-1] = gain
            wins = {"kept": 410.0, "won": 60.0 + more / 100, "lost": 50.0 - more / 200, "never": 480.0}
            has = arm != "control" and (members is None or arm in members)
            values = {
                "profit": base["profit"] + world[r] + gain,
                "incremental_profit": gain,
                "revenue": base["revenue"] + world[r] * 2 + more * 10,
                "incremental_revenue": more * 10,
                "purchases": max(base["purchases"] + more, 520.0),
                "incremental_purchases": more,
                "retention": float(np.clip(0.71 + 0.2 * np.tanh(gain / 8e4) + rng.normal(0, 0.006), 0, 1)),
                "churn": float(np.clip(0.29 - 0.2 * np.tanh(gain / 8e4), 0, 1)),
                "share_of_requirements": float(
                    np.nan
                    if not rivals
                    else np.clip(0.33 + 0.2 * np.tanh(gain / 1.2e5) + rng.normal(0, 0.004), 0, 1)
                ),
                "penetration": 0.52,
                "buyers": 520.0,
                "members": 300.0 if has else 0.0,
                "complaints": 40.0,
                **dict.fromkeys(("communication", "acquisition", "staff"), 0.0),
                "reward_cost": paid,
                "return_on_reward": gain / paid if paid else np.nan,
                "break_even_day": break_even(path),
                "liability": 320.0 if has else 0.0,
                "profit_before_liability": base["profit"] + world[r] + gain + (320.0 if has else 0.0),
                "deferred_revenue": 410.0 if has else 0.0,
                "customers_kept": wins["kept"],
                "customers_won": wins["won"],
                "customers_lost": wins["lost"],
                "caused": sum(row[4] for row in books if row[0] in ("won", "created")),
                "subsidised": sum(row[4] for row in books if row[0] == "kept"),
                "uncaused": sum(row[4] for row in books if row[0] == "unearned"),
                "naive_lift": 92.0 + gain / 1000 if has else np.nan,
                "true_lift": 31.0 + gain / 1000 if has else np.nan,
                "selection_gap": 61.0 if has else np.nan,
            }
            metrics += [(arm, r, name, value) for name, value in values.items()]
            daily.append(
                pd.DataFrame(
                    {
                        "arm": arm,
                        "replicate": r,
                        "day": np.arange(1.0, days + 1),
                        "profit": path + np.linspace(0, base["profit"], days),
                        "incremental_profit": path,
                        "revenue": np.linspace(0, values["revenue"], days),
                        "purchases": np.linspace(0, values["purchases"], days),
                    }
                )
            )
            customers += [(arm, r, group, value) for group, value in wins.items()]
    columns = ["arm", "replicate", "cell", "rival", "opportunities", "margin", "reward", "moved"]
    return Comparison(
        scenario=scenario(descriptions, rivals, **about),
        focal="Alpha",
        arms=tuple(profits),
        replicates=replicates,
        seed=seed,
        metrics=pd.DataFrame(metrics, columns=["arm", "replicate", "metric", "value"]),
        attribution=pd.DataFrame(cells, columns=columns),
        daily=pd.concat(daily, ignore_index=True),
        customers=pd.DataFrame(customers, columns=["arm", "replicate", "group", "count"]),
    )


def _books(
    rng: np.random.Generator, profit: float, reward: float, rivals: tuple[str, ...]
) -> list[tuple[Any, ...]]:
    """(cell, rival, opportunities, margin, reward, moved), whose margin less reward sums to the profit."""
    rows: list[tuple[Any, ...]] = []
    weight = rng.dirichlet(np.full(len(rivals), 4.0)) if rivals else np.empty(0)
    costs = reward * np.array([0.5, 0.22, 0.16, 0.04, 0.08])
    rows.append(("kept", "", 52000.0, 0.0, costs[0], 0.0))
    rows.append(("created", "", 900.0, 3600.0, costs[2], 260.0))
    rows.append(("foregone", "", 310.0, -1240.0, 0.0, 260.0))
    rows.append(("unearned", "", 0.0, 0.0, costs[3], 0.0))
    rows.append(("programme", "", 0.0, 0.0, costs[4], 0.0))
    need = profit - sum(row[3] - row[4] for row in rows) + costs[1]
    lost = 0.3 * abs(need) + 800
    for rival, w in zip(rivals, weight, strict=True):
        tilt = w * rng.uniform(0.6, 1.4)
        rows.append(("lost", rival, lost * tilt / 4, -lost * tilt, 0.0, 0.0))
        rows.append(("won", rival, 0.0, 0.0, costs[1] * w, 0.0))
    short = profit - sum(row[3] - row[4] for row in rows)
    rows = [
        (c, r, w * max(short, 0) / 4, w * max(short, 0), p, m) if c == "won" else (c, r, o, g, p, m)
        for (c, r, o, g, p, m), w in zip(rows, [0.0] * 5 + [w for w in weight for _ in range(2)], strict=True)
    ]
    left = profit - sum(row[3] - row[4] for row in rows)
    return [(c, r, o, g + left, p, m) if c == "kept" else (c, r, o, g, p, m) for c, r, o, g, p, m in rows]


HOSTILE = "<script>alert('x')</script> & $5 off_$10 [red] 会员积分 🎁 " + "very " * 30 + "long"


class Made(Mapping[str, Any]):
    """What is made when it is asked for, once."""

    def __init__(self, how: dict[str, Callable[[], Any]]) -> None:
        self.how, self.made = how, {}

    def __getitem__(self, name: str) -> Any:
        if name not in self.made:
            self.made[name] = self.how[name]()
        return self.made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.how)

    def __len__(self) -> int:
        return len(self.how)


@functools.cache
def hostile_cases() -> Mapping[str, Comparison]:
    """The cases that break reports."""
    many = {f"arm {k:02d} with some words": 9000.0 - 1500 * k for k in range(12)}
    eight = tuple(f"Rival number {k} on the High Street" for k in range(8))
    return Made(
        {
            "usual": lambda: comparison(),
            "one arm": lambda: comparison({"points": 5000.0}),
            "no members": lambda: comparison({"low price": 2000.0, "lower price": -900.0}, members=()),
            "single": lambda: comparison(replicates=1),
            "single and one arm": lambda: comparison({"points": -400.0}, replicates=1),
            "losing": lambda: comparison({"a": -5000.0, "b": -9000.0}),
            "undecided": lambda: comparison({"a": 100.0, "b": -100.0}, noise=6000.0),
            "no reward": lambda: comparison({"slogan": 800.0, "smile": 300.0}, reward=0.0),
            "twelve arms": lambda: comparison(many, replicates=5),
            "eight rivals": lambda: comparison(rivals=eight),
            "monopoly": lambda: comparison({"points": 700.0}, rivals=()),
            "hostile": lambda: comparison(
                {
                    HOSTILE: 7000.0,
                    "会员积分计划会员积分计划会员积分计划会员积分计划": 6500.0,
                    "🎁🎁": -2.0,
                    "x" * 300: 0.0,
                },
                rivals=("<b>Böse</b> & Söhne", "隔壁老王超市连锁有限公司第三分店", "y" * 200),
                title=HOSTILE,
                question=HOSTILE,
                currency="<i>¥</i>",
                limits=HOSTILE,
                descriptions={
                    HOSTILE: HOSTILE,
                    "会员积分计划会员积分计划会员积分计划会员积分计划": "积分",
                    "🎁🎁": "🎁",
                    "x" * 300: "y" * 500,
                },
            ),
            "millions": lambda: comparison({"points": 12.3e6, "rebate": -3.2e6}, noise=1e6, reward=4e6),
            "pennies": lambda: comparison({"points": 0.8, "rebate": -0.02}, noise=0.1, reward=0.4),
        }
    )


@functools.cache
def readings() -> Mapping[str, Reading]:
    """The same cases, read once."""
    cases = hostile_cases()
    return Made({name: functools.partial(lambda name: read(cases[name]), name) for name in cases})
