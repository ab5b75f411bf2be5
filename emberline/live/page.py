"""The pages as HTML: plain, server-rendered, complete without JavaScript or any outside address."""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from emberline.live.present import view
from emberline.live.snapshot import Snapshot
from emberline.live.view import Burn, InstanceView, PageView

_TYPES: Final = {"page.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that pages refer to by an address that changes with its text, so that it may be kept for ever."""

    name: str
    text: str
    content_type: str

    @property
    def address(self) -> str:
        """Where a page asks for it."""
        return f"/{self.name}?{sha256(self.text.encode()).hexdigest()[:12]}"


@lru_cache(maxsize=1)
def assets() -> dict[str, Asset]:
    """The style sheet, the script and the icon, by name."""
    folder = files("emberline.live") / "templates"
    return {name: Asset(name, (folder / name).read_text("utf-8"), kind) for name, kind in _TYPES.items()}


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("emberline.live"),
        autoescape=select_autoescape(("html", "html.j2")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["burns"] = _burns
    environment.globals["address"] = {name: asset.address for name, asset in assets().items()}
    return environment


def _burns(burns: tuple[Burn, ...]) -> Markup:
    """The burn rates of a row. A page has thousands, and numbers and lengths of time need no escaping."""
    return Markup(  # noqa: S704 - see above
        " ".join(
            f'<span class="burn{" hot" if hot else ""}"><span class="quiet">{window}</span> {rate}</span>'
            for window, rate, hot in burns
        )
    )


class Rendered:
    """The first page of a snapshot, rendered once a second at most: every listener asks for it at the same moment."""

    def __init__(self) -> None:
        self._of: tuple[Snapshot, int] | None = None
        self._text = ""

    def __call__(self, snapshot: Snapshot, at: int) -> str:
        """The page at `at` (ms since the epoch)."""
        second = at // 1000
        if self._of is None or self._of[0] is not snapshot or self._of[1] != second:
            self._text = render(view(snapshot, at))
            self._of = snapshot, second
        return self._text


def render(page: PageView) -> str:
    """The whole first page; every label value and error text in it is escaped."""
    return _environment().get_template("page.html.j2").render(page=page, head=page)


def render_instance(page: InstanceView) -> str:
    """The page of one SLO instance, escaped likewise."""
    return _environment().get_template("instance.html.j2").render(page=page, head=page.head)
