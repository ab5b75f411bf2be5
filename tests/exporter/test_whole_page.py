"""The whole page of a process whose driver answers everything: its families, what promtool says, what a scrape asks."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from exporter import gpu_metrics
from exporter.dcgm.catalogue import FIELDS
from exporter.gpu_table import ROWS
from exporter.metric import Metric
from exporter.nvml import verdicts
from tests.exporter.dcgm.test_compatible_laws import OF_ALL, OF_COUNTERS, OF_SOME
from tests.exporter.driven import driven, furnish
from tests.exporter.faulty import MILVUS, VLLM, Server, serves
from tests.exporter.running import Exporter
from tests.fakedriver.gpu import XID
from tests.fakedriver.library import Build
from tests.fakedriver.state import FakeDriver
from tests.servers import CLIENT, until

OURS = {row.metric.name for row in ROWS} | {
    metric.name
    for metric in (*vars(gpu_metrics).values(), *(it for it, _ in gpu_metrics.TOTALS), *vars(verdicts).values())
    if isinstance(metric, Metric)
}
UNASKED = {"DCGM_FI_DEV_GPU_TEMP_LIMIT", "DCGM_FI_DEV_APP_SM_CLOCK", "DCGM_FI_DEV_APP_MEM_CLOCK"}
"""Fields for which the fake driver has no function."""
SHOWN = [it for it in FIELDS if it.served and it.type != "label" and it.legacy not in UNASKED]
EVERY_FIELD = "".join(f"{field.legacy}, {field.type}, h\n" for field in FIELDS if field.served)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, library: Build) -> Iterator[tuple[Exporter, FakeDriver]]:
    """Two GPUs that answer everything and have had an Xid, a vLLM and a Milvus, and every field that is served."""
    folder = tmp_path_factory.mktemp("whole")
    driver, counters = FakeDriver(folder / "state"), folder / "counters.csv"
    counters.write_text(EVERY_FIELD)
    for index in range(2):
        furnish(driver.gpu(index))
    with ExitStack() as stack:
        vllm, milvus = (stack.enter_context(Server(serves(bodies))) for bodies in (VLLM, MILVUS))
        targets = (
            f"- {{kind: vllm, name: llm, url: '{vllm.url}'}}\n"
            f"- {{kind: milvus, name: db, url: '{milvus.url}', rest_url: '{milvus.url}'}}\n"
        )
        options = ("--collectors", str(counters))
        running = stack.enter_context(driven(folder, driver, library(()), *options, targets=targets))
        until(lambda: CLIENT.get(f"{running.url}/-/ready").status_code == 200, what="readiness")

        def complete() -> bool:
            driver.happen(0, XID, 31)
            return not missing(running)

        until(complete, what="every family")
        yield running, driver


def missing(running: Exporter) -> set[str]:
    """Families of the GPUs that the page lacks."""
    return (OURS | {field.legacy for field in SHOWN}) - families(running)


def families(running: Exporter) -> set[str]:
    """The families of the page."""
    return set(re.findall(r"^# TYPE (\S+)", CLIENT.get(f"{running.url}/metrics").text, re.MULTILINE))


def said(promtool: Path, page: str) -> set[str]:
    """What promtool has to say about the families of a page which parses; it says so of each series."""
    checked = subprocess.run([promtool, "check", "metrics"], input=page, text=True, capture_output=True, check=False)
    assert checked.returncode in (0, 3), checked.stderr
    return set(checked.stderr.splitlines())


def test_promtool_says_of_the_whole_page_what_it_says_of_upstream(
    whole: tuple[Exporter, FakeDriver], promtool: Path
) -> None:
    running, _ = whole
    targets = {"emberline_vllm_requests_waiting", "emberline_milvus_collections", "emberline_target_up"}
    assert not missing(running)
    assert targets <= families(running)
    expected = {f"{field.legacy} {OF_ALL}" for field in SHOWN}
    expected |= {f"{field.legacy} {OF_COUNTERS}" for field in SHOWN if field.type == "counter"}
    expected |= {f"{name} {fault}" for name, fault in OF_SOME.items()}
    page = CLIENT.get(f"{running.url}/metrics").text
    assert said(promtool, page) == expected
    worse = page.replace("emberline_vllm_prompt_tokens_total", "emberline_vllm_prompt_tokens")
    assert said(promtool, worse) - expected == {
        'emberline_vllm_prompt_tokens counter metrics should have "_total" suffix'
    }


WAITING = "nvmlEventSetWait"
"""Asked by a thread of its own, scrapes or not."""


def asked(driver: FakeDriver) -> dict[str, int]:
    return {function: calls for function, calls in driver.calls().items() if not function.startswith(WAITING)}


def test_no_scrape_asks_the_driver_anything(tmp_path: Path, driver: FakeDriver, library: Build) -> None:
    with driven(tmp_path, driver, library(()), interval="10m") as running:
        running.becomes(41, "DCGM_FI_DEV_GPU_UTIL", gpu="1")
        until(lambda: driver.calls().get("nvmlDeviceRegisterEvents", 0) >= 2, what="the listeners of events")
        before = asked(driver)
        assert before["nvmlDeviceGetUtilizationRates"] == 2
        for number in range(50):
            accept = ("text/plain", "application/openmetrics-text")[number % 2]
            answer = CLIENT.get(f"{running.url}/metrics", headers={"Accept": accept})
            assert b'DCGM_FI_DEV_GPU_UTIL{gpu="1"' in answer.content
        assert running.value("emberline_exporter_page_render_seconds") is not None
        assert asked(driver) == before


def test_a_reading_is_seen_by_what_sees_no_scrape(whole: tuple[Exporter, FakeDriver]) -> None:
    _, driver = whole
    before = asked(driver)
    until(lambda: asked(driver) != before, what="another reading")
