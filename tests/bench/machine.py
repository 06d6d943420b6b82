"""Where the figures come from: machine, versions, and two ceilings (memory and logarithms) of the reference model."""

import os
import platform
import shutil
import subprocess
import time
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from bench.reference import BYTES_PER_TICK, TRANSCENDENTALS_PER_TICK

PACKAGES = ("numpy", "numba", "mesa", "pandas", "regulars")


def processor() -> str:
    """The processor's name."""
    about = Path("/proc/cpuinfo")
    if about.exists():
        for line in about.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def versions() -> dict[str, str]:
    """Versions of Python, the packages and gcc."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "from source" if find_spec(package) else "not installed"
    gcc = shutil.which("gcc")
    if gcc:
        found["gcc"] = subprocess.run(
            [gcc, "-dumpfullversion"], capture_output=True, text=True
        ).stdout.strip()
    return found


def _best(work, times: int = 7) -> float:
    """Shortest CPU seconds of several calls: a ceiling is what the machine can do when left alone."""
    took = []
    for _ in range(times):
        before = time.process_time()
        work()
        took.append(time.process_time() - before)
    return min(took)


def copied_bytes_per_s(megabytes: int = 128) -> float:
    """Bytes read plus written per second by one thread that copies arrays beyond the caches."""
    source = np.ones(megabytes << 17)
    target = np.empty_like(source)
    return 2 * source.nbytes / _best(lambda: np.copyto(target, source))


def logarithms_per_s() -> float:
    """Single-precision logarithms per second of one thread, vectorised and in cache."""
    source = np.linspace(0.1, 0.9, 8192, dtype=np.float32)
    target = np.empty_like(source)

    def work() -> None:
        for _ in range(200):
            np.log(source, out=target)

    return 200 * source.size / _best(work)


def context() -> dict:
    """Everything a reader needs to judge the figures, as plain values."""
    copied, logs = copied_bytes_per_s(), logarithms_per_s()
    return {
        "machine": {
            "processor": processor(),
            "cores": os.cpu_count(),
            "system": f"{platform.system()} {platform.machine()}",
            "load": list(os.getloadavg()) if hasattr(os, "getloadavg") else None,
        },
        "versions": versions(),
        "ceilings": {
            "copied_bytes_per_s": copied,
            "logarithms_per_s": logs,
            "bytes_per_opportunity": BYTES_PER_TICK,
            "logarithms_per_opportunity": TRANSCENDENTALS_PER_TICK,
            "opportunities_per_s_by_memory": copied / BYTES_PER_TICK,
            "opportunities_per_s_by_logarithms": logs / TRANSCENDENTALS_PER_TICK,
        },
    }
