"""Results on disk: `results/<scenario>-<hash>/`, written whole or not at all.

Everything is first written into a folder beside the final one and then moved into place, so that an interrupted
run leaves nothing half-written. The hash covers the resolved scenario, the arms, the replicates and the seed: the
same command on the same inputs writes the same bytes of metrics into the same place.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regulars.ground.errors import RegularsError

if TYPE_CHECKING:
    from regulars.lab.comparison import Comparison

PACKAGES = ("regulars", "numpy", "scipy", "pandas", "numba", "mesa", "pydantic", "pyarrow", "matplotlib")
LONGEST_NAME = 80  # characters of a scenario's name in that of its folder: file systems have a limit
TABLES = ("metrics", "attribution", "daily", "customers")


@contextmanager
def whole_folder(final: Path) -> Iterator[Path]:
    """A folder to write into, which becomes `final` when all went well and vanishes when not."""
    if final.exists() and not final.is_dir():
        raise RegularsError(f"{final}: results need a folder of this name, but a file is in the way")
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{final.name}-", dir=final.parent))
    except OSError as error:
        raise RegularsError(f"{final}: results cannot be written here ({error.strerror})") from None
    try:
        draft.chmod(0o755)
        yield draft
        old = final.with_name(f".{final.name}-old-{os.getpid()}")
        if final.exists():
            final.rename(old)
        draft.rename(final)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def environment() -> dict[str, Any]:
    """Python, platform and versions of the packages a number may depend on."""
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "not installed as a package"
    return {"python": sys.version.split()[0], "platform": platform.platform(), "packages": versions}


def comparison_hash(comparison: Comparison) -> str:
    """Eight characters for scenario, arms, replicates and seed."""
    inputs = [comparison.scenario.hash, list(comparison.arms), comparison.replicates, comparison.seed]
    return hashlib.blake2b(json.dumps(inputs).encode(), digest_size=4).hexdigest()


def write_comparison(comparison: Comparison, out: Path | str = "results", report: bool = True) -> Path:
    """Write a comparison: scenario, environment, tables (Parquet), figures (PNG, SVG) and report.html.

    Returns:
        The folder `<out>/<scenario>-<hash>`.
    """
    final = Path(out) / f"{comparison.scenario.name[:LONGEST_NAME]}-{comparison_hash(comparison)}"
    with whole_folder(final) as folder:
        (folder / "scenario.toml").write_text(comparison.scenario.toml(), encoding="utf-8")
        run = {"arms": list(comparison.arms), "replicates": comparison.replicates, "seed": comparison.seed}
        described = {"run": run, "scenario_hash": comparison.scenario.hash, **environment()}
        (folder / "env.json").write_text(json.dumps(described, indent=2) + "\n", encoding="utf-8")
        for name in TABLES:
            getattr(comparison, name).to_parquet(folder / f"{name}.parquet", index=False)
        comparison.summary().to_parquet(folder / "summary.parquet", index=False)
        if report:
            from regulars import show

            show.save_figures(comparison, folder)
            show.write_report(comparison, folder / "report.html")
    return final


def write_text(final: Path, text: str) -> Path:
    """Write a text file whole or not at all."""
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(prefix=f".{final.name}-", dir=final.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(draft).chmod(0o644)
        os.replace(draft, final)
    except OSError as error:
        raise RegularsError(f"{final}: cannot be written ({error.strerror})") from None
    return final
