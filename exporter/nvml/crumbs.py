"""Crumbs that the child drops before each call, so that its parent knows after a crash which call it was in.

For each GPU, memory that both share holds one more than the index of the family whose call is out, or zero, and when
the call began (monotonic seconds).
"""

import mmap
import os
import struct
import time
from collections.abc import Callable
from typing import Final

from exporter.nvml.schedule import FAMILIES

GPUS: Final = 64
TOGETHER_SECONDS: Final = 0.1
"""Calls that began so much before the newest one hang, and were not what crashed."""
_NAMES: Final = ("", "identity", *FAMILIES)
_CRUMB: Final = struct.Struct("<dB7x")


class Crumbs:
    """The shared bytes, behind a file descriptor that the child inherits."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._bytes = mmap.mmap(descriptor, GPUS * _CRUMB.size)

    @classmethod
    def create(cls) -> "Crumbs":
        """Fresh ones; close them in the end."""
        descriptor = os.memfd_create("nvml-crumbs", os.MFD_CLOEXEC)
        os.ftruncate(descriptor, GPUS * _CRUMB.size)
        return cls(descriptor)

    def marker(self, gpu: int) -> Callable[[str], None]:
        """What writes down the family of the call that begins, or "" when it is over."""

        def mark(family: str) -> None:
            if gpu < GPUS:
                _CRUMB.pack_into(self._bytes, gpu * _CRUMB.size, time.monotonic(), _NAMES.index(family))

        return mark

    def take(self) -> dict[int, str]:
        """The family of each GPU whose call was out and had just begun; all is wiped."""
        found = [
            (began, gpu, number) for gpu, (began, number) in enumerate(_CRUMB.iter_unpack(self._bytes[:])) if number
        ]
        self._bytes[:] = bytes(GPUS * _CRUMB.size)
        newest = max((began for began, _, _ in found), default=0.0)
        return {gpu: _NAMES[number] for began, gpu, number in found if newest - began <= TOGETHER_SECONDS}

    def close(self) -> None:
        """Give the memory back."""
        self._bytes.close()
        os.close(self.descriptor)
