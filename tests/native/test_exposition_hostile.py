"""Pages made to do harm are refused, or read, within bounded memory and time."""

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from native.exposition import COMPILED
from tests.native.hostile import MIB, PAGES, read

PROJECT = Path(__file__).resolve().parents[2]
LINE, SERIES, LINES = ("the line is longer than allowed", "more series than allowed", "more lines than allowed")

# What a page of 16 MiB is refused for as text, where it is not an endless line.
REASONS = {
    "labels that are almost the same": " samples",
    "a million series": SERIES,
    "a million lines": LINES,
    "a family for each sample": "200000 samples",
    "families without samples": LINES,
    "numbers of many digits": " samples",
    "exemplars": "expected a timestamp in milliseconds",
    "nested quotes": SERIES,
    "binary": "expected a metric name",
    "ill-formed UTF-8": "not valid UTF-8",
}
SECONDS = 20.0
"""Of processor time for one page: ten times what the worst takes on a busy machine."""


def hostile(implementation: str, kibibytes: int) -> dict[str, dict[str, tuple[str, float]]]:
    command = [sys.executable, "-m", "tests.native.hostile", implementation, str(kibibytes)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, tuple[str, float]]] = json.loads(done.stdout)
    assert found.keys() == PAGES.keys()
    return found


@pytest.mark.skipif(not COMPILED, reason="no compiled kernel")
def test_the_kernel_reads_hostile_pages_in_bounded_memory_and_time() -> None:
    found = hostile("kernel", 16 * 1024)
    assert [name for name in PAGES if REASONS.get(name, LINE) not in found[name]["text"][0]] == []
    slow = {name: seconds for name, of in found.items() for _, seconds in of.values() if seconds > SECONDS}
    assert slow == {}


def test_the_twin_reads_them_too_though_slowly() -> None:
    found = hostile("twin", 128)
    assert all(seconds < SECONDS for of in found.values() for _, seconds in of.values())


def test_a_page_that_needs_more_memory_is_seen() -> None:
    """The bound is real: a reader that doubles the page once more does not pass."""
    soft = resource.getrlimit(resource.RLIMIT_AS)
    with pytest.raises(MemoryError):
        read(lambda body, *_: (0, len(body * 64), b"", b"", b"", b""), bytes(4 * MIB), 0)
    assert resource.getrlimit(resource.RLIMIT_AS) == soft
