"""Slow studies that passed are not run again on the same source, so that an interrupted `make validate` goes on.

`--validate=resume` keeps the id of every slow test that passes, under a hash of all that it hangs on, and skips it the
next time; `--validate=fresh` forgets them first. A slow test that is skipped for any other reason has not passed.
"""

import hashlib
import platform
from importlib.metadata import distributions

import pytest

SOURCE = ("sim", "tests", "scenarios")
BEFORE = "passed before on the same source"


def pytest_addoption(parser):
    parser.addoption("--validate", choices=("resume", "fresh"), help="keep and skip slow tests that passed")


def pytest_configure(config):
    if config.getoption("validate"):
        config.pluginmanager.register(Resume(config))


def source_hash(root, places=SOURCE):
    """Hash of the files at these places (the source, the tests and the scenarios), and of the versions of what they are run with."""
    digest = hashlib.blake2b(digest_size=8)
    digest.update(
        repr([platform.python_version(), sorted((one.name, one.version) for one in distributions())]).encode()
    )
    for path in sorted(path for place in places for path in (root / place, *(root / place).rglob("*"))):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


class Resume:
    """Knows what passed before, and notes what passes now; workers of xdist are told by the process that started them."""

    def __init__(self, config):
        self.worker = hasattr(config, "workerinput")
        if self.worker:
            self.passed = set(config.workerinput["passed_before"])
            return
        self.file = config.rootpath / ".pytest_cache" / "validate" / source_hash(config.rootpath)
        self.file.parent.mkdir(parents=True, exist_ok=True)
        if config.getoption("validate") == "fresh":
            self.file.unlink(missing_ok=True)
        lines = self.file.read_text(encoding="utf-8").splitlines(True) if self.file.exists() else []
        self.passed = {line[:-1] for line in lines if line.endswith("\n")}  # the last may be cut off
        self.before, self.now, self.failed, self.skipped = 0, 0, set(), []

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node):
        node.workerinput["passed_before"] = sorted(self.passed)

    def pytest_collection_modifyitems(self, items):
        for item in items:
            if item.nodeid in self.passed:
                item.add_marker(pytest.mark.skip(reason=BEFORE))

    def pytest_runtest_logreport(self, report):
        if self.worker or "slow" not in report.keywords:
            return
        if report.failed:
            self.failed.add(report.nodeid)
        elif report.skipped:
            if BEFORE in str(report.longrepr):
                self.before += 1
            else:
                self.skipped.append(report.nodeid)
        elif report.when == "teardown" and report.nodeid not in {*self.failed, *self.skipped, *self.passed}:
            self.now += 1
            with self.file.open("a", encoding="utf-8") as kept:
                kept.write(report.nodeid + "\n")

    def pytest_sessionfinish(self, session, exitstatus):
        if not self.worker and self.skipped and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        """Say what was done; `pytest` calls this in the process that prints only."""
        terminalreporter.write_line(
            f"validate: {self.now} slow tests passed now, {self.before} {BEFORE}, "
            f"{len(self.failed)} failed, {len(self.skipped)} skipped; kept in {self.file}"
        )
