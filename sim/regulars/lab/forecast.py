"""What the log of a fitted market sold, brought to the customers and days of the scenario, for the forecast to be held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regulars.scenario.spec import Spec

SAME = 0.005  # difference of customers or days from which amounts are scaled visibly


@dataclass(frozen=True)
class LogSold:
    """`sales`: currency units, of the scenario's customers over its days; `scaled`: whether those differ from the log's."""

    sales: float
    scaled: bool


def against_log(spec: Spec, focal: str) -> LogSold | None:
    """What the log sold at the firm whose arms are compared, per customer and day times the scenario's; None without a log.

    Sales are those of the log's last `about.log_days` days, which took `about.log_customers` customers at the start. None, too, where
    another firm is compared.
    """
    log = spec.about
    if not (log.log_days > 0 and log.log_sales > 0 and log.log_customers > 0) or log.log_firm != focal:
        return None
    size, length = spec.market.customers / log.log_customers, spec.market.days / log.log_days
    return LogSold(log.log_sales * size * length, max(abs(size - 1), abs(length - 1)) > SAME)
