"""Scenarios: a market written down as TOML, checked before anything runs.

A scenario may `extends` another one (path relative to the file): tables are merged, values replaced, and a list
of firms is merged firm by firm, by name. `arms` are alternatives for the focal firm, compared on paired worlds.
"""

from regulars.scenario.files import read_table
from regulars.scenario.lines import line_of
from regulars.scenario.scenario import Scenario, as_scenario, load
from regulars.scenario.schema import json_schema
from regulars.scenario.spec import CONTROL, Spec
from regulars.scenario.whole import whole_offer, whole_spec

__all__ = [
    "CONTROL",
    "Scenario",
    "Spec",
    "as_scenario",
    "json_schema",
    "line_of",
    "load",
    "read_table",
    "whole_offer",
    "whole_spec",
]
