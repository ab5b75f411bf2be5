import json

import pytest

from exporter.targets.answer import Answer, Failed, Reason, Unknown
from exporter.targets.vllm import endpoints
from exporter.targets.vllm.endpoints import MODELS_NAMED, Models, Unwell, Version
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
    found = verdict(endpoints.health("http://t"), {"/health": answer})
    assert (None if found.failure is None else found.failure.reason) == reason


@pytest.mark.parametrize(("status", "unwell"), [(500, True), (503, True), (499, False), (404, False), (600, False)])
def test_a_failure_of_the_servers_own_is_told_from_a_mistake_of_ours(status: int, *, unwell: bool) -> None:
    found = verdict(endpoints.health("http://t"), {"/health": Answer(status, b"")})
    assert isinstance(found, Unwell) is unwell


def test_the_captured_model_list_names_its_model() -> None:
    answer = Answer(200, captured("vllm/cold_v1_models.json"))
    found = verdict(endpoints.models("http://t"), {"/v1/models": answer})
    assert found == Models(("tiny",), ("tiny",))
    assert exported(found) == {"vllm_models": 1, "vllm_model_info tiny": 1}


def test_adapters_are_models_and_no_base() -> None:
    body = b'{"data": [{"id": "lora", "parent": "base"}, {"id": "base", "parent": null}]}'
    found = verdict(endpoints.models("http://t"), {"/v1/models": Answer(200, body)})
    assert found == Models(("base", "lora"), ("base",))


def test_a_wrong_key_is_a_status_and_no_model_is_claimed() -> None:
    answer = Answer(401, captured("vllm/apikey_wrong_v1_models.json"))
    found = verdict(endpoints.models("http://t"), {"/v1/models": answer})
    assert found == Unknown(Failed(Reason.HTTP_STATUS, "HTTP 401"))


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
    found = verdict(endpoints.models("http://t"), {"/v1/models": Answer(200, body)})
    assert isinstance(found, Unknown)
    assert found.failure.reason is Reason.GARBAGE


def test_more_models_than_can_be_named_are_still_counted() -> None:
    entries = [{"id": f"adapter-{index:04}"} for index in range(MODELS_NAMED + 10)]
    answer = Answer(200, json.dumps({"data": entries}).encode())
    values = exported(verdict(endpoints.models("http://t"), {"/v1/models": answer}))
    assert values.pop("vllm_models") == MODELS_NAMED + 10
    assert sorted(values) == [f"vllm_model_info adapter-{index:04}" for index in range(MODELS_NAMED)]


def test_the_version_is_told() -> None:
    found = verdict(endpoints.version("http://t"), {"/version": Answer(200, b'{"version":"0.32.0"}')})
    assert found == Version("0.32.0")
    assert exported(found) == {"vllm_info 0.32.0": 1}


@pytest.mark.parametrize("body", [b"", b"{}", b'{"version": 1}', b'{"version": ""}', b"0.32.0"])
def test_a_version_that_is_no_text_is_garbage(body: bytes) -> None:
    found = verdict(endpoints.version("http://t"), {"/version": Answer(200, body)})
    assert isinstance(found, Unknown)
    assert found.failure.reason is Reason.GARBAGE
