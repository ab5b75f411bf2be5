"""What the pages of the fleet look like: the real names, types, labels and buckets."""

from pathlib import Path

import numpy as np
import pytest
from derive_layouts import CAPTURES, LAYOUTS, derived

from emberline.demo.component import SIMULATED, Component
from emberline.demo.fleet import Fleet
from native.exposition import Exposition, Layout, parse, render
from tests.servers import PROJECT

NOW = 1_795_400_000_000
FLEET = Fleet.at(NOW)
IDS = [component.instance for component in FLEET.components]


def component(name: str) -> Component:
    return next(one for one in FLEET.components if one.name == name)


def page(one: Component, at: int = NOW) -> Exposition:
    values = one.values(np.array([at]))
    return parse(render(Layout.of(one.families), memoryview(values.tobytes()).cast("d")))


def captured(name: str) -> Exposition:
    return parse((PROJECT / CAPTURES / name / "after_load_metrics.prom").read_bytes())


@pytest.mark.parametrize("name", ["vllm", "milvus"])
def test_the_shipped_layouts_are_those_of_the_captured_pages(name: str) -> None:
    assert (PROJECT / LAYOUTS / f"{name}.jsonl").read_text() == derived(captured(name))


@pytest.mark.parametrize(("name", "renamed"), [("vllm", {"tiny": "llama-3.3-70b-instruct"}), ("milvus", {})])
def test_a_captured_component_has_the_series_of_the_captured_page_and_no_others(
    name: str, renamed: dict[str, str]
) -> None:
    def series(found: Exposition) -> set[tuple[str, tuple[tuple[str, str], ...]]]:
        return {
            (s.name, tuple(sorted((k, renamed.get(v, v)) for k, v in s.labels if (k, v) != SIMULATED)))
            for s in found.samples()
        }

    def families(found: Exposition) -> list[tuple[str, str, str, int]]:
        return [(f.name, f.type, f.help, f.count) for f in found.families]

    assert series(page(component(name))) == series(captured(name))
    assert families(page(component(name))) == families(captured(name))


@pytest.mark.parametrize("one", FLEET.components, ids=IDS)
def test_every_series_says_that_it_is_simulated(one: Component) -> None:
    found = page(one)
    assert len(found) > 0
    assert all(SIMULATED in sample.labels for sample in found.samples())


@pytest.mark.parametrize("one", FLEET.components, ids=IDS)
def test_histograms_are_cumulative_and_agree_with_their_count_and_sum(one: Component) -> None:
    found = page(one)
    numbers = {(s.name, frozenset(s.labels)): s.value for s in found.samples()}
    for family in found.families:
        groups: dict[frozenset[tuple[str, str]], list[tuple[float, float]]] = {}
        for sample in found.find(f"{family.name}_bucket") if family.type == "histogram" else ():
            labels = dict(sample.labels)
            bound = float(labels.pop("le"))
            groups.setdefault(frozenset(labels.items()), []).append((bound, sample.value))
        for series, buckets in groups.items():
            bounds, counts = zip(*buckets, strict=True)
            assert list(bounds) == sorted(bounds)
            assert list(counts) == sorted(counts)
            assert counts[-1] == numbers[f"{family.name}_count", series]
            least = sum(low * (upto - count) for low, count, upto in zip(bounds, counts, counts[1:], strict=False))
            assert numbers[f"{family.name}_sum", series] >= least * 0.999 or "milvus_meta_kv_size" in family.name


@pytest.mark.parametrize("one", FLEET.components, ids=IDS)
def test_counters_only_rise_and_count_whole_events(one: Component) -> None:
    rises = np.array([f.type in ("counter", "histogram") for f in one.families for _ in f.samples])
    times = np.sort(np.random.default_rng(1).integers(FLEET.script.origin_ms, NOW + 86_400_000, 400))
    assert (np.diff(one.values(times)[rises], axis=1) >= 0).all()
    counted = np.array([s.name.endswith(("_bucket", "_count")) for s in one.samples])
    values = one.values(times[-1:])[rises & counted]
    assert (values == np.floor(values)).all()


@pytest.mark.parametrize("one", FLEET.components, ids=IDS)
def test_the_page_of_the_next_minute_differs(one: Component) -> None:
    assert page(one).body != page(one, NOW + 60_000).body


