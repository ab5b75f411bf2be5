"""Points in time as people write them."""

import re
from decimal import Decimal
from typing import Final

from emberline.failure import Failure
from slo.moment import moment

_SECONDS: Final = re.compile(r"[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]{1,2})?")
_LAST: Final = moment("9998-01-01T00:00:00Z")
"""A calendar period that holds a later time may end in a year that is none."""


def parse_moment(text: str) -> int:
    """RFC 3339 (`2026-01-31T12:00:00Z`) or unix seconds as ms since the epoch; Failure for anything else."""
    try:
        at = int(Decimal(text) * 1000) if _SECONDS.fullmatch(text) else moment(text)
    except (ValueError, OverflowError):
        at = -1
    if not 0 <= at < _LAST:
        raise Failure(f"--at: {text!r} is neither RFC 3339, such as 2026-01-31T12:00:00Z, nor unix seconds")
    return at
