"""A page as PDF, printed by a browser of this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from regulars.ground.errors import RegularsError

BROWSERS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge", "microsoft-edge-stable",
)  # fmt: skip
PATIENCE = 120  # seconds


def browser() -> str | None:
    """The first browser on PATH that prints without a window; None when there is none."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def write_pdf(page: Path, final: Path) -> None:
    """Print a page as PDF.

    Args:
        page: an HTML file.
        final: where the PDF goes.

    Raises:
        RegularsError: there is no browser, or it did not print; says what it said.
    """
    program = browser()
    if program is None:
        raise RegularsError("no browser was found on PATH that could print the report")
    with tempfile.TemporaryDirectory(prefix="regulars-print-", ignore_cleanup_errors=True) as folder:
        # beside each other in a plain folder: packaged browsers do not see hidden ones
        source, made = Path(folder, "report.html"), Path(folder, "report.pdf")
        shutil.copyfile(page, source)
        options = [
            "--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--no-pdf-header-footer",
            f"--user-data-dir={Path(folder, 'profile')}", f"--print-to-pdf={made}", *(["--no-sandbox"] if _is_root() else []),
        ]  # fmt: skip
        try:
            done = subprocess.run(
                [program, *options, source.as_uri()], capture_output=True, text=True, errors="replace", timeout=PATIENCE, check=False,
            )  # fmt: skip
            said = done.stderr.strip().splitlines()
        except subprocess.TimeoutExpired:
            said = [f"no answer in {PATIENCE} seconds"]
        except OSError as error:
            said = [str(error)]
        if not made.is_file() or not made.read_bytes().startswith(b"%PDF"):
            raise RegularsError(
                f"{program} did not print the report: {said[-1][:300] if said else 'it said nothing'}"
            )
        shutil.copyfile(made, final)


def _is_root() -> bool:
    """A browser refuses to run its sandbox for the superuser, as in containers."""
    return hasattr(os, "geteuid") and os.geteuid() == 0
