"""Every state that was captured gets its verdict, says what it rests on, and gets another one after recovery."""

from dataclasses import replace

import pytest

from exporter.targets.answer import Failed
from exporter.targets.vllm.load import Engine
from exporter.targets.vllm.memory import Outcome, Pod
from tests.exporter.targets.vllm.pages import capture, queue, two
from tests.exporter.targets.vllm.told import REFUSED, STATUS_503, TIMEOUT, idle, recovers, told


def test_a_cold_server_is_idle() -> None:
    server = told()
    server.look(None, capture("cold_metrics"), looks=2)
    assert server.verdict() == "idle by gauges"
    recovers(server)


def test_a_server_under_load_serves_by_the_gauges_of_its_first_page_and_then_by_its_tokens() -> None:
    server = told()
    server.look(None, capture("during_load_02"))
    assert server.verdict() == "serving by gauges"
    for page in ("during_load_05", "during_load_08", "after_load_metrics"):
        server.look(None, capture(page))
        assert server.verdict() == "serving by tokens"
    server.look(None, capture("after_load_metrics"))
    assert server.verdict() == "idle by gauges"
    recovers(server)


def test_a_frozen_engine_looks_idle_on_the_page_and_is_stalled_to_the_canary() -> None:
    server = idle()
    server.look(None, capture("engine_hung_metrics"), looks=9)
    assert server.verdict() == "idle by gauges"
    server.canary(Outcome.TIMEOUT)
    assert server.verdict() == "stalled by canary"
    server.look(None, capture("engine_hung_metrics"), looks=9)
    assert server.verdict() == "stalled by canary"
    server.canary(Outcome.ANSWERED)
    assert server.verdict() == "idle by canary"
    recovers(server)


def test_a_frozen_engine_that_works_again_needs_no_canary_to_be_believed() -> None:
    server = idle()
    server.canary(Outcome.TIMEOUT)
    recovers(server)
    assert server.verdict() == "idle by gauges"


def test_an_engine_that_freezes_under_load_stands_still() -> None:
    server = told()
    server.look(None, capture("during_load_05"), looks=7)
    assert server.verdict() == "stalled by standstill"
    recovers(server)


def test_patience_begins_with_the_work_and_not_with_the_idleness_before_it() -> None:
    server = idle()
    server.look(None, capture("after_load_metrics"), looks=20)
    server.look(None, queue(capture("after_load_metrics"), 1), looks=6)
    assert server.verdict() == "serving by gauges"
    server.look(None, queue(capture("after_load_metrics"), 1))
    assert server.verdict() == "stalled by standstill"


def test_a_long_prefill_is_no_stall_for_it_raises_the_iterations() -> None:
    server = told()
    page = queue(capture("during_load_05"), 1)
    for _ in range(20):
        page = replace(page, engines=tuple(replace(engine, steps=engine.steps + 1) for engine in page.engines))
        server.look(None, page)
    assert server.verdict() == "serving by tokens"


def test_one_frozen_engine_among_two_is_a_stall() -> None:
    server = told()
    moving, frozen = (Engine(name, running=2, waiting=0, generated=7, steps=7) for name in ("0", "1"))
    for steps in range(8):
        server.look(None, two(replace(moving, steps=steps), frozen))
    assert server.verdict() == "stalled by standstill"
    server.look(None, two(moving, replace(frozen, steps=8)))
    assert server.verdict() == "serving by tokens"


def test_a_dead_engine_is_dead_whatever_its_gauges_repeat() -> None:
    server = told()
    server.look(None, capture("during_load_02"))
    server.look(STATUS_503, capture("engine_dead_metrics"), looks=9)
    assert server.verdict() == "dead by health"
    recovers(server)


def test_a_server_that_leaves_with_its_engine_is_dead() -> None:
    server = idle()
    server.look(REFUSED)
    assert server.verdict() == "dead by refused"
    recovers(server)


def test_a_server_that_has_never_answered_is_starting_until_that_took_too_long() -> None:
    server = told()
    server.look(REFUSED, looks=119)
    assert server.verdict() == "starting by refused"
    server.look(REFUSED)
    assert server.verdict() == "dead by refused"
    server.look(None, capture("cold_metrics"))
    assert server.verdict() == "idle by gauges"
    recovers(server)


def test_a_restarted_container_is_starting_where_kubernetes_tells() -> None:
    server = idle()
    server.look(REFUSED)
    server.memory = replace(server.memory, pod=Pod(started_at=server.now))
    assert server.verdict() == "starting by pod"
    server.now += 600
    assert server.verdict() == "dead by refused"
    recovers(server)


@pytest.mark.parametrize("health", [None, STATUS_503, REFUSED])
def test_a_pod_that_is_being_deleted_drains(health: Failed | None) -> None:
    server = idle()
    server.look(health, capture("during_load_02"))
    server.memory = replace(server.memory, pod=Pod(terminating=True))
    assert server.verdict() == "draining by pod"
    server.memory = replace(server.memory, pod=Pod())
    recovers(server)


def test_a_server_that_is_unwell_and_works_drains() -> None:
    server = told()
    server.look(None, capture("during_load_02"))
    server.look(STATUS_503, capture("during_load_05"))
    assert server.verdict() == "dead by health", "what rose may have risen while it was well"
    server.look(STATUS_503, capture("during_load_08"))
    assert server.verdict() == "draining by tokens"
    recovers(server)


def test_a_server_with_an_empty_queue_that_refuses_the_canary_drains() -> None:
    server = idle()
    server.canary(Outcome.REFUSED)
    assert server.verdict() == "draining by canary"
    recovers(server)


def test_an_engine_that_answers_the_canary_with_an_error_is_dead() -> None:
    server = idle()
    server.canary(Outcome.ERROR)
    assert server.verdict() == "dead by canary"
    recovers(server)


def test_a_canary_that_could_not_be_asked_says_nothing() -> None:
    server = idle()
    server.canary(Outcome.UNKNOWN)
    assert server.verdict() == "idle by gauges"


def test_a_frozen_api_server_is_stalled() -> None:
    server = idle()
    server.look(TIMEOUT)
    assert server.verdict() == "stalled by health"
    recovers(server)


def test_a_sleeping_engine_is_idle() -> None:
    server = told()
    server.look(None, two(Engine("0", asleep=True), Engine("1", asleep=True)))
    assert server.verdict() == "idle by sleep"


def test_several_api_servers_are_judged_by_their_counters() -> None:
    server = told()
    server.look(None, capture("multiproc_cold_metrics"), looks=2)
    assert server.verdict() == "idle by gauges"
    recovers(server)
