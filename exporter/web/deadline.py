"""How long a scraper will wait, from `X-Prometheus-Scrape-Timeout-Seconds`."""

import math
from typing import Final

HEADER: Final = "X-Prometheus-Scrape-Timeout-Seconds"
MOST: Final = 10.0
_MARGIN: Final = 0.5
"""Seconds left for the way back, as blackbox_exporter leaves them; of a short timeout, half."""


def seconds(header: str | None) -> float:
    """Seconds within which an answer must be given; `MOST` if the header is absent or malformed."""
    try:
        asked = float(header or "")
    except ValueError:
        return MOST
    if not math.isfinite(asked) or asked <= 0:
        return MOST
    return min(MOST, max(asked - _MARGIN, asked / 2))
