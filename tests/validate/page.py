"""`python -m validate.page` writes docs/reference/validation.md from what `make validate` has kept of the public logs."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
from validate import answer_scores, answers, answers_page, coupons, coverage, real_logs

from regulars.lab.fitting.holdout import laws_of
from regulars.laws import law_class

RECOVERY = ("parameter", "truth", "mean", "bias", "sd", "covered", "fits")  # columns, in this order
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "validation.md"
TOP = """# Validation on public logs

`make validate` fits a market to each of these logs as `regulars fit LOG --holdout ... --recover {recover}` does and writes this page. Models and
options are chosen on the part before the holdout; the held-out part is opened once, and nothing was tuned on what it showed. Of many
z-scores one in twenty may exceed 2 by chance. What is missed is printed.

| log | customers | purchases | grade | money of the market against the log | moments within 2 standard errors | money of the holdout, market | the same, as before | mean error of the holdout, market | the same, best classical law | which |
|---|---|---|---|---|---|---|---|---|---|---|
"""
LOSE = """
## Where the market loses

Rows of the holdout in which the market lies farther from what came than a classical law of the same split does, by more than two
standard errors of what came.

"""


def percent(value: float | None, sign: bool = True) -> str:
    """A share in percent."""
    return "" if value is None else f"{100 * value:+.1f}%" if sign else f"{100 * value:.1f}%"


def number(value: Any) -> str:
    """A number as it is read."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def grade(study: dict[str, Any]) -> str:
    """The worst grade of the card."""
    order = ("PASS", "REVIEW", "FAIL")
    return order[max(order.index(check["grade"]) for check in study["health"] if check["grade"] in order)]


def laws(study: dict[str, Any]) -> list[str]:
    """The classical laws of a holdout, as they are called in it."""
    return laws_of(pd.DataFrame(study["holdout"])) if study["holdout"] else []


def title(law: str) -> str:
    """A law's name in the literature."""
    return law_class(law).title


def errors(study: dict[str, Any], law: str) -> tuple[float, float] | None:
    """Mean relative errors of the market and of a law in what the law foretells; None where it foretells nothing."""
    told = [row for row in study["holdout"] if row[law] is not None and row["observed"]]
    if not told:
        return None
    ours, theirs = (
        sum(abs(row[who] / row["observed"] - 1) for row in told) / len(told) for who in ("market", law)
    )
    return ours, theirs


def best(study: dict[str, Any]) -> tuple[str, float, float] | None:
    """The law that does best beside the market: its title, and the mean errors of the market and its own."""
    found = [(law, *both) for law in laws(study) if (both := errors(study, law)) is not None]
    if not found:
        return None
    law, ours, theirs = min(found, key=lambda one: one[2] / max(one[1], 1e-12))
    return title(law), ours, theirs


