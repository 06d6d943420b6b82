"""Finds the columns of a log under the names that people give them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence

from regulars.ground.errors import RegularsError

# Spelled without case, blanks, dashes, dots and underscores.
SYNONYMS: dict[str, list[str]] = {
    "customer": (
        "customer customerid customerno customernumber custid cust household householdid householdkey hhid hh panelist "
        "panelistid panelid shopper shopperid client clientid member memberid user userid buyer buyerid consumer "
        "consumerid account accountid id 客户 客户id 客户编号 顾客 顾客id 会员 会员id 会员号 用户 用户id"
    ).split(),
    "time": (
        "time timestamp date datetime day transactiontimestamp transactiondate transactiontime transactiondt orderdate "
        "ordertime orderdatetime invoicedate purchasedate purchasetime purchasedat orderedat visitdate saledate "
        "createdat order occasion trip sequence seq 时间 日期 购买时间 购买日期 下单时间 交易时间 交易日期"
    ).split(),
    "firm": (
        "firm firmid brand brandid brandname choice store storeid storename shop shopid seller sellerid merchant "
        "merchantid retailer retailerid supplier manufacturer manufacturerid company vendor vendorid chain banner "
        "品牌 商店 店铺 门店 商家 企业 公司"
    ).split(),
    "amount": (
        "amount sales salesvalue salesamount revenue spend spending spent total totalamount totalprice totalspent value "
        "paid amountpaid payment turnover ordervalue orderamount ordertotal transactionamount transactionvalue "
        "dollars usd eur gbp cny 金额 销售额 消费金额 支付金额 实付金额 总价"
    ).split(),
    "price": "price unitprice priceperunit pricepaid shelfprice listprice salesprice 单价 价格".split(),
    "quantity": "quantity qty units unitssold count items numberofitems volume packs 数量 件数".split(),
}
NEEDED = ("customer", "time", "firm", "amount")
ORDER_NUMBERS = frozenset("order occasion trip sequence seq".split())


def spelled(name: str) -> str:
    """A column name without case, blanks and punctuation: ``Household ID`` is ``householdid``."""
    return re.sub(r"[\s_\-./]+", "", str(name)).casefold()


def find_columns(
    header: Sequence[str], mapping: Mapping[str, str] | None, place: str
) -> tuple[dict[str, str], list[str], list[str]]:
    """The file's column for each of customer, time, firm, amount, price and quantity.

    Returns (found, notes, faults): ``found`` maps our name to the file's; ``notes`` says what was assumed. A mapping that
    does not fit the file raises at once, since everything after it would mislead.
    """
    found = _mapped(header, mapping or {}, place)
    taken = set(found.values())
    notes: list[str] = []
    faults: list[str] = []
    for field, names in SYNONYMS.items():
        if field in found:
            continue
        here = [c for c in header if spelled(c) in names and c not in taken]
        exact = [c for c in here if spelled(c) == field]
        if len(exact) == 1 and len(here) > 1:
            others = ", ".join(c for c in here if c != exact[0])
            notes.append(f"column {exact[0]} is taken as the {field}; {others} left aside")
            here = exact
        if len(here) > 1:
            choice = f"columns={{'{field}': '{here[0]}'}}"
            faults.append(
                f"{len(here)} columns could be the {field}: {', '.join(here)}; say which, as in {choice}"
            )
            found[field] = here[0]
        elif here:
            found[field] = here[0]
    faults += _missing(header, found)
    return found, notes, faults


def _mapped(header: Sequence[str], mapping: Mapping[str, str], place: str) -> dict[str, str]:
    by_spelling = {spelled(c): c for c in header}
    found = {}
    for field, wanted in mapping.items():
        if field not in SYNONYMS:
            turned = f"; the mapping runs from our name to the file's: {{'{wanted}': '{field}'}}"
            hint = nearest(field, list(SYNONYMS)) or (turned if wanted in SYNONYMS else "")
            raise RegularsError(
                f"{place}: columns cannot name {field!r}; it may name {', '.join(SYNONYMS)}{hint}"
            )
        actual = wanted if wanted in header else by_spelling.get(spelled(wanted))
        if actual is None:
            raise RegularsError(
                f"{place}: there is no column {wanted!r} to take as the {field}; "
                f"found {', '.join(header)}{nearest(wanted, list(header))}"
            )
        found[field] = actual
    return found


def _missing(header: Sequence[str], found: Mapping[str, str]) -> list[str]:
    lacking = [f for f in NEEDED if f not in found and f != "firm"]
    if "amount" in lacking and "price" in found and "quantity" in found:
        lacking.remove("amount")
    if not lacking:
        return []
    hints = []
    for field in lacking:
        near = [
            c
            for c in header
            if c not in found.values()
            and (difflib.get_close_matches(spelled(c), SYNONYMS[field], 1, 0.75) or field in spelled(c))
        ]
        if field == "amount" and "price" in found:
            hints.append(
                f"if {found['price']} is the money paid, pass columns={{'amount': '{found['price']}'}}"
            )
        elif near:
            hints.append(f"perhaps columns={{'{field}': '{near[0]}'}}")
    if any(_is_number(c) for c in header):
        hints.append("the first line looks like data: add a header line")
    if not hints:
        hints.append("name them, as in " + f"columns={{'{lacking[0]}': '...'}}")
    return [f"no column for {', '.join(lacking)}; found {', '.join(header)}; {'; '.join(hints)}"]


def nearest(name: str, known: Sequence[str]) -> str:
    """``; nearest: ...`` for an error, or nothing where no known name is near."""
    by_spelling = {spelled(k): k for k in known}
    near = difflib.get_close_matches(spelled(name), list(by_spelling), 3, 0.6)
    return f"; nearest: {', '.join(by_spelling[k] for k in near)}" if near else ""


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
