"""Saving a market, loading it, and branching: going on from where a market stands.

A loaded market, and a branch in which nothing was changed, live the same days, to the bit, as the market that went
on without interruption.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regulars import __version__
from regulars.ground.alike import nearest
from regulars.ground.errors import RegularsError
from regulars.market import archive
from regulars.market.snapshot import PARTS, Snapshot, copied, take
from regulars.scenario.renamed import name_now, strategy_now

if TYPE_CHECKING:
    from regulars.market import Market
    from regulars.scenario import Scenario

OPTIONS = ("log", "threads", "collect", "against", "overwrite")
MISFITS = (
    KeyError,
    IndexError,
    TypeError,
    ValueError,
    AttributeError,
    OverflowError,
)  # of a state that was changed


def save(market: Market, path: str | Path, overwrite: bool = False) -> Path:
    """Write the market as it stands into one file, in place of nothing or of another saved market.

    overwrite: replace any other file as well, but none that the scenario was read from.

    Rows of a log kept in memory are saved too; those that went to a Parquet file stay there. What mesa's
    DataCollector has collected is not saved.
    """
    market.whole("be saved")
    return archive.write(path, take(market), f"regulars {__version__}", market.scenario.inputs, overwrite)


def load(kind: type[Market], written: type[Scenario], path: str | Path, options: Mapping[str, Any]) -> Market:
    """The market that `save` wrote, as a `kind`, its scenario as a `written`.

    Errors: no such file, a file of another kind or version, a damaged file, a scenario that is no longer valid.
    """
    state = archive.read(path)
    if lost := [part for part in PARTS if part not in state]:
        raise RegularsError(f"{path}: this is a damaged saved market ('{lost[0]}' is not in it)")
    try:
        state["processes"] = {name_now(name): held for name, held in state["processes"].items()}
        for held in state["firms"].values():
            if "policy" in held:  # until 0.3
                held["pricing"] = held.pop("policy")
            held["strategies"] = {strategy_now(name): its for name, its in held["strategies"].items()}
        scenario = written(tomllib.loads(state["scenario"]), Path(f"{state['name']}.toml"))
        return _rebuilt(kind, scenario, Snapshot(state, scenario), options)
    except RegularsError as error:
        raise RegularsError(f"{path}: {error}") from error
    except MISFITS as error:
        raise RegularsError(
            f"{path}: no market can be built from what is in this file ({error!r})"
        ) from error


def branch(market: Market, changes: Mapping[str, Any], options: Mapping[str, Any]) -> Market:
    """Another market that goes on from here under a changed scenario; `market` is left alone.

    Errors: changes that would make other people, opportunities or firms, or that come too late to do anything; a market in
    the middle of a day.
    """
    market.whole("be branched")
    scenario, state = market.scenario.set(changes), copied(take(market))
    before = market.people() if _moves_people(market.scenario, scenario) else None
    return _rebuilt(
        type(market),
        scenario,
        Snapshot(state, market.scenario, before),
        {"threads": market.threads, **options},
    )


def _rebuilt(
    kind: type[Market], scenario: Scenario, snapshot: Snapshot, options: Mapping[str, Any]
) -> Market:
    for name in options:
        if name not in OPTIONS:
            raise RegularsError(
                f"a market that goes on has no option '{name}'; {nearest(name, OPTIONS)} (seed and replicate stay as "
                "they are; Market.branch takes changes of the scenario)"
            )
    state = snapshot.state
    keep = {"log": "memory" if state["rows"] else "totals", "collect": state["collect"]}
    return kind(
        scenario=scenario,
        seed=state["seed"],
        replicate=state["replicate"],
        resume=snapshot,
        **{**keep, **options},
    )


def _moves_people(old: Scenario, new: Scenario) -> bool:
    """Whether a change of scenario makes customers other than they were."""
    traits = [
        [(firm.share, firm.position, firm.base_price) for firm in scenario.spec.firms]
        for scenario in (old, new)
    ]
    return traits[0] != traits[1] or any(
        getattr(getattr(old.spec, part), "shapes_people", False)
        and getattr(old.spec, part) != getattr(new.spec, part)
        for part in type(new.spec).model_fields
    )
