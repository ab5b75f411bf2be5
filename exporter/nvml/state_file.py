"""The file in which counts outlive the process: read once, replaced as a whole."""

import logging
from pathlib import Path
from threading import Condition, Thread
from typing import Final

from exporter.nvml.xids import Xids, dump, load

_LOG: Final = logging.getLogger(__name__)
_BYTES: Final = 1 << 20
_AGAIN_SECONDS: Final = 10.0


class StateFile:
    """Keeps the newest counts, written by a thread of its own: a disk that hangs holds nobody up."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._changed = Condition()
        self._newest: Xids | None = None
        self._hurry = False
        self._thread: Thread | None = None

    def read(self) -> Xids:
        """What the file holds; nothing, said in the log, where it is damaged, and nothing where there is none."""
        try:
            with self._path.open("rb") as file:
                data = file.read(_BYTES + 1)
            if len(data) > _BYTES:
                raise ValueError(f"larger than {_BYTES} bytes")  # noqa: TRY301 - one way out for everything wrong
            return load(data.decode())
        except FileNotFoundError:
            return Xids()
        except (OSError, ValueError, TypeError, OverflowError, RecursionError) as error:
            _LOG.warning("%s: not read, Xids are counted from zero: %s", self._path, error)
            return Xids()

    def keep(self, xids: Xids) -> None:
        """Have these counts written in place of any that wait; what fails is logged, and tried again after a while."""
        with self._changed:
            self._newest = xids
            self._changed.notify_all()
        if self._thread is None:
            self._thread = Thread(target=self._write_newest, name="state-file", daemon=True)
            self._thread.start()

    def written(self, within: float) -> bool:
        """Whether everything is written, at the latest after so many seconds; what failed before is tried at once."""
        with self._changed:
            self._hurry = True
            self._changed.notify_all()
            return self._changed.wait_for(lambda: self._newest is None, within)

    def _write_newest(self) -> None:
        """Write what is newest, over and over; it stays the newest until it is written."""
        failed: Xids | None = None
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._newest is not None)
                if self._newest is failed and not self._hurry:
                    self._changed.wait(_AGAIN_SECONDS)
                xids, self._hurry = self._newest, False
            if xids is None or not self._write(xids):
                failed = xids
                continue
            with self._changed:
                if self._newest is xids:
                    self._newest = None
                    self._changed.notify_all()

    def _write(self, xids: Xids) -> bool:
        new = self._path.with_name(f"{self._path.name}.new")
        try:
            new.write_text(dump(xids))
            new.replace(self._path)
        except OSError as error:
            _LOG.warning("%s: Xids could not be kept: %s", self._path, error)
            return False
        return True
