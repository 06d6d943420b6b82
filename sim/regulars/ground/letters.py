"""Letters that a terminal obeys in place of showing them."""

from __future__ import annotations

import re

# control characters but tab and line ends, marks that turn the direction of writing, separators of lines and paragraphs
OBEYED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\r(?!\n)")
NO_NAME = re.compile(f"{OBEYED.pattern}|[\t\r\n]")


def visible(text: str) -> str:
    r"""A text with what a terminal would obey written out, as `\x1b`."""
    return OBEYED.sub(lambda found: repr(found[0])[1:-1], text)
