"""What the customers of a one-firm log do elsewhere: how many of their opportunities end here.

A log of purchases does not tell it, so it is assumed, with a wide error. The log of a simulated market may hold the opportunities
that ended without a purchase as well; where it was read with them, the share is estimated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from regulars.lab.fitting.identify import Finding
from regulars.lab.fitting.share import Share

if TYPE_CHECKING:
    from regulars.panels.panel import Panel

Array = NDArray[Any]
ENDS_HERE = "share of opportunities that end here"
SURELY = 0.002  # a share is kept this far from 0 and from 1, where the pull of elsewhere has no value
SMALLEST = 1e-6  # standard error

# Of a customer's opportunities, those that end at the firm of a one-firm log, by the rhythm of the log. Of a brand's buyers'
# purchases some half go to it (share of requirements .45 to .56 in a quarter, Dirichlet of Ehrenberg); a rhythm shows only
# where nearly all end here.
HERE = {"poisson": Share(0.5, 0.18), "erlang": Share(0.9, 0.05), "calendar": Share(0.95, 0.03)}


def ends_here(log: Panel, rhythm: str) -> Finding:
    """The share, as it is seen or as it is assumed, with its error.

    Seen it is purchases over opportunities, b / n; its standard error is that of a ratio over customers.
    """
    seen = log.opportunities
    if seen is None:
        return _assumed(HERE[rhythm])
    counts = seen.groupby("customer")["bought"].agg(["sum", "size"])
    share = float(counts["sum"].sum() / len(seen))
    error = float(np.sqrt(((counts["sum"] - share * counts["size"]) ** 2).sum()) / len(seen))
    share = float(np.clip(share, SURELY, 1 - SURELY))
    note = f"{int(counts['sum'].sum()):,} of {len(seen):,} opportunities ended with a purchase"
    return Finding("", ENDS_HERE, share, max(error, SMALLEST), "share", "fitted", note)


def _assumed(here: Share) -> Finding:
    why = "half of all" if here.mean == 0.5 else f"{here.mean:.0%} of"
    note = f"one firm's log does not show what its customers buy elsewhere; {why} opportunities are taken to end here"
    if here.mean > 0.5:
        note += ", since a rhythm shows only where nearly all do"
    low, high = here.draws(np.array([-1.645, 1.645]))
    note += f"; drawn anew in each replicate (nine in ten between {low:.0%} and {high:.0%}), the rate of opportunities with it, so that sales stay"
    return Finding("", ENDS_HERE, here.mean, here.sd, "share", "assumed", note)


def pull(share: Any) -> Any:
    """Utility of elsewhere with which this share of opportunities ends here: log((1 - h) / h)."""
    return np.log((1 - share) / share)


def draws_of_here(here: Share, spec: Mapping[str, Any], rate: Array, normal: Array) -> dict[str, Array]:
    """Draws of the pull of elsewhere, and of the rate of opportunities that goes with each.

    The rate is in proportion to 1 / h, so that purchases stay.

    Args:
        here: the share of opportunities that end here.
        spec: the scenario; its values are those of draw 0.
        rate: draws of the mean rate [1 + DRAWS] as they are without this.
        normal: standard normal draws [DRAWS].
    """
    share = np.append(here.mean, here.draws(normal))
    need = spec["need"]
    if need["process"] == "calendar":  # they come to a share of their dates, never to more than all
        kept = need["attendance"]
        name, centre = (
            ("need.attendance.mean", kept["mean"]) if isinstance(kept, dict) else ("need.attendance", kept)
        )
        most = 0.99 if isinstance(kept, dict) else 1.0
        share = np.maximum(share, here.mean * centre / most)
        found = {name: centre * here.mean / share}
    else:
        found = {"need.mean": rate * here.mean / share}
    return {**found, "choice.outside_utility": pull(share)}
