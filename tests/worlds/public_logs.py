"""Marks for tests that read a log which an optional package ships: without the package they are left out."""

import pytest

from regulars.ground.packages import version


def needs(package):
    """A mark for a test or a class of tests."""
    absent = pytest.mark.skipif(version(package) is None, reason=f"{package} is not installed")
    return lambda test: pytest.mark.data(absent(test))
