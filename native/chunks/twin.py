"""XOR chunks in Python: the specification and the oracle of the compiled codec.

Source: tsdb/chunkenc/xor.go of Prometheus. Two bytes of count, then bits: the first timestamp as a varint and the first
value whole; the distance of the second timestamp as an unsigned varint; from then on the change of that distance, and
always of a value the bits that differ from the one before. Numbers wrap at 64 bits.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Decoded = tuple[int, int, bytes, bytes]
"""Code of a fault (0: none), byte at which the sample at fault begins, timestamps, values."""

MOST: Final = 0xFFFF
TRUNCATED: Final = 1
MALFORMED_NUMBER: Final = 2
MALFORMED_VALUE: Final = 3
_HEADER: Final = 2
_WIDTHS: Final = (14, 17, 20)
_WORD: Final = (1 << 64) - 1
_MOST_ZEROS: Final = 31
_UNSET: Final = -1


def encode(timestamps: NDArray[np.int64], values: NDArray[np.float64]) -> bytes:
    """The chunk of some samples; ValueError for more than 65535."""
    if len(timestamps) != len(values):
        raise ValueError("arrays of different lengths")
    if len(timestamps) > MOST:
        raise ValueError("a chunk holds 65535 samples at most")
    bits = "".join(_written(timestamps.tolist(), values.view(np.uint64).tolist()))
    padded = bits + "0" * (-len(bits) % 8)
    return len(timestamps).to_bytes(_HEADER, "big") + int(padded or "0", 2).to_bytes(len(padded) // 8, "big")


def decode(data: bytes) -> Decoded:
    """The samples of a chunk, as many as can be read, and what ended the reading."""
    if len(data) < _HEADER:
        return TRUNCATED, 0, b"", b""
    reader = _Reader("".join(f"{byte:08b}" for byte in data), _HEADER * 8)
    times: list[int] = []
    values: list[int] = []
    code, place = 0, reader.place
    try:
        for time, value in _read(reader, int.from_bytes(data[:_HEADER], "big")):
            times.append(time)
            values.append(value)
            place = reader.place
    except _Unreadable as fault:
        code = fault.code
    return code, place // 8, np.array(times, np.int64).tobytes(), np.array(values, np.uint64).tobytes()


def _written(times: list[int], values: list[int]) -> Iterator[str]:
    window = _Window(_UNSET)
    delta = 0
    for place, (time, value) in enumerate(zip(times, values, strict=True)):
        if place == 0:
            yield _uvarint((time << 1 ^ time >> 63) & _WORD)
            yield f"{value:064b}"
            continue
        previous, delta = delta, (time - times[place - 1]) & _WORD
        yield _uvarint(delta) if place == 1 else _change(_signed(delta - previous))
        yield window.written(value ^ values[place - 1])


def _uvarint(number: int) -> str:
    text = ""
    while number > 0x7F:  # noqa: PLR2004  seven bits a byte
        text += f"1{number & 0x7F:07b}"
        number >>= 7
    return text + f"{number:08b}"


def _change(change: int) -> str:
    if change == 0:
        return "0"
    for place, width in enumerate(_WIDTHS):
        half = 1 << (width - 1)
        if -(half - 1) <= change <= half:
            return "1" * (place + 1) + "0" + f"{change & ((1 << width) - 1):0{width}b}"
    return "1111" + f"{change & _WORD:064b}"


def _signed(number: int) -> int:
    number &= _WORD
    return number - (1 << 64) if number >> 63 else number


@dataclass(slots=True)
class _Window:
    """The zeros around the bits that differed last; a reader begins with none, as Prometheus does.

    For where that goes on with a chunk that it has read back, it refers to them before any were written.
    """

    leading: int
    trailing: int = 0

    def written(self, differing: int) -> str:
        if differing == 0:
            return "0"
        leading = min(64 - differing.bit_length(), _MOST_ZEROS)
        trailing = (differing & -differing).bit_length() - 1
        if self.leading != _UNSET and leading >= self.leading and trailing >= self.trailing:
            return f"10{differing >> self.trailing:0{64 - self.leading - self.trailing}b}"
        self.leading, self.trailing = leading, trailing
        width = 64 - leading - trailing
        return f"11{leading:05b}{width & 63:06b}{differing >> trailing:0{width}b}"

    def read(self, reader: "_Reader") -> int:
        """The bits in which the next value differs."""
        if not reader.bits(1):
            return 0
        width = 64 - self.leading - self.trailing
        if reader.bits(1):
            self.leading = reader.bits(5)
            width = reader.bits(6) or 64
            if self.leading + width > 64:  # noqa: PLR2004  bits of a value
                raise _Unreadable(MALFORMED_VALUE)
            self.trailing = 64 - self.leading - width
        return reader.bits(width) << self.trailing


class _Unreadable(Exception):
    def __init__(self, code: int) -> None:
        self.code = code


@dataclass(slots=True)
class _Reader:
    """Bits, as text, from some place on."""

    text: str
    place: int

    def bits(self, count: int) -> int:
        if self.place + count > len(self.text):
            raise _Unreadable(TRUNCATED)
        self.place += count
        return int(self.text[self.place - count : self.place] or "0", 2)

    def uvarint(self) -> int:
        number = 0
        for place in range(10):
            byte = self.bits(8)
            if place == 9 and byte > 1:  # noqa: PLR2004  the tenth byte has room for one bit
                break
            number |= (byte & 0x7F) << 7 * place
            if not byte >> 7:
                return number
        raise _Unreadable(MALFORMED_NUMBER)

    def change(self) -> int:
        if not self.bits(1):
            return 0
        for width in _WIDTHS:
            if not self.bits(1):
                bits = self.bits(width)
                return bits - (1 << width) if bits > 1 << (width - 1) else bits
        return self.bits(64)


def _read(reader: _Reader, count: int) -> Iterator[tuple[int, int]]:
    window = _Window(0)
    time = delta = value = 0
    for place in range(count):
        if place == 0:
            number = reader.uvarint()
            time, value = _signed(number >> 1 ^ -(number & 1)), reader.bits(64)
        else:
            delta = reader.uvarint() if place == 1 else (delta + reader.change()) & _WORD
            time = _signed(time + delta)
            value ^= window.read(reader)
        yield time, value
