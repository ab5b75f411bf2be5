"""The shipped promises against the handbook: every system is there, watched or with what would let it be."""

import promql_parser
import pytest

from emberline.catalogue import AREAS, shipped, shipped_alerts, shipped_promises
from slo.duration import Duration
from slo.handbook.promise import Promise
from slo.plan import generated_alert_names

# promise, the systems that the handbook names (as the ids say them), what it promises
HANDBOOK: list[tuple[str, dict[str, str]]] = [
    (
        "X1",
        {
            **dict.fromkeys(("cnpg", "ferretdb"), "near-zero"),
            **dict.fromkeys(("kafka", "valkey", "openbao", "gitea", "neo4j"), "seconds"),
            **dict.fromkeys(("minio", "harbor", "milvus"), "minutes"),
        },
    ),
    ("X2", {"": "2 of 3 agree before promotion"}),
    ("X3", {"": "both serve, no primary, unhealthy endpoints are removed"}),
    ("X4", {"": "analysis with automatic rollback"}),
    ("X5", {"": "self-hosted"}),
    (
        "X6",
        {
            "database": "monthly",
            "jwt": "30 days",
            "tls": "by cert-manager",
            **dict.fromkeys(("gitea", "llm", "keycloak"), "90 days"),
        },
    ),
    (
        "X7",
        {
            "requests": "daily 02:00",
            "retention": "Sunday 03:00",
            "audit": "monthly",
            "embeddings": "on deletion request",
            "chat": "per policy",
        },
    ),
    (
        "X9",
        {"mimir": "metrics storage is Mimir", "kyverno": "policy by Kyverno", "velero": "backups by Velero"},
    ),
    ("X10", dict.fromkeys(("handshake", "loss"), "cross-region link")),
    ("X11", dict.fromkeys(("hcloud", "huaweicloud", "oci", "aws", "gcp", "azure"), "provider")),
    ("X12", {"flux": "delivery by Flux", "crossplane": "platform tool", "catalyst": "platform tool"}),
    ("X13", dict.fromkeys(("bge", "neo4j", "guardrails", "langfuse"), "companion")),
    ("M4", {"": "weekly"}),
    ("M5", {"": "daily"}),
    ("M6", {"": "daily, by Velero"}),
    ("M7", {"": "hourly"}),
]
BOUNDS = {"near-zero": "10s", "seconds": "60s", "minutes": "15m"}
"""The numbers to which the handbook's words on replication are held."""
BEYOND = {"X1-gitea-repositories", "X6-delivery"}
"""Entries beyond the handbook: another half of a system, and what makes a rotation worth anything."""
PROMISES = {promise.id: promise for promise in shipped_promises()}
WATCHED = [promise for promise in PROMISES.values() if promise.alert]


def test_every_system_of_the_handbook_is_there() -> None:
    told = {
        f"{promise}-{system}".rstrip("-"): words for promise, systems in HANDBOOK for system, words in systems.items()
    }
    assert {each.id: each.promised for each in PROMISES.values() if each.id not in BEYOND} == told
    assert PROMISES.keys() >= BEYOND


def test_a_word_on_replication_is_one_number() -> None:
    assert {each.id: each.bound for each in PROMISES.values() if each.promise == "X1"} == {
        each.id: BOUNDS[each.promised] for each in PROMISES.values() if each.promise == "X1"
    }


def test_what_is_not_observable_is_little_and_named() -> None:
    unseen = [each.id for each in PROMISES.values() if each.alert is None]
    assert unseen == ["X1-gitea-repositories", "X1-neo4j", "X7-embeddings"]


def compared(text: str) -> float:
    """What an expression compares with, where that is a number or a product of numbers."""
    tree = promql_parser.parse(text)
    assert isinstance(tree, promql_parser.BinaryExpr)
    assert str(tree.op) == ">"
    return _value(tree.rhs)


def _value(tree: promql_parser.Expr) -> float:
    match tree:
        case promql_parser.NumberLiteral():
            return float(tree.val)
        case promql_parser.BinaryExpr():
            return _value(tree.lhs) * _value(tree.rhs)
        case _:
            return float("nan")


def _seconds(bound: str) -> float | None:
    try:
        return Duration.parse(bound).seconds
    except ValueError:
        return None


@pytest.mark.parametrize("promise", [each for each in WATCHED if _seconds(each.bound)], ids=lambda each: each.id)
def test_a_bound_in_time_is_what_the_first_signal_compares_with(promise: Promise) -> None:
    assert promise.alert
    assert compared(promise.alert.signals[0].expr) == _seconds(promise.bound)


@pytest.mark.parametrize("promise", PROMISES.values(), ids=lambda promise: promise.id)
def test_an_entry_lies_in_an_area_that_has_rows_and_leads_to_the_page_of_its_promise(promise: Promise) -> None:
    assert promise.area in AREAS
    assert promise.alert is None or promise.alert.runbook == f"runbooks/{promise.promise}.md"


def test_no_other_alert_has_the_name_of_a_promises() -> None:
    rows = {name for slo in shipped() for name in (slo.alert.name, *generated_alert_names(slo.area, slo.name))}
    others = rows | {alert.alert for alert in shipped_alerts().own}
    assert others.isdisjoint(each.alert.alert for each in WATCHED if each.alert)


def test_a_metric_is_proven_by_a_file_of_a_repository() -> None:
    assert [each.id for each in PROMISES.values() if each.source and each.source.split()[0].count("/") != 1] == []


@pytest.mark.parametrize("promise", WATCHED, ids=lambda each: each.id)
def test_all_but_what_is_absent_tells_its_cluster(promise: Promise) -> None:
    assert promise.alert
    told = {signal.name: "cluster" in dict(signal.proof.labels) for signal in promise.alert.signals}
    assert told == {signal.name: not signal.expr.startswith("absent(") for signal in promise.alert.signals}
