"""Milvus' metrics page: rows stored, and how often its maintenance has run."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from exporter.metric import Point
from exporter.targets import catalog
from exporter.targets.answer import Failed, Request, Script, Unknown, expect
from exporter.targets.document import PAGE_BYTES, read_page, samples, total
from exporter.targets.milvus.maintenance import Task
from native.exposition import Exposition, Labels

_COUNTS: Final = {
    Task.INDEX: ("milvus_indexnode_build_index_latency_count",),
    Task.COMPACTION: ("milvus_datanode_compaction_latency_count", "milvus_datacoord_compaction_latency_count"),
}
_STANDALONE: Final = (b"\nmilvus_rootcoord_", b"\nmilvus_datacoord_", b"\nmilvus_querycoord_")
"""Roles that share a page in one process alone: there, a count that is absent is zero."""
_REQUESTS: Final = "milvus_proxy_req_count"
_STATISTICS: Final = {"function_name": "GetCollectionStatistics", "status": "success"}


@dataclass(frozen=True, slots=True)
class Storage:
    """What the page counts; None where it has no such series, `started` is the Unix time of the process."""

    rows: float | None
    runs: tuple[tuple[Task, float], ...] = ()
    started: float | None = None
    page: Exposition | None = field(default=None, compare=False)
    """What it was read from."""
    failure: None = None

    def points(self, target: Labels) -> Iterator[Point]:
        """The rows, if known."""
        if self.rows is not None:
            yield catalog.MILVUS_STORED_ROWS.at(target, self.rows)


def metrics(url: str, known: Exposition | None = None) -> Script:
    """Ask /metrics for the rows stored and the runs counted; `known` is the last page."""
    body = expect((yield Request(f"{url}/metrics", limit=PAGE_BYTES, trusted=False)))
    page = body if isinstance(body, Failed) else read_page(body, known)
    if isinstance(page, Failed):
        return Unknown(page)
    started = total(page, "process_start_time_seconds")
    return Storage(total(page, "milvus_datacoord_stored_rows_num"), tuple(_runs(page)), started, page)


def _runs(page: Exposition) -> Iterator[tuple[Task, float]]:
    whole = all(role in page.body for role in _STANDALONE)
    for task, names in _COUNTS.items():
        count = _count(page, names)
        if count is not None or whole:
            yield task, count or 0.0
    asked = [sample.value for sample in samples(page, _REQUESTS) if _STATISTICS.items() <= dict(sample.labels).items()]
    if asked or whole:
        yield Task.STATISTICS, sum(asked)


def _count(page: Exposition, names: Iterable[str]) -> float | None:
    known = [count for name in names if (count := total(page, name)) is not None]
    return sum(known) if known else None
