import json

import pytest

from exporter.targets.answer import Answer, Failed, Reason, Unknown
from exporter.targets.milvus.collections import COLLECTIONS_NAMED, Collection, Collections, collections
from tests.exporter.targets.asked import captured, exported, verdict

V1 = "/v1/vector/collections"
V2 = "/v2/vectordb/collections/"


def ok(data: object, code: int = 0) -> Answer:
    return Answer(200, json.dumps({"code": code, "data": data}).encode())


def test_the_captured_server_without_v2_tells_names_and_load_but_no_rows() -> None:
    answers: dict[str, Answer | Failed] = {
        V1: Answer(200, captured("milvus/v1_collections.json")),
        f"{V1}/describe?collectionName=docs": Answer(200, captured("milvus/v1_collections_describe.json")),
        f"{V1}/describe?collectionName=empty1": Answer(200, captured("milvus/v1_collections_describe_missing.json")),
        f"{V1}/describe?collectionName=empty2": ok({"load": "LoadStateNotLoad"}, code=200),
    }
    found = verdict(collections("http://t"), answers)
    assert found == Collections(
        3, (Collection("docs", loaded=True), Collection("empty1"), Collection("empty2", loaded=False))
    )
    assert exported(found) == {
        "milvus_collections": 3,
        "milvus_collection_loaded docs": 1,
        "milvus_collection_loaded empty2": 0,
    }


def test_a_server_without_collections_has_zero_of_them() -> None:
    found = verdict(collections("http://t"), {V1: Answer(200, captured("milvus/cold_v1_collections.json"))})
    assert found == Collections(0, ())


def test_a_server_with_v2_counts_rows_in_numbers_and_in_text() -> None:
    answers: dict[str, Answer | Failed] = {f"{V2}list {{}}": ok(["b", "a"])}
    for name, rows in (("a", 7), ("b", "9007199254740993")):
        question = json.dumps({"collectionName": name})
        answers[f"{V2}describe {question}"] = ok({"load": "LoadStateLoaded"})
        answers[f"{V2}get_stats {question}"] = ok({"rowCount": rows})
    found = verdict(collections("http://t"), answers)
    assert found == Collections(
        2, (Collection("a", loaded=True, rows=7), Collection("b", loaded=True, rows=9_007_199_254_740_993))
    )
    assert exported(found)["milvus_collection_rows a"] == 7


@pytest.mark.parametrize("rows", [-1, 1.5, "", "x", "1e3", None, True, "9" * 20, "\u0663"])
def test_rows_that_are_no_count_are_absent(rows: object) -> None:
    question = json.dumps({"collectionName": "a"})
    answers: dict[str, Answer | Failed] = {
        f"{V2}list {{}}": ok(["a"]),
        f"{V2}describe {question}": ok({"load": "LoadStateLoading"}),
        f"{V2}get_stats {question}": ok({"rowCount": rows}),
    }
    assert verdict(collections("http://t"), answers) == Collections(1, (Collection("a", loaded=False),))


def test_an_error_under_http_200_is_a_failure_and_not_an_empty_server() -> None:
    answer = Answer(200, b'{"code":65535,"message":"not ready"}')
    found = verdict(collections("http://t"), {f"{V2}list {{}}": answer})
    assert found == Unknown(Failed(Reason.REPORTED, "code 65535: 'not ready'"))


def test_missing_credentials_are_a_status() -> None:
    answer = Answer(401, captured("milvus/auth_v1_collections_wrong.json"))
    found = verdict(collections("http://t"), {f"{V2}list {{}}": answer})
    assert found == Unknown(Failed(Reason.HTTP_STATUS, "HTTP 401"))


def test_a_server_that_breaks_off_half_way_fails_as_a_whole() -> None:
    answers: dict[str, Answer | Failed] = {
        V1: ok(["a", "b"], code=200),
        f"{V1}/describe?collectionName=a": ok({"load": "LoadStateLoaded"}, code=200),
        f"{V1}/describe?collectionName=b": Failed(Reason.PROTOCOL, "broken off"),
    }
    assert verdict(collections("http://t"), answers) == Unknown(Failed(Reason.PROTOCOL, "broken off"))


@pytest.mark.parametrize("data", [None, {}, "docs", [1], [""], [["a"]], ["x" * 513]])
def test_a_list_without_names_is_garbage(data: object) -> None:
    found = verdict(collections("http://t"), {V1: ok(data, code=200)})
    assert found == Unknown(Failed(Reason.GARBAGE, "the list of collections holds no names"))


def test_a_name_cannot_change_the_question() -> None:
    script = collections("http://t")
    next(script)
    script.send(Answer(404, b""))
    asked = script.send(ok(["a&b=../c"], code=200))
    assert asked.url == "http://t/v1/vector/collections/describe?collectionName=a%26b%3D..%2Fc"


def test_collections_beyond_those_named_are_counted_and_not_asked_about() -> None:
    names = [f"c{index:03}" for index in range(COLLECTIONS_NAMED + 5)]
    answers: dict[str, Answer | Failed] = {
        f"{V1}/describe?collectionName={name}": ok({"load": "LoadStateLoaded"}, code=200) for name in names
    }
    found = verdict(collections("http://t"), answers | {V1: ok(names, code=200)})
    assert isinstance(found, Collections)
    assert found.count == COLLECTIONS_NAMED + 5
    assert [collection.name for collection in found.named] == names[:COLLECTIONS_NAMED]
