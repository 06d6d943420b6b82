"""The names that people give to the columns of a log, in English, Chinese and German."""

from __future__ import annotations

import re
import unicodedata

# Spelled as `spelled` does: without case, blanks and punctuation. Earlier lines win where several columns would do.
NAMES: dict[str, tuple[str, ...]] = {
    "customer": (
        """customer customerid customeruniqueid customerno customernumber custid custno cust household householdid householdkey hhid hh panelist panelistid
        panelid shopper shopperid client clientid clientno member memberid memberno membershipid user userid buyer buyerid consumer
        consumerid account accountid accountno cardno cardnumber cardid loyaltyid loyaltycard email emailaddress customeremail
        kunde kunden kundenid kundennr kundennummer kdnr kundin mitglied mitgliedsnummer mitgliedsnr karte kartennummer kundenkarte haushalt
        haushaltsnr 客户 客户id 客户号 客户编号 客户编码 客户代码 顾客 顾客id 顾客编号 会员 会员id 会员号 会员编号 会员卡号 卡号 用户 用户id
        用户名 用户编号 买家 买家id 买家昵称 手机号""",
        "id name",
    ),
    "time": (
        """time timestamp date datetime day transactiontimestamp transactiondate transactiontime transactiondt orderdate ordertime
        orderdatetime orderedat ordercreatedat invoicedate invoicetime receiptdate purchasedate purchasetime purchasedat visitdate
        saledate salesdate saletime orderpurchasetimestamp purchasetimestamp eventtime createdat createddate bookingdate postingdate datum kaufdatum bestelldatum rechnungsdatum belegdatum
        buchungsdatum verkaufsdatum bondatum zeitpunkt zeitstempel tag bestelltam 时间 日期 购买时间 购买日期 下单时间 下单日期 订单时间 订单日期
        交易时间 交易日期 消费时间 消费日期 销售时间 销售日期 付款时间 支付时间 创建时间""",
        """paidat paymentdate processedat completedat dateofpurchase dateoforder purchasedon orderedon orderplaced transactedat zahldatum
        bezahltam 付款日期 支付日期 完成时间""",
        """week month yearmonth yearweek isoweek weekno weeknumber weekofyear period monthyear calendarweek woche kw kalenderwoche monat
        jahrmonat 周 周次 月 月份 年月""",
        "order occasion trip sequence seq ordernumber",
    ),
    "clock": (
        """time timeofday hour clock saletime transactiontime ordertime purchasetime receipttime invoicetime uhrzeit zeit bonzeit kaufzeit
        时刻 时间 交易时间 消费时间 销售时间""",
    ),
    "firm": (
        "firm firmid brand brandid brandname choice seller sellerid merchant merchantid supplier manufacturer manufacturerid company vendor "
        "vendorid marke markenname hersteller anbieter firma händler lieferant 品牌 品牌名 品牌名称 商家 企业 公司 厂家 厂商 供应商",
        "store storeid storename shop shopid shopname retailer retailerid chain banner geschäft laden markt 商店 店铺 店铺名称 超市",
    ),
    "amount": (
        """amount sales salesvalue salesamount revenue spend spending spent total totalamount totalprice totalspent value paid amountpaid paymentvalue paymentamount totalpaid totalspend amountspent moneyspent
        payment turnover ordervalue orderamount ordertotal transactionamount transactionvalue netsales netamount grossamount nettotal grandtotal
        linetotal subtotal dollars usd eur gbp cny betrag umsatz summe gesamt gesamtbetrag gesamtpreis gesamtsumme bruttobetrag nettobetrag
        zahlbetrag rechnungsbetrag warenwert bestellwert brutto netto 金额 销售额 消费金额 支付金额 付款金额 实付金额 实付款 实付 实收金额 订单金额
        交易金额 交易额 销售金额 总价 总金额 总额 合计金额""",
    ),
    "price": (
        "price unitprice priceperunit pricepaid shelfprice listprice salesprice itemprice preis einzelpreis stückpreis stueckpreis vk vkpreis "
        "verkaufspreis 单价 价格 售价 商品单价",
    ),
    "quantity": (
        "quantity qty units unitssold count items numberofitems volume packs pieces menge anzahl stück stueck stk stückzahl 数量 件数 销量 "
        "购买数量 商品数量",
    ),
    "receipt": (
        """receipt receiptid receiptno receiptnumber basket basketid ticket ticketid ticketno invoice invoiceid invoiceno invoicenumber
        orderid orderno ordernumber order transaction transactionid transactionno transid txn txnid saleid saleno checkno billno bon bonnr
        bonnummer beleg belegnr belegnummer rechnung rechnungsnr rechnungsnummer bestellung bestellnr bestellnummer auftrag auftragsnr
        auftragsnummer kassenbon warenkorb 小票 小票号 单号 订单号 订单编号 订单id 交易号 交易编号 流水号 发票号""",
    ),
    "currency": ("currency currencycode curr ccy isocurrency waehrung währung 币种 货币 币别",),
}  # fmt: skip
FIELDS = {field: [tier.split() for tier in tiers] for field, tiers in NAMES.items()}
ALL = frozenset(name for tiers in FIELDS.values() for tier in tiers for name in tier)
ORDER_NUMBERS = frozenset(FIELDS["time"][3])
WEEKS = frozenset(
    "week yearweek isoweek weekno weeknumber weekofyear calendarweek woche kw kalenderwoche 周 周次".split()
)
MONTHS = frozenset("month yearmonth monthyear monat jahrmonat 月 月份 年月".split())
PLACES = frozenset(FIELDS["firm"][1])  # columns of firms that may hold the branches of one
MONEY = frozenset(FIELDS["amount"][0] + FIELDS["price"][0])
CODES = frozenset(
    """AED ARS AUD BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY KES KRW MAD MXN MYR NGN NOK NZD PEN PHP PKR
    PLN QAR RMB RON RSD RUB SAR SEK SGD THB TRY TWD UAH USD VND ZAR""".split()
)
SIGNS = {"€": "EUR", "$": "$", "£": "GBP", "¥": "¥", "₹": "INR", "元": "CNY", "円": "JPY", "₩": "KRW", "₽": "RUB", "zł": "PLN", "Kč": "CZK", "kr": "kr", "Fr.": "CHF"}  # fmt: skip
_UNIT = re.compile(r"(?<=.)\s*[(\[（【].*[)\]）】]$|(?<=\w)[\s_]+(?:in[\s_]+)?([A-Z]{3}|€|\$|£)$")
TOTAL = r"^(grand |sub|over ?all |report )?(total|sum)s?\b|^(end|gesamt|zwischen)?summen?\b|^gesamt\b|^(总计|合计|小计|总和|共计)"


