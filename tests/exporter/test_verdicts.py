"""The process beside a server that replays the captures: the verdict on each state, and another after recovery."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.exporter import faulty
from tests.exporter.faulty import Server
from tests.exporter.replayed import Replayed
from tests.exporter.running import Exporter, exporter
from tests.exporter.targets.asked import captured
from tests.servers import until

KEY: Final = "Bearer s3cret"


@dataclass(frozen=True)
class Scene:
    exporter: Exporter
    server: Server

    def replay(self, replayed: Replayed) -> Replayed:
        """The server is in that state from now on."""
        self.server.behaviour = replayed
        return replayed

    def becomes(self, verdict: str, evidence: str) -> None:
        """The page says so, with the one verdict and its evidence."""
        where = {"target": "llm", "verdict": verdict}
        self.exporter.becomes(1, "emberline_vllm_verdict", **where)
        self.exporter.becomes(1, "emberline_vllm_verdict_evidence", evidence=evidence, **where)

    def recovers(self) -> None:
        """The engine works again."""
        self.replay(Replayed(page=captured("vllm/during_load_05.prom"), works=True))
        self.becomes("serving", "tokens")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder: Path = tmp_path_factory.mktemp("verdicts")
    (folder / "key").write_text("s3cret\n")
    with ExitStack() as stack:
        server = stack.enter_context(Server(Replayed()))
        target = (
            f"- {{kind: vllm, name: llm, url: '{server.url}', interval: 150ms, timeout: 150ms, stalled_after: 1s,"
            f" starting_for: 5m, credentials_file: {folder / 'key'}, canary: {{interval: 1s, timeout: 400ms}}}}\n"
        )
        server.stop()
        yield Scene(stack.enter_context(exporter(folder, "--simulate", targets=target)), server)


def test_each_state_has_its_verdict_and_another_after_recovery(scene: Scene) -> None:
    scene.becomes("starting", "refused")
    scene.server.start()
    scene.becomes("idle", "canary")
    assert scene.exporter.value("emberline_vllm_info", target="llm", version="0.32.0") == 1
    scene.recovers()
    scene.replay(Replayed(page=captured("vllm/during_load_05.prom")))  # frozen under load: the gauges stand
    scene.becomes("stalled", "standstill")
    scene.recovers()
    scene.replay(Replayed(page=captured("vllm/engine_dead_metrics.prom"), health=503))
    scene.becomes("dead", "health")
    scene.recovers()
    scene.server.stop()
    scene.becomes("dead", "refused")
    scene.server.start()
    scene.recovers()
    scene.server.behaviour = faulty.hangs
    scene.becomes("stalled", "health")
    scene.recovers()


def test_a_frozen_engine_that_looks_idle_is_found_by_the_canary_alone(scene: Scene) -> None:
    frozen = scene.replay(Replayed(page=captured("vllm/engine_hung_metrics.prom"), completions=faulty.hangs))
    scene.becomes("stalled", "canary")
    assert scene.exporter.value("emberline_target_up", target="llm") == 1
    frozen.completions = None
    scene.becomes("idle", "canary")
    scene.recovers()


def test_a_server_that_takes_no_new_work_drains(scene: Scene) -> None:
    draining = scene.replay(Replayed(completions=faulty.fails))
    scene.becomes("draining", "canary")
    draining.completions = None
    scene.becomes("idle", "canary")


def test_canaries_carry_the_key_are_counted_and_never_sent_to_a_server_at_work(scene: Scene) -> None:
    idle = scene.replay(Replayed())
    scene.becomes("idle", "canary")
    before = scene.exporter.value("emberline_vllm_canary_tokens_total", target="llm", type="prompt") or 0
    scene.exporter.becomes(before + 2, "emberline_vllm_canary_tokens_total", target="llm", type="prompt")
    assert {asked["key"] for asked in idle.asked} == {KEY}
    busy = scene.replay(Replayed(page=captured("vllm/during_load_05.prom"), works=True))
    scene.becomes("serving", "tokens")
    busy.asked.clear()
    tokens = busy.tokens
    until(lambda: busy.tokens > tokens + 100, what="pages for longer than the canary's interval")
    assert busy.asked == []
