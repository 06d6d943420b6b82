"""The Complete Journey: which brand of a product category each household bought, week in, week out."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.panels.columns import or_alike
from regulars.panels.panel import Panel

ALIASES = {
    "milk": "fluid-milk-products",
    "cereal": "cold-cereal",
    "beer": "beers-ales",
    "ice-cream": "ice-cream-milk-sherbts",
    "detergent": "laundry-detergents",
    "dog-food": "dog-foods",
    "toilet-paper": "bath-tissues",
    "bath-tissue": "bath-tissues",
    "diapers": "diapers-disposables",
    "crackers": "crackers-misc-bkd-fd",
    "cookies": "cookies-cones",
    "toothpaste": "oral-hygiene-products",
    "shampoo": "hair-care-products",
}
SMALLEST = 0.02
OTHER = "other"
SOME = 40  # categories named in a message


def slug(category: str) -> str:
    """``FLUID MILK PRODUCTS`` as one types it: ``fluid-milk-products``."""
    return re.sub(r"[^a-z0-9]+", "-", category.lower()).strip("-")


def complete_journey(folder: Path, category: str) -> Panel:
    """One category of the Complete Journey, its manufacturers as the competing firms ``brand-<id>``.

    A purchase is what a household took of one brand in one basket. Manufacturers below 2% of the purchases are pooled
    into ``other``. Amount is the money received (USD); price is amount over quantity.
    """
    products = pd.read_parquet(
        folder / "products.parquet", columns=["product_id", "manufacturer_id", "product_category"]
    )
    by_slug = {slug(c): c for c in products["product_category"].value_counts().index}  # most products first
    wanted = slug(category)
    chosen = by_slug.get(wanted) or by_slug.get(ALIASES.get(wanted, ""))
    if chosen is None:
        raise RegularsError(_unknown(category, wanted, list(by_slug)))
    of_category = products.loc[products["product_category"] == chosen, ["product_id", "manufacturer_id"]]
    lines = pd.read_parquet(
        folder / "transactions.parquet",
        columns=[
            "household_id",
            "basket_id",
            "product_id",
            "quantity",
            "sales_value",
            "transaction_timestamp",
        ],
    )
    first = lines["transaction_timestamp"].min().normalize()
    days = float((lines["transaction_timestamp"].max().normalize() - first).days + 1)
    lines = lines.merge(of_category, on="product_id")
    if lines.empty:
        raise RegularsError(
            f"nobody in the Complete Journey bought anything of {slug(chosen)!r}; choose another category"
        )
    table, notes = _purchases(lines, first)
    return Panel(
        table,
        name=f"complete-journey:{slug(chosen)}",
        currency="USD",
        start=first.date(),
        days=days,
        notes=notes,
    )


def _purchases(lines: pd.DataFrame, first: pd.Timestamp) -> tuple[pd.DataFrame, tuple[str, ...]]:
    empty = lines["quantity"] <= 0
    lines = lines[~empty]
    brand = "brand-" + lines["manufacturer_id"].astype("int64").astype("str")
    share = (
        lines.assign(brand=brand)[["basket_id", "brand"]]
        .drop_duplicates()["brand"]
        .value_counts(normalize=True)
    )
    small = share.index[share < SMALLEST]
    keys = {
        "customer": lines["household_id"].astype("int64"),
        "time": (lines["transaction_timestamp"] - first) / pd.Timedelta(days=1),
        "basket": lines["basket_id"],
        "firm": brand.where(~brand.isin(small), OTHER),
    }
    frame = pd.DataFrame(
        {**keys, "amount": lines["sales_value"], "quantity": lines["quantity"].astype(float)}
    )
    table = frame.groupby(list(keys), as_index=False).sum()
    table["price"] = table["amount"] / table["quantity"]
    # The order of brands within a basket is unknown; sorted by name it would pass for switching in one direction.
    shuffled = pd.util.hash_pandas_object(table[["basket", "firm"]], index=False).to_numpy()
    table = table.iloc[np.argsort(shuffled)].drop(columns="basket")
    several = int((table.groupby(["customer", "time"]).size() > 1).sum())
    notes = (
        "firms are manufacturers: all stores belong to one chain",
        f"{len(small)} manufacturers below {SMALLEST:.0%} of purchases are pooled into {OTHER!r} "
        f"({share[small].sum():.1%} of purchases)",
        f"{len(frame) - len(table):,} further lines of a brand in a basket were merged into one purchase",
        f"{several:,} baskets hold several brands; their order within the basket is arbitrary, by a hash; "
        "Panel.one_per_trip() keeps the largest of each",
        f"{int(empty.sum()):,} lines with quantity 0 were left out; {int((table['amount'] == 0).sum()):,} purchases have amount 0",
        "a selected panel of regular households; its publisher calls it simulated, for education",
    )
    return table, notes


def _unknown(category: str, wanted: str, slugs: list[str]) -> str:
    names = [*slugs, *ALIASES]
    near = [n for n in names if wanted and wanted in n][:5]
    hint = f"; nearest: {', '.join(near)}" if near else or_alike(wanted, names)
    asked = (
        f"no category {category!r} in the Complete Journey"
        if category
        else "say which category of the Complete Journey"
    )
    largest = ", ".join(slugs[:SOME])
    return f"{asked}{hint}. Write complete-journey:CATEGORY; the largest of the {len(slugs)} categories: {largest}"
