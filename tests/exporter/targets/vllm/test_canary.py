"""A canary is sent when it is affordable, and what it cost is counted."""

import json
from dataclasses import replace
from typing import Final

import pytest

from exporter.targets.answer import Answer, Failed, Reason, Unknown, Verdict
from exporter.targets.judge import HEALTH
from exporter.targets.target import Canary, Target
from exporter.targets.vllm.canary import Sung, canary, outcome
from exporter.targets.vllm.endpoints import Healthy, Models, Unwell
from exporter.targets.vllm.judge import VllmJudge
from exporter.targets.vllm.load import Engine, Load
from exporter.targets.vllm.memory import Outcome, Pod
from tests.exporter.targets.asked import verdict
from tests.exporter.targets.vllm.pages import capture, queue

ASKED: Final = '/v1/completions {"model": "tiny", "prompt": "Hi", "max_tokens": 1, "temperature": 0}'
PAID: Final = Answer(200, b'{"choices": [{}], "usage": {"prompt_tokens": 2, "completion_tokens": 1}}')
TARGET: Final = Target("vllm", "t", "http://t", "", interval=5, timeout=3, canary=Canary(interval=60))
FAILED: Final = Failed(Reason.HTTP_STATUS, "HTTP 503")


@pytest.mark.parametrize(
    ("answer", "end"),
    [
        (PAID, Outcome.ANSWERED),
        (Answer(500, b""), Outcome.ERROR),
        (Answer(503, b""), Outcome.REFUSED),
        (Answer(401, b""), Outcome.UNKNOWN),
        (Answer(404, b"{}"), Outcome.UNKNOWN),
        (Answer(200, b'{"error": {"code": 503}}'), Outcome.UNKNOWN),
        (Answer(200, b"<html>"), Outcome.UNKNOWN),
        (Failed(Reason.REFUSED, ""), Outcome.UNKNOWN),
        (Failed(Reason.TIMEOUT, ""), Outcome.TIMEOUT),
    ],
)
def test_each_answer_says_something_of_the_engine_or_nothing(answer: Answer | Failed, end: Outcome) -> None:
    assert outcome(verdict(canary("http://t", "tiny"), {ASKED: answer})) is end


@pytest.mark.parametrize("usage", [None, {}, {"prompt_tokens": -1}, {"prompt_tokens": "9"}, {"prompt_tokens": 10**9}])
def test_a_cost_that_is_none_is_not_counted(usage: object) -> None:
    answer = Answer(200, json.dumps({"usage": usage}).encode())
    assert verdict(canary("http://t", "tiny"), {ASKED: answer}) == Sung(0, 0)


def judge(page: Load | None = None, health: Verdict | None = None) -> VllmJudge:
    """A server that is well and has nothing to do, at second 100."""
    found = VllmJudge(TARGET, 0)
    found.learn(HEALTH, Healthy() if health is None else health, 99, 100)
    found.learn("models", Models(("a-lora", "tiny"), ("tiny",)), 99, 100)
    found.learn("metrics", capture("after_load_metrics") if page is None else page, 99, 100)
    return found


def test_an_idle_server_is_asked_at_once_and_then_once_an_interval() -> None:
    found = judge()
    assert found.due("canary", 100)
    found.learn("canary", Sung(2, 1), 100, 101)
    found.learn("metrics", capture("after_load_metrics"), 158, 159)
    assert not found.due("canary", 159.9)
    assert found.due("canary", 160)


@pytest.mark.parametrize(
    "page",
    [
        capture("during_load_02"),
        queue(capture("after_load_metrics"), 0, waiting=1),
        queue(capture("after_load_metrics"), 1),
        Load(logged=True, engines=(Engine("0"), Engine("1", running=1))),
        Load(logged=True, engines=(Engine("0", asleep=True),)),
    ],
)
def test_a_server_that_has_work_or_sleeps_is_left_alone(page: Load) -> None:
    assert not judge(page).due("canary", 100)


def test_a_server_that_just_worked_needs_no_canary() -> None:
    found = judge(capture("during_load_08"))
    found.learn("metrics", capture("after_load_metrics"), 104, 105)
    assert not found.due("canary", 105)
    found.learn("metrics", capture("after_load_metrics"), 109, 110)
    assert found.due("canary", 110)


