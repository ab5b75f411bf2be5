"""A node at work: fake driver, fake kubelet, servers that replay the captures, and a real Prometheus that scrapes."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from exporter.nvml.questions import FIELDS
from tests.exporter.driven import driven
from tests.exporter.faulty import MILVUS, Server, serves
from tests.exporter.pods import kubelet as fake
from tests.exporter.pods.kubelet import FakeKubelet, holding
from tests.exporter.replayed import Replayed
from tests.exporter.running import Exporter
from tests.exporter.targets.asked import captured
from tests.fakedriver.library import Build
from tests.fakedriver.state import FakeDriver
from tests.servers import PrometheusServer, until

SERVERS: Final = ("healthy", "loaded", "frozen", "dead", "starting", "stopping", "unused", "shared")
"""A vLLM of each state it will be in, in the pod of that name, which holds that GPU, the last one a part of it."""
PODS: Final = (
    *(holding(state, f"nvidia{gpu}") for gpu, state in enumerate(SERVERS[:-1])),
    holding("shared", "nvidia7/vgpu0"),
    holding("twin", "nvidia7/vgpu1"),
)
GPUS: Final = 9
"""The eighth has two owners, the ninth none."""
WORKING: Final = captured("vllm/during_load_05.prom")
_ENERGY, _ = FIELDS["energy_millijoules"]
_CONFIG: Final = """
global: {scrape_interval: 500ms, scrape_timeout: 500ms}
scrape_configs:
  - job_name: emberline
    static_configs: [{targets: ['%s']}]
"""
_VLLM: Final = (
    "- {kind: vllm, name: %s, url: '%s', pod: team/%s, interval: 600ms, timeout: 600ms,"
    " canary: {interval: 1s, timeout: 500ms}}\n"
)
_MILVUS: Final = "- {kind: milvus, name: db, url: '%s', rest_url: '%s', interval: 600ms, timeout: 600ms}\n"


@dataclass(frozen=True)
class Node:
    """The processes around the exporter, to be changed, and the Prometheus, to be asked."""

    exporter: Exporter
    driver: FakeDriver
    kubelet: FakeKubelet
    servers: dict[str, Server]
    milvus: Server
    prometheus: PrometheusServer

    def ask(self, expression: str, *by: str) -> set[str]:
        """The labels `by` of every series of the answer, as words."""
        found = self.prometheus.get("query", query=expression)["result"]
        return {" ".join(one["metric"].get(label, "") for label in by) for one in found}

    def becomes(self, expression: str, *by: str, wanted: set[str]) -> None:
        """The answer has these series, sooner or later; GPUs draw power meanwhile."""

        def holds() -> bool:
            _draw_power(self.driver)
            return self.ask(expression, *by) == wanted

        until(holds, seconds=60, what=f"{expression} = {wanted}")

    def recover(self) -> None:
        """Every server is started anew, answers and generates."""
        for server in self.servers.values():
            server.stop()
            server.behaviour = Replayed(page=WORKING, works=True)
            server.start()


def _draw_power(driver: FakeDriver) -> None:
    """As much as 100 W since the machine started."""
    for gpu in range(GPUS):
        driver.gpu(gpu).answer(_ENERGY, round(100_000 * time.monotonic()))


@contextmanager
def node(folder: Path, library: Build) -> Iterator[Node]:
    """The whole: every server works, but `unused`, which nobody asks, and `starting`, which has yet to be started."""
    with ExitStack() as stack:
        servers = {state: stack.enter_context(Server(Replayed(page=WORKING, works=True))) for state in SERVERS}
        servers["unused"].behaviour = Replayed()
        milvus = stack.enter_context(Server(serves(MILVUS)))
        servers["starting"].stop()
        driver = FakeDriver(folder / "state", GPUS)
        _draw_power(driver)
        kubelet = stack.enter_context(FakeKubelet(folder / "kubelet.sock", fake.lists(*PODS)))
        targets = "".join(_VLLM % (state, server.url, state) for state, server in servers.items())
        targets += _MILVUS % (milvus.url, milvus.url)
        options = ("-k", "--pod-resources-kubelet-socket", str(kubelet.socket))
        running = stack.enter_context(driven(folder, driver, library(()), *options, targets=targets))
        config = _CONFIG % running.url.removeprefix("http://")
        prometheus = stack.enter_context(PrometheusServer.running(folder / "prometheus", config=config))
        yield Node(running, driver, kubelet, servers, milvus, prometheus)
