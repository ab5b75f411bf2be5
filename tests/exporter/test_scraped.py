"""A real Prometheus scrapes the process beside replayed servers, and PromQL finds the verdict on each state."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.exporter import faulty
from tests.exporter.faulty import Server
from tests.exporter.replayed import Replayed
from tests.exporter.running import exporter
from tests.exporter.targets.asked import captured
from tests.servers import PrometheusServer, until

CONFIG = """
global: {scrape_interval: 200ms}
scrape_configs:
  - job_name: emberline
    static_configs: [{targets: ['%s']}]
"""
FAILS_ITS_USERS = 'max by (target) (emberline_vllm_verdict{verdict=~"stalled|dead"}) == 1'
"""As the documentation has it."""
WORKING = captured("vllm/during_load_05.prom")


@dataclass(frozen=True)
class Scene:
    prometheus: PrometheusServer
    servers: dict[str, Server]

    def ask(self, expression: str, label: str) -> set[str]:
        data = self.prometheus.get("query", query=expression)
        return {f"{one['metric']['target']} {one['metric'].get(label, '')}".strip() for one in data["result"]}

    def becomes(self, verdicts: dict[str, str]) -> None:
        """Every server has exactly that verdict."""
        wanted = {f"{target} {verdict}" for target, verdict in verdicts.items()}
        until(lambda: self.ask("emberline_vllm_verdict == 1", "verdict") == wanted, what=f"{wanted}")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder: Path = tmp_path_factory.mktemp("scraped")
    states = ("healthy", "loaded", "frozen", "dead", "starting", "stopping")
    with ExitStack() as stack:
        servers = {state: stack.enter_context(Server(Replayed(page=WORKING, works=True))) for state in states}
        canary = "canary: {interval: 1s, timeout: 500ms}"
        targets = "".join(
            f"- {{kind: vllm, name: {state}, url: '{server.url}', interval: 250ms, timeout: 250ms, {canary}}}\n"
            for state, server in servers.items()
        )
        servers["starting"].stop()
        running = stack.enter_context(exporter(folder, "--simulate", targets=targets))
        config = CONFIG % running.url.removeprefix("http://")
        prometheus = stack.enter_context(PrometheusServer.running(folder / "prometheus", config=config))
        yield Scene(prometheus, servers)


def test_promql_finds_the_right_verdict_for_every_state_and_again_after_recovery(scene: Scene) -> None:
    servers = scene.servers
    servers["healthy"].behaviour = Replayed(page=captured("vllm/after_load_metrics.prom"))
    servers["frozen"].behaviour = Replayed(page=captured("vllm/engine_hung_metrics.prom"), completions=faulty.hangs)
    servers["dead"].behaviour = Replayed(page=captured("vllm/engine_dead_metrics.prom"), health=503)
    servers["stopping"].behaviour = Replayed(page=WORKING, works=True, health=503)
    scene.becomes(
        {
            "healthy": "idle",
            "loaded": "serving",
            "frozen": "stalled",
            "dead": "dead",
            "starting": "starting",
            "stopping": "draining",
        }
    )
    assert scene.ask(FAILS_ITS_USERS, "verdict") == {"frozen", "dead"}
    assert scene.ask('emberline_vllm_verdict_evidence{verdict="stalled"}', "evidence") == {"frozen canary"}
    for server in servers.values():
        server.behaviour = Replayed(page=WORKING, works=True)
    servers["starting"].start()
    scene.becomes(dict.fromkeys(servers, "serving"))
    assert scene.ask(FAILS_ITS_USERS, "verdict") == set()
    rising = "sum by (target) (rate(emberline_vllm_generation_tokens_total[5s])) > 0"
    until(lambda: scene.ask(rising, "") == set(servers), what="tokens of all servers")
