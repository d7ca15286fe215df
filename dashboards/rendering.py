"""Makes pages of templates; every value is escaped, and an unknown one is an error."""

from typing import Any, Final

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from dashboards.views import ranges
from dashboards.views.results import Side
from dashboards.visits import Visit, parts_of, theme_of

_TEMPLATES: Final = Environment(
    loader=PackageLoader("dashboards"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.globals |= {"names": ranges.NAMES, "against_names": ranges.AGAINST_NAMES}


def public_page(
    request: Request, template: str, *, status: int = 200, **values: Any
) -> HTMLResponse:
    """A page that anybody may see."""
    parts = parts_of(request)
    shell = {
        "built": parts.built,
        "practice": parts.settings.practice,
        "theme": theme_of(request),
        "here": request.url.path,
        "status": status,
    }
    return HTMLResponse(_TEMPLATES.get_template(template).render(**shell, **values), status)


def page(
    visit: Visit, side: Side, template: str, *, status: int = 200, **values: Any
) -> HTMLResponse:
    """A page of one side of an account."""
    return public_page(visit.request, template, status=status, visit=visit, side=side, **values)
