"""Writes down which tests have passed with the code as it is, so that `regulars systems` counts proofs and not promises."""

from pathlib import Path

import pytest

from regulars.cli.systems import proofs

ROOT = Path(__file__).parents[1]


class Proving:
    """Collects outcomes in the process that hands out the tests."""

    def __init__(self, whole):
        self.whole, self.fine, self.ran = whole, {}, set()

    def pytest_runtest_logreport(self, report):
        name = report.nodeid.partition("[")[0]
        place = name.partition("::")[0]
        for test in (name, place) if self.whole else (name,):
            if report.failed:
                self.fine[test] = False
            elif report.when == "call" and report.passed:
                self.fine.setdefault(test, True)

    def pytest_sessionfinish(self, session):
        if self.fine:
            proofs.write(ROOT, self.fine)


@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    parts = any("::" in str(argument) for argument in config.args)
    if not hasattr(config, "workerinput") and config.rootpath == ROOT and not config.option.collectonly:
        config.pluginmanager.register(Proving(not config.option.keyword and not parts), "outcomes")
