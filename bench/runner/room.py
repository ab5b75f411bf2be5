"""The memory of a fused evaluation beyond the samples: `python -m bench.runner.room SERVICES THREADS [composed]`.

In a process of its own: what others have freed would be room already.
"""

import ctypes
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

from bench.runner.fleet import DAY, Fleet
from bench.runner.fused import Fused

_PEAK: Final = "5"
"""What the kernel is told to forget: the peak so far."""


def beyond(services: int, threads: int, *, composed: bool) -> int:
    """Bytes beyond what was held before, at the peak."""
    how = ["composed"] if composed else []
    command = [sys.executable, "-m", "bench.runner.room", f"{services}", f"{threads}", *how]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def held() -> int:
    """Bytes of this process that are in memory."""
    return _status("VmRSS")


def _status(name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB$", Path("/proc/self/status").read_text(encoding="ascii"), re.MULTILINE)
    assert found
    return 1024 * int(found[1])


def _measured(services: int, threads: int, *, composed: bool) -> int:
    evaluation = Fused.of(Fleet(30 * DAY), services)
    evaluation = evaluation.composed() if composed else evaluation
    ctypes.CDLL(None).malloc_trim(0)  # what the fleet's making has freed
    Path("/proc/self/clear_refs").write_text(_PEAK, encoding="ascii")
    before = held()
    evaluation.transitions(threads)
    return _status("VmHWM") - before


if __name__ == "__main__":
    print(_measured(int(sys.argv[1]), int(sys.argv[2]), composed="composed" in sys.argv))
