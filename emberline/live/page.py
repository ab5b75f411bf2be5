"""The status page as HTML: plain, server-rendered, complete without JavaScript or any outside address."""

from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from emberline.live.view import PageView


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("emberline.live"),
        autoescape=select_autoescape(("html", "html.j2")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2")


def render(view: PageView) -> str:
    """The whole page; every label value and error text in it is escaped."""
    return _template().render(page=view)
