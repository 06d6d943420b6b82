"""Figures inside a page: SVG as part of the HTML, with nothing that points elsewhere."""

from __future__ import annotations

import re

from regulars.show.style import Sheet, svg

_HEAD = re.compile(r"^.*?(?=<svg)", re.DOTALL)
_NOISE = re.compile(r"<!--.*?-->|<metadata>.*?</metadata>", re.DOTALL)
_NAMES = re.compile(r'\s+xmlns(:\w+)?="[^"]*"|\s+version="1\.1"')
_SIZE = re.compile(r'(<svg)\s+width="[^"]*"\s+height="[^"]*"')
_OWN = re.compile(r'(\bid="|url\(#|href="#)')
_BLANK = re.compile(r">\s+<")


def inline_svg(figure: Sheet, key: str) -> str:
    """The figure as an `<svg>` element for HTML: scalable, without prolog, comments, metadata and name spaces.

    Every id gets `key` in front, so that several figures can share a page. Assistive technology skips the element: say in the
    page what it shows.
    """
    text = _HEAD.sub("", svg(figure).decode("utf-8"), count=1)
    head, tail = text.split(">", 1)
    text = _SIZE.sub(r'\1 role="img" aria-hidden="true"', _NAMES.sub("", head)) + ">" + _NOISE.sub("", tail)
    return _BLANK.sub("><", _OWN.sub(rf"\g<1>{key}-", text)).strip()
