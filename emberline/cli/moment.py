"""Points in time as people write them."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from emberline.failure import Failure

_SECONDS: Final = re.compile(r"[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]{1,2})?")
_EPOCH: Final = datetime.fromtimestamp(0, UTC)


def parse_moment(text: str) -> int:
    """RFC 3339 (`2026-01-31T12:00:00Z`) or unix seconds as ms since the epoch; Failure for anything else."""
    try:
        at = int(Decimal(text) * 1000) if _SECONDS.fullmatch(text) else _rfc3339(text)
    except (ValueError, OverflowError):
        at = -1
    if not 0 <= at < _LAST:
        raise Failure(f"--at: {text!r} is neither RFC 3339, such as 2026-01-31T12:00:00Z, nor unix seconds")
    return at


def _rfc3339(text: str) -> int:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError
    return (moment - _EPOCH) // timedelta(milliseconds=1)


_LAST: Final = _rfc3339("9999-12-31T00:00:00Z")
