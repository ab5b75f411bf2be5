"""Samples written into a real Prometheus, at any time that it accepts: up to ten minutes ahead of its clock.

The protocol is Prometheus remote write 1.0: a protobuf `WriteRequest` compressed with snappy. Both are written by hand,
and nothing is compressed: literals are valid snappy.
"""

import struct
from collections.abc import Iterable

import httpx

from slo.samples import Track

RECEIVER = "--web.enable-remote-write-receiver"
"""The argument by which a Prometheus accepts samples."""
_HEADERS = {
    "Content-Encoding": "snappy",
    "Content-Type": "application/x-protobuf",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
}
_LITERAL = 1 << 16
_LITERAL_TAG = 61 << 2
"""A literal whose length, less one, follows in two bytes."""


def remote_write(url: str, tracks: Iterable[Track]) -> None:
    """Append the samples of tracks, stale markers and all, to a Prometheus at `url` that listens for them."""
    answer = httpx.post(f"{url}/api/v1/write", content=snappy(write_request(tracks)), headers=_HEADERS, timeout=60)
    assert answer.is_success, answer.text


def write_request(tracks: Iterable[Track]) -> bytes:
    """Tracks as a protobuf `prometheus.WriteRequest`."""
    return b"".join(_field(1, _time_series(track)) for track in tracks)


def snappy(data: bytes) -> bytes:
    """Bytes as a snappy block that holds them as they are."""
    chunks = (data[start : start + _LITERAL] for start in range(0, len(data), _LITERAL))
    return _varint(len(data)) + b"".join(struct.pack("<BH", _LITERAL_TAG, len(chunk) - 1) + chunk for chunk in chunks)


def _time_series(track: Track) -> bytes:
    labels = sorted([("__name__", track.metric), *track.labels])
    pairs = (_field(1, name.encode()) + _field(2, value.encode()) for name, value in labels)
    raw = track.values.tobytes()  # little-endian, and a stale marker stays the NaN that it is
    points = (
        b"\x09" + raw[8 * place : 8 * place + 8] + b"\x10" + _varint(at)
        for place, at in enumerate(track.timestamps.tolist())
    )
    return b"".join(_field(1, pair) for pair in pairs) + b"".join(_field(2, point) for point in points)


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)
