"""Range vectors as the HTTP API of Prometheus writes them, read without an object for each sample."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_VALUES: Final = re.compile(rb'"values"\s*:\s*\[([^{}]*)\]')
"""The samples of one series. A label value cannot look like this: quotes in it are escaped."""
_MARKS: Final = b'[]"'


class NoMatrix(Exception):
    """An answer that holds no range vector; the message says what it holds, or the server's own error text."""


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One series of an answer: labels with the metric name, timestamps in ms, float64 values."""

    labels: dict[str, str]
    timestamps: NDArray[np.int64]
    values: NDArray[np.float64]

    def after(self, start: int) -> "Series":
        """The samples later than `start`: before 3.0 a range holds the one at its left end, too."""
        first = int(np.searchsorted(self.timestamps, start, side="right"))
        return Series(self.labels, self.timestamps[first:], self.values[first:])


def read_matrix(body: bytes) -> list[Series]:
    """The series of an answer with a range vector; NoMatrix for anything else."""
    segments: list[bytes] = []

    def cut(match: re.Match[bytes]) -> bytes:
        segments.append(match[1])
        return b'"values":%d' % (len(segments) - 1)

    try:
        answer = json.loads(_VALUES.sub(cut, body))
        return list(_series(_result(answer), segments))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise NoMatrix("not an answer of the Prometheus HTTP API") from error


def error_text(body: bytes) -> str | None:
    """What the server says went wrong, if it says so the way Prometheus does."""
    try:
        answer = json.loads(body)
        return str(answer["error"])
    except (ValueError, LookupError, TypeError):
        return None


def _result(answer: Any) -> Any:  # noqa: ANN401  JSON of any shape
    data = answer["data"]
    if data["resultType"] != "matrix":
        raise ValueError
    return data["result"]


def _series(result: Any, segments: list[bytes]) -> Iterator[Series]:  # noqa: ANN401  JSON of any shape
    for item in result:
        if "histograms" in item and "values" not in item:  # a native histogram counts no events for us
            continue
        numbers = np.fromstring(segments[item["values"]].translate(None, _MARKS), dtype=np.float64, sep=",")
        timestamps = np.rint(numbers[::2] * 1000).astype(np.int64)
        if len(numbers) % 2 or (np.diff(timestamps) <= 0).any():
            raise ValueError
        yield Series({str(k): str(v) for k, v in item["metric"].items()}, timestamps, numbers[1::2].copy())
