"""Which form of the page a client asks for: prometheus/common's `expfmt.NegotiateIncludingOpenMetrics`, without I/O."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, get_args

from exporter.form import OFFERED, Form
from native.exposition import Escaping, Format

_OPENMETRICS: Final = ("application", "openmetrics-text")
_TEXT: Final = ("text", "plain")
_CODINGS: Final = 64
"""So many distinct pairs of headers are remembered: scrapers send one for ever."""


@dataclass(frozen=True, slots=True)
class Negotiated:
    """The form of the page, the Content-Type that says so, and whether it is sent compressed."""

    format: Format
    escaping: Escaping
    content_type: str
    gzip: bool

    @property
    def form(self) -> Form:
        """What decides on the bytes before compression."""
        return self.format, self.escaping


@dataclass(frozen=True, slots=True)
class _Range:
    """One element of an Accept header."""

    kind: tuple[str, str]
    parameters: dict[str, str]
    weight: float


@lru_cache(_CODINGS)
def negotiate(accept: str, accept_encoding: str, offered: frozenset[Format] = OFFERED) -> Negotiated:
    """The best form for these two headers; empty text where a header was not sent.

    As upstream: the highest weight decides, then the order written; a name without version is text 0.0.4 or
    OpenMetrics 0.0.1; an unknown escaping is ignored, `underscores` is the default, and one that stood in a better,
    but unknown, element counts for the element that is chosen. What nothing matches gets text 0.0.4, never 406.
    Beyond upstream: weight 0 forbids, and text 1.0.0 is known, which Prometheus 3 asks for.
    """
    escaping: Escaping = "underscores"
    for element in _ranges(accept):
        asked = element.parameters.get("escaping")
        escaping = next((known for known in get_args(Escaping) if known == asked), escaping)
        version = element.parameters.get("version", "")
        if element.kind == _TEXT and version in {"0.0.4", "1.0.0", ""}:
            return _negotiated("text", escaping, version or "0.0.4", accept_encoding)
        if element.kind == _OPENMETRICS and version in {"1.0.0", "0.0.1", ""} and "openmetrics" in offered:
            return _negotiated("openmetrics", escaping, version or "0.0.1", accept_encoding)
    return _negotiated("text", escaping, "0.0.4", accept_encoding)


def _negotiated(kind: Format, escaping: Escaping, version: str, accept_encoding: str) -> Negotiated:
    name = "/".join(_OPENMETRICS if kind == "openmetrics" else _TEXT)
    content_type = f"{name}; version={version}; charset=utf-8; escaping={escaping}"
    return Negotiated(kind, escaping, content_type, _gzip(accept_encoding))


def _ranges(header: str) -> list[_Range]:
    """The elements by falling weight, those with wildcards last among equals; malformed ones are left out."""
    elements = [found for part in header.split(",") if (found := _range(part)) and found.weight > 0]
    return sorted(elements, key=lambda it: (-it.weight, it.kind[0] == "*", it.kind[1] == "*"))


def _range(text: str) -> _Range | None:
    name, *pairs = (part.strip() for part in text.split(";"))
    kind, slash, subtype = (part.strip() for part in name.partition("/"))
    if name == "*":
        kind, slash, subtype = "*", "/", "*"
    if not slash or "/" in subtype:
        return None
    split = (pair.partition("=") for pair in pairs)
    parameters = {key.strip(): value.strip() for key, equals, value in split if equals}
    return _Range((kind, subtype), parameters, _weight(parameters.pop("q", "1")))


def _weight(text: str) -> float:
    """A weight of 0 to 1 (RFC 9110 §12.4.2); one that cannot be read is 0, as upstream."""
    try:
        weight = float(text)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0


def _gzip(header: str) -> bool:
    """Whether gzip weighs at least as much as no coding at all (RFC 9110 §12.5.3).

    A client that forbids identity and does not name gzip gets gzip: the only other coding there is.
    """
    weights: dict[str, float] = {}
    for part in header.lower().split(","):
        coding, _, weight = part.partition(";")
        key, _, value = weight.partition("=")
        weights[coding.strip()] = _weight(value.strip()) if key.strip() == "q" else 1.0
    anything = weights.get("*")
    identity = weights.get("identity", anything)
    forbidden = identity == 0
    unnamed = float(forbidden) if anything is None else anything
    gzip = weights.get("gzip", weights.get("x-gzip", unnamed))
    return gzip > 0 and (forbidden or gzip >= weights.get("identity", 0.0))
