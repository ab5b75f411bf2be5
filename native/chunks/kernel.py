"""The implementation in use: the compiled kernel, else the twins."""

import numpy as np
from numpy.typing import NDArray

from native.chunks.faults import XOR, fault, refused
from native.selection import fall_back

try:
    from native.chunks.compiled import History, Windows, encode
    from native.chunks.compiled import decode as scan
except ImportError as cause:
    fall_back("native.chunks._kernel", cause)
    from native.chunks.held import History, Windows  # type: ignore[assignment]
    from native.chunks.twin import decode as scan
    from native.chunks.twin import encode

    COMPILED = False
else:
    COMPILED = True

__all__ = ["COMPILED", "History", "Windows", "decode", "encode", "scan"]


def decode(data: bytes, encoding: int = XOR) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Timestamps (ms) and values of a chunk; ChunkError where it cannot be read whole, and for other encodings."""
    if encoding != XOR:
        raise refused(encoding)
    code, offset, times, values = scan(data)
    if code:
        raise fault(code, offset)
    return np.frombuffer(times, np.int64), np.frombuffer(values, np.float64)
