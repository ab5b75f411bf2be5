"""Why a chunk cannot be read."""

from typing import Final

XOR: Final = 1
"""The encoding of chunks of floats."""
_ENCODINGS: Final = {
    0: "none",
    2: "histogram",
    3: "floathistogram",
    4: "XOR2",
    5: "histogramST",
    6: "floathistogramST",
}
"""The others, as Prometheus names them (tsdb/chunkenc/chunk.go)."""
_WORDS: Final = {
    1: "ends before its last sample",
    2: "holds a number of more than 64 bits",
    3: "holds a value whose bits do not fit into 64",
}


class ChunkError(ValueError):
    """A chunk that cannot be read; `offset` is the byte at which the sample at fault begins."""

    def __init__(self, message: str, offset: int = 0) -> None:
        self.offset = offset
        super().__init__(message)


def refused(encoding: int) -> ChunkError:
    """The refusal of an encoding other than XOR, by its name."""
    name = _ENCODINGS.get(encoding, "unknown")
    return ChunkError(f"encoding {encoding} ({name}) is not read: only XOR chunks of floats are")


def fault(code: int, offset: int) -> ChunkError:
    """The error that a kernel's code stands for."""
    return ChunkError(f"the chunk {_WORDS[code]}, at byte {offset}", offset)
