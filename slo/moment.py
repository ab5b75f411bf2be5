"""Points in time as RFC 3339 writes them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

EPOCH: Final = datetime.fromtimestamp(0, UTC)

_SHAPE: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})"
)


def moment(text: str) -> int:
    """A point in time as ms since the epoch, what is finer cut off; ValueError for anything but RFC 3339."""
    try:
        at = datetime.fromisoformat(text) if _SHAPE.fullmatch(text) else None
    except ValueError:  # no such day, hour or offset
        at = None
    if at is None:
        msg = f"{text!r} is not a time such as 2026-01-31T12:00:00Z or 2026-01-31T13:00:00+01:00"
        raise ValueError(msg)
    return (at - EPOCH) // timedelta(milliseconds=1)
