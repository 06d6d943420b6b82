"""`make matrix`: the smoke suite on every Python that is here, with the oldest and the newest mesa that it may have.

Nothing is pinned by constraints.txt: every other package is the newest that pip finds. The package is installed as
users get it, from a wheel. Environments and what has passed are kept in build/matrix, so that a run that was
interrupted goes on; whatever changes in the source, the smoke suite or pyproject.toml is tried anew.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

from matrix.pythons import find, wanted

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "matrix"
PACKED = ("sim", "pyproject.toml", "README.md", "LICENSE")
TRIED = ("tests/smoke", "tests/market/batches.py", "tests/conftest.py")
SHOWN = ("mesa", "numpy", "numba")
VERSIONS = f"import importlib.metadata as m, json; print(json.dumps({{n: m.version(n) for n in {SHOWN!r}}}))"
SLOWEST = 600  # seconds for one smoke suite


class Failed(Exception):
    """A step of a combination failed; the message is the end of what it said."""


def call(*command: object, cwd: Path = ROOT) -> str:
    """Run a program without a Python path of ours; what it wrote to stdout."""
    outside = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PIP_CONSTRAINT")
    }
    env = {**outside, "XDG_CACHE_HOME": str(BUILD / "cache"), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    try:
        done = subprocess.run(
            [str(word) for word in command], cwd=cwd, env=env, capture_output=True, text=True, timeout=SLOWEST
        )
    except subprocess.TimeoutExpired:
        raise Failed(f"{command[0]} took more than {SLOWEST} seconds") from None
    if done.returncode:
        raise Failed("\n".join((done.stdout + done.stderr).splitlines()[-25:]))
    return done.stdout


def mesas(project: dict) -> dict[str, str]:
    """What pip is asked for, by name: the oldest mesa that pyproject.toml allows, and the newest."""
    asked = next(text for text in project["project"]["dependencies"] if text.startswith("mesa"))
    return {"newest": asked, "oldest": f"mesa=={re.search(r'>=([0-9.]+)', asked).group(1)}"}


def fingerprint() -> str:
    """Changes with everything that a result depends on."""
    digest = hashlib.blake2b(digest_size=8)
    for place in sorted({*PACKED, *TRIED}):
        for file in sorted((ROOT / place).rglob("*") if (ROOT / place).is_dir() else [ROOT / place]):
            if file.is_file() and not {"__pycache__", "regulars.egg-info"} & {*file.parts}:
                digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def wheel(python: Path, mark: str) -> Path:
    """The package as users get it, built from a copy so that nothing of an older build is in it."""
    folder, source = BUILD / "wheel" / mark, BUILD / "source"
    if not list(folder.glob("*.whl")):
        shutil.rmtree(source, ignore_errors=True)
        source.mkdir(parents=True)
        for name in PACKED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, source / name)
        call(python, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, source)
    return next(folder.glob("*.whl"))


def attempt(version: str, python: Path, which: str, mesa: str, mark: str) -> dict:
    """Install and run one combination."""
    home = BUILD / f"python{version}"
    inside = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    begun = time.monotonic()
    row = {"python": version, "which": which, "mark": mark, "passed": False}
    try:
        if not (home / "made").exists():
            shutil.rmtree(home, ignore_errors=True)
            call(python, "-m", "venv", home)
            (home / "made").touch()
        package = wheel(inside, mark)
        call(inside, "-m", "pip", "install", "-q", "--upgrade", package, "pytest", mesa)
        call(inside, "-m", "pip", "install", "-q", "--force-reinstall", "--no-deps", package)
        row |= json.loads(call(inside, "-c", VERSIONS, cwd=BUILD))
        call(inside, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "tests/smoke")
        row["passed"] = True
    except Failed as failed:
        print(f"{failed}\n", file=sys.stderr)
    return {**row, "seconds": round(time.monotonic() - begun)}


def main() -> int:
    """Try every combination; the exit code is 0 when all that could be tried have passed, and any could."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    mark, rows = fingerprint(), []
    done = BUILD / "passed"
    done.mkdir(parents=True, exist_ok=True)
    for version in wanted(project):
        python = find(version)
        if python is None:
            rows.append({"python": version, "which": "no such interpreter here", "passed": None})
            continue
        for which, mesa in mesas(project).items():
            kept = done / f"python{version}-{which}.json"
            row = json.loads(kept.read_text()) if kept.exists() else {}
            if row.get("mark") != mark:
                print(f"python {version} ({python}), {mesa} ...", file=sys.stderr, flush=True)
                row = attempt(version, python, which, mesa, mark)
                if row["passed"]:
                    kept.write_text(json.dumps(row))
            rows.append(row)
    tell(rows)
    tried = [row["passed"] for row in rows if row["passed"] is not None]
    return 0 if tried and all(tried) else 1


def tell(rows: list[dict]) -> None:
    """The table."""
    names = ("python", *SHOWN, "passed", "seconds", "which")
    print("".join(f"{name if name != 'which' else '':<10}" for name in names))
    for row in rows:
        words = {**row, "passed": {True: "yes", False: "NO", None: ""}[row["passed"]]}
        print("".join(f"{words.get(name, '') if name != 'which' else words[name]!s:<10}" for name in names))


if __name__ == "__main__":
    sys.exit(main())
