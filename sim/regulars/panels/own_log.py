"""What a log that `regulars run --log` writes holds: a data package, column by column, with units, and its opportunities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.panels.column import Column
from regulars.panels.numbers import read_numbers
from regulars.panels.problems import Problems
from regulars.panels.ways import way

LOG = {
    "time": ("number", "days since the start of the run"),
    "customer": ("integer", "number of the customer"),
    "occasion": ("integer", "number of the customer's opportunity"),
    "category": ("string", "what was wanted"),
    "product": ("integer", "what was taken, -1 for none"),
    "quantity": ("number", "units bought"),
    "listed": ("number", "price of what was bought without any discount"),
    "firm": ("string", "firm bought from; missing where an opportunity ended without a purchase"),
    "amount": ("number", "money paid at the till"),
    "price": ("number", "money paid for a unit"),
}
EVENTS = {
    "time": ("number", "days since the start of the run"),
    "customer": ("integer", "number of the customer"),
    "event": ("string", "what happened"),
    "firm": ("string", "whose programme"),
    "strategy": ("string", "which programme"),
    "amount": ("number", "points, money or level, as the event says"),
}
MONEY = ("listed", "amount", "price")


def datapackage(
    name: str, files: dict[str, list[str]], currency: str, about: dict[str, Any]
) -> dict[str, Any]:
    """A Frictionless data package of the log and of what programmes did.

    ``files`` holds the columns of the log and then those of the events, by name of the file; ``about`` says where they come from.
    """
    meanings = (LOG, EVENTS)
    resources = []
    for (file, columns), known in zip(files.items(), meanings, strict=True):
        fields = []
        for column in columns:
            kind, meaning = known[column]
            unit = f", {currency}" if column in MONEY else ""
            fields.append({"name": column, "type": kind, "description": f"{meaning}{unit}"})
        resources.append(
            {
                "name": file.removesuffix(".parquet").lower(),
                "path": file,
                "format": "parquet",
                "mediatype": "application/vnd.apache.parquet",
                "schema": {"fields": fields},
            }
        )
    return {"profile": "tabular-data-package", "name": name.lower(), "resources": resources, **about}


def opportunities_of(
    place: str, columns: Mapping[str, Column], ours: Mapping[str, str], own: bool
) -> pd.DataFrame:
    """All opportunities (``customer``, ``time`` in days, whether they ``bought``): a row without a firm is one without a purchase.

    Raises:
        RegularsError: for a log that holds purchases alone.
    """
    if not own or "firm" not in ours:
        raise RegularsError(
            f"{place}: opportunities without a purchase are only in a log that `regulars run --log` wrote; "
            f"{way('opportunities', 'purchases')} reads this one"
        )
    customer, time = columns[ours["customer"]], columns[ours["time"]]
    problems = Problems(place, np.arange(len(time)))
    times = read_numbers(time, "time", problems).values
    problems.raise_if_any()
    who = customer.texts.to_numpy()[customer.codes]
    return pd.DataFrame({"customer": who, "time": times, "bought": ~columns[ours["firm"]].blank})
