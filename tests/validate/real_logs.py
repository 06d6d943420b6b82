"""Public logs put through all that a fit can be asked: how they are read, moments, holdout, recovery."""

import json
import math
from pathlib import Path
from typing import Any

from regulars import fit
from regulars.panels import resolve

KEPT = Path(__file__).parents[2] / "build" / "validation"
RECOVER = 5  # logs of the fitted market that are fitted in turn
QUARTER, NINE_MONTHS, FOUR_WEEKS = 91.0, 273.0, 28.0
LOGS = {  # days that are held out; None where the log has no dates
    "complete-journey:soft-drinks": QUARTER,
    "complete-journey:fluid-milk-products": QUARTER,
    "complete-journey:cold-cereal": QUARTER,
    "complete-journey:frozen-pizza": QUARTER,
    "complete-journey:coffee": QUARTER,
    "complete-journey:yogurt": QUARTER,
    "cdnow-sample": NINE_MONTHS,
    "ta-feng": FOUR_WEEKS,
    "yogurt": None,
}


def plain(value: Any) -> Any:
    """A number that JSON can hold; nothing for what is no number."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def rows(table: Any) -> list[dict[str, Any]]:
    """A table as rows."""
    records = [] if table is None else table.to_dict("records")
    return [{name: plain(value) for name, value in record.items()} for record in records]


def studied(name: str) -> dict[str, Any]:
    """What a fit says of a log. The market is chosen on the first part alone; the held-out part is opened once."""
    panel = resolve(name)
    fitted = fit(panel, holdout=LOGS[name], recover=RECOVER)
    return {
        "log": name,
        "customers": len(panel.customers),
        "purchases": len(panel),
        "firms": len(panel.firms),
        "days": panel.days if panel.dated else None,
        "money": float(panel.purchases["amount"].sum()),
        "currency": panel.currency,
        "held_out": LOGS[name],
        "notes": list(panel.notes),
        "identified": list(fitted.identified),
        "health": [check.row() | {"number": plain(check.number)} for check in fitted.health],
        "moments": rows(fitted.moments),
        "holdout": rows(fitted.holdout),
        "recovery": rows(fitted.recovery),
    }


def file(name: str) -> Path:
    """Where the study of a log is kept."""
    return KEPT / f"{name.replace(':', '-')}.json"


def keep(name: str, found: dict[str, Any]) -> None:
    """Write a study down; the page is made of these files."""
    KEPT.mkdir(parents=True, exist_ok=True)
    file(name).write_text(json.dumps(found, indent=1, sort_keys=True, default=float) + "\n", encoding="utf-8")
