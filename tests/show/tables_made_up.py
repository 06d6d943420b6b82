"""Tables for the figures of other rooms: moments, laws, sweeps, shares."""

from __future__ import annotations

import numpy as np
import pandas as pd


def moments(count: int = 14, seed: int = 3) -> pd.DataFrame:
    """A fit with one moment far off and some not used."""
    rng = np.random.default_rng(seed)
    names = ["repeat rate", "repeat rate after shuffling within customers", "purchases per customer", "share of Alpha",
             "share of Beta", "share of <Gamma> & Söhne", "buyers of one firm only", "penetration of Alpha", "amount per purchase",
             "buyers with one purchase", "回购率", "buying rate of Beta", "buying rate of Gamma", "zero variance"][:count]  # fmt: skip
    z = np.round(rng.normal(0, 1.2, len(names)), 2)
    z[:3] = [9.4, -2.6, 0.0][: len(z)]
    z[13:] = np.nan
    observed = np.abs(rng.normal(1, 2, len(names)))
    se = 0.05 * observed
    return pd.DataFrame(
        {"moment": names, "unit": "share", "observed": observed, "simulated": observed + np.nan_to_num(z) * se, "se": se, "z": z,
         "used": [k % 4 != 3 for k in range(len(names))]}
    )  # fmt: skip


def jeopardy(
    firms: tuple[str, ...] = ("Alpha", "Beta", "Gamma", "Delta the Discounter", "Epsilon", "小卖部"),
) -> pd.DataFrame:
    """A market that obeys the law, roughly."""
    share = np.linspace(1, 3, len(firms)) ** 2
    share /= share.sum()
    predicted = 1 - (1 - share) ** 2
    rate = 2.2 + 2.0 * share
    wobble = 1 + 0.04 * np.cos(np.arange(len(firms)) * 2.1)
    return pd.DataFrame(
        {"firm": firms, "share": share, "penetration": predicted * wobble, "rate": rate * (2 - wobble),
         "penetration_predicted": predicted, "rate_predicted": rate}
    )  # fmt: skip


def sweep(second: bool = False, replicates: int = 5) -> pd.DataFrame:
    """A sweep over one or two parameters, tidy as the lab writes it."""
    rows = []
    for a in np.round(np.linspace(0.02, 0.2, 7), 3):
        for b in (2, 3, 4, 5) if second else (3,):
            for k, arm in enumerate(("points", "threshold_rebate")):
                mean = 9000 * (1 - k * 0.5) - 60000 * (a - 0.03 * k) - 800 * (b - 3) ** 2 - 2000 * k
                half = 1200 if replicates > 1 else np.nan
                for metric, scale in (("incremental_profit", 1.0), ("retention", 1e-5)):
                    rows.append(
                        (
                            a,
                            b,
                            arm,
                            metric,
                            "currency",
                            mean * scale,
                            (mean - half) * scale,
                            (mean + half) * scale,
                            half / 2,
                        )
                    )
    table = pd.DataFrame(
        rows,
        columns=[
            "firms.Alpha.strategies.points.rate",
            "firms.Alpha.strategies.points.days",
            "arm",
            "metric",
            "unit",
            "mean",
            "low",
            "high",
            "se",
        ],
    )
    return table if second else table.drop(columns="firms.Alpha.strategies.points.days")


def repeat_buying() -> pd.DataFrame:
    """Purchases per customer with a prediction that is nearly right."""
    n = np.arange(31)
    predicted = 0.8**n * (n + 1.0) ** -0.4
    predicted /= predicted.sum()
    share = predicted * (1 + 0.15 * np.sin(n))
    return pd.DataFrame({"purchases": n, "share": share / share.sum(), "predicted": predicted})


def shares(firms: tuple[str, ...] = ("Alpha", "Beta", "Gamma", "Delta"), days: int = 180) -> pd.DataFrame:
    """Shares that drift, with bands."""
    day = np.arange(0, days, 7)
    raw = {
        f: 1 + 0.5 * k + 0.002 * day * (1 if k == 0 else -0.2) + 0.03 * np.sin(day / 9 + k)
        for k, f in enumerate(firms)
    }
    total = sum(raw.values())
    return pd.concat(
        [
            pd.DataFrame(
                {"day": day, "firm": f, "share": v / total, "low": v / total - 0.01, "high": v / total + 0.01}
            )
            for f, v in raw.items()
        ],
        ignore_index=True,
    )


def tracked(weeks: int = 52, fitted: int = 39, off: float = 0.9) -> pd.DataFrame:
    """Repeats that fade and swing, and a law that forecasts `off` times as many after its fit."""
    end = 7.0 * np.arange(1, weeks + 1)
    expected = 100 * 0.97 ** np.arange(weeks)
    observed = np.round(expected * (1 + 0.2 * np.sin(np.arange(weeks))))
    later = np.arange(weeks) >= fitted
    expected = np.where(later, off * observed, observed)
    table = pd.DataFrame({"observed": observed, "expected": expected, "forecast": later}, index=end)
    return table.assign(observed_total=observed.cumsum(), expected_total=expected.cumsum()).rename_axis("day")


def repeat_rates(firms: tuple[str, ...] = ("Alpha", "Beta", "Gamma", "Delta")) -> pd.DataFrame:
    """Shares that fall from firm to firm, repeat rates above them, and a law that is nearly right."""
    share = 0.5 ** np.arange(1, len(firms) + 1)
    repeat = 0.4 + 0.5 * share
    table = pd.DataFrame({"firm": firms, "share": share, "repeat": repeat})
    return table.assign(share_predicted=0.98 * share, repeat_predicted=repeat + 0.02)


def renewed(renewals: int = 7) -> pd.DataFrame:
    """Retention that rises from 60%, and a law that is nearly right."""
    observed = 1 - 0.4 * 0.8 ** np.arange(renewals)
    table = pd.DataFrame({"observed": observed, "expected": 0.99 * observed})
    table = table.assign(observed_left=observed.cumprod(), expected_left=(0.99 * observed).cumprod())
    return table.set_axis(pd.RangeIndex(1, renewals + 1, name="renewal"))


def held_out() -> pd.DataFrame:
    """A holdout of a fit: nothing is expected before it, and a band after."""
    table = tracked().copy()
    for suffix in ("", "_total"):
        told = table[f"expected{suffix}"] = table[f"expected{suffix}"].astype(float).where(table["forecast"])
        table[f"low{suffix}"], table[f"high{suffix}"] = 0.8 * told, 1.2 * told
    return table
