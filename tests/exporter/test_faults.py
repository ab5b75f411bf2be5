"""Whatever a target or the NVML child does, the page comes at once, the others go on, and `up` tells the truth."""

import os
import re
import signal
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import groupby

import httpx
import pytest

from tests.exporter import faulty
from tests.exporter.faulty import MILVUS, VLLM, Behaviour, Server, serves
from tests.exporter.running import Exporter, exporter
from tests.exporter.targets.asked import captured
from tests.servers import until

INTERVAL = 0.3
TIMEOUT = 0.25
SLACK = 10
"""What a machine whose processors others hold may add: far from a back-off, which would take minutes."""


@dataclass(frozen=True)
class Scene:
    exporter: Exporter
    victim: Server

    def settle(self) -> None:
        """Everything is up, whatever the test before left behind."""
        self.victim.behaviour = serves(VLLM)
        for target in ("victim", "other"):
            self.exporter.becomes(1, "emberline_target_up", target=target)
        self.exporter.becomes(1, "emberline_nvml_up")

    def failures(self, reason: str) -> float:
        return self.exporter.value("emberline_target_failures_total", target="victim", reason=reason) or 0

    def others_go_on(self) -> None:
        """The victim is down, and yet the page is quick, the other target complete, and the GPUs are read."""
        name, other = "emberline_target_last_success_timestamp_seconds", {"target": "other", "endpoint": "health"}
        before = self.exporter.value(name, **other)
        assert before is not None
        assert min(self.exporter.scrapes()) < TIMEOUT
        assert self.exporter.value("emberline_target_up", target="victim") == 0
        assert self.exporter.value("emberline_target_up", target="other") == 1
        self.exporter.becomes(1, "emberline_milvus_collection_loaded", target="other", collection="docs")
        assert self.exporter.value("emberline_nvml_up") == 1
        until(lambda: (self.exporter.value(name, **other) or 0) > before, what="another probe of the other target")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with ExitStack() as stack:
        victim = stack.enter_context(Server(serves(VLLM)))
        other = stack.enter_context(Server(serves(MILVUS)))
        # The other target has a second to answer in: on a busy machine a flood takes its share of it.
        often = f"interval: {INTERVAL * 1000:.0f}ms, timeout: {TIMEOUT * 1000:.0f}ms"
        targets = (
            f"- {{kind: vllm, name: victim, url: '{victim.url}', {often}}}\n"
            f"- {{kind: milvus, name: other, url: '{other.url}', rest_url: '{other.url}', interval: 1s}}\n"
        )
        folder = tmp_path_factory.mktemp("faults")
        options = ("--simulate", "--interval", "300ms")
        yield Scene(stack.enter_context(exporter(folder, *options, targets=targets)), victim)


@pytest.fixture
def settled(scene: Scene) -> Scene:
    scene.settle()
    return scene


FAULTS = [
    (faulty.hangs, "timeout"),
    (faulty.drips, "timeout"),
    (faulty.never_ends, "too_large"),
    (faulty.goes_on_informing, "timeout"),
    (faulty.has_huge_headers, "protocol"),
    (faulty.is_no_http, "protocol"),
    (faulty.fails, "http_status"),
    (faulty.redirects, "redirect"),
]


@pytest.mark.parametrize(("behaviour", "reason"), FAULTS)
def test_a_faulty_target_is_down_alone_and_up_again_when_it_recovers(
    settled: Scene, behaviour: Behaviour, reason: str
) -> None:
    before = settled.failures(reason)
    settled.victim.behaviour = behaviour
    fell = settled.exporter.becomes(0, "emberline_target_up", target="victim")
    assert fell < INTERVAL + TIMEOUT + SLACK
    settled.others_go_on()
    until(lambda: settled.failures(reason) > before, what=reason)
    assert settled.exporter.value("emberline_vllm_requests_running", target="victim") is None
    settled.victim.behaviour = serves(VLLM)
    assert settled.exporter.becomes(1, "emberline_target_up", target="victim") < INTERVAL + SLACK
    settled.exporter.becomes(4, "emberline_vllm_requests_running", target="victim")


