"""The process that may hang or crash: `python -m exporter.nvml.child` writes one reading per interval to stdout.

It ends when its stdin ends or its parent dies, a stopped one too (by the kernel's parent-death signal).
"""

import argparse
import ctypes
import importlib
import os
import resource
import select
import signal
import time
from collections.abc import Callable
from typing import BinaryIO, Final

from exporter.nvml import simulation
from exporter.nvml.reading import Reading, encode

_PR_SET_PDEATHSIG: Final = 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="exporter.nvml.child", description=__doc__)
    parser.add_argument("--interval", type=float, required=True, help="seconds from one reading to the next")
    parser.add_argument("--deadline", type=float, required=True, help="seconds that one GPU may take to be read")
    parser.add_argument("--simulate", action="store_true", help="eight GPUs that do not exist")
    return parser.parse_args()


def _source(options: argparse.Namespace) -> Callable[[], Reading]:
    if options.simulate:
        return lambda: simulation.read(time.time())
    # pynvml costs 7 MiB and 40 ms, which a simulation need not pay.
    read: Callable[[], Reading] = importlib.import_module("exporter.nvml.node").Node(options.deadline).read
    return read


def _harmless() -> None:
    """A driver that crashes at every reading must not fill the disk, and no reading outlives its reader."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _take_stdout() -> BinaryIO:
    """The pipe to the parent; what a library prints goes to stderr instead and cannot break a line."""
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return pipe


def _parent_is_gone(within: float) -> bool:
    """Whether stdin ends within so many seconds; this is also how the child waits for its next reading."""
    return bool(select.select([0], [], [], max(0.0, within))[0])


def main() -> None:
    """Read and write until the parent is gone."""
    options = _options()
    _harmless()
    pipe, read = _take_stdout(), _source(options)
    due = time.monotonic()
    while not _parent_is_gone(due - time.monotonic()):
        reading = read()
        pipe.write(encode(reading))
        pipe.flush()
        if reading.last:
            break
        due = max(due + options.interval, time.monotonic())
    os._exit(0)  # a normal exit has to do with threads that may hang in the driver


if __name__ == "__main__":
    main()
