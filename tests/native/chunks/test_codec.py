"""Chunks bit by bit, and what is no chunk."""

from collections.abc import Callable
from types import ModuleType

import numpy as np
import pytest

from native.chunks import XOR, ChunkError, decode, encode, kernel, twin

SCANS: dict[ModuleType, Callable[[bytes], twin.Decoded]] = {twin: twin.decode, kernel: kernel.scan}
EACH = [twin, kernel] if kernel.COMPILED else [twin]
each = pytest.mark.parametrize("codec", EACH, ids=lambda codec: codec.__name__.rpartition(".")[2])

WRITTEN: list[tuple[str, list[int], list[float], str]] = [
    ("nothing", [], [], "0000"),
    ("one sample", [1], [1.0], "0001023ff0000000000000"),
    ("a time before 1970", [-1], [0.0], "0001010000000000000000"),
    ("a time of many bytes", [1_700_000_000_000], [0.0], "000180a0abfef9620000000000000000"),
    ("a distance, and the same value", [0, 300], [2.0, 2.0], "0002004000000000000000ac0200"),
    ("even distances", [0, 1, 2, 3], [0.0] * 4, "00040000000000000000000100"),
    # 1, 1, 5 bits of leading and 6 of significant ones, then 1 bit: 1|1|01011 (11)|000001 (1)|1
    ("another value", [0, 1], [1.0, 0.5], "0002003ff000000000000001d60c"),
]


@each
@pytest.mark.parametrize(("times", "values", "chunk"), [row[1:] for row in WRITTEN], ids=[row[0] for row in WRITTEN])
def test_samples_as_bytes(codec: ModuleType, times: list[int], values: list[float], chunk: str) -> None:
    assert codec.encode(np.array(times, np.int64), np.array(values)).hex() == chunk


# Bits behind three samples whose distances are 1 and 1 + change, and whose values are the same.
WIDTHS = [(0, 2), (1, 17), (8192, 17), (8193, 21), (-8191, 17), (-8192, 21), (65536, 21), (65537, 25), (-65535, 21),
          (-65536, 25), (524288, 25), (524289, 69), (-524287, 25), (-524288, 69)]  # fmt: skip


@each
@pytest.mark.parametrize(("change", "bits"), WIDTHS)
def test_a_change_of_distance_takes_as_many_bits_as_in_prometheus(codec: ModuleType, change: int, bits: int) -> None:
    times = np.array([0, 1, 2 + change], np.int64)
    chunk = codec.encode(times, np.zeros(3))
    assert len(chunk) == 2 + 1 + 8 + 1 + -(
        -(1 + bits) // 8
    )  # count, time, value, distance; one bit of the second value
    assert decode(chunk)[0].tolist() == times.tolist()


def test_most_samples() -> None:
    times = np.arange(65536, dtype=np.int64)
    assert decode(encode(times[1:], np.zeros(65535)))[0].tolist() == times[1:].tolist()


@each
def test_more_samples_than_a_chunk_can_count_are_refused(codec: ModuleType) -> None:
    with pytest.raises(ValueError, match="65535 samples at most"):
        codec.encode(np.arange(65536), np.zeros(65536))


@each
def test_times_without_values_are_refused(codec: ModuleType) -> None:
    with pytest.raises(ValueError, match="different lengths"):
        codec.encode(np.arange(3), np.zeros(2))


@pytest.mark.parametrize(
    ("encoding", "name"),
    [(0, "none"), (2, "histogram"), (3, "floathistogram"), (4, "XOR2"), (7, "unknown"), (255, "unknown")],
)
def test_other_encodings_are_refused_by_name(encoding: int, name: str) -> None:
    with pytest.raises(ChunkError, match=rf"encoding {encoding} \({name}\) is not read"):
        decode(b"\0\0", encoding)
    assert len(decode(b"\0\0", XOR)[0]) == 0


WHOLE = bytes.fromhex("0002003ff000000000000001d60c")
UNREADABLE: list[tuple[str, bytes, int, str]] = [
    ("no bytes", b"", 0, "ends before its last sample"),
    ("half a count", WHOLE[:1], 0, "ends before its last sample"),
    ("no first sample", WHOLE[:2], 2, "ends before its last sample"),
    ("half a first value", WHOLE[:9], 2, "ends before its last sample"),
    ("no second sample", WHOLE[:11], 11, "ends before its last sample"),
    ("half a second value", WHOLE[:13], 11, "ends before its last sample"),
    ("a time of eleven bytes", b"\0\1" + b"\xff" * 10 + bytes(9), 2, "holds a number of more than 64 bits"),
    ("a time of 65 bits", b"\0\1" + b"\xff" * 9 + b"\2" + bytes(9), 2, "holds a number of more than 64 bits"),
    ("a distance of 65 bits", WHOLE[:11] + b"\xff" * 9 + b"\2" + bytes(9), 11, "holds a number of more than 64 bits"),
    # 1|1|11111 (31 leading)|000000 (64 bits): 95 bits
    ("a value of 95 bits", WHOLE[:12] + b"\xfe\x00" + bytes(9), 11, "holds a value whose bits do not fit into 64"),
]


@each
@pytest.mark.parametrize(
    ("chunk", "offset", "words"), [row[1:] for row in UNREADABLE], ids=[row[0] for row in UNREADABLE]
)
def test_where_a_chunk_cannot_be_read(
    codec: ModuleType, chunk: bytes, offset: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernel, "scan", SCANS[codec])
    with pytest.raises(ChunkError, match=rf"^the chunk {words}, at byte {offset}$") as caught:
        decode(chunk)
    assert caught.value.offset == offset


@each
def test_bits_may_refer_to_zeros_that_were_never_written(codec: ModuleType) -> None:
    """So does a Prometheus that goes on with a chunk of equal values which it has read back."""
    head = encode(np.array([0, 1], np.int64), np.zeros(2))[2:-1]
    # the second value is the same; then the same distance, and another value between the same zeros: in 64 bits
    bits = f"0{0b010:03b}{0x3FF0000000000000:064b}".ljust(72, "0")
    code, _, times, values = SCANS[codec](b"\0\3" + head + int(bits, 2).to_bytes(9, "big"))
    assert (code, np.frombuffer(times, np.int64).tolist()) == (0, [0, 1, 2])
    assert np.frombuffer(values).tolist() == [0.0, 0.0, 1.0]
