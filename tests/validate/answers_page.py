"""What the page of validation says of answers: whether their intervals hold the truth, and what deciding by them is worth."""

from typing import Any

import numpy as np
import pandas as pd
from validate import answer_scores as scores
from validate.answer_worlds import WORLDS
from validate.answers import LARGE, TIMES

Record = dict[str, Any]
TOP = """## Does the interval of an answer hold the truth?

{n} of {worlds} worlds ran. The truth of each is drawn: purchase rates, tastes, inertia, specials, customers who come and go, two to six firms; and, from
the published priors (`regulars evidence`), price sensitivity, margin and how far customers look ahead, whatever a fit assumes of them. A
world writes the log of a year (300 to 500 customers; a category with or without specials, or one firm), `regulars fit` reads it, in half of the
worlds with the true margin, and `regulars compare` answers with {replicates} replicates. The truth of a programme is its incremental
profit in the true world, from {large:,} customers; its own standard error is {error:.0%} of half an interval. Money is in shares of the firm's sales.

"""
RULE = """The rule, stated before: on worlds whose forms a fit assumes, Wilson's interval of the share of 95% intervals that hold the truth must lie above 90%
(it fails where it lies below 95%, and else there are too few worlds to say); those of 50% and 80% must not lie below 50% and 80%, nor that of the
one year that came (another population of the same world) below 95%; chances of being best must not be surely overstated; and to decide by
the answer must not be surely worse than to do nothing. Programmes of one world count for as many independent ones as their likeness
leaves. Intervals are of one market of this size, as an answer says: they should hold the one year as often as stated, and the mean of many more often.
"""
APART = "Every fourth world has a form that no fit assumes; no verdict hangs on these.\n\n"
INPUTS = """What was drawn for what is not known, against what was true: mean and root mean square of (truth - mean drawn) / standard deviation drawn, which would be
0 and 1, and the share of truths within two standard deviations. Daily discounts and margins are skew.

"""


def rows(heads: list[str], cells: list[list[str]]) -> str:
    """A table of markdown."""
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in cells)]) + "\n"


def share(found: scores.Share) -> str:
    """A share with its interval."""
    return f"{found.value:.0%} [{found.low:.0%}, {found.high:.0%}]"


def covered(table: pd.DataFrame) -> list[str]:
    """How often intervals of each level hold the truth, and the one year that came; width, bias, and what is wanting."""
    bias, error = scores.mean_over_worlds(table["mean"] - table["truth"], table["world"])
    return [
        str(table["world"].nunique()),
        *(share(scores.coverage(table, level)) for level in scores.LEVELS),
        *(share(scores.coverage(table, level, "year")) for level in scores.LEVELS),
        f"{(table['high'] - table['low']).mean():.1%}",
        f"{bias:+.1%} ± {error:.1%}" if np.isfinite(error) else f"{bias:+.1%}",
        f"{scores.wanting(table):.1f}",
    ]


def coverages(table: pd.DataFrame) -> str:
    """Coverage in all and by kind, or form, and by programme."""
    heads = ["worlds", "number", *(f"{level:.0%}" for level in scores.LEVELS), *(f"{level:.0%}, one year" for level in scores.LEVELS), "mean width of 95%", "mean less truth", "95% would hold if wider by"]  # fmt: skip
    by = "form" if (table["form"] != "").any() else "kind"
    cells = [["all", *covered(table)]]
    for column in (by, "arm"):
        cells += [[str(name).replace("_", " "), *covered(part)] for name, part in table.groupby(column, sort=False)]  # fmt: skip
    return rows(heads, cells)


def decided(records: list[Record]) -> str:
    """The regret of deciding by the answer, of doing nothing, and of each programme."""
    found = scores.decisions(records)
    regret = {"what the answer says": found["oracle"] - found["earned"], "always nothing": found["oracle"]}
    for arm in dict.fromkeys(name for r in records for name in r["arms"]):
        missed = [most - r["arms"][arm]["truth"] / r["sales"] for r, most in zip(records, found["oracle"], strict=True) if arm in r["arms"]]  # fmt: skip
        regret[f"always {arm.replace('_', ' ')}"] = pd.Series(missed)
    cells = [
        [name, f"{values.mean():.2%}", f"{values.std(ddof=1) / np.sqrt(len(values)):.2%}" if len(values) > 1 else "", f"{(values <= 1e-12).mean():.0%}"]
        for name, values in regret.items()
    ]  # fmt: skip
    return rows(["decision", "mean regret, of sales", "standard error", "of worlds without regret"], cells)


def best(records: list[Record]) -> str:
    """Stated chances of being best against how often it was."""
    found = scores.chances(records)
    cells = [
        [f"{r['low']:.0%} to {r['high']:.0%}", str(r["n"]), f"{r['stated']:.0%}", share(scores.Share(r["best"], r["n"], r["best_low"], r["best_high"]))]
        for r in scores.reliability(found).to_dict("records")
    ]  # fmt: skip
    told = f"Brier score {found.brier():.3f}; who states how often each choice is best over all these worlds has {found.brier_of_base_rates():.3f}.\n"
    return rows(["stated chance of being best", "number", "mean stated", "truly best"], cells) + "\n" + told


def unknown(records: list[Record]) -> str:
    """What was drawn for uncertain values, against the truth."""
    table = pd.DataFrame([(name, (truth - mean) / sd) for r in records for name, (truth, mean, sd) in r["inputs"].items() if sd > 0], columns=["input", "z"])  # fmt: skip
    cells = [
        [str(name), str(len(z)), f"{z.mean():+.2f}", f"{np.sqrt((z**2).mean()):.2f}", f"{(z.abs() <= 2).mean():.0%}"]
        for name, z in table.groupby("input")["z"]
    ]  # fmt: skip
    return INPUTS + rows(["input", "worlds", "mean", "root mean square", "within two"], cells)


def page(records: list[Record]) -> str:
    """The section of the page; nothing where no world ran."""
    assumed = [r for r in records if not r["form"]]
    others = [r for r in records if r["form"]]
    if not assumed:
        return ""
    table = scores.pairs(records)
    half = ((table["high"] - table["low"]) / 2).mean()
    checks = scores.verdict(assumed)
    parts = [
        TOP.format(n=len(records), worlds=WORLDS, replicates=records[0]["replicates"], large=LARGE * TIMES, error=table["truth_se"].mean() / half) + RULE,
        f"**{scores.overall(checks)}**, by {len(assumed)} worlds of forms that a fit assumes:\n\n" + rows(["asked", "found", ""], [[c.asked, c.found, c.grade] for c in checks]),
        "### Forms that a fit assumes\n\n" + coverages(scores.pairs(assumed)),
        best(assumed), decided(assumed), unknown(assumed),
    ]  # fmt: skip
    if others:
        parts += ["### Forms that no fit assumes\n\n" + APART + coverages(scores.pairs(others)), best(others), decided(others)]  # fmt: skip
    return "\n".join(parts)
