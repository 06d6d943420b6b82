"""Reading logs of purchases: files of all kinds, and public datasets."""

from regulars.panels.datasets import dataset
from regulars.panels.panel import Panel
from regulars.panels.read import read
from regulars.panels.resolve import resolve

__all__ = ["Panel", "dataset", "read", "resolve"]
