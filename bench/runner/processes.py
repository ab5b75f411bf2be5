"""What a process and its children take: processor time and memory, as the kernel counts them."""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


def family(pid: int) -> list[int]:
    """A process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, children)]


def processor_seconds(pids: Iterable[int]) -> float:
    """User and system time of processes, their threads included."""
    stats = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids)
    return sum(int(stat[11]) + int(stat[12]) for stat in stats) / _TICKS


def resident(pids: Iterable[int]) -> int:
    """Bytes of memory that processes hold, what they share counted in each."""
    return sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE for pid in pids)


def proportional(pids: Iterable[int]) -> int:
    """Bytes of memory that processes hold, what they share counted in parts."""
    texts = (Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in pids)
    found = (re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE) for text in texts)
    return sum(int(each[1]) << 10 for each in found if each is not None)
