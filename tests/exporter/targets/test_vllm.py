import json

import pytest

from exporter.targets import vllm
from exporter.targets.answer import Answer, Failed, Reason, Unknown
from exporter.targets.vllm import MODELS_NAMED, Load, Models
from tests.exporter.targets.asked import captured, exported, verdict

REFUSED = Failed(Reason.REFUSED, "nobody listens")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(200, b""), None),
        (Answer(503, b""), Reason.HTTP_STATUS),  # the engine is dead and VLLM_KEEP_ALIVE_ON_ENGINE_DEATH is set
        (Answer(404, b'{"detail":"Not Found"}'), Reason.HTTP_STATUS),
        (Answer(307, b""), Reason.REDIRECT),
        (REFUSED, Reason.REFUSED),
        (Failed(Reason.TIMEOUT, "frozen"), Reason.TIMEOUT),
    ],
)
def test_health_is_up_on_200_alone(answer: Answer | Failed, reason: Reason | None) -> None:
    found = verdict(vllm.health("http://t"), {"/health": answer})
    assert (None if found.failure is None else found.failure.reason) == reason


@pytest.mark.parametrize(
    ("page", "load"),
    [
        ("cold", Load(logged=True, running=0, waiting=0, kv_cache=0)),
        ("during_load_02", Load(logged=True, running=4, waiting=40, kv_cache=0.0004883408619216212)),
        ("after_load", Load(logged=True, running=0, waiting=0, kv_cache=0)),
        ("engine_hung", Load(logged=True, running=0, waiting=0, kv_cache=0)),
        ("engine_dead", Load(logged=True, running=1, waiting=0, kv_cache=0.0001220852154804053)),
        ("multiproc_cold", Load(logged=True, running=None, waiting=None, kv_cache=None)),
        ("nologstats", Load(logged=False, running=None, waiting=None, kv_cache=None)),
    ],
)
def test_each_captured_page_gives_its_load(page: str, load: Load) -> None:
    name = page if page.startswith("during") else f"{page}_metrics"
    found = verdict(vllm.metrics("http://t"), {"/metrics": Answer(200, captured(f"vllm/{name}.prom"))})
    assert found == load


def test_loads_of_several_engines_are_added_and_the_fullest_cache_counts() -> None:
    page = b"".join(
        b'vllm:num_requests_running{engine="%d"} 3\nvllm:kv_cache_usage_perc{engine="%d"} 0.%d\n' % (i, i, i + 1)
        for i in range(3)
    )
    found = verdict(vllm.metrics("http://t"), {"/metrics": Answer(200, page)})
    assert exported(found) == {
        "vllm_stats_logged": 1,
        "vllm_requests_running": 9,
        "vllm_kv_cache_usage_ratio": 0.3,
    }


@pytest.mark.parametrize("body", [b"<html>\n", b"a{ 1\n", b"\xff\n", b"vllm:num_requests_running x\n"])
def test_a_page_that_does_not_parse_is_garbage(body: bytes) -> None:
    found = verdict(vllm.metrics("http://t"), {"/metrics": Answer(200, body)})
    assert isinstance(found, Unknown)
    assert found.failure.reason is Reason.GARBAGE
    assert exported(found) == {}


def test_the_captured_model_list_names_its_model() -> None:
    found = verdict(vllm.models("http://t"), {"/v1/models": Answer(200, captured("vllm/cold_v1_models.json"))})
    assert found == Models(("tiny",))
    assert exported(found) == {"vllm_models": 1, "vllm_model_info tiny": 1}


def test_a_wrong_key_is_a_status_and_no_model_is_claimed() -> None:
    answer = Answer(401, captured("vllm/apikey_wrong_v1_models.json"))
    assert verdict(vllm.models("http://t"), {"/v1/models": answer}) == Unknown(Failed(Reason.HTTP_STATUS, "HTTP 401"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"data": 3}',
        b'{"data": [3]}',
        b'{"data": [{"id": 3}]}',
        b'{"data": [{"id": ""}]}',
        b'{"data": [{"id": "%s"}]}' % (b"x" * 513),
        b'{"data": [{"id": NaN}]}',
        b"[" * 100_000,
        b'{"data": %s}' % (b"9" * 5000),
        b"\xff\xfe",
    ],
)
def test_a_model_list_without_usable_ids_is_garbage(body: bytes) -> None:
    found = verdict(vllm.models("http://t"), {"/v1/models": Answer(200, body)})
    assert isinstance(found, Unknown)
    assert found.failure.reason is Reason.GARBAGE


def test_more_models_than_can_be_named_are_still_counted() -> None:
    entries = [{"id": f"adapter-{index:04}"} for index in range(MODELS_NAMED + 10)]
    answer = Answer(200, json.dumps({"data": entries}).encode())
    values = exported(verdict(vllm.models("http://t"), {"/v1/models": answer}))
    assert values.pop("vllm_models") == MODELS_NAMED + 10
    assert sorted(values) == [f"vllm_model_info adapter-{index:04}" for index in range(MODELS_NAMED)]
