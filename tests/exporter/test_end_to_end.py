"""What a real Prometheus finds out about a whole node: the verdict on each server, whose GPU it is, what both tell."""

from collections.abc import Iterator

import pytest

from tests.exporter import faulty
from tests.exporter.faulty import MILVUS, serves
from tests.exporter.replayed import Replayed
from tests.exporter.targets.asked import captured
from tests.exporter.whole_node import GPUS, PODS, SERVERS, WORKING, Node, node
from tests.fakedriver.library import Build

VERDICT = "emberline_vllm_verdict == 1"
STATES = {
    "healthy idle",
    "loaded serving",
    "frozen stalled",
    "dead dead",
    "starting starting",
    "stopping draining",
    "unused idle",
    "shared serving",
}
FAILS_ITS_USERS = 'max by (target) (emberline_vllm_verdict{verdict=~"stalled|dead"}) == 1'
"""As the documentation has it."""
WASTED = f"""
sum by (pod) (rate(emberline_pod_gpu_energy_joules_total{{method="exclusive"}}[5s])) > 0
  and on (pod) label_replace({FAILS_ITS_USERS}, "pod", "$1", "target", "(.*)")
"""
"""Power that goes into servers which fail their users."""
REMAINS = "sum by (gpu) (emberline_pod_gpu_memory_bytes) == on (gpu) emberline_gpu_memory_used_bytes"
EVERY_GPU = set(map(str, range(GPUS)))
LOST = 15  # nvmlReturn_t


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, library: Build) -> Iterator[Node]:
    with node(tmp_path_factory.mktemp("node"), library) as running:
        yield running


def test_servers_at_work_have_a_price_and_gpus_that_work_for_nobody_or_too_little_are_told(whole: Node) -> None:
    at_work = set(SERVERS) - {"starting", "unused"}
    whole.becomes('emberline_tokens_per_joule{type="generation"} > 0', "target", wanted=at_work)
    whole.becomes("emberline_energy_joules_per_request > 0", "target", wanted=at_work)
    whole.becomes("emberline_kv_cache_memory_ratio > 0", "target", wanted=at_work)
    whole.becomes("emberline_gpu_busy_without_requests == 1", "target", wanted={"unused"})
    for joined in ("emberline_energy_joules_per_request", "emberline_gpu_idle_with_queue"):
        whole.becomes(f'{joined}{{shared="true"}}', "target", wanted={"shared"})
    whole.driver.gpu(1).gpu_percent = 0
    whole.becomes("emberline_gpu_idle_with_queue == 1", "target", wanted={"loaded"})
    whole.driver.gpu(1).gpu_percent = 90
    whole.becomes("emberline_gpu_idle_with_queue == 0", "target", wanted=at_work | {"unused"})


def test_promql_finds_the_right_verdict_for_every_state_and_again_after_recovery(whole: Node) -> None:
    servers = whole.servers
    servers["healthy"].behaviour = Replayed(page=captured("vllm/after_load_metrics.prom"))
    servers["frozen"].behaviour = Replayed(page=captured("vllm/engine_hung_metrics.prom"), completions=faulty.hangs)
    servers["dead"].behaviour = Replayed(page=captured("vllm/engine_dead_metrics.prom"), health=503)
    servers["stopping"].behaviour = Replayed(page=WORKING, works=True, health=503)
    whole.becomes(VERDICT, "target", "verdict", wanted=STATES)
    whole.becomes(FAILS_ITS_USERS, "target", wanted={"frozen", "dead"})
    evidence = 'emberline_vllm_verdict_evidence{verdict="stalled"}'
    whole.becomes(evidence, "target", "evidence", wanted={"frozen canary"})
    whole.becomes(WASTED, "pod", wanted={"frozen", "dead"})
    whole.recover()
    whole.becomes(VERDICT, "target", "verdict", wanted={f"{name} serving" for name in SERVERS})
    rising = "sum by (target) (rate(emberline_vllm_generation_tokens_total[5s])) > 0"
    whole.becomes(rising, "target", wanted=set(SERVERS))


def test_every_gpu_has_its_owners_and_its_parts_add_up(whole: Node) -> None:
    held = {f"{pod.name} {gpu}" for gpu, pod in enumerate(PODS[:7])}
    whole.becomes('DCGM_FI_DEV_FB_USED{pod!=""}', "pod", "gpu", wanted=held)
    whole.becomes("emberline_gpu_owners == 2", "gpu", wanted={"7"})
    whole.becomes("emberline_gpu_owners == 0", "gpu", wanted={"8"})
    whole.becomes(REMAINS, "gpu", wanted=EVERY_GPU)
    whole.kubelet.stop()
    whole.becomes("increase(emberline_kubelet_requests_total{outcome!='ok'}[20s]) > 0", "outcome", wanted={"no_socket"})
    whole.becomes('DCGM_FI_DEV_FB_USED{pod!=""}', "pod", "gpu", wanted=held)  # the last good map is kept
    whole.kubelet.answers(PODS[1:])
    whole.kubelet.start()
    whole.becomes("emberline_gpu_owners == 0", "gpu", wanted={"0", "8"})
    whole.kubelet.answers(PODS)
    whole.becomes("emberline_gpu_owners == 0", "gpu", wanted={"8"})


def test_a_lost_gpu_and_a_failing_database_are_told_and_told_to_be_back(whole: Node) -> None:
    whole.driver.gpu(3).condition = LOST
    whole.becomes('emberline_gpu_state{state="lost"} == 1', "gpu", wanted={"3"})
    whole.becomes("DCGM_FI_DEV_GPU_TEMP", "gpu", wanted=EVERY_GPU - {"3"})
    whole.driver.gpu(3).condition = 0
    whole.becomes("emberline_gpu_up == 1", "gpu", wanted=EVERY_GPU)
    whole.becomes("DCGM_FI_DEV_GPU_TEMP", "gpu", wanted=EVERY_GPU)
    unhealthy = "min by (target) (emberline_milvus_component_healthy) == 0"
    stopping = {"/healthz": (500, captured("milvus/stopping_healthz_json"))}
    whole.milvus.behaviour = serves({**MILVUS, **stopping})
    whole.becomes(unhealthy, "target", wanted={"db"})
    whole.milvus.behaviour = serves(MILVUS)
    whole.becomes("min by (target) (emberline_milvus_component_healthy) == 1", "target", wanted={"db"})
