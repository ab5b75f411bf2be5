"""The file in which counts outlive the process: read once, replaced as a whole."""

import logging
from pathlib import Path
from typing import Final

from exporter.nvml.xids import Xids, dump, load

_LOG: Final = logging.getLogger(__name__)
_BYTES: Final = 1 << 20


def read(path: Path) -> Xids:
    """What the file holds; nothing, said in the log, where it is damaged, and nothing where there is none."""
    try:
        with path.open("rb") as file:
            data = file.read(_BYTES + 1)
        if len(data) > _BYTES:
            raise ValueError(f"larger than {_BYTES} bytes")  # noqa: TRY301 - one way out for everything that is wrong
        return load(data.decode())
    except FileNotFoundError:
        return Xids()
    except (OSError, ValueError, TypeError, OverflowError, RecursionError) as error:
        _LOG.warning("%s: not read, Xids are counted from zero: %s", path, error)
        return Xids()


def write(path: Path, xids: Xids) -> None:
    """Replace the file; a failure is logged, and the counts go on in memory."""
    new = path.with_name(f"{path.name}.new")
    try:
        new.write_text(dump(xids))
        new.replace(path)
    except OSError as error:
        _LOG.warning("%s: Xids could not be kept: %s", path, error)
