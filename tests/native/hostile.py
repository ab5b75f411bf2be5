"""Reads hostile pages in a process whose memory is bounded: `python -m tests.native.hostile kernel KIBIBYTES`.

Prints a JSON object: for each page and format what the page is refused for, or its samples, and the seconds of
processor time that it took. A page that needs more memory than a copy of it and the widest columns ends the process.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from native.exposition import Limits, kernel, twin
from native.exposition.faults import MESSAGES, Fault
from native.exposition.wire import FORMATS

MIB = 1 << 20
COLUMNS = 32 * MIB
"""200,000 samples and 400,000 families take 17 MiB; a vector that grows holds half as much again for a moment."""


def labelled(prefix: bytes, fill: bytes) -> bytes:
    """A line of 64 labels, whose names have escapes and a long start in common."""
    return b"a{" + b",".join(b'"%s\\\\%s%02d"="1"' % (prefix, fill, number) for number in range(64)) + b"} 1\n"


def repeated(piece: bytes, size: int) -> bytes:
    return piece * (size // len(piece))


PAGES: dict[str, Callable[[int], bytes]] = {
    "one endless line": lambda size: b"a" * size,
    "endless blanks": lambda size: b" " * size,
    "an endless number": lambda size: b"a " + b"9" * (size - 2),
    "endless escapes": lambda size: b'a{b="' + repeated(b'\\"', size - 5),
    "a million labels": lambda size: b"a{" + b",".join(b'l%d="1"' % n for n in range(size // 16)) + b"} 1\n",
    "labels that are almost the same": lambda size: repeated(labelled(b"x", b"f" * 100) + labelled(b"y", b""), size),
    "a million series": lambda size: repeated(b"a 1\n", size),
    "a million lines": lambda size: repeated(b"\n", size),
    "a family for each sample": lambda size: b"".join(b"a%d 1\n" % n for n in range(min(size // 12, 200_000))),
    "families without samples": lambda size: b"".join(b"# TYPE a%d gauge\n" % n for n in range(size // 24)),
    "numbers of many digits": lambda size: repeated(b"a 0." + b"7" * 60_000 + b"\n", size),
    "exemplars": lambda size: repeated(b"a 1 # {" + b'b="c",' * 9_000 + b"} 1\n", size),
    "nested quotes": lambda size: repeated(b'a{b="\\"{c=\\"d\\"}\\""} 1\n', size),
    "an open quote": lambda size: repeated(b'a{b="{"', size),
    "binary": lambda size: repeated(bytes(range(256)), size),
    "NULs": bytes,
    "ill-formed UTF-8": lambda size: repeated(b'a{b="c"} 1\n', size // 8) + b'a{b="' + b"\xff" * 60_000 + b'"} 1\n',
    "half of a compressed page": lambda size: b"\x1f\x8b\x08" + b"\0" * (size - 3),
}


def address_space() -> int:
    """Bytes that this process has mapped."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()


def read(scan: Callable[..., twin.Scanned], body: bytes, dialect: int) -> tuple[str, float]:
    bounds = Limits()
    limits = (bounds.body_bytes, bounds.lines, bounds.line_bytes, bounds.series, bounds.labels)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    began = time.process_time()
    resource.setrlimit(resource.RLIMIT_AS, (address_space() + len(body) + COLUMNS, hard))
    try:
        scanned = scan(body, *limits, dialect)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    fault = Fault(scanned[0])
    verdict = MESSAGES[fault] if fault else f"{len(scanned[2]) // 8} samples"
    return verdict, time.process_time() - began


def main() -> None:
    scan = kernel.scan if sys.argv[1] == "kernel" else twin.scan
    size = int(sys.argv[2]) * 1024
    found = {}
    for name, page in PAGES.items():
        body = page(size)
        found[name] = {form: read(scan, body, dialect) for dialect, form in enumerate(FORMATS)}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
