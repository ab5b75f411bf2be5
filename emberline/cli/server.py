"""A Prometheus as the command line names it: an address, and a file with what it asks for."""

from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from emberline.failure import Failure

_TOKEN_BYTES: Final = 1 << 16


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
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return None
    return parts if usable else None


def bearer_token(path: Path | None) -> str | None:
    """The one line of a credentials file, read anew each time because secrets rotate."""
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            token = file.read(_TOKEN_BYTES + 1).strip()
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}") from error
    if not token or len(token) > _TOKEN_BYTES or not all(0x20 < byte < 0x7F for byte in token):  # noqa: PLR2004  ASCII
        raise Failure(f"{path}: not one line of printable characters without spaces")
    return token.decode("ascii")