ENVOY = "0.5 1 5 10 25 50 100 250 500 1000 2500 5000 10000 30000 60000 300000 600000 1800000 3600000"
TEMPORAL = "0.001 0.002 0.005 0.01 0.02 0.05 0.1 0.2 0.5 1 2 5 10 20 50 100 200 500 1000"
OTEL = "0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2 2.5 5 7.5 10"
SYNAPSE = "0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1.0 2.5 5.0 7.5 10.0"
LISTENER = "envoy_http_conn_manager_prefix"
ROUTE = "http_request_method http_response_status_code http_route"
SERVLET = "code method server_name servlet tag"
LIVEKIT = (
    "100 138.94954943731378 193.06977288832502 268.2695795279726 372.7593720314941 517.9474679231212 719.6856730011522 "
    "1000.0000000000002 1389.495494373138 1930.6977288832506 2682.6957952797266 3727.593720314942 5179.4746792312135 "
    "7196.856730011524 10000.000000000004"
)


@pytest.mark.parametrize(
    ("name", "family", "kind", "labels", "bounds"),
    [
        ("cilium-envoy", "envoy_http_downstream_rq_xx", "counter", f"envoy_response_code_class {LISTENER}", ""),
        ("cilium-envoy", "envoy_cluster_upstream_rq_xx", "counter", "envoy_response_code_class envoy_cluster_name", ""),
        ("cilium-envoy", "envoy_http_downstream_rq_time", "histogram", LISTENER, ENVOY),
        ("rag-api", "http_server_request_duration_seconds", "histogram", ROUTE, OTEL),
        ("keycloak", "http_server_requests_seconds", "histogram", "method outcome status uri", "0.2 0.5 1.0"),
        ("keycloak", "keycloak_user_events_total", "counter", "error event realm", ""),
        ("kafka", "kafka_network_requestmetrics_totaltimems", "gauge", "request quantile", ""),
        ("flink", "flink_jobmanager_job_lastCheckpointDuration", "gauge", "host job_id job_name", ""),
        ("kafka-connect", "debezium_metrics_MilliSecondsBehindSource", "gauge", "context name plugin", ""),
        (
            "temporal-history",
            "workflow_schedule_to_close_latency",
            "histogram",
            "namespace namespace_state operation service_name taskqueue workflowType",
            TEMPORAL,
        ),
        ("stalwart", "delivery_dsn_success", "counter", "", ""),
        ("stalwart", "delivery_dsn_perm_fail", "counter", "", ""),
        ("livekit", "livekit_session_start_time_ms", "histogram", "node_id node_type protocol_version", LIVEKIT),
        ("livekit", "livekit_participant_join_total", "counter", "node_id node_type state", ""),
        ("synapse", "synapse_http_server_response_time_seconds", "histogram", SERVLET, SYNAPSE),
    ],
)
def test_the_real_names_types_labels_and_buckets(name: str, family: str, kind: str, labels: str, bounds: str) -> None:
    found = page(component(name))
    (span,) = [one for one in found.families if one.name == family]
    samples = [found.sample(index) for index in range(span.first, span.first + span.count)]
    assert span.type == kind
    assert {tuple(sorted(k for k, _ in s.labels if k not in ("le", SIMULATED[0]))) for s in samples} == {
        tuple(sorted(labels.split()))
    }
    assert {dict(s.labels)["le"] for s in found.find(f"{family}_bucket")} == {
        *bounds.split(),
        *(["+Inf"] * bool(bounds)),
    }


def test_the_buckets_of_embeddings_grow_by_half_and_are_spelt_without_exponent() -> None:
    bounds = [dict(s.labels)["le"] for s in page(component("bge-embeddings")).find("te_request_duration_bucket")]
    assert len(bounds) == 36
    assert bounds[0] == "0.000015000000000000002"
    assert bounds[21].startswith("0.0748182764")
    assert bounds[26].startswith("0.5681512866")


def test_a_cluster_that_never_failed_has_no_series_of_server_errors() -> None:
    failing = {
        dict(s.labels)["envoy_cluster_name"]
        for s in page(component("cilium-envoy")).find("envoy_cluster_upstream_rq_xx")
        if dict(s.labels)["envoy_response_code_class"] == "5"
    }
    assert len(failing) == 6
    assert not any("consents-api" in name for name in failing)


def test_nobody_exports_what_clickhouse_does_not() -> None:
    assert not any("clickhouse" in s.name.lower() for one in FLEET.components for s in one.samples)


def test_the_layouts_stay_small() -> None:
    assert sum(path.stat().st_size for path in Path(PROJECT / LAYOUTS).iterdir()) < 100_000
