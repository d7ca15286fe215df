"""The small pages of the practice services, in one look, with every value escaped."""

from jinja2 import Environment, PackageLoader, StrictUndefined

_TEMPLATES = Environment(
    loader=PackageLoader("embedded"), autoescape=True, undefined=StrictUndefined
)


def render(template: str, **values: object) -> str:
    """The page made from a file of `templates/`."""
    return _TEMPLATES.get_template(template).render(**values)
