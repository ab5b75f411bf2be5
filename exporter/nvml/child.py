"""The process that may hang or crash: `python -m exporter.nvml.child` writes one reading per interval to stdout.

It ends when its stdin ends or its parent dies, a stopped one too (by the kernel's parent-death signal).
"""

import argparse
import ctypes
import importlib
import json
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, Final

from exporter.descriptors import occupy
from exporter.nvml import simulation
from exporter.nvml.ask import Ask
from exporter.nvml.breaker import REST_INTERVALS
from exporter.nvml.reading import Reading, encode
from exporter.nvml.schedule import turn

_PR_SET_PDEATHSIG: Final = 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="exporter.nvml.child", description=__doc__)
    parser.add_argument("--interval", type=float, required=True, help="seconds from one reading to the next")
    parser.add_argument("--deadline", type=float, required=True, help="seconds that one call may take")
    parser.add_argument("--window", type=float, default=15.0, help="seconds that averages and peaks reach back")
    parser.add_argument("--simulate", action="store_true", help="eight GPUs that do not exist")
    parser.add_argument("--record", type=Path, help="write the session to this file")
    parser.add_argument("--record-key", type=bytes.fromhex, default=b"", help="what its numbers are made with")
    parser.add_argument("--replay", type=Path, help="a recorded session in place of the driver")
    parser.add_argument("--crumbs", type=int, help="file descriptor of the bytes shared with the parent")
    parser.add_argument(
        "--resting", type=json.loads, default={}, help="seconds for which families are not asked, by GPU"
    )
    parser.add_argument("--listing", type=Path, default=Path("/proc/driver/nvidia/gpus"), help="where GPUs are listed")
    parser.add_argument("--processes", action="store_true", help="tell who uses the GPUs")
    return parser.parse_args()


def _source(options: argparse.Namespace) -> Callable[[], Reading]:
    if options.simulate:
        return _simulated()
    # What a simulation need not pay: pynvml alone costs 7 MiB and 40 ms.
    node: Any = importlib.import_module("exporter.nvml.node")
    owner: Any = importlib.import_module("exporter.nvml.owner")
    crumbs: Any = importlib.import_module("exporter.nvml.crumbs")
    pace = owner.Pace(options.deadline, REST_INTERVALS * options.interval, options.window)
    made = node.Node(
        _driver(options),
        options.interval,
        pace,
        crumbs=None if options.crumbs is None else crumbs.Crumbs(options.crumbs),
        resting={int(gpu): families for gpu, families in options.resting.items()},
        listing=options.listing,
        wanted=frozenset({"processes"} if options.processes else ()),
    )
    read: Callable[[], Reading] = made.read
    return read


def _simulated() -> Callable[[], Reading]:
    before: float | None = None

    def read() -> Reading:
        nonlocal before
        at = time.time()
        reading, before = simulation.read(at, before=before), at
        return reading

    return read


def _driver(options: argparse.Namespace) -> Ask:
    driver: Ask
    if options.replay is None:
        driver = importlib.import_module("exporter.nvml.driver.nvml").Nvml()
    else:
        driver = importlib.import_module("exporter.nvml.replay").Replay(options.replay)
    if options.record is not None:
        recording: Any = importlib.import_module("exporter.nvml.recording")
        try:
            driver = recording.Recorder(driver, options.record, options.record_key)
        except OSError as error:
            sys.stderr.write(f"{options.record}: nothing is recorded: {error.strerror}\n")
    return driver


def _harmless() -> None:
    """A driver that crashes at every reading must not fill the disk, and no reading outlives its reader."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _take_stdout() -> BinaryIO:
    """The pipe to the parent; what a library prints goes to stderr instead and cannot break a line."""
    occupy()
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
    due, pause = time.monotonic(), options.interval if options.simulate else turn(options.interval)
    while not _parent_is_gone(due - time.monotonic()):
        reading = read()
        pipe.write(encode(reading))
        pipe.flush()
        if reading.last:
            break
        due = max(due + pause, time.monotonic())
    os._exit(0)  # a normal exit has to do with threads that may hang in the driver


if __name__ == "__main__":
    main()
