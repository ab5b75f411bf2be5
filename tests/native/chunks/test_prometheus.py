"""Chunks that a real Prometheus wrote: read, they are the samples that went in; written anew, the same bytes."""

from collections.abc import Iterator
from pathlib import Path
from struct import pack, unpack

import numpy as np
import pytest
from numpy.typing import NDArray

from native.chunks import decode, encode
from tests.servers import create_blocks

_NAN = unpack("<d", pack("<Q", 0x7FF8000000000001))[0]  # as Prometheus reads "NaN"
_FILE = bytes.fromhex("85bd40dd") + b"\1\0\0\0"
_SUM = 4
HOUR = 3_600_000
BEGIN = 1_700_000_000_000 // (2 * HOUR) * 2 * HOUR


def _history(seed: int) -> dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]]:
    dice = np.random.default_rng(seed)
    even = BEGIN + 15_000 * np.arange(900, dtype=np.int64)
    jitter = even + dice.integers(-3, 4, even.size)
    odd = BEGIN + np.cumsum(dice.choice([1, 999, 8_192, 60_000, 65_537, 524_289], 300))
    reset = np.cumsum(dice.poisson(3, even.size))
    reset[500:] -= reset[500]
    walk = np.cumsum(dice.normal(size=odd.size))
    special = [0.0, -0.0, _NAN, np.inf, -np.inf, 5e-324, 1.7976931348623157e308, 2.0**53 + 2, 0.1, -1.0]
    return {
        "constant": (even, np.full(even.size, 7.0)),
        "counter": (even, np.cumsum(dice.poisson(40, even.size)).astype(np.float64)),
        "jitter": (jitter, np.cumsum(dice.random(even.size))),
        "reset": (even, reset.astype(np.float64)),
        "walk": (odd, walk),
        "special": (odd, dice.choice(special, odd.size)),
        "once": (even[:1], np.array([1.0])),
    }


def _openmetrics(history: dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]]) -> str:
    lines = [
        f"{name} {value!r} {at / 1000:.3f}\n"
        for name, (times, values) in history.items()
        for at, value in zip(times.tolist(), values.tolist(), strict=True)
    ]
    return "".join(lines).replace("nan", "NaN") + "# EOF\n"


def _chunks(blocks: Path) -> Iterator[tuple[int, bytes]]:
    """Encoding and data of every chunk (tsdb/docs/format/chunks.md of Prometheus)."""
    for file in sorted(blocks.glob("*/chunks/*")):
        text, at = file.read_bytes(), len(_FILE)
        assert text.startswith(_FILE)
        while at < len(text):
            length = shift = 0
            more = True
            while more:
                length |= (text[at] & 0x7F) << shift
                more, shift, at = text[at] >> 7 > 0, shift + 7, at + 1
            yield text[at], text[at + 1 : at + 1 + length]
            at += 1 + length + _SUM


# A 2.42 leaves a byte empty behind a chunk that ends with one.
@pytest.mark.parametrize(("series", "ends"), [("2.42", [b"", b"\0"]), ("3.5", [b""]), ("3.14", [b""])])
def test_chunks_of_a_prometheus_are_ours(series: str, ends: list[bytes], tmp_path: Path) -> None:
    history = _history(len(series))
    create_blocks(_openmetrics(history), tmp_path / "data", series)
    found: list[tuple[int, int]] = []
    for encoding, data in _chunks(tmp_path / "data"):
        times, values = decode(data, encoding)
        assert data in [encode(times, values) + end for end in ends]
        found += zip(times.tolist(), values.view(np.uint64).tolist(), strict=True)
    written = [
        (at, bits)
        for times, values in history.values()
        for at, bits in zip(times.tolist(), values.view(np.uint64).tolist(), strict=True)
    ]
    assert sorted(found) == sorted(written)
