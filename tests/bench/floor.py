"""Builds and runs the C floor (floor.c), where there is a gcc."""

import json
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from bench.reference import Measured

SOURCE = Path(__file__).with_name("floor.c")
VARIANTS = ("xoshiro", "philox", "simd")
_COMMON = ("-O3", "-march=native", "-fopenmp")
_FLAGS = {"scalar": _COMMON, "simd": (*_COMMON, "-ffast-math", "-DVEC")}


class NotMeasured(RuntimeError):
    """An engine that cannot run here; the message says why."""


@dataclass(frozen=True)
class Floor:
    """The two binaries, built in `folder`; each run is a fresh process."""

    folder: Path
    _empty_mb: dict[str, float] = field(default_factory=dict, repr=False)

    def run(self, variant: str, customers: int, ticks: int, seed: int, threads: int = 1) -> Measured:
        """One market; CPU seconds of the loop alone, memory above that of a market of one block."""
        said = self._call(variant, customers, ticks, seed, threads)
        if variant not in self._empty_mb:
            self._empty_mb[variant] = self._call(variant, 16, 1, seed, threads)["rss_mb"]
        return Measured(
            cpu_s=said["cpu_s"],
            wall_s=said["run_s"],
            setup_s=said["setup_s"],
            shares=said["shares"],
            revenue_per_tick=said["rev_pct"] * customers,
            complaints_per_tick=said["compl_pct"] * customers,
            peak_mb=max(0.0, said["rss_mb"] - self._empty_mb[variant]),
        )

    def _call(self, variant: str, *numbers: int) -> dict:
        if variant not in VARIANTS:
            raise ValueError(f"variant {variant!r}: must be one of {', '.join(VARIANTS)}")
        binary = self.folder / ("simd" if variant == "simd" else "scalar")
        call = [str(binary), variant, *map(str, numbers)]
        return json.loads(subprocess.run(call, check=True, capture_output=True, text=True).stdout)


def build(folder: Path) -> Floor:
    """Compile both binaries into `folder`; raises NotMeasured where there is no gcc or it fails."""
    gcc = shutil.which("gcc")
    if gcc is None:
        raise NotMeasured("no gcc")
    for name, flags in _FLAGS.items():
        call = [gcc, *flags, "-o", str(folder / name), str(SOURCE), "-lm"]
        done = subprocess.run(call, capture_output=True, text=True)
        if done.returncode:
            raise NotMeasured(f"gcc failed: {done.stderr.strip().splitlines()[-1]}")
    return Floor(folder)
