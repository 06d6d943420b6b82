"""Relative attitude and repeat patronage: the four cells of loyalty, and who of them leaves first.

Tables come from `regulars.minds.constructs`, where a market is simulated, or from a survey of real customers; nothing is
read here but these and the log.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from regulars.ground.alike import nearest
from regulars.ground.errors import RegularsError
from regulars.measures.log import window

SYSTEMS = {"M8": "tests/minds/test_attitude.py::test_spurious_loyalty_ends_with_switching_costs"}
CELLS = ("loyalty", "latent", "spurious", "none")


def medians(
    reference: pd.DataFrame, attitude: str = "attitudinal", patronage: str = "share"
) -> dict[str, float]:
    """Thresholds for `dick_basu` that halve a table of reference; keep them for every later table.

    Args:
        reference: by customer, as from `regulars.minds.constructs` or from a survey.
        attitude: column of the relative attitude.
        patronage: column of the repeat patronage.

    Returns:
        ``attitude_threshold`` and ``patronage_threshold``, in the units of the two columns.

    Example:
        >>> table = pd.DataFrame({"attitudinal": [-1.0, 0.0, 2.0], "share": [0.1, 0.4, 0.9]})
        >>> medians(table)
        {'attitude_threshold': 0.0, 'patronage_threshold': 0.4}
    """
    return {
        "attitude_threshold": float(reference[attitude].median()),
        "patronage_threshold": float(reference[patronage].median()),
    }


def dick_basu(
    table: pd.DataFrame,
    attitude_threshold: float,
    patronage_threshold: float,
    *,
    attitude: str = "attitudinal",
    patronage: str = "share",
) -> pd.Series:
    """The four cells of relative attitude and repeat patronage.

    Both high: ``loyalty``; attitude only: ``latent``; patronage only: ``spurious``; neither: ``none``. High means above the
    threshold. Thresholds are yours and fixed: a split at the median of each table would move with the sample, so that a change of
    cells would mean nothing (`medians` of one table of reference is the explicit way). Source: Dick & Basu (1994), JAMS 22:99-113.

    Args:
        table: by customer, as from `regulars.minds.constructs` or from a survey.
        attitude_threshold: in the unit of the column `attitude`; 0 logits: prefers the firm to any other.
        patronage_threshold: in the unit of the column `patronage`.
        attitude: column of the relative attitude.
        patronage: column of the repeat patronage.

    Returns:
        By customer: one of the four categories; missing where the attitude or the patronage is.

    Raises:
        RegularsError: the table lacks one of the two columns.
    """
    for name in (attitude, patronage):
        if name not in table:
            raise RegularsError(f"the table has no column '{name}'; {nearest(name, map(str, table.columns))}")
    likes, buys = table[attitude] > attitude_threshold, table[patronage] > patronage_threshold
    code = np.where(likes, np.where(buys, 0, 1), np.where(buys, 2, 3)).astype(np.int8)
    code[(table[attitude].isna() | table[patronage].isna()).to_numpy()] = -1
    return pd.Series(
        pd.Categorical.from_codes(code, categories=pd.Index(CELLS)), index=table.index, name="cell"
    )


def excess_attrition(
    cells: pd.Series,
    arm: pd.DataFrame,
    control: pd.DataFrame,
    firm: str,
    *,
    start: float,
    end: float | None = None,
) -> pd.DataFrame:
    """How much faster the firm's customers of each cell leave in the arm than in the control, from the two logs.

    At risk are customers whose last purchase before `start` was of the firm. They leave with their first purchase
    elsewhere; the hazard of a cell is departures over purchases at risk.

    Args:
        cells: of `dick_basu`, by customer, on the day of `start`.
        arm: the log of the market with the change.
        control: the log of the same market without it.
        firm: name of the firm.
        start: day of the change.
        end: end of the time after (not included), days; open by default.

    Returns:
        A table by cell: ``customers`` at risk, ``hazard_control`` and ``hazard`` (per purchase), ``excess`` (their
        difference), its ``standard_error`` (customers are the independent units, paired) and the ``hazard_ratio``.
    """
    before = window(control, None, start).sort_values(["customer", "time"], kind="stable")
    last = before.drop_duplicates("customer", keep="last").set_index("customer")["firm"]
    cells = cells[cells.index.isin(last.index[last == firm])].dropna()
    sides = [
        _departures(window(log, start, end), firm).reindex(cells.index, fill_value=0.0)
        for log in (control, arm)
    ]
    rows = {}
    for name in CELLS:
        mine = (cells == name).to_numpy()
        parts = [_hazard(side[mine]) for side in sides]
        (low, low_left), (high, high_left) = parts
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.float64(high) / low
        error = float(np.sqrt(((high_left - low_left) ** 2).sum()))
        rows[name] = (int(mine.sum()), low, high, high - low, error, float(ratio))
    names = ["customers", "hazard_control", "hazard", "excess", "standard_error", "hazard_ratio"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("cell")


def _departures(later: pd.DataFrame, firm: str) -> pd.DataFrame:
    """By customer: purchases up to and with the first one elsewhere, and whether there was one."""
    ordered = later.sort_values(["customer", "time"], kind="stable")
    away = (ordered["firm"] != firm).astype(float)
    gone = away.groupby(ordered["customer"]).cumsum() - away  # departures before this purchase
    risk = ordered[gone == 0].assign(away=away)
    found = risk.groupby("customer")["away"]
    return pd.DataFrame({"left": found.max(), "risk": found.size().astype(float)})


def _hazard(side: pd.DataFrame) -> tuple[float, NDArray[np.float64]]:
    """Departures over purchases at risk, and what each customer contributes to its error."""
    risk = float(side["risk"].sum())
    if risk == 0:
        return float("nan"), np.zeros(len(side))
    hazard = float(side["left"].sum()) / risk
    return hazard, (side["left"] - hazard * side["risk"]).to_numpy() / risk
