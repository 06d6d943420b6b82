"""What people said against what they did: pure functions of the answers of a survey and the later log, real or simulated.

Answers are a table with customer, firm, day and the items asked (`regulars.minds.survey` gives one).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.measures.log import window

SYSTEMS = {
    "M8": "tests/measures/test_intention.py::test_the_gap_by_hand",
    "M20": "tests/measures/test_intention.py::test_net_promoter_by_hand",
}
Behaviour = Literal["next", "share", "any"]
PROMOTER, DETRACTOR = 9, 6  # recommendation from 0 to 10


def net_promoter(answers: pd.DataFrame) -> pd.Series:
    """Net promoter score: share of promoters (9, 10) less that of detractors (0 to 6), with its standard error.

    The error is sqrt((p + d - (p - d)^2) / n). Source: Reichheld (2003), HBR 81(12):46-54.

    Args:
        answers: of a survey, with ``recommendation`` from 0 to 10; missing answers do not count.

    Returns:
        ``respondents``; the shares ``promoters``, ``passives`` and ``detractors``; ``score``, -1 to 1, and its ``standard_error``.
    """
    told = answers["recommendation"].dropna()
    high, low = float((told >= PROMOTER).mean()), float((told <= DETRACTOR).mean())
    score, n = high - low, len(told)
    error = np.sqrt((high + low - score**2) / n) if n else np.nan
    parts = {"respondents": n, "promoters": high, "passives": 1 - high - low, "detractors": low}
    return pd.Series({**parts, "score": score, "standard_error": error}, name="net_promoter")


def later_behaviour(
    answers: pd.DataFrame, purchases: pd.DataFrame, of: Behaviour = "next", end: float | None = None
) -> pd.Series:
    """What each respondent did after the survey.

    ``next``: whether the next purchase is of the firm asked about; ``share`` of purchases that are; both missing without
    a purchase. ``any``: whether there is one of the firm at all. From the day of the survey to before `end`.

    Args:
        answers: to one survey: ``customer``, ``firm``, ``day``.
        purchases: the log, with time in days as in ``day``.
        of: ``next``, ``share`` or ``any``.
        end: end of the time after (not included), days; the end of the log by default.

    Returns:
        One number per row of the answers, indexed by ``customer``, 0 to 1.

    Raises:
        RegularsError: another ``of``, or answers that are not to one survey of one firm; as ``window``.
    """
    if of not in ("next", "share", "any"):
        raise RegularsError(f"of={of!r}: choose 'next', 'share' or 'any'")
    firm, day = _survey_of(answers)
    later = window(purchases, day, end).sort_values(["customer", "time"], kind="stable")
    here = (later["firm"] == firm).astype(float)
    by_customer = here.groupby(later["customer"])
    found = (
        by_customer.first() if of == "next" else by_customer.mean() if of == "share" else by_customer.max()
    )
    index = pd.Index(answers["customer"], name="customer")
    return found.reindex(index, fill_value=0.0 if of == "any" else np.nan).rename(of)


def intention_gap(
    answers: pd.DataFrame, purchases: pd.DataFrame, *, of: Behaviour = "next", end: float | None = None
) -> pd.DataFrame:
    """Intention against behaviour: what customers did later, by the answer they gave.

    Args:
        answers: to one survey: ``customer``, ``firm``, ``day``, ``intention`` (0 to 10).
        purchases: the log, with time in days as in ``day``.
        of: what they did, as of `later_behaviour`.
        end: end of the time after (not included), days; the end of the log by default.

    Returns:
        A table by stated ``intention`` (0 to 10, to the nearest point): ``respondents`` whose behaviour was seen,
        ``stated`` (mean intention over 10, read as a chance), ``did`` (see `later_behaviour`), ``gap`` (stated less
        did: above 0 where people promise more than they do) and its ``standard_error``; last row ``all``.
    """
    did = later_behaviour(answers, purchases, of, end).to_numpy()
    told = answers["intention"].to_numpy(np.float64)
    seen = ~np.isnan(did) & ~np.isnan(told)
    table = pd.DataFrame({"stated": told[seen] / 10, "did": did[seen]})
    table["gap"] = table["stated"] - table["did"]
    level = np.floor(told[seen] + 0.5).astype(int).astype(object)
    parts = []
    for key in (pd.Series(level), pd.Series("all", index=table.index, dtype=object)):
        grouped = table.groupby(key)
        part = grouped.mean()
        part.insert(0, "respondents", grouped.size())
        parts.append(part.assign(standard_error=grouped["gap"].std(ddof=1) / np.sqrt(grouped.size())))
    return pd.concat(parts).rename_axis("intention")


def foretells(
    answers: pd.DataFrame,
    purchases: pd.DataFrame,
    items: tuple[str, ...] = ("satisfaction", "intention", "recommendation", "identification"),
    *,
    of: Behaviour = "share",
    end: float | None = None,
) -> pd.Series:
    """How well each item predicts what respondents did: Spearman's rank correlation with later behaviour.

    All items are judged on the same respondents: those who answered all and whose behaviour was seen. The square is the share of
    variance (of ranks) that an item explains.

    Args:
        answers: to one survey: ``customer``, ``firm``, ``day`` and the items.
        purchases: the log, with time in days as in ``day``.
        items: columns of the answers.
        of: what they did, as of `later_behaviour`.
        end: end of the time after (not included), days; the end of the log by default.

    Returns:
        By item: -1 to 1; NaN where an item or the behaviour does not vary.
    """
    table = answers[list(items)].assign(did=later_behaviour(answers, purchases, of, end).to_numpy()).dropna()
    ranks = table.rank()
    with np.errstate(divide="ignore", invalid="ignore"):
        return ranks[list(items)].corrwith(ranks["did"]).rename("rank_correlation")


def _survey_of(answers: pd.DataFrame) -> tuple[str, float]:
    """Firm and day of one survey."""
    if missing := [name for name in ("customer", "firm", "day") if name not in answers]:
        raise RegularsError(f"the answers lack the columns {', '.join(missing)}")
    told = answers[["firm", "day"]].drop_duplicates()
    if len(told) != 1:
        raise RegularsError(f"answers to one survey are needed, of one firm and day; here are {len(told)}")
    return str(told["firm"].iloc[0]), float(told["day"].iloc[0])
