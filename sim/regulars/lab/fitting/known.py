"""What a fit leaves for the next one: estimates, what is known of them together, and the log's span, kept with the draws."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.ground.errors import RegularsError
from regulars.laws.fitted import Joint
from regulars.panels.ids import are_hashed

if TYPE_CHECKING:
    from regulars.lab.fitting.estimate import Estimates
    from regulars.lab.fitting.identify import Finding
    from regulars.panels.panel import Panel

FIT = b"fit"  # in the metadata of the file of draws
WANTED = ("parameter", "scenario", "estimate", "se", "unit", "source")


@dataclass(frozen=True)
class Known:
    """What a fit knew of its log.

    log: its name. first: its first date, None without a calendar. days: its length. rows: its estimates. joints: `life` and
    `choice`, what is known of parameters together. one_firm: whether it was one firm's. hashed: whether its customers' ids were.
    """

    log: str
    first: dt.date | None
    days: float
    currency: str
    one_firm: bool
    hashed: bool
    rows: tuple[dict[str, Any], ...]
    joints: Mapping[str, Joint] = field(repr=False)

    @property
    def end(self) -> dt.date | None:
        """The day after the last."""
        return None if self.first is None else self.first + dt.timedelta(days=int(np.ceil(self.days)))

    def before(self, log: Panel) -> bool | None:
        """Whether it ended when `log` began; None where a calendar is missing."""
        return None if self.end is None or log.start is None else self.end <= log.start

    def text(self) -> bytes:
        """As JSON."""
        joints = {
            name: {"names": j.names, "centre": j.centre.tolist(), "covariance": j.covariance.tolist()}
            for name, j in self.joints.items()
        }
        first = self.first and self.first.isoformat()
        whole = {"log": self.log, "first": first, "days": self.days, "currency": self.currency, "one_firm": self.one_firm, "hashed": self.hashed, "rows": self.rows, "joints": joints}  # fmt: skip
        return json.dumps(whole).encode()


def known_of(log: Panel, found: Estimates, findings: list[Finding]) -> Known:
    """What is to be kept of a fit."""
    rows = tuple({name: row[name] for name in WANTED} for row in (f.row() for f in findings))
    joints = {"life": found.life.joint, "choice": found.chosen.joint}
    kept = {name: joint for name, joint in joints.items() if joint is not None}
    return Known(
        log.name,
        log.start if log.dated else None,
        log.days,
        log.currency or "",
        log.one_firm,
        are_hashed(log),
        rows,
        kept,
    )


def read_known(draws: Path) -> Known:
    """What a fit left in its file of draws.

    Raises:
        RegularsError: where there is none, or it holds nothing of the fit.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    way = "fit that log again with this version to have it"
    try:
        text = (pq.read_schema(draws).metadata or {}).get(FIT)
    except FileNotFoundError:
        raise RegularsError(f"{draws}: the file of draws of the market is not there; {way}") from None
    except (OSError, pa.ArrowException) as error:
        raise RegularsError(f"{draws}: cannot be read as draws of a market ({error}); {way}") from None
    if text is None:
        raise RegularsError(f"{draws}: it does not hold what the fit found; {way}")
    try:
        kept = json.loads(text)
        joints = {
            name: Joint(tuple(j["names"]), np.array(j["centre"], float), np.array(j["covariance"], float))
            for name, j in kept["joints"].items()
        }
        first = kept["first"] and dt.date.fromisoformat(kept["first"])
        return Known(str(kept["log"]), first, float(kept["days"]), str(kept["currency"]), bool(kept["one_firm"]), bool(kept.get("hashed")), tuple(kept["rows"]), joints)  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RegularsError(f"{draws}: what it holds of the fit is damaged ({error}); {way}") from None
