"""What no log of sales tells, and what is taken for it: a value, and how far it may be off, so that the answer widens.

Each assumption is drawn in every replicate together with what must move with it, so that the level of sales, which the log
does show, stays: a one-firm log shows how often its customers buy here, not how often they buy at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from regulars.evidence.collection import collection
from regulars.lab.fitting.elsewhere import ENDS_HERE, draws_of_here
from regulars.lab.fitting.identify import Finding
from regulars.lab.fitting.share import Share

if TYPE_CHECKING:
    from collections.abc import Mapping

Array = NDArray[Any]
GOODS, PRICE = "cost of goods", "choice.price_sensitivity"
MARGIN_PRIOR = collection().priors["margin"]  # of a sector that nobody told
MARGIN, MARGIN_SE = MARGIN_PRIOR.mean, MARGIN_PRIOR.sd

# How customers value what is to come: no log without a programme tells it, and with it a reward for many purchases stands or falls.
# Published priors (`regulars evidence NAME`), for rewards that are like money; credit is not taken to be worth more than cash.
FORESIGHT = {"looking-ahead": "weight of later rewards phi", "daily-discount": "discount factor of a day", "present-bias": "present bias", "credit-weight": "worth of credit against cash"}  # fmt: skip


def told_foresight() -> list[Finding]:
    """What is assumed of how customers look ahead."""
    known, told = collection().priors, []
    for prior, label in FORESIGHT.items():
        one = known[prior]
        unit = "per day" if one.parameter == "foresight.daily_discount" else "share"
        note = f"{one.reasoning} (`regulars evidence {prior}`, {one.strength}); drawn anew in each replicate"
        told.append(Finding(one.parameter, label, one.mean, one.sd, unit, "assumed", note))
    return told


def foresight_section() -> dict[str, float]:
    """The section `foresight`, at what is assumed."""
    return {finding.name.partition(".")[2]: finding.estimate for finding in told_foresight()}


def told_goods(margin: float | None) -> Finding:
    """What is assumed, or was told, of the cost of goods."""
    if margin is not None:
        return Finding(
            "", GOODS, 1 - margin, None, "share of price", "asked for", "as the margin that was given"
        )
    note = (
        f"no log of sales holds costs; {MARGIN_PRIOR.reasoning} (`regulars evidence margin`, {MARGIN_PRIOR.strength}); drawn anew in each "
        'replicate, and much depends on it: give your own margin (`--margin` of `regulars fit`, `margin=` in Python, `--sure "margin = '
        '0.31"` of `regulars compare`), or the `cost` of each firm'
    )
    return Finding("", GOODS, 1 - MARGIN, MARGIN_SE, "share of price", "assumed", note)


def draws_of_costs(spec: Mapping[str, Any], normal: Array) -> dict[str, Array]:
    """Draws of each firm's cost, at one margin for all of them."""
    share = 1 - np.append(MARGIN, Share(MARGIN, MARGIN_SE).draws(normal))
    return {f"firms.{firm['name']}.cost": firm["price"] * share for firm in spec["firms"]}


Draw = Callable[[str], Array]  # standard normal draws by the name of what is drawn


def draws_assumed(
    findings: Sequence[Finding], found: Mapping[str, Array], spec: Mapping[str, Any], draw: Draw
) -> dict[str, Array]:
    """Draws of all that is assumed with an error, at what is drawn already.

    Args:
        findings: all of the fit.
        found: draws of what was fitted, by dotted name.
        spec: the scenario.
        draw: standard normal draws [DRAWS] by name.
    """
    made: dict[str, Array] = {}
    for f in findings:
        if not f.se:
            continue
        if f.label == ENDS_HERE:
            rate = found.get("need.mean", np.asarray(spec["need"].get("mean", 1.0)))
            made |= draws_of_here(Share(f.estimate, f.se), spec, rate, draw(f.label))
        elif f.source != "assumed":
            continue
        elif f.name.startswith("foresight."):
            made[f.name] = np.append(f.estimate, Share(f.estimate, f.se).draws(draw(f.name)))
        elif f.name and f.estimate > 0:
            spread = float(np.sqrt(np.log1p((f.se / f.estimate) ** 2)))
            made[f.name] = np.append(f.estimate, f.estimate * np.exp(spread * draw(f.name) - spread**2 / 2))
        elif f.label == GOODS:
            made |= draws_of_costs(spec, _margin_draw(findings, draw))
    return made


def _margin_draw(findings: Sequence[Finding], draw: Draw) -> Array:
    """The draw of the margin, correlated with that of an assumed price sensitivity as the priors say."""
    own, with_price = draw(GOODS), any(f.name == PRICE and f.source == "assumed" for f in findings)
    if not with_price:
        return own
    tied = MARGIN_PRIOR.correlation
    return np.asarray(tied * draw(PRICE) + np.sqrt(1 - tied**2) * own)