@pytest.mark.parametrize("health", [Unwell(FAILED, 503), Unknown(Failed(Reason.REFUSED, ""))])
def test_a_server_that_is_not_well_is_not_asked(health: Verdict) -> None:
    assert not judge(health=health).due("canary", 100)


def test_nobody_is_asked_on_an_old_page_without_a_model_while_leaving_or_unless_told() -> None:
    assert not judge().due("canary", 114)
    found = VllmJudge(TARGET, 0)
    found.learn(HEALTH, Healthy(), 99, 100)
    found.learn("metrics", capture("cold_metrics"), 99, 100)
    assert not found.due("canary", 100)
    leaving = judge()
    leaving.place(Pod(terminating=True))
    assert not leaving.due("canary", 100)
    assert "canary" not in VllmJudge(replace(TARGET, canary=None), 0).scripts()


def test_a_configured_model_is_asked_without_a_list() -> None:
    found = VllmJudge(replace(TARGET, canary=Canary(model="mine")), 0)
    found.learn(HEALTH, Healthy(), 99, 100)
    found.learn("metrics", capture("cold_metrics"), 99, 100)
    assert found.due("canary", 100)
    request = next(found.scripts()["canary"]())
    assert json.loads(request.body)["model"] == "mine"
    assert request.trusted


def test_what_canaries_cost_is_counted_by_their_end() -> None:
    found = judge()
    for verdicts in (Sung(2, 1), Sung(2, 1), Unknown(Failed(Reason.TIMEOUT, ""))):
        found.scripts()["canary"]()
        found.learn("canary", verdicts, 100, 101)
    points = {(p.metric.name, p.labels[-1][1]): p.value for p in found.points((), 101)}
    assert points["emberline_vllm_canary_requests_total", "answered"] == 2
    assert points["emberline_vllm_canary_requests_total", "timeout"] == 1
    assert points["emberline_vllm_canary_requests_total", "error"] == 0
    assert points["emberline_vllm_canary_tokens_total", "prompt"] == 4
    assert points["emberline_vllm_canary_tokens_total", "completion"] == 2


def test_the_tokens_of_a_canary_are_no_traffic_of_others() -> None:
    found = judge()
    page = capture("after_load_metrics")
    after = replace(
        page,
        generated=(page.generated or 0) + 1,
        engines=tuple(replace(e, steps=e.steps + 5, generated=e.generated + 1) for e in page.engines),
    )
    found.scripts()["canary"]()
    found.scripts()["metrics"]()
    found.learn("canary", Sung(2, 1), 101, 102)
    found.learn("metrics", after, 101, 102)
    judged = found.judgement(102)
    assert judged is not None
    assert (judged.verdict, judged.evidence) == ("idle", "canary")


def test_exactly_one_verdict_is_one_and_the_evidence_names_it() -> None:
    points = list(judge().points((("target", "t"),), 100))
    verdicts = {dict(p.labels)["verdict"]: p.value for p in points if p.metric.name == "emberline_vllm_verdict"}
    assert verdicts == {"serving": 0, "idle": 1, "stalled": 0, "dead": 0, "starting": 0, "draining": 0}
    (evidence,) = (p for p in points if p.metric.name == "emberline_vllm_verdict_evidence")
    assert (dict(evidence.labels), evidence.value) == ({"target": "t", "verdict": "idle", "evidence": "gauges"}, 1)


def test_without_a_verdict_nothing_is_claimed() -> None:
    names = {point.metric.name for point in VllmJudge(TARGET, 0).points((), 1)}
    assert not {name for name in names if "verdict" in name}


def test_the_version_is_asked_once_a_minute_and_when_the_server_has_come_back() -> None:
    found = judge()
    assert found.due("version", 100)
    assert not found.due("version", 159)
    found.learn(HEALTH, Unknown(Failed(Reason.REFUSED, "")), 110, 110)
    assert not found.due("version", 111)
    found.learn(HEALTH, Healthy(), 112, 112)
    assert found.due("version", 113)
    assert not found.due("version", 172)
    assert found.due("version", 173)
