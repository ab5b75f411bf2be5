import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.exporter.faulty import MILVUS, VLLM, Server, hangs, serves
from tests.exporter.running import Exporter, exporter
from tests.servers import CLIENT, until

TEXT = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exporter]:
    """Eight simulated GPUs, a vLLM and a Milvus, once all of them were collected."""
    with ExitStack() as stack:
        vllm, milvus = (stack.enter_context(Server(serves(bodies))) for bodies in (VLLM, MILVUS))
        targets = (
            f"- {{kind: vllm, name: llm, url: '{vllm.url}'}}\n"
            f"- {{kind: milvus, name: 'odd \"name\"', url: '{milvus.url}', rest_url: '{milvus.url}'}}\n"
        )
        found = stack.enter_context(exporter(tmp_path_factory.mktemp("page"), "--simulate", targets=targets))
        until(lambda: CLIENT.get(f"{found.url}/-/ready").status_code == 200)
        yield found


def test_promtool_finds_nothing_wrong_with_the_page(running: Exporter, promtool: Path) -> None:
    page = CLIENT.get(f"{running.url}/metrics").content
    checked = subprocess.run([promtool, "check", "metrics"], input=page, capture_output=True, check=False)
    # The GPUs' names and labels (`modelName`) are dcgm-exporter's, whatever promtool thinks of them.
    ours = [
        line for line in checked.stderr.decode().splitlines() if not line.startswith(("DCGM_FI_", "emberline_gpu_"))
    ]
    assert ours == []
    assert checked.returncode in (0, 3), "1 is a page that does not parse"


def test_the_page_holds_gpus_targets_and_the_exporter_itself(running: Exporter) -> None:
    page = running.page()
    assert sum(name == "DCGM_FI_DEV_GPU_UTIL" for name, _ in page) == 8
    assert running.value("emberline_target_up", target="llm", kind="vllm") == 1
    assert running.value("emberline_vllm_model_info", target="llm", model_name="tiny") == 1
    assert running.value("emberline_milvus_collections", target='odd "name"') == 3
    assert running.value("emberline_milvus_stored_rows", target='odd "name"') == 50_000
    assert running.value("emberline_milvus_component_healthy", component="proxy") == 1
    assert running.value("emberline_build_info") == 1
    assert (running.value("process_resident_memory_bytes") or 0) > 10e6
    assert 0 < (running.value("emberline_exporter_page_render_seconds") or 0) < 5


def test_every_failure_counter_is_there_before_it_counts(running: Exporter) -> None:
    reasons = {dict(labels)["reason"]: value for (name, labels), value in running.page().items() if "failures" in name}
    assert len(reasons) == 10
    assert set(reasons.values()) == {0.0}


def test_the_page_says_what_it_is(running: Exporter) -> None:
    answer = CLIENT.get(f"{running.url}/metrics", headers={"Accept-Encoding": "identity"})
    assert answer.headers["Content-Type"] == TEXT
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize(
    ("accepted", "compressed"),
    [
        ("gzip", True),
        ("deflate, gzip;q=0.5", True),
        ("GZIP ; q=1", True),
        ("gzip;q=0", False),
        ("gzip; q=0.0", False),
        ("br", False),
        ("", False),
    ],
)
def test_the_page_is_compressed_when_asked(running: Exporter, accepted: str, *, compressed: bool) -> None:
    answer = CLIENT.get(f"{running.url}/metrics", headers={"Accept-Encoding": accepted})
    assert (answer.headers.get("Content-Encoding") == "gzip") is compressed
    assert b"emberline_target_up{" in answer.content


def test_head_gives_the_headers_and_no_body(running: Exporter) -> None:
    answer = httpx.head(f"{running.url}/metrics")
    assert (answer.status_code, answer.content, answer.headers["Content-Type"]) == (200, b"", TEXT)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/-/healthy", 200),
        ("GET", "/-/ready", 200),
        ("GET", "/nothing", 404),
        ("POST", "/metrics", 405),
        ("GET", "/" + "x" * 10_000, 400),
    ],
)
def test_each_path_answers(running: Exporter, method: str, path: str, status: int) -> None:
    assert httpx.request(method, running.url + path).status_code == status


def test_headers_beyond_reason_are_refused(running: Exporter) -> None:
    assert CLIENT.get(f"{running.url}/metrics", headers={"X-Fill": "x" * 20_000}).status_code == 400


def test_readiness_waits_for_the_first_answer_of_each_endpoint_and_names_it(tmp_path: Path) -> None:
    with Server(hangs) as silent:
        target = f"- {{kind: vllm, name: llm, url: '{silent.url}', interval: 2s, timeout: 2s}}"
        with exporter(tmp_path, "--simulate", targets=target) as found:
            answer = CLIENT.get(f"{found.url}/-/ready")
            assert (answer.status_code, "waiting for llm: health\n" in answer.text) == (503, True)
            assert found.value("emberline_target_up", target="llm") is None
            until(lambda: CLIENT.get(f"{found.url}/-/ready").status_code == 200)
            assert found.value("emberline_target_up", target="llm") == 0


def test_no_numpy_is_mapped_into_the_running_process(running: Exporter) -> None:
    mapped = Path(f"/proc/{running.process.pid}/maps").read_text()
    assert "pydantic_core" in mapped
    assert "numpy" not in mapped


def test_what_nobody_asked_for_is_not_loaded(running: Exporter) -> None:
    code = (
        "import sys, exporter.__main__\n"
        "print([name for name in ('grpc', 'exporter.owners', 'exporter.pods.source', 'exporter.kserve.source',"
        " 'exporter.upkeep.source') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
    assert "cygrpc" not in Path(f"/proc/{running.process.pid}/maps").read_text()


def test_the_node_process_has_no_numpy_and_no_slo() -> None:
    code = (
        "import sys, exporter.__main__\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules}"
        " & {'numpy', 'slo', 'rules', 'dashboards', 'emberline', 'pynvml', 'exporter'}))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "['exporter']\n"
