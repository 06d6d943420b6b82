"""Makes the log that ships with the package: `PYTHONPATH=tests python -m panels.bakery` runs its market and writes the till's file.

The till writes as tills here do: semicolons, decimal commas, days before months. Customer numbers are in no order of who
came first, as cards are handed out.
"""

import datetime as dt
import gzip
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

import regulars.panels

HERE = Path(regulars.panels.__file__).parent / "data"
HEAD = "Kundennr.;Datum;Uhrzeit;Betrag (EUR)"
OPENS, OPEN = 6.5, 11.5  # o'clock, hours


def text() -> str:
    """The file, run anew by `regulars run --log`."""
    from regulars.cli.app import app

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "log.parquet"
        app(["run", str(HERE / "bakery.toml"), "--log", str(place), "--json"], standalone_mode=False)
        log = pd.read_parquet(place)
    bought = log[log["firm"].notna()].sort_values(["time", "customer"], kind="stable")
    number = 1001 + np.random.default_rng(1).permutation(int(log["customer"].max()) + 1)
    rows = [
        _line(number[who], time, paid)
        for who, time, paid in zip(bought["customer"], bought["time"], bought["amount"], strict=True)
    ]
    return "\n".join([HEAD, *rows]) + "\n"


def _line(number: int, time: float, paid: float) -> str:
    day = dt.date(2024, 1, 1) + dt.timedelta(days=int(time))
    minute = int(60 * (OPENS + OPEN * (time % 1)))
    amount = f"{paid:.2f}".replace(".", ",")
    return f"{number};{day:%d.%m.%Y};{minute // 60:02d}:{minute % 60:02d};{amount}"


if __name__ == "__main__":
    (HERE / "bakery.csv.gz").write_bytes(gzip.compress(text().encode(), mtime=0))
