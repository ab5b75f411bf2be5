import pytest

from exporter.targets.answer import Answer, Failed, Reason, Unknown
from exporter.targets.milvus import healthz as milvus
from exporter.targets.milvus.healthz import Healthz, Storage
from tests.exporter.targets.asked import captured, exported, verdict

ROLES = ("rootcoord", "datacoord", "indexcoord", "querycoord", "querynode", "datanode", "indexnode", "proxy")


def components(*, but: tuple[str, ...] = ()) -> tuple[tuple[str, bool], ...]:
    return tuple((role, role not in but) for role in ROLES)


@pytest.mark.parametrize(
    ("status", "body", "found"),
    [
        (200, captured("milvus/healthz_json"), Healthz(components())),
        (
            500,
            captured("milvus/stopping_healthz_json"),
            Healthz(
                components(but=("rootcoord", "datacoord")),
                Failed(Reason.HTTP_STATUS, "component datacoord state is Abnormal"),
            ),
        ),
        (200, captured("milvus/healthz"), Healthz(())),
        (500, captured("milvus/stopping_healthz"), Unknown(Failed(Reason.HTTP_STATUS, "HTTP 500"))),
        (
            200,  # a coordinator on standby is well, as Milvus itself counts
            b'{"state":"OK","detail":[{"name":"rootcoord","code":3},{"name":"proxy","code":1}]}',
            Healthz((("rootcoord", True), ("proxy", True))),
        ),
        (
            200,
            b'{"state":"Not all components are healthy, 1/2","detail":[{"name":"proxy","code":2}]}',
            Healthz((("proxy", False),), Failed(Reason.REPORTED, "Not all components are healthy, 1/2")),
        ),
        (200, b'{"state":"OK"}', Healthz(())),
        (200, b"{}", Unknown(Failed(Reason.GARBAGE, "/healthz lacks its text `state`"))),
        (302, b"", Unknown(Failed(Reason.REDIRECT, "HTTP 302: redirects are not followed"))),
    ],
)
def test_each_answer_of_healthz_has_its_verdict(status: int, body: bytes, found: Healthz | Unknown) -> None:
    assert verdict(milvus.health("http://t"), {"/healthz": Answer(status, body)}) == found


def test_healthz_is_asked_for_json_and_without_credentials() -> None:
    request = next(milvus.health("http://t"))
    assert request.headers == (("Content-Type", "application/json"),)
    assert not request.trusted


def test_each_component_is_exported() -> None:
    answer = Answer(500, captured("milvus/stopping_healthz_json"))
    values = exported(verdict(milvus.health("http://t"), {"/healthz": answer}))
    assert values == {f"milvus_component_healthy {role}": role not in ("rootcoord", "datacoord") for role in ROLES}


@pytest.mark.parametrize("body", [b"", b"<html>", b"null", b'"OK"', b'{"state": 1}', b"\x00OK"])
def test_a_healthz_that_says_nothing_known_is_not_up(body: bytes) -> None:
    found = verdict(milvus.health("http://t"), {"/healthz": Answer(200, body)})
    assert found.failure is not None
    assert found.failure.reason is Reason.GARBAGE


def test_a_component_that_comes_twice_is_one_series_and_well_if_both_are() -> None:
    body = b'{"state":"x","detail":[{"name":"querynode","code":2},{"name":"querynode","code":1}]}'
    found = verdict(milvus.health("http://t"), {"/healthz": Answer(200, body)})
    assert isinstance(found, Healthz)
    assert found.components == (("querynode", False),)


def test_odd_components_are_left_out() -> None:
    body = b'{"state":"OK","detail":[7,{"name":""},{"code":1},{"name":"proxy","code":1}]}'
    assert verdict(milvus.health("http://t"), {"/healthz": Answer(200, body)}) == Healthz((("proxy", True),))


@pytest.mark.parametrize(
    ("page", "rows"), [("cold", None), ("during_load_02", 25_000), ("after_load", 50_000), ("stopping", 50_000)]
)
def test_each_captured_page_gives_the_rows_stored(page: str, rows: float | None) -> None:
    name = page if page.startswith("during") else f"{page}_metrics"
    answer = Answer(200, captured(f"milvus/{name}.prom"))
    assert verdict(milvus.metrics("http://t"), {"/metrics": answer}) == Storage(rows)
