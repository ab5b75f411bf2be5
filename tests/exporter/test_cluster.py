"""What the process learns from a Kubernetes API: pods that want to be probed, KServe's services, Milvus' jobs."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exporter.dcgm.foreign import review
from exporter.dcgm.surface import Words
from exporter.given import Given
from exporter.kubernetes.api import ApiServer
from exporter.options import configure
from tests.exporter.faulty import VLLM, Server, serves
from tests.exporter.kserve.services import api, service
from tests.exporter.kubernetes.apiserver import FakeApi, Object
from tests.exporter.running import exporter
from tests.servers import CLIENT, until

Do = Callable[..., Any]
IN_CLUSTER = {"KUBERNETES_SERVICE_HOST": "10.0.0.1", "NODE_NAME": "n"}


def beside(fake: FakeApi, story: Callable[[str, Do], None]) -> None:
    """The story, in a thread, while the API is served; its second argument has a function called there."""

    async def live() -> None:
        async with fake.server() as server:
            url = str(server.make_url("")).rstrip("/")
            await asyncio.to_thread(story, url, asyncio.get_running_loop().call_soon_threadsafe)
            fake.break_off()

    fake.token = ""
    asyncio.run(live())


def llm(name: str, port: int, **notes: str) -> Object:
    annotations = {"emberline.io/kind": "vllm", "emberline.io/port": str(port), "emberline.io/interval": "300ms"}
    return {
        "metadata": {"name": name, "namespace": "team", "uid": f"uid-{name}", "annotations": annotations | notes},
        "status": {"phase": "Running", "podIP": "127.0.0.1"},
    }


def test_pods_that_ask_for_it_are_probed_as_long_as_they_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NODE_NAME", "n")
    fake = FakeApi()

    def story(url: str, do: Do) -> None:
        with exporter(tmp_path, "--simulate", "--targets-from-pods", "--kubernetes-api", url) as found:
            found.becomes(1, "emberline_target_up", target="team/a")
            do(fake.put, llm("b", server.port))
            do(fake.put, llm("odd", server.port, **{"emberline.io/colour": "red"}))
            found.becomes(1, "emberline_target_up", target="team/b")
            do(fake.delete, "uid-a")
            found.becomes(None, "emberline_target_up", target="team/a")
            assert found.value("emberline_target_up", target="team/b") == 1
            until(lambda: "pod team/odd: emberline.io/colour: no such annotation" in found.log.read_text())

    with Server(serves(VLLM)) as server:
        fake.put(llm("a", server.port))
        fake.put({"metadata": {"name": "x", "namespace": "team", "uid": "uid-x"}, "status": {"podIP": "127.0.0.1"}})
        beside(fake, story)
    assert {it.query["fieldSelector"].split(",")[0] for it in fake.seen} == {"spec.nodeName=n"}
    assert {it.headers["Accept"] for it in fake.seen} == {"application/json"}, "the status is needed, not only metadata"


def test_services_of_kserve_are_on_the_page_and_readiness_waits_for_them(tmp_path: Path) -> None:
    fake = api(service("llama"))

    def story(url: str, do: Do) -> None:
        with exporter(tmp_path, "--simulate", "--kserve", "--kubernetes-api", url) as found:
            until(lambda: CLIENT.get(f"{found.url}/-/ready").status_code == 200)
            assert found.value("emberline_kserve_ready", namespace="ai-hub") == 1
            do(fake.delete, "uid-ai-hub-llama")
            found.becomes(None, "emberline_kserve_ready")

    beside(fake, story)


def test_jobs_that_keep_milvus_in_shape_are_on_the_page(tmp_path: Path) -> None:
    fake = FakeApi("/apis/batch/v1/namespaces/ai-hub/cronjobs")
    ran = {"lastSuccessfulTime": "2026-11-29T22:00:00Z"}
    fake.put(
        {
            "metadata": {
                "name": "milvus-compaction",
                "namespace": "ai-hub",
                "uid": "1",
                "creationTimestamp": "2026-11-01T00:00:00Z",
            },
            "status": ran,
        }
    )

    def story(url: str, _: Do) -> None:
        options = ("--milvus-upkeep", "--namespace", "ai-hub", "--kubernetes-api", url)
        with exporter(tmp_path, "--simulate", *options) as found:
            found.becomes(1795989600, "emberline_milvus_maintenance_last_timestamp_seconds", task="compaction")

    beside(fake, story)


def test_a_pod_of_a_cluster_knows_its_api_and_another_one_may_be_named() -> None:
    assert configure(Given(kserve=True), environment=IN_CLUSTER).api == ApiServer.in_cluster(IN_CLUSTER)
    named = configure(Given(kserve=True, kubernetes_api="http://127.0.0.1:8001"), environment=IN_CLUSTER)
    assert named.api == ApiServer("http://127.0.0.1:8001")
    assert configure(Given(targets_from_pods=True), environment=IN_CLUSTER).pods.details
    assert configure(Given(), environment={}).api is None


@pytest.mark.parametrize(
    ("given", "environment", "faults"),
    [
        (Given(kserve=True, milvus_upkeep=True), {}, ["--kserve", "--milvus-upkeep"]),
        (Given(targets_from_pods=True), {}, ["--targets-from-pods", "--targets-from-pods"]),
        (Given(targets_from_pods=True), {"NODE_NAME": "n"}, ["--targets-from-pods"]),
        (Given(namespace="A_b", kubernetes_api="tcp://x"), {}, ["--namespace", "--kubernetes-api"]),
        (Given(), {"DCGM_EXPORTER_KUBERNETES": "maybe"}, ["DCGM_EXPORTER_KUBERNETES"]),
        (Given(probe_policy=Path("/none/probe.yaml")), {}, ["/none/probe.yaml"]),
    ],
)
def test_what_cannot_be_is_told_at_the_start(given: Given, environment: dict[str, str], faults: list[str]) -> None:
    with pytest.raises(ValueError, match=faults[0]) as caught:
        configure(given, environment=environment)
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == faults


def test_labels_of_pods_without_an_api_are_a_warning() -> None:
    environment = {"DCGM_EXPORTER_KUBERNETES": "1", "DCGM_EXPORTER_KUBERNETES_ENABLE_POD_LABELS": "1", "NODE_NAME": "n"}
    (warning,) = configure(Given(), Words(), review([], {}), environment).warnings
    assert warning.startswith("no Kubernetes API is known")
    assert configure(Given(), Words(), review([], {}), environment | IN_CLUSTER).warnings == ()
