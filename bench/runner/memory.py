"""The physical limit: what memory and libc do with the same bytes."""

import ctypes
import subprocess
from pathlib import Path
from tempfile import mkdtemp

from bench.runner.measure import Candidates

_LINES = """
#include <stddef.h>
#include <string.h>
size_t lines(const char *at, size_t size) {
    size_t found = 0;
    for (const char *end = at + size; (at = memchr(at, '\\n', (size_t)(end - at))); ++at) ++found;
    return found;
}
"""


def _line_counter() -> "ctypes._NamedFuncPointer":
    folder = Path(mkdtemp(prefix="emberline-bench-"))
    source, library = folder / "lines.c", folder / "lines.so"
    source.write_text(_LINES, encoding="ascii")
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, source], check=True)
    counter = ctypes.CDLL(str(library)).lines
    counter.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
    counter.restype = ctypes.c_size_t
    return counter


def limits(body: bytes) -> Candidates:
    """Calls of memchr for a byte that is not there, memchr from line to line, and of memcpy, over one page."""
    absent = next(bytes([byte]) for byte in range(256) if byte not in body)
    target = ctypes.create_string_buffer(len(body))
    counter = _line_counter()
    assert counter(body, len(body)) == body.count(b"\n")
    return {
        "memchr, absent byte": lambda: body.find(absent),
        "memchr, line by line": lambda: counter(body, len(body)),
        "memcpy": lambda: ctypes.memmove(target, body, len(body)),
    }
