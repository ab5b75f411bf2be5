"""A server as the command line names it: an address, and a file with what it asks for."""

import re
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from emberline.failure import Failure
from exporter.targets.answer import Failed
from exporter.targets.credentials import read_credentials

_ENCODED: Final = re.compile(r"""[\s"<>\\^`{|}]""")
"""What stands in an address as `%20` and the like alone; some reader would cut it off, or expand it as a template."""


def base_url(text: str, option: str = "--prometheus", credentials: str = "--credentials-file") -> str:
    """The base URL of an HTTP API; Failure where it is none, or holds a secret that messages would show."""
    parts = address(text)
    if parts is None or set(text) & set("?#"):
        raise Failure(f"{option}: {text!r} is not an address such as http://127.0.0.1:9090")
    if parts.username or parts.password:
        raise Failure(f"{option}: credentials belong in {credentials}, not in the address")
    return text.rstrip("/")


def address(text: str) -> SplitResult | None:
    """The parts of an HTTP address; None where it is none."""
    if _ENCODED.search(text) or not text.isprintable():
        return None
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return None
    return parts if usable else None


def authorization(path: Path | None) -> dict[str, str]:
    """The header made of a credentials file, none without one; Failure where it holds no token."""
    found = read_credentials(path)
    if isinstance(found, Failed):
        raise Failure(found.detail)
    return found
