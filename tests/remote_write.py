"""Samples written into a real Prometheus, at any time that it accepts: up to ten minutes ahead of its clock.

The protocol is Prometheus remote write 1.0: a protobuf `WriteRequest` compressed with snappy. Both are written by hand,
and nothing is compressed: literals are valid snappy.
"""

import struct
from collections.abc import Iterable

import numpy as np

from slo.samples import Track
from tests.servers import CLIENT

RECEIVER = "--web.enable-remote-write-receiver"
"""The argument by which a Prometheus accepts samples."""
_HEADERS = {
    "Content-Encoding": "snappy",
    "Content-Type": "application/x-protobuf",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
}
_MORE = (0x80, 0x80, 0x80, 0x80, 0x80, 0)
"""Which bytes of a varint of six are followed by another: enough for 2^42 ms."""
_LITERAL = 1 << 16
_LITERAL_TAG = 61 << 2
"""A literal whose length, less one, follows in two bytes."""


def remote_write(url: str, tracks: Iterable[Track]) -> None:
    """Append the samples of tracks, stale markers and all, to a Prometheus at `url` that listens for them."""
    answer = CLIENT.post(f"{url}/api/v1/write", content=snappy(write_request(tracks)), headers=_HEADERS)
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
    return b"".join(_field(1, pair) for pair in pairs) + _points(track)


def _points(track: Track) -> bytes:
    """The samples, 18 bytes each; a stale marker stays the NaN that it is, and a varint may end in zeros."""
    points = np.empty((len(track.values), 18), np.uint8)
    points[:, :3] = (0x12, 16, 0x09)
    points[:, 3:11] = track.values.astype("<f8").view(np.uint8).reshape(-1, 8)
    points[:, 11] = 0x10
    points[:, 12:] = track.timestamps[:, None] >> 7 * np.arange(6) & 0x7F | _MORE
    return points.tobytes()


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)
