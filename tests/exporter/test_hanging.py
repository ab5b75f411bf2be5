"""A target that hangs costs its deadline, and nobody else anything."""

from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Final

from tests.exporter.faulty import VLLM, Server, hangs, serves
from tests.exporter.running import Exporter, exporter
from tests.servers import until

HANGING: Final = 8
TIMEOUT: Final = 0.8


def durations(running: Exporter, wanted: str) -> list[float]:
    """How long the newest probes of the targets with that beginning of a name took."""
    return [
        value
        for (name, labels), value in running.page().items()
        if name == "emberline_target_probe_duration_seconds" and dict(labels)["target"].startswith(wanted)
    ]


def seen(running: Exporter) -> list[float]:
    """When the healthy target last answered well, by endpoint."""
    name = "emberline_target_last_success_timestamp_seconds"
    return [running.value(name, target="healthy", endpoint=each) or 0 for each in ("health", "models", "metrics")]


def test_many_that_hang_cost_a_deadline_each_and_the_others_nothing(tmp_path: Path) -> None:
    with ExitStack() as stack:
        silent, healthy = (stack.enter_context(Server(behaviour)) for behaviour in (hangs, serves(VLLM)))
        often = f"interval: 1s, timeout: {TIMEOUT * 1000:.0f}ms"
        targets = f"- {{kind: vllm, name: healthy, url: '{healthy.url}', {often}}}\n" + "".join(
            f"- {{kind: vllm, name: hangs{index}, url: '{silent.url}', {often}, canary: {{interval: 1s}}}}\n"
            for index in range(HANGING)
        )
        running = stack.enter_context(exporter(tmp_path, "--simulate", targets=targets))
        until(lambda: len(durations(running, "hangs")) == 4 * HANGING, what="a probe of every endpoint")
        for index in range(HANGING):
            running.becomes(1, "emberline_vllm_verdict_evidence", target=f"hangs{index}", evidence="health")
        running.becomes(1, "emberline_target_up", target="healthy")
        assert min(running.scrapes()) < TIMEOUT
        spent = durations(running, "hangs")
        assert min(spent) >= TIMEOUT - 0.05
        assert median(spent) < 2 * TIMEOUT, "not one after the other; a busy machine may keep some for longer"
        before = seen(running)
        until(lambda: all(now > then for now, then in zip(seen(running), before, strict=True)), what="other answers")
        until(lambda: max(durations(running, "healthy")) < TIMEOUT, what="quick answers of the healthy target")
        assert running.value("emberline_vllm_canary_requests_total", target="hangs0", outcome="timeout") == 0
