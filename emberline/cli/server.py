"""A Prometheus as the command line names it: an address, and a file with what it asks for."""

from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from emberline.failure import Failure
from exporter.targets.answer import Failed
from exporter.targets.credentials import read_credentials


def base_url(text: str) -> str:
    """The base URL of an HTTP API; Failure where it is none, or holds a secret that messages would show."""
    parts = _split(text)
    if parts is None:
        raise Failure(f"--prometheus: {text!r} is not an address such as http://127.0.0.1:9090")
    if parts.username or parts.password:
        raise Failure("--prometheus: credentials belong in --credentials-file, not in the address")
    return text.rstrip("/")


def _split(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and not set(text) & set("?#")
    except ValueError:
        return None
    return parts if usable else None


def authorization(path: Path | None) -> dict[str, str]:
    """The header made of a credentials file, none without one; Failure where it holds no token."""
    found = read_credentials(path)
    if isinstance(found, Failed):
        raise Failure(found.detail)
    return found
