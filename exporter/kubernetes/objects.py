"""What every reader of the Kubernetes API's objects needs: parts that may be missing or odd, and times."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any


def mapping(value: object) -> Mapping[str, Any]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def unix(text: object) -> float | None:
    """A time of the API in Unix seconds; None if it is none."""
    try:
        return datetime.fromisoformat(text).timestamp() if isinstance(text, str) else None
    except (ValueError, OverflowError):
        return None


def within(namespace: str | None) -> str:
    """The part of a path that limits it to a namespace; empty for all of them."""
    return "" if namespace is None else f"/namespaces/{namespace}"
