"""What regulars finds on this machine: Python, cores, room for compiled code, data sets, fonts, and whether a market runs.

Every finding is a table with `trouble`, which is "" where all is well.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from regulars.cli.installed import python_wanted

WEEK = {
    "market": {"customers": 20, "days": 7.0},
    "firms": [{"name": "a", "strategies": {"threshold_rebate": {"days": 2}}}, {"name": "b"}],
}


def safely(look: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """A finding; a fault while looking is a finding too."""
    try:
        return {"trouble": "", **look()}
    except Exception as error:  # a broken package may raise anything
        return {"trouble": f"{type(error).__name__}: {error}"}


def python() -> dict[str, Any]:
    """This interpreter."""
    wanted, fits = python_wanted()
    version = platform.python_version()
    return {
        "version": version,
        "implementation": platform.python_implementation(),
        "executable": sys.executable,
        "platform": platform.platform(),
        "wanted": wanted,
        "trouble": "" if fits else f"Python {version} will not do, {wanted} is wanted",
    }


def market() -> dict[str, Any]:
    """A market of twenty customers lives for a week, as a mesa model with its collector."""
    from regulars.market import Market

    begun = time.perf_counter()
    week = Market(WEEK).run()
    week.ledger.check()
    rows = len(week.datacollector.get_model_vars_dataframe())
    trouble = "" if rows == week.ticks + 1 else f"mesa collected {rows} rows of {week.ticks + 1}"
    return {"seconds": round(time.perf_counter() - begun, 2), "trouble": trouble}


def compiler_cache() -> dict[str, Any]:
    """The folder in which compiled loops are kept between runs."""
    told = os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME")
    folder = (Path(told) if told else Path.home() / ".cache") / "regulars"
    if not folder.is_dir():
        return {
            "folder": str(folder),
            "exists": False,
            "trouble": "there is none, so loops are compiled anew",
        }
    writable = os.access(folder, os.W_OK | os.X_OK)
    return {
        "folder": str(folder),
        "exists": True,
        "owner": _owner(folder),
        "bytes": sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()),
        "writable": writable,
        "trouble": "" if writable else "it cannot be written to, so new loops are compiled anew every time",
    }


def _owner(folder: Path) -> str:
    try:
        return folder.owner()
    except (KeyError, NotImplementedError):  # a user without a name; a system without owners
        return str(folder.stat().st_uid)


def cores() -> dict[str, Any]:
    """Cores that this process may use, of those that there are."""
    from regulars.cli.run import cores as usable

    return {"usable": usable(), "there": os.cpu_count()}


def datasets() -> dict[str, Any]:
    """Public logs that can be read here."""
    from regulars.ground.errors import RegularsError
    from regulars.panels.datasets import NAMES, dataset

    found, lacking = [], {}
    for name in NAMES:
        try:
            dataset(name.replace("CATEGORY", "soft-drinks"))
            found.append(name)
        except RegularsError as error:
            lacking[name] = str(error)
    return {"found": found, "lacking": lacking, "count": len(found)}


def chinese() -> dict[str, Any]:
    """The font for Chinese words in figures."""
    from regulars.show.fonts import CHINESE, fallback

    font = next(iter(fallback("元")), None)
    return {
        "font": font,
        "trouble": ""
        if font
        else f"none of {', '.join(CHINESE)} is installed (Debian and Ubuntu: apt install fonts-noto-cjk)",
    }


def gcc() -> dict[str, Any]:
    """The C compiler, which `make bench` alone needs."""
    place = shutil.which("gcc")
    return {"program": place, "trouble": "" if place else "there is none, `make bench` leaves C out"}