def test_a_dead_target_is_refused_and_up_again_when_it_comes_back(settled: Scene) -> None:
    before = settled.failures("refused")
    settled.victim.stop()
    assert settled.exporter.becomes(0, "emberline_target_up", target="victim") < INTERVAL + TIMEOUT + SLACK
    settled.others_go_on()
    assert settled.failures("refused") > before
    settled.victim.start()
    assert settled.exporter.becomes(1, "emberline_target_up", target="victim") < INTERVAL + SLACK


def test_a_garbage_page_fails_its_endpoint_and_leaves_the_target_up(settled: Scene) -> None:
    before = settled.failures("garbage")
    settled.victim.behaviour = serves({**VLLM, "/metrics": (200, b"\x00{ nothing known\n")})
    settled.exporter.becomes(0, "emberline_target_endpoint_up", target="victim", endpoint="metrics")
    assert min(settled.exporter.scrapes()) < TIMEOUT
    assert settled.failures("garbage") > before
    assert settled.exporter.value("emberline_target_up", target="victim") == 1
    assert settled.exporter.value("emberline_vllm_requests_running", target="victim") is None
    settled.victim.behaviour = serves(VLLM)
    assert settled.exporter.becomes(4, "emberline_vllm_requests_running", target="victim") < INTERVAL + SLACK


def test_a_page_as_large_as_is_read_delays_nobody(settled: Scene) -> None:
    page = b"".join(b'm%d{n="%d"} %d\nvllm:num_requests_running{n="%d"} 1\n' % (n, n, n, n) for n in range(24_000))
    settled.victim.behaviour = serves({**VLLM, "/metrics": (200, page)})
    name = "emberline_target_last_success_timestamp_seconds"
    before = settled.exporter.value(name, target="other", endpoint="metrics")
    assert before is not None
    assert statistics.median(settled.exporter.scrapes(99)) < 2 * TIMEOUT
    settled.exporter.becomes(1, "emberline_target_up", target="victim")
    until(lambda: (settled.exporter.value(name, target="other", endpoint="metrics") or 0) > before, what="other pages")
    settled.victim.behaviour = serves(VLLM)
    settled.exporter.becomes(4, "emberline_vllm_requests_running", target="victim")


def test_a_dead_engine_takes_its_frozen_gauges_off_the_page(settled: Scene) -> None:
    dead = {"/health": (503, b""), "/metrics": (200, captured("vllm/engine_dead_metrics.prom"))}
    settled.victim.behaviour = serves({**VLLM, **dead})
    settled.exporter.becomes(0, "emberline_target_up", target="victim")
    assert settled.exporter.value("emberline_target_endpoint_up", target="victim", endpoint="metrics") == 1
    assert settled.exporter.value("emberline_vllm_requests_running", target="victim") is None
    settled.victim.behaviour = serves(VLLM)
    settled.exporter.becomes(4, "emberline_vllm_requests_running", target="victim")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_an_nvml_child_that_dies_or_freezes_is_replaced(settled: Scene, number: signal.Signals) -> None:
    before = settled.exporter.value("emberline_nvml_child_restarts_total")
    (child,) = settled.exporter.children()
    assert before is not None
    os.kill(child, number)
    seen = nvml_until_replaced(settled.exporter, before + 1)
    looks = [state for state, _ in groupby(seen)]
    # A death may be noticed before the first look, and be over between two.
    assert looks in ([1, 0, 1], [0, 1]) or (number == signal.SIGKILL and looks == [1])
    assert min(settled.exporter.scrapes()) < TIMEOUT
    assert settled.exporter.value("emberline_target_up", target="victim") == 1
    assert child not in settled.exporter.children()


def nvml_until_replaced(running: Exporter, restarts: float) -> list[int]:
    """`emberline_nvml_up` scrape by scrape, from the fault until another child reads the GPUs."""
    seen: list[int] = []
    with httpx.Client(base_url=running.url) as client:

        def replaced() -> bool:
            page = client.get("/metrics").text
            seen.append(int(re.findall(r"^emberline_nvml_up\{.*\} (.*)$", page, re.MULTILINE)[0]))
            return f'restarts_total{{simulated="true"}} {restarts:g}\n' in page and seen[-1] == 1

        deadline = time.monotonic() + 30
        while not replaced() and time.monotonic() < deadline:
            time.sleep(0.005)
    return seen
