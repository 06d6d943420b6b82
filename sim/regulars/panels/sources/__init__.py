"""Logs as people have them: text files of any spelling, packed files, Parquet, workbooks, and tables in memory."""

from regulars.panels.sources.opening import open_source
from regulars.panels.sources.source import Source

__all__ = ["Source", "open_source"]
