import pytest

from exporter.targets.answer import Answer, Failed, Reason, Unknown
from exporter.targets.milvus import healthz as milvus
from exporter.targets.milvus.healthz import Healthz, places
from tests.exporter.targets.asked import captured, exported, verdict

T = "http://t"
ABNORMAL = Failed(Reason.HTTP_STATUS, "component datacoord state is Abnormal")
ROLES = ("rootcoord", "datacoord", "indexcoord", "querycoord", "querynode", "datanode", "indexnode", "proxy")


def components(*, but: tuple[str, ...] = ()) -> tuple[tuple[str, bool], ...]:
    return tuple((role, role not in but) for role in ROLES)


@pytest.mark.parametrize(
    ("status", "body", "found"),
    [
        (200, captured("milvus/healthz_json"), Healthz(components(), None, T)),
        (
            500,
            captured("milvus/stopping_healthz_json"),
            Healthz(
                components(but=("rootcoord", "datacoord")),
                ABNORMAL,
                T,
            ),
        ),
        (200, captured("milvus/healthz"), Healthz((), None, T)),
        (
            500,
            captured("milvus/stopping_healthz"),
            Healthz((("datacoord", False),), ABNORMAL, T),
        ),
        (
            200,  # a coordinator on standby is well, as Milvus itself counts
            b'{"state":"OK","detail":[{"name":"rootcoord","code":3},{"name":"proxy","code":1}]}',
            Healthz((("rootcoord", True), ("proxy", True)), None, T),
        ),
        (
            200,
            b'{"state":"Not all components are healthy, 1/2","detail":[{"name":"proxy","code":2}]}',
            Healthz((("proxy", False),), Failed(Reason.REPORTED, "Not all components are healthy, 1/2"), T),
        ),
        (200, b'{"state":"OK"}', Healthz((), None, T)),
        (200, b"{}", Unknown(Failed(Reason.GARBAGE, "/healthz lacks its text `state`"))),
        (302, b"", Unknown(Failed(Reason.REDIRECT, "HTTP 302: redirects are not followed"))),
    ],
)
def test_each_answer_of_healthz_has_its_verdict(status: int, body: bytes, found: Healthz | Unknown) -> None:
    assert verdict(milvus.health(("http://t",)), {"/healthz": Answer(status, body)}) == found


def test_healthz_is_asked_for_json_and_without_credentials() -> None:
    request = next(milvus.health(("http://t",)))
    assert request.headers == (("Content-Type", "application/json"),)
    assert not request.trusted


def test_each_component_is_exported() -> None:
    answer = Answer(500, captured("milvus/stopping_healthz_json"))
    values = exported(verdict(milvus.health(("http://t",)), {"/healthz": answer}))
    assert values == {f"milvus_component_healthy {role}": role not in ("rootcoord", "datacoord") for role in ROLES}


@pytest.mark.parametrize("body", [b"", b"<html>", b"null", b'"OK"', b'{"state": 1}', b"\x00OK"])
def test_a_healthz_that_says_nothing_known_is_not_up(body: bytes) -> None:
    found = verdict(milvus.health(("http://t",)), {"/healthz": Answer(200, body)})
    assert found.failure is not None
    assert found.failure.reason is Reason.GARBAGE


def test_a_component_that_comes_twice_is_one_series_and_well_if_both_are() -> None:
    body = b'{"state":"x","detail":[{"name":"querynode","code":2},{"name":"querynode","code":1}]}'
    found = verdict(milvus.health(("http://t",)), {"/healthz": Answer(200, body)})
    assert isinstance(found, Healthz)
    assert found.components == (("querynode", False),)


def test_odd_components_are_left_out() -> None:
    body = b'{"state":"OK","detail":[7,{"name":""},{"code":1},{"name":"proxy","code":1}]}'
    assert verdict(milvus.health(("http://t",)), {"/healthz": Answer(200, body)}) == Healthz(
        (("proxy", True),), None, T
    )


MOVED = ("http://t:9091", "http://t:9092", "http://t:9093")
HERE = Answer(200, captured("milvus/healthz_json"))


def key(place: str) -> str:
    return f"{place.removeprefix(T)}/healthz"


def test_the_default_port_may_have_moved_up_and_no_other_port_may() -> None:
    assert places("http://t:9091") == MOVED
    assert places("https://u:9091/manage")[2] == "https://u:9093/manage"
    assert places("http://t:9092") == ("http://t:9092",)
    assert places("http://t/manage") == ("http://t/manage",)


@pytest.mark.parametrize(
    "stranger",
    [
        Failed(Reason.REFUSED, ""),
        Answer(404, b"404 page not found"),
        Answer(200, b"<html>"),
        Answer(302, b""),
    ],
)
@pytest.mark.parametrize("at", ["http://t:9092", "http://t:9093"])
def test_a_server_that_has_moved_is_found_where_a_stranger_sits_on_its_port(stranger: Answer | Failed, at: str) -> None:
    answers = dict.fromkeys((key(place) for place in MOVED), stranger) | {key(at): HERE}
    found = verdict(milvus.health(MOVED), answers)
    assert found == Healthz(components(), None, at)
    assert exported(found)["milvus_management_port"] == int(at[-4:])


def test_a_server_that_is_there_is_asked_nowhere_else() -> None:
    found = verdict(milvus.health(MOVED), {key(MOVED[0]): HERE, key(MOVED[1]): Answer(500, b"")})
    assert found == Healthz(components(), None, MOVED[0])


def test_a_silent_server_is_waited_for_and_not_looked_for() -> None:
    silent = Failed(Reason.TIMEOUT, "frozen")
    assert verdict(milvus.health(MOVED), {key(MOVED[0]): silent, key(MOVED[1]): HERE}).failure == silent


def test_somebody_who_only_says_ok_is_no_milvus_that_has_moved() -> None:
    refused = Failed(Reason.REFUSED, "nobody listens")
    answers: dict[str, Answer | Failed] = {key(MOVED[0]): refused, key(MOVED[1]): Answer(200, b"OK")}
    assert verdict(milvus.health(MOVED), answers).failure == refused
