"""The secret that a target asks for."""

from pathlib import Path
from typing import Final

from exporter.apart import open_at_once
from exporter.targets.answer import Failed, Reason

_BYTES: Final = 64 << 10


def read_credentials(path: Path | None) -> dict[str, str] | Failed:
    """The header that authenticates us, read anew for each probe because secrets rotate."""
    if path is None:
        return {}
    found = read_secret(path)
    return found if isinstance(found, Failed) else {"Authorization": f"Bearer {found}"}


def read_secret(path: Path, *, spaces: bool = False) -> str | Failed:
    """The one line that a file holds, without the white space around it; `spaces`: it may have some within."""
    try:
        with open_at_once(path) as file:
            token = file.read(_BYTES + 1).strip()
    except OSError as error:
        return Failed(Reason.CREDENTIALS, f"{path}: {error.strerror}")
    least = 0x20 if spaces else 0x21
    if not token or len(token) > _BYTES or not all(least <= byte < 0x7F for byte in token):  # noqa: PLR2004
        without = "" if spaces else " without spaces"
        return Failed(Reason.CREDENTIALS, f"{path}: not one line of printable characters{without}")
    return token.decode("ascii")
