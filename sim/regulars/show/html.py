"""A page as one HTML file that needs nothing but itself: a template of this folder, the style of the house, a signature."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from markupsafe import Markup

from regulars.ground.output import SIGN, signed

HERE = Path(__file__).parent


def rendered(template: str, filters: dict[str, Callable[..., Any]], **values: Any) -> str:
    """The page that a template makes of values, signed; a value that the template asks for and does not get is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    pages = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters.update(filters)
    css = Markup((HERE / "report.css").read_text(encoding="utf-8"))
    return signed(pages.get_template(template).render(sign=Markup(SIGN + "0" * 16), css=css, **values))
