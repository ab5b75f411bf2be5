"""Real pages: exactly the samples that prometheus_client finds, and Go's own spelling of every number."""

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from native.exposition import Exposition, Family, Layout, encode, parse, render

CAPTURES = Path(__file__).parents[1] / "data" / "captures"
PAGES = sorted(CAPTURES.glob("*/*.prom"))

# Milvus' counters without `_total`: the client appends one to each of their samples, ours keep the name on the wire.
RENAMED = {
    "internal_storage_op_count",
    "milvus_datacoord_index_req_count",
    "milvus_datacoord_stored_rows_count",
    "milvus_datanode_consume_counter",
    "milvus_datanode_consume_msg_count",
    "milvus_datanode_flush_buffer_op_count",
    "milvus_datanode_flush_req_count",
    "milvus_datanode_flushed_data_size",
    "milvus_datanode_msg_rows_count",
    "milvus_indexnode_index_task_count",
    "milvus_meta_op_count",
    "milvus_msgstream_op_count",
    "milvus_proxy_cache_hit_count",
    "milvus_proxy_insert_vectors_count",
    "milvus_proxy_receive_bytes_count",
    "milvus_proxy_received_nq",
    "milvus_proxy_req_count",
    "milvus_proxy_search_vectors_count",
    "milvus_proxy_send_bytes_count",
    "milvus_querycoord_load_req_count",
    "milvus_querycoord_release_req_count",
    "milvus_querynode_consume_bytes_counter",
    "milvus_querynode_consume_msg_count",
    "milvus_querynode_execute_bytes_counter",
    "milvus_querynode_sq_req_count",
    "milvus_rootcoord_ddl_req_count",
    "milvus_rootcoord_id_alloc_count",
}

SERVERS_IN_GO = [
    CAPTURES / "milvus" / "cold_metrics.prom",
    CAPTURES / "other" / "node_exporter_metrics.prom",
    CAPTURES / "other" / "prometheus_metrics.prom",
]


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def families_of(page: Exposition) -> list[Family]:
    samples = tuple(page.samples())
    return [Family(f.name, f.type, f.help, samples[f.first : f.first + f.count]) for f in page.families]


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_sample_is_the_one_that_prometheus_client_finds_but_for_renamed_counters(path: Path) -> None:
    body = path.read_bytes()
    page = parse(body)
    theirs = [sample for metric in text_string_to_metric_families(body.decode()) for sample in metric.samples]
    differences = []
    for ours, other in zip(page.samples(), theirs, strict=True):
        assert dict(ours.labels) == other.labels
        assert repr(ours.value) == repr(float(other.value))
        assert ours.timestamp_ms is None
        assert other.timestamp is None
        if ours.name != other.name:
            differences.append((ours.name, other.name))
    on_the_wire = [sample.name for sample in page.samples() if sample.name in RENAMED]
    assert differences == [(name, f"{name}_total") for name in on_the_wire]


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_families_are_those_of_prometheus_client(path: Path) -> None:
    body = path.read_bytes()
    theirs = [
        (metric.name, "untyped" if metric.type == "unknown" else metric.type, len(metric.samples))
        for metric in text_string_to_metric_families(body.decode())
    ]
    ours = [
        # The client also takes `_total` off the names of counters.
        (family.name.removesuffix("_total") if family.type == "counter" else family.name, family.type, family.count)
        for family in parse(body).families
    ]
    assert ours == theirs


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_keys_values_and_help_stand_on_the_wire(path: Path) -> None:
    body = path.read_bytes()
    page = parse(body)
    lines = [line for line in body.split(b"\n") if line and not line.startswith(b"#")]
    assert len(page) == len(page.values) == len(page.timestamps) == len(lines)
    for index, line in enumerate(lines):
        assert line == page.series(index) + line[len(page.series(index)) :]
        assert float(line.rpartition(b" ")[2]) == page.values[index] or page.values[index] != page.values[index]
    texts = [line.split(b" ", 3)[3].decode() for line in body.split(b"\n") if line.startswith(b"# HELP ")]
    assert [family.help for family in page.families] == texts


@pytest.mark.parametrize("path", SERVERS_IN_GO, ids=name_of)
def test_a_page_written_in_go_is_written_the_same_byte_for_byte(path: Path) -> None:
    body = path.read_bytes()
    assert encode(families_of(parse(body))) == body


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_a_page_rendered_from_its_own_layout_has_the_same_bits(path: Path) -> None:
    page = parse(path.read_bytes())
    back = parse(render(Layout.of(families_of(page)), page.values))
    assert back.values.tobytes() == page.values.tobytes()
    assert list(map(back.series, range(len(back)))) == list(map(page.series, range(len(page))))


def test_every_renamed_counter_occurs() -> None:
    page = parse((CAPTURES / "milvus" / "after_load_metrics.prom").read_bytes())
    assert {name for name in RENAMED for _ in page.find(name)} == RENAMED
    assert sum(1 for name in RENAMED for _ in page.find(name)) == 123
    assert {path.parent.name for path in PAGES} == {"milvus", "vllm", "other"}
