"""Columns that say something about rows though no purchase needs them: kinds of transactions, states of orders, currencies."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regulars.panels.account import share
from regulars.panels.column import Column
from regulars.panels.headings import CODES, FIELDS, currency_in, spelled
from regulars.panels.ways import way

FEW = 40  # distinct values of a column that says what kind a row is
RETURNED = re.compile(
    r"\b(returns?|returned|refund(s|ed)?|credit ?notes?|charge ?backs?|reversals?|retouren?|rückgabe|ruckgabe|rueckgabe|erstattung|erstattet|gutschrift|rma)\b|退货|退款|退单|退换",
    re.IGNORECASE,
)  # fmt: skip
CANCELLED = re.compile(
    r"\b(cancel(led|ed|lation)?|void(ed)?|annulled|storno|storniert|abgebrochen|failed|declined|rejected|abandoned|unpaid|expired|fehlgeschlagen|abgelehnt|testkauf|test (order|transaction))\b|取消|作废|失败|已关闭|未付款|待付款",
    re.IGNORECASE,
)  # fmt: skip
YES = frozenset("y yes true 1 j ja wahr x t 是 √".split())
LOWERED = re.compile(r"discount|rabatt|coupon|voucher|promo|nachlass|gutschein|折扣|优惠", re.IGNORECASE)
NEGATED = re.compile(r"\b(no|not|non|never|nicht|kein|un)\b|未退|无退", re.IGNORECASE)
BRANCHES = frozenset("branch branchid branchname filiale filialnr filialnummer outlet location site pos till tillno register terminal kasse kassennr 分店 门店 门店名称 门店编号 收银台 store storeid storename shop shopid".split())  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """Values of a column that make a row something else than a purchase."""

    column: str
    values: tuple[str, ...]
    kind: str  # "returns" or "cancelled orders"


def marks_in(column: Column) -> list[Mark]:
    """What a column says about rows; nothing where all rows say the same, or where it holds free text."""
    words = [(str(t), int(n)) for t, n in zip(column.texts, column.counts, strict=True) if n and t]
    if not 2 <= len(words) <= FEW:
        return []
    found = []
    heading = _apart(column.name)
    for kind, pattern in (("returns", RETURNED), ("cancelled orders", CANCELLED)):
        yes = tuple(sorted(w for w, _ in words if w.casefold() in YES))
        if pattern.search(heading) and yes and len(yes) < len(words) <= 4:
            return [Mark(column.name, yes, kind)]
    for kind, pattern in (("returns", RETURNED), ("cancelled orders", CANCELLED)):
        values = tuple(
            sorted(
                w
                for w, _ in words
                if len(w) <= 40 and pattern.search(_apart(w)) and not NEGATED.search(_apart(w))
            )
        )
        if values and len(values) < len(words):
            found.append(Mark(column.name, values, kind))
    return found


def _apart(word: str) -> str:
    """A word with its parts apart: ``ORDER_CANCELLED`` and ``orderCancelled`` hold ``cancelled``."""
    return (
        re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", word))
        .replace("_", " ")
        .replace("-", " ")
    )


def is_currency(column: Column) -> bool:
    """Whether a column names the money of each row."""
    words = {str(t).upper() for t, n in zip(column.texts, column.counts, strict=True) if n and t}
    named = spelled(column.name) in FIELDS["currency"][0]
    return bool(words) and len(words) <= FEW and (named or (words <= CODES and len(words) > 1))


def currencies(column: Column, rates: dict[str, float]) -> tuple[list[str], NDArray[np.float64]]:
    """The currencies of a column, the most frequent first, and by row what one unit is worth (NaN without a rate)."""
    codes = np.array([currency_in(t) or str(t).upper() for t in column.texts], object)
    order = np.argsort(-column.counts, kind="stable")
    named = list(dict.fromkeys(codes[k] for k in order if column.counts[k] and codes[k]))
    worth = np.array([rates.get(c, np.nan) for c in codes], float)
    return named, column.spread(worth)


def described(column: Column, whole: bool) -> str:
    """What a column that is not used holds, and why that is harmless or not."""
    words = [(str(t), int(n)) for t, n in zip(column.texts, column.counts, strict=True) if n and t]
    if RETURNED.search(_apart(column.name)) and any(w.strip("0.,") for w, _ in words):
        return f"it may hold money of returns, such as {_short(max(words)[0])}, which is not taken off the amounts; make it rows below zero, or take it off before"
    if LOWERED.search(_apart(column.name)) and len(words) > 1:
        return "it may hold discounts: if amounts are before them, sales come out too high; the amount must be what was paid"
    words.sort(key=lambda w: (-w[1], w[0]))
    rows = max(1, len(column))
    if not words:
        return "it is empty"
    if len(words) == 1:
        return (
            f"all rows say {_short(words[0][0])}"
            if words[0][1] == rows
            else f"it is empty or says {_short(words[0][0])}"
        )
    if spelled(column.name) in BRANCHES:
        return f"{len(words)} places such as {_short(words[0][0])}, taken as branches of the same firm; {way('columns', {'firm': column.name})} takes them as rivals"
    if len(words) <= FEW and whole:
        some = ", ".join(f"{_short(w)} {share(n, rows)}" for w, n in words[:4])
        more = f" and {len(words) - 4} more" if len(words) > 4 else ""
        return f"it says {some}{more} of rows; harmless unless it tells rows apart that are no purchases"
    return f"many values, such as {_short(words[0][0])}; details of lines, which add up to purchases without them"


def _short(word: str) -> str:
    return repr(word if len(word) <= 30 else word[:27] + "...")
