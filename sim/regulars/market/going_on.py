"""Whether a market can go on from a state: what a branch may not change, and what is damaged, is refused and told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.ground.errors import RegularsError

if TYPE_CHECKING:
    from regulars.world.customers import Customers

DAMAGED = "this is a damaged saved market, or one of another version"


def refuse_others(market: Any, state: Mapping[str, Any], old: Any) -> None:
    """Refuse what would make other people, other opportunities or other firms."""
    new = market.scenario.spec
    now = int(state["beat"]) / market.passing.beats_a_day
    told = ""
    if tuple(market.names) != tuple(f.name for f in old.spec.firms):
        told = "the firms of a market cannot come or go in a branch"
    elif new.need != old.spec.need or new.market.tick != old.spec.market.tick:
        told = "[need] and market.tick cannot change in a branch: everybody keeps the opportunities to come"
    elif int(state["beat"]) > market.passing.last:
        told = f"the market is on day {now:g} already, it cannot end on day {new.market.days:g}"
    elif market.customers.count != len(state["customers"]["entry"]):
        told = (
            f"this change makes {market.customers.count} customers of {len(state['customers']['entry'])}: a branch "
            "keeps its people (with newcomers in the scenario, market.days and turnover.entry_rate make people too)"
        )
    elif now < 0 or not np.isin(state["customers"]["incumbent"], np.arange(-1, len(market.names))).all():
        told = f"{DAMAGED}: its day, or a customer's incumbent, is none that there is"
    elif new.market.customers != old.spec.market.customers:
        told = "market.customers cannot change in a branch, not even where newcomers make up for it: people stay who they are"
    else:
        told = _ignored(new, old.spec, state, market.customers)
    if told:
        raise RegularsError(f"{market.scenario.name}: {told}")


def _ignored(new: Any, old: Any, state: Mapping[str, Any], people: Customers) -> str:
    """What is wrong with a change that a branch would record and not heed; nothing when there is no such change."""
    if (seed := new.market.seed) not in (old.market.seed, state["seed"]):
        return (
            f"market.seed = {seed} cannot change in a branch, whose customers keep the draws of seed {state['seed']}: "
            "Market(scenario, seed=...) is a market of its own"
        )
    for name, column in beginnings(people).items():
        section, _, value = name.partition(".")
        then, now = (getattr(getattr(spec, section), value) for spec in (old, new))
        if then != now and column in state["customers"]:
            return (
                f"{name} cannot change in a branch: it says how customers begin, and these have begun with {then}; build "
                "a market with it"
            )
    return ""


def beginnings(people: Customers) -> dict[str, str]:
    """Values that say only how customers begin, by dotted name, and the column that they begin with."""
    return {c.origin: c.name for c in people.declared.values() if c.lived and "." in c.origin}


def same_form(saved: Any, fresh: Any, place: str) -> None:
    """Refuse what is of another form than at the start: it would be stretched or rounded into its place without a word.

    What has no length at the start, and what is nothing then, may have grown.
    """
    if isinstance(fresh, Mapping):
        same = isinstance(saved, Mapping)
        for name, value in fresh.items() if same else ():
            at = f"{place}.{name}" if place else str(name)
            if name not in saved:
                raise RegularsError(f"{DAMAGED}: '{at}' is not in it")
            same_form(saved[name], value, at)
    elif isinstance(fresh, np.ndarray):
        same = isinstance(saved, np.ndarray) and saved.ndim == fresh.ndim
        if same:
            texts = saved.dtype.kind == fresh.dtype.kind == "U"
            same = (texts or saved.dtype == fresh.dtype) and all(
                now in (then, 0) for then, now in zip(saved.shape, fresh.shape, strict=True)
            )
    elif isinstance(fresh, (bool, int, float)):
        same = isinstance(saved, (bool, int, float, np.generic))
    else:
        same = fresh is None or isinstance(saved, type(fresh))
    if not same:
        raise RegularsError(f"{DAMAGED}: '{place}' is not what it should be")
