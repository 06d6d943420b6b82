"""Summaries of customers (frequency, recency, exposure, money), out to and in from other packages under their names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from regulars.ground.alike import nearest
from regulars.ground.errors import RegularsError, shown
from regulars.panels.reading import Reading

if TYPE_CHECKING:
    from regulars.panels.panel import Panel

OURS = ("customer", "repeats", "recency", "exposure", "spend")
NAMES: dict[str, tuple[tuple[str, ...], float]] = {  # names in the order of OURS, and days per unit of time
    "pymc-marketing": (("customer_id", "frequency", "recency", "T", "monetary_value"), 1.0),
    "clvtools": (("Id", "x", "t.x", "T.cal", "Spending"), 7.0),
}


def rfm(panel: Panel, names: str = "pymc-marketing", unit: float | None = None) -> pd.DataFrame:
    """The summary of each customer of a dated panel, as another package names it.

    Days on which a customer buys count once, as both packages do.

    Args:
        panel: a panel whose times have lengths.
        names: the package, ``pymc-marketing`` or ``clvtools``.
        unit: days per unit of time; the package's usual one when left out.

    Returns:
        One row per customer. ``pymc-marketing``: ``customer_id``, ``frequency`` (repeat purchases), ``recency`` (from first to last), ``T``
        (from first to the end), in days, ``monetary_value`` (mean of repeats, 0 without). ``clvtools``: ``Id``, ``x``, ``t.x``, ``T.cal``,
        ``Spending``, the same in weeks.

    Raises:
        RegularsError: for an unknown package, and for a panel whose times only number purchases.
    """
    from regulars.panels.histories import recency_frequency
    from regulars.panels.named import as_panel

    panel = as_panel(panel)
    called, usual = _called(names)
    if unit is not None and (not isinstance(unit, (int, float)) or not unit > 0):
        raise RegularsError(f"unit = {shown(unit)} will not do: a number of days above 0 is needed")
    if not panel.dated:
        raise RegularsError(f"{panel.name}: its times only number purchases; recency needs dates or days")
    table = recency_frequency(panel.purchases, panel.days, unit=usual if unit is None else unit, money=True)
    table["spend"] = table["spend"].fillna(0.0)
    return table.reset_index().rename(columns=dict(zip(OURS, called, strict=True)))[list(called)]


def read_rfm(table: Any) -> pd.DataFrame:
    """A summary under the names of pymc-marketing, CLVTools or our own, as the laws take it: by customer, repeats, recency, exposure, spend.

    ``table`` is a path (CSV, Parquet, ...) or a table in memory; money may be missing. Spending of customers without repeats is NaN.

    Raises:
        RegularsError: where no known set of names is there, or a customer has a recency above the exposure.
    """
    from regulars.panels.histories import checked
    from regulars.panels.sources import open_source

    source = open_source(table, Reading())
    header = {name.casefold(): name for name in source.header}
    for called in (OURS, *(names for names, _ in NAMES.values())):
        if all(name.casefold() in header for name in called[1:4]):
            break
    else:
        sets = "; ".join(", ".join(names[1:4]) for names in (OURS, *(n for n, _ in NAMES.values())))
        raise RegularsError(
            f"{source.place}: no summary of customers: it needs {sets}; found {', '.join(source.header)}"
        )
    columns = source.columns(source.header)
    found = {}
    for ours, theirs in zip(OURS, called, strict=True):
        if theirs.casefold() in header:
            column = columns[header[theirs.casefold()]]
            values = column.spread(column.texts.to_numpy(dtype=object), "")
            found[ours] = (
                values if ours == "customer" else pd.to_numeric(pd.Series(values), errors="coerce").to_numpy()
            )
    frame = pd.DataFrame(found)
    checked(frame["repeats"].to_numpy(), frame["recency"].to_numpy(), frame["exposure"].to_numpy())
    if "spend" in frame:
        frame["spend"] = frame["spend"].where(frame["repeats"] > 0)
    return frame.set_index("customer") if "customer" in frame else frame


def write_rfm(panel: Panel, draft: Path, names: str) -> None:
    """The summary as CSV, into a file."""
    rfm(panel, names).to_csv(draft, index=False)


def _called(names: str) -> tuple[tuple[str, ...], float]:
    if not isinstance(names, str) or names not in NAMES:
        raise RegularsError(f"no names of {shown(names)}: {nearest(str(names), NAMES)}")
    return NAMES[names]
