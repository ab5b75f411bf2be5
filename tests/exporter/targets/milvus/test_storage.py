import pytest

from exporter.targets.answer import Answer, Failed, Reason, Unknown
from exporter.targets.milvus.maintenance import Task
from exporter.targets.milvus.storage import Storage, metrics
from tests.exporter.targets.asked import captured, exported, verdict

PAGES = ("cold_metrics", "during_load_02", "during_load_05", "after_load_metrics", "stopping_metrics")


def storage(name: str) -> Storage:
    """What a captured page counts."""
    found = verdict(metrics("http://t"), {"/metrics": Answer(200, captured(f"milvus/{name}.prom"))})
    assert isinstance(found, Storage)
    return found


@pytest.mark.parametrize(("page", "rows"), list(zip(PAGES, [None, 25_000, 50_000, 50_000, 50_000], strict=True)))
def test_each_captured_page_gives_the_rows_stored(page: str, rows: float | None) -> None:
    found = storage(page)
    assert found.rows == rows
    assert exported(found) == ({} if rows is None else {"milvus_stored_rows": rows})


@pytest.mark.parametrize(("page", "builds"), list(zip(PAGES, [0, 3, 4, 4, 4], strict=True)))
def test_each_captured_page_counts_the_runs_of_the_whole_server(page: str, builds: float) -> None:
    runs = dict(storage(page).runs)
    assert runs[Task.INDEX] == builds
    assert runs[Task.COMPACTION] == 0
    assert storage(page).started == 1.79540022444e9


def test_a_part_of_a_cluster_counts_what_it_has_and_no_zeros() -> None:
    name = b"milvus_datanode_compaction_latency"
    page = b'# TYPE %s histogram\n%s_count{node_id="4"} 7\n' % (name, name)
    assert verdict(metrics("http://t"), {"/metrics": Answer(200, page)}) == Storage(None, ((Task.COMPACTION, 7.0),))


def test_statistics_that_were_refused_are_no_refresh() -> None:
    page = b"".join(
        b'milvus_proxy_req_count{function_name="%s",status="%s"} 3\n' % (name, status)
        for name in (b"GetCollectionStatistics", b"Search")
        for status in (b"success", b"total", b"fail")
    )
    assert verdict(metrics("http://t"), {"/metrics": Answer(200, page)}) == Storage(None, ((Task.STATISTICS, 3.0),))


def test_a_page_that_does_not_parse_is_garbage() -> None:
    found = verdict(metrics("http://t"), {"/metrics": Answer(200, b"a{ 1\n")})
    assert isinstance(found, Unknown)
    assert isinstance(found.failure, Failed)
    assert found.failure.reason is Reason.GARBAGE
