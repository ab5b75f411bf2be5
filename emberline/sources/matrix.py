"""Range vectors as the HTTP API of Prometheus writes them, read without an object for each sample."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from slo.selector import labels_of

_VALUES: Final = re.compile(rb'"values"\s*:\s*\[([-+.,0-9eENaInf\s\[\]"]*)\]')
"""The samples of one series. A label value cannot look like this: quotes in it are escaped."""
_MARKS: Final = b'[]"'
_LATEST: Final = 2.0**43
"""Seconds since the epoch beyond which a float has no milliseconds."""
_TOLD: Final = 300
_REMARK: Final = "PromQL info: "


class NoMatrix(Exception):
    """An answer that holds no range vector, or not all of it; the message says why."""


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One series of an answer: labels with the metric name, timestamps in ms, float64 values."""

    labels: dict[str, str]
    timestamps: NDArray[np.int64]
    values: NDArray[np.float64]

    def within(self, start: int, end: int) -> "Series":
        """The samples in (start, end]: before 3.0 a range holds the one at its left end, too."""
        first, last = np.searchsorted(self.timestamps, (start, end), side="right").tolist()
        return Series(self.labels, self.timestamps[first:last], self.values[first:last])


def read_matrix(body: bytes) -> list[Series]:
    """The series of an answer with a range vector, each once; NoMatrix for anything else."""
    segments: list[bytes] = []

    def cut(match: re.Match[bytes]) -> bytes:
        segments.append(match[1])
        return b'"values":%d' % (len(segments) - 1)

    try:
        answer = json.loads(_VALUES.sub(cut, body))
        found = list(_series(_result(answer), segments))
        _require_distinct(found)
        lacking = _warnings(answer) or answer.get("isPartial")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise NoMatrix("not an answer of the Prometheus HTTP API") from error
    if lacking:
        raise NoMatrix(f"an incomplete answer: {printable(lacking)}")
    return found


def _warnings(answer: Any) -> list[str]:  # noqa: ANN401  JSON of any shape
    """What the server warns of; some call it that, too, when a counter's name merely looks like a gauge's."""
    return [text for text in map(str, answer.get("warnings") or ()) if not text.startswith(_REMARK)]


def error_text(body: bytes) -> str | None:
    """What the server says went wrong, if it says so the way Prometheus does."""
    try:
        answer = json.loads(body)
        return str(answer["error"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return None


def printable(said: object) -> str:
    """What a server says, short enough for a message and without control characters."""
    return "".join(c if c.isprintable() else " " for c in str(said)[:_TOLD])


def _require_distinct(found: Sequence[Series]) -> None:
    known = set()
    for series in found:
        labels = labels_of(series.labels)
        if labels in known:
            raise NoMatrix(f"{_named(series.labels)} is there twice")
        known.add(labels)


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
        if len(numbers) % 2 or not (np.abs(numbers[::2]) < _LATEST).all():
            raise ValueError
        labels = {str(k): str(v) for k, v in item["metric"].items()}
        timestamps = np.rint(numbers[::2] * 1000).astype(np.int64)
        late = np.flatnonzero(np.diff(timestamps) <= 0)
        if len(late):
            message = f"the timestamps of {_named(labels)} must ascend strictly, sample {int(late[0]) + 1} does not"
            raise NoMatrix(message)
        yield Series(labels, timestamps, numbers[1::2].copy())


def _named(labels: dict[str, str]) -> str:
    return printable("{" + ", ".join(f'{name}="{value}"' for name, value in labels.items()) + "}")
