"""Do 90% intervals hold the truth in 90% of logs? Four kinds of small logs whose truth is known, made and fitted again and again."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from lab.logs_of_known_truth import brands, one_firm
from validate.real_logs import KEPT

from regulars.lab.fitting.recovery import intervals
from regulars.panels.panel import Panel

LOGS = 200
FIRST = 10_000  # seed of the first log; each kind has seeds of its own
WEIGHTS = dict(zip("abcd", (0.4, 0.3, 0.2, 0.1), strict=True))


@dataclass(frozen=True)
class Kind:
    """A kind of log: how one is made of a seed, and what is true of it, by the name of the finding."""

    make: Callable[..., Panel]
    options: dict[str, Any]
    truth: dict[str, float]


# half of one firm's customers' opportunities are taken to end elsewhere, so that their rate is twice that of their purchases
FROM_DAY_ONE = {
    "turnover": {"exit_rate": 0.9, "exit_shape": 2.0, "entry_rate": 0.7},
    "days": 364,
    "customers": 400,
}
IN_MID_LIFE = {
    "turnover": {"exit_rate": 0.7, "entry_rate": 0.7},
    "days": 546,
    "since": 182,
    "customers": 400,
    "price": 4.0,
}
DAYS_BASKET = 8.0 * (
    1 + 0.5 / 7
)  # 8 a purchase, of which a gamma rate of shape 1 and mean l puts l / (1 - 1 / (1 + l)) on a day
OF_ONE = {"need.mean": 1.0, "need.shape": 1.0, "basket": DAYS_BASKET}
# a quarter off in three weeks of ten, in which more is bought: a brand's price is on the mean of its purchases so much of what it asks
USUAL = 0.91
SHELF = {"customers": 250, "mean": 12.0, "habit": 0.6, "before": 182.0}
OF_MANY = {
    "need.mean": 12.0,
    "need.shape": 1.2,
    "taste.concentration": 2.0,
    "switching.relation": 0.6,
    "basket": 1.5,
}
OF_MANY |= {f"taste weight of {firm}": weight for firm, weight in WEIGHTS.items()}
KINDS = {
    "one firm": Kind(one_firm, FROM_DAY_ONE, {**OF_ONE, "turnover.exit_rate": 0.9, "turnover.exit_shape": 2.0}),
    "one firm, with prices": Kind(one_firm, IN_MID_LIFE, {**OF_ONE, "turnover.exit_rate": 0.7}),
    "several firms": Kind(brands, SHELF, OF_MANY),
    "several firms, with prices": Kind(brands, {**SHELF, "prices": (5.0, 4.5, 4.0, 3.0), "b": 0.8, "usual": USUAL}, {**OF_MANY, "choice.price_sensitivity": 0.8}),
}  # fmt: skip


def tried(kind: Kind, seed: int) -> list[tuple[str, float, float, float, float]]:
    """One log, fitted: parameter, estimate, standard error, and the 90% interval; a parameter without a standard error is left out."""
    log = kind.make(seed=seed, **kind.options)
    table = intervals(log, seed)
    name = table["name"].where(table["name"] != "", table["label"])
    table = table.assign(name=name)[name.isin(kind.truth) & np.isfinite(table["se"])]
    return list(table[["name", "estimate", "se", "low", "high"]].itertuples(index=False, name=None))


def study(name: str, logs: int = LOGS) -> list[dict[str, Any]]:
    """A kind of log, made and fitted so many times: by parameter how often its 90% interval holds the truth.

    fits: logs in which the parameter is fitted with a standard error. below, above: intervals that end below the truth, or begin
    above it.
    """
    kind, first = KINDS[name], FIRST * (1 + list(KINDS).index(name))
    rows = [row for k in range(logs) for row in tried(kind, first + k)]
    found = []
    for parameter, truth in kind.truth.items():
        own = np.array([row[1:] for row in rows if row[0] == parameter])
        estimate, se, low, high = own.T
        below, above = int((high < truth).sum()), int((low > truth).sum())
        found.append(
            {
                "kind": name,
                "parameter": parameter,
                "truth": truth,
                "logs": logs,
                "fits": len(own),
                "covered": len(own) - below - above,
                "below": below,
                "above": above,
                "mean": float(estimate.mean()),
                "sd": float(estimate.std()),
                "mean_se": float(se.mean()),
            }
        )
    return found


def file(name: str) -> Path:
    """Where the study of a kind is kept."""
    return KEPT / f"coverage-{name.replace(',', '').replace(' ', '-')}.json"


def keep(name: str, found: list[dict[str, Any]]) -> None:
    """Write a study down; the page is made of these files."""
    KEPT.mkdir(parents=True, exist_ok=True)
    file(name).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def kept() -> list[dict[str, Any]]:
    """What the studies have kept, in the order of the kinds."""
    files = [file(name) for name in KINDS]
    return [row for path in files if path.exists() for row in json.loads(path.read_text(encoding="utf-8"))]


TOP = """## Do intervals hold the truth?

{logs} logs of each of four kinds, whose truth is known, were made and fitted. In how many of them did the 90% interval of a parameter hold the
truth? Intervals are those that a comparison draws from, or, for values that are not drawn together, the estimate and 1.645 standard errors
(the rate of one firm's customers is drawn so that the level of sales stays, [ADR 17](../adr/0017-known-together.md); its interval here is the latter).
Were all intervals right, one count in three would be farther from 90% than its standard error. Where not all logs count, the others gave
no such number: hazards that are alike have no spread.

"""
WELL = (0.85, 0.95)


def cell(row: dict[str, Any]) -> str:
    """How often an interval held the truth, with the binomial standard error of the share."""
    share = row["covered"] / row["fits"]
    return (
        f"{row['covered']} of {row['fits']} ({share:.0%} ± {np.sqrt(share * (1 - share) / row['fits']):.0%})"
    )


def page(rows: list[dict[str, Any]]) -> str:
    """What the page says of it: a table parameter by kind, and what lies outside 85 to 95%, with where its intervals lay."""
    kinds = list(dict.fromkeys(row["kind"] for row in rows))
    found = {(row["parameter"], row["kind"]): row for row in rows}
    lines = [f"| parameter | {' | '.join(kinds)} |", "|---" * (1 + len(kinds)) + "|"]
    for name in dict.fromkeys(row["parameter"] for row in rows):
        cells = [cell(found[name, kind]) if (name, kind) in found else "" for kind in kinds]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    missed = [row for row in rows if not WELL[0] <= row["covered"] / row["fits"] <= WELL[1]]
    told = [
        f"* {row['parameter']}, {row['kind']}: {row['below']} intervals lie below the truth ({row['truth']:.3g}), {row['above']} above; estimates have mean "
        f"{row['mean']:.3g} and standard deviation {row['sd']:.2g}, where their mean standard error is {row['mean_se']:.2g}"
        for row in missed
    ]
    ending = [
        "",
        f"Outside {WELL[0]:.0%} to {WELL[1]:.0%}:" if told else "None lies outside 85 to 95%.",
        "",
        *told,
    ]
    return TOP.format(logs=max(row["logs"] for row in rows)) + "\n".join([*lines, *ending]).rstrip() + "\n"