def spelled(name: str) -> str:
    """A column name without case, blanks, punctuation and units: ``Household ID`` is ``householdid``, ``Amount (EUR)`` is ``amount``."""
    text = unicodedata.normalize("NFKC", str(name)).strip()
    bare = _UNIT.sub("", text).strip() or text
    return re.sub(r"[\s_\-./#:()\[\]]+", "", bare).casefold()


def is_heading(name: str) -> bool:
    """Whether this is a name that columns of logs have."""
    return bool(name) and spelled(name) in ALL


def currency_in(name: str) -> str | None:
    """The money that a heading names, as in ``Amount (EUR)`` or ``usd``; None without."""
    text = unicodedata.normalize("NFKC", str(name)).strip()
    named = re.findall(r"(?<![A-Za-z])[A-Za-z]{3}(?![A-Za-z])", text)
    code = next(
        (word.upper() for word in named if word.upper() in CODES and (word.isupper() or word == text)), None
    )
    return (
        code
        or next((code for sign, code in SIGNS.items() if sign in text and not sign.isalpha()), None)
        or ("CNY" if "元" in text else None)
    )


def total(text: str) -> bool:
    """Whether a cell names a row of totals."""
    return bool(re.match(TOTAL, text.strip().strip('"'), re.IGNORECASE))
