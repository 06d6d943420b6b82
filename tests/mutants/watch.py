"""A pytest plugin that writes down which test executes what, and for how long: `-p mutants.watch`.

Lines of plain Python come from coverage, with the test as its context; compiled loops leave no trace there, so that
calls of kernels are written down by name, with all kernels that they call. What a fixture of several tests executes
is put down to the fixture, and each test says which of these it uses.
"""

import json
import os
import time
from pathlib import Path
from typing import Any

import coverage
import pytest

OUT = "MUTANTS_WATCH"  # environment: folder to write to


class Watch:
    """Keeps the current context in step with pytest."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.data = folder / "lines.coverage"
        self.data.unlink(missing_ok=True)
        self.coverage = coverage.Coverage(
            data_file=str(self.data), config_file=False, source_pkgs=["regulars"]
        )
        self.coverage.set_option("run:disable_warnings", ["no-data-collected", "module-not-imported"])
        self.coverage.start()
        self.now = ""
        self.kernels: dict[str, set[str]] = {}
        self.tests: dict[str, dict[str, Any]] = {}
        self.fixtures: dict[str, float] = {}  # seconds
        self._listen()

    def _listen(self) -> None:
        """Write down every kernel that is called from Python, and those that it calls."""
        from regulars.ground.kernel import Kernel

        call = Kernel.__call__
        names: dict[int, set[str]] = {}

        def listening(kernel: Any, *args: Any) -> Any:
            if id(kernel) not in names:
                names[id(kernel)] = with_those_called(kernel, Kernel)
            self.kernels.setdefault(self.now, set()).update(names[id(kernel)])
            return call(kernel, *args)

        Kernel.__call__ = listening  # type: ignore[method-assign]

    def switch(self, context: str) -> str:
        """Begin a context; returns the one before."""
        before, self.now = self.now, context
        self.coverage.switch_context(context)
        return before

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        """One test, with its own fixtures."""
        shared = [
            fixture_name(item, definitions[-1])
            for definitions in item._fixtureinfo.name2fixturedefs.values()  # type: ignore[attr-defined]
            if definitions[-1].scope != "function"
        ]
        self.tests[item.nodeid] = {"seconds": 0.0, "fixtures": sorted(shared), "passed": True}
        self.switch(item.nodeid)
        begun, others = time.perf_counter(), sum(self.fixtures.values())
        try:
            return (yield)
        finally:
            others -= sum(self.fixtures.values())
            self.tests[item.nodeid]["seconds"] = round(time.perf_counter() - begun + others, 3)
            self.switch("")

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> Any:
        """A fixture of several tests is a context of its own, with its own time."""
        if fixturedef.scope == "function":
            return (yield)
        name = fixture_name(request, fixturedef)
        before, begun = self.switch(name), time.perf_counter()
        try:
            return (yield)
        finally:
            self.fixtures[name] = time.perf_counter() - begun
            self.switch(before)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Tests that fail or are skipped are of no use."""
        if report.outcome != "passed":
            self.tests[report.nodeid]["passed"] = False

    def pytest_sessionfinish(self) -> None:
        """Write everything."""
        self.coverage.stop()
        self.coverage.save()
        told = {
            "tests": self.tests,
            "fixtures": self.fixtures,
            "kernels": {context: sorted(names) for context, names in self.kernels.items()},
        }
        (self.folder / "tests.json").write_text(json.dumps(told, indent=0), encoding="utf-8")


def fixture_name(place: Any, definition: Any) -> str:
    """Context of a fixture of several tests."""
    return f"fixture {definition.baseid}::{definition.argname}"


def with_those_called(kernel: Any, kind: type) -> set[str]:
    """`module:name` of a kernel and of all kernels within it."""
    found: set[str] = set()
    left = [kernel]
    while left:
        function = left.pop().function
        name = f"{function.__module__}:{function.__qualname__}"
        if name not in found:
            found.add(name)
            outside = function.__globals__
            left += [outside[n] for n in function.__code__.co_names if isinstance(outside.get(n), kind)]
    return found


def pytest_configure(config: pytest.Config) -> None:
    """Begin to watch before anything of ours is imported by tests."""
    if folder := os.environ.get(OUT):
        config.pluginmanager.register(Watch(Path(folder)), "mutants-watch")
