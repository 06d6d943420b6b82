"""Results on disk: `results/<scenario>-<hash>/`, written whole or not at all.

Everything is first written into a folder beside the final one, so that an interrupted run leaves nothing half-written.
The hash covers the resolved scenario, the arms, the replicates and the seed: the
same command on the same inputs writes the same bytes of metrics into the same place.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regulars.ground.errors import RegularsError
from regulars.ground.packages import versions
from regulars.lab import parcel
from regulars.lab.asked import Asked
from regulars.lab.output import whole_folder

if TYPE_CHECKING:
    from regulars.lab.comparison import Comparison
    from regulars.scenario import Scenario

LONGEST_NAME = 80  # characters of a scenario's name in that of its folder: file systems have a limit
TABLES = ("metrics", "attribution", "daily", "customers", "segments")


def environment() -> dict[str, Any]:
    """Python, platform and versions of the packages a number may depend on."""
    return {"python": sys.version.split()[0], "platform": platform.platform(), "packages": versions()}


def folder_for(scenario: Scenario, how: Asked, out: Path | str) -> Path:
    """Where the results of a comparison go: eight characters stand for scenario, arms, replicates and seed."""
    inputs = [scenario.hash, list(how.arms), how.replicates, how.seed]
    name = hashlib.blake2b(json.dumps(inputs).encode(), digest_size=4).hexdigest()
    return out_folder(out) / f"{scenario.name[:LONGEST_NAME]}-{name}"


def out_folder(out: Path | str) -> Path:
    """The folder in which results go.

    Raises:
        RegularsError: for what names none.
    """
    if not isinstance(out, (str, os.PathLike)) or not os.fspath(out):
        raise RegularsError(f"out = {out!r:.80} will not do: name a folder")
    return Path(out)


def write_comparison(
    comparison: Comparison, out: Path | str = "results", report: bool = True, formats: Iterable[str] = ()
) -> Path:
    """Write a comparison: scenario, environment, tables (Parquet), figures (PNG, SVG), report.html and appendix.html.

    Args:
        comparison: of `regulars.compare`.
        out: folder in which that of the results goes.
        report: whether figures and the report are written.
        formats: what else: "csv" (a file a table), "xlsx" (one workbook, tables.xlsx; takes openpyxl), "pdf" (report.pdf; takes the report
            and a browser).

    Returns:
        The folder `<out>/<scenario>-<hash>`.

    Raises:
        RegularsError: when it cannot be written, a folder of this name holds what is not ours, or what a format takes is not there.
    """
    wanted = ready(formats, report)
    how = Asked(comparison.arms, _asked_for(comparison), comparison.seed, None)
    final = folder_for(comparison.scenario, how, out)
    with whole_folder(final, comparison.scenario.inputs) as folder:
        fill(comparison, folder, report, wanted)
    return final


def _asked_for(comparison: Comparison) -> int:
    """Replicates that were asked for: the same ones are added to them again."""
    return comparison.replicates - comparison.added


def ready(formats: Iterable[str], report: bool = True) -> tuple[str, ...]:
    """Formats that can be written here, or an error that says what is lacking, before anything takes time."""
    from regulars.show.files import PDF, asked_for

    wanted = asked_for(formats)
    if PDF in wanted and not report:
        raise RegularsError("pdf is printed from the report, so it does not go without it")
    return wanted


def fill(comparison: Comparison, folder: Path, report: bool = True, formats: Iterable[str] = ()) -> None:
    """Write a comparison into a folder."""
    (folder / "scenario.toml").write_text(comparison.scenario.toml(), encoding="utf-8")
    run = {"arms": list(comparison.arms), "replicates": _asked_for(comparison), "seed": comparison.seed}
    described = {
        "run": run,
        "scenario_hash": comparison.scenario.hash,
        **environment(),
        "parts": parcel.told(),
    }
    (folder / "env.json").write_text(json.dumps(described, indent=2) + "\n", encoding="utf-8")
    for name in TABLES:
        getattr(comparison, name).to_parquet(folder / f"{name}.parquet", index=False)
    comparison.summary().to_parquet(folder / "summary.parquet", index=False)
    if report:
        from regulars import show

        show.save_figures(comparison, folder)
        show.write_report(comparison, folder / "report.html")
    if formats:
        from regulars.show.files import write_files

        for trouble in write_files(comparison, folder, formats):
            warnings.warn(f"{trouble}; everything else is there", stacklevel=3)
