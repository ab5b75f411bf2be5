"""Crumbs that the child drops before each call, so that its parent knows after a crash which call it was in.

One byte per GPU in memory that both share: zero, or one more than the index of the family whose call is out.
"""

import mmap
import os
from collections.abc import Callable
from typing import Final

from exporter.nvml.schedule import FAMILIES

GPUS: Final = 64
_NAMES: Final = ("", "identity", *FAMILIES)


class Crumbs:
    """The shared bytes, behind a file descriptor that the child inherits."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._bytes = mmap.mmap(descriptor, GPUS)

    @classmethod
    def create(cls) -> "Crumbs":
        """Fresh ones; close them in the end."""
        descriptor = os.memfd_create("nvml-crumbs", os.MFD_CLOEXEC)
        os.ftruncate(descriptor, GPUS)
        return cls(descriptor)

    def marker(self, gpu: int) -> Callable[[str], None]:
        """What writes down the family of the call that begins, or "" when it is over."""

        def mark(family: str) -> None:
            if gpu < GPUS:
                self._bytes[gpu] = _NAMES.index(family)

        return mark

    def take(self) -> dict[int, str]:
        """The family of each GPU that was in a call; all is wiped."""
        found = {gpu: _NAMES[number] for gpu, number in enumerate(self._bytes[:]) if 0 < number < len(_NAMES)}
        self._bytes[:] = bytes(GPUS)
        return found

    def close(self) -> None:
        """Give the memory back."""
        self._bytes.close()
        os.close(self.descriptor)