def lost(study: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """Rows of the holdout in which a law is nearer by more than two standard errors, and that law."""
    return [
        (row, law)
        for row in study["holdout"]
        for law in laws(study)
        if row[law] is not None
        and abs(row["market"] - row["observed"]) - abs(row[law] - row["observed"]) > 2 * row["se"]
    ]


def summary(study: dict[str, Any]) -> str:
    """The row of a log in the first table."""
    z = [abs(row["z"]) for row in study["moments"] if row["z"] is not None]
    money = next((row for row in study["holdout"] if row["quantity"] == "money"), None)
    off = {who: money and percent(money[who] / money["observed"] - 1) for who in ("market", "as_before")}
    rival = best(study)
    level = next(check for check in study["health"] if check["check"] == "money level")
    cells = [
        f"[{study['log']}](#{study['log'].replace(':', '')})", number(study["customers"]), f"{study['purchases']:,}", grade(study),
        percent(level["number"]), f"{sum(value <= 2 for value in z)} of {len(z)}", off["market"] or "no dates", off["as_before"] or "",
        *((percent(rival[1], False), percent(rival[2], False), rival[0]) if rival else ("", "", "")),
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def table(heads: list[str], rows: list[list[Any]]) -> str:
    """A table of markdown."""
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    return "\n".join(lines + [f"| {' | '.join(number(cell) for cell in row)} |" for row in rows]) + "\n"


def details(study: dict[str, Any]) -> str:
    """All that is said of one log."""
    days = f"{study['days']:,.0f} days" if study["days"] else "no dates"
    parts = [
        f"## {study['log']}\n",
        f"{study['customers']:,} customers, {study['purchases']:,} purchases, {study['firms']} "
        f"{'firm' if study['firms'] == 1 else 'firms'}, {days}, {study['money']:,.2f} {study['currency'] or ''}".rstrip() + ".\n",
        "How it was read:\n",
        "".join(f"* {note}\n" for note in study["notes"]),
        "Health card:\n",
        "".join(f"* **{check['grade']}** {check['check']}: {check['sentence']}\n" for check in study["health"]),
        "Moments:\n",
        table(
            ["moment", "log", "market", "standard error", "z", "used in the fit"],
            [[r["moment"], r["observed"], r["simulated"], r["se"], None if r["z"] is None else f"{r['z']:+.1f}", "yes" if r["used"] else "no"] for r in study["moments"]],
        ),
    ]  # fmt: skip
    if study["holdout"]:
        parts += [
            f"The last {study['held_out']:,.0f} days, predicted by the market fitted to the rest:\n",
            table(
                ["quantity", "came", "standard error", "market", *map(title, laws(study)), "as before"],
                [[r[k] for k in ("quantity", "observed", "se", "market", *laws(study), "as_before")] for r in study["holdout"]],
            ),
        ]  # fmt: skip
    if study["recovery"]:
        heads = [head for head in RECOVERY if head in study["recovery"][0]]
        parts += [
            f"Recovery from {real_logs.RECOVER} logs of the fitted market, of this size:\n",
            table(heads, [[row[head] for head in heads] for row in study["recovery"]]),
        ]
    return "\n".join(parts)


def written(
    studies: list[dict[str, Any]],
    experiment: list[dict[str, Any]],
    held: list[dict[str, Any]] | None = None,
    answered: list[dict[str, Any]] | None = None,
) -> str:
    """The whole page; `held` says how often intervals held a known truth, `answered` what was said of programmes and what was true."""
    parts = [
        TOP.format(recover=real_logs.RECOVER) + "\n".join(map(summary, studies)) + "\n",
        LOSE.strip("\n") + "\n",
    ]
    losses = [[study["log"], *(row[k] for k in ("quantity", "observed", "se", "market", law)), title(law)] for study in studies for row, law in lost(study)]  # fmt: skip
    parts.append(
        table(["log", "quantity", "came", "standard error", "market", "classical law", "which"], losses)
        if losses
        else "Nowhere.\n"
    )
    parts += [answers_page.page(answered)] if answered else []
    parts += [coverage.page(held)] if held else []
    parts += [coupons.page(experiment)] if experiment else []
    return "\n".join([*parts, *map(details, studies)])


def kept() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What the studies have kept, in the order of the logs."""
    files = [real_logs.file(name) for name in real_logs.LOGS]
    studies = [json.loads(path.read_text(encoding="utf-8")) for path in files if path.exists()]
    place = coupons.FILE
    return studies, json.loads(place.read_text(encoding="utf-8")) if place.exists() else []


if __name__ == "__main__":
    worlds = answers.kept()
    PAGE.write_text(written(*kept(), coverage.kept(), worlds), encoding="utf-8")
    print(f"{PAGE.name}: {len(kept()[0])} logs, {len(worlds)} worlds")
    for check in answer_scores.verdict([one for one in worlds if not one["form"]]) if worlds else ():
        print(f"{check.grade}: {check.asked}: {check.found}")
