"""The formats a page can come in, and how names are spelt in them."""

from typing import Literal, get_args

# Prometheus' text format (0.0.4, and 1.0.0 with names in quotes), or OpenMetrics 1.0.
Format = Literal["text", "openmetrics"]

# In the order of the codes that `scan` takes; shared with `columns.hpp`.
FORMATS: tuple[Format, ...] = get_args(Format)

# How a page spells names beyond the classic characters: as `escaping` in content types.
Escaping = Literal["allow-utf-8", "underscores", "dots", "values"]

_OPENMETRICS = "application/openmetrics-text"


def format_of(content_type: str | None) -> Format:
    """The format of a page, from its content type; text where that names none that is known, or is missing.

    So does a Prometheus with `fallback_scrape_protocol: PrometheusText0.0.4`.
    """
    media = (content_type or "").partition(";")[0].strip().lower()
    return "openmetrics" if media == _OPENMETRICS else "text"
