"""A changed scenario without reading again what was not changed: what is known of it stands in the place of its table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from regulars.scenario.declared import Path
from regulars.scenario.spec import FirmOffer, Spec
from regulars.scenario.whole import whole_spec


def with_known(table: Mapping[str, Any], spec: Spec, changed: Iterable[Path]) -> Mapping[str, Any]:
    """The table of a scenario, with what `spec` has in the place of all that no path of `changed` leads to.

    `spec` is the meaning of the table but for what is changed. Where other firms are there or are called otherwise, and where
    parts have come, gone or been defined anew since, all of the table is given back as it is.
    """
    paths = list(changed)
    if type(spec) is not whole_spec() or any(
        path[0] == "evidence"  # fills what others do not say
        or (path[0] == "firms" and (len(path) < 3 or path[2] == "name"))
        for path in paths
    ):
        return table
    made: dict[str, Any] = {}
    for name, value in table.items():
        inside = [path[1:] for path in paths if path[0] == name]
        if not inside:
            made[name] = getattr(spec, name)
        elif name == "firms":
            made[name] = [
                _firm(firm, spec.firms[f], [path[1:] for path in inside if path[0] == f])
                for f, firm in enumerate(value)
            ]
        else:
            made[name] = value
    return made


def _firm(table: Mapping[str, Any], firm: FirmOffer, changed: list[Path]) -> Any:
    """A firm as it is known, but for what is changed of it."""
    if not changed:
        return firm
    made = {name: getattr(firm, name) for name in table}
    for field in {str(path[0]) for path in changed}:
        new = {path[1] if len(path) > 1 else None for path in changed if path[0] == field}
        made[field] = table[field]
        if field == "strategies" and None not in new:
            made[field] = {
                name: one if name in new else firm.strategies[name] for name, one in table[field].items()
            }
    return made
