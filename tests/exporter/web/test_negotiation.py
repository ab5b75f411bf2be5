import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.web.negotiation import Negotiated, negotiate
from native.exposition import Format

BOTH: frozenset[Format] = frozenset({"text", "openmetrics"})
TEXT = "text/plain; version=0.0.4; charset=utf-8; escaping="
TEXT_1 = "text/plain; version=1.0.0; charset=utf-8; escaping="
OPEN_1 = "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping="
OPEN_0 = "application/openmetrics-text; version=0.0.1; charset=utf-8; escaping="

# What these servers send, as captured from them (see test_prometheus.py).
PROMETHEUS_2_42 = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)
PROMETHEUS_3_5 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("", TEXT + "underscores"),
        ("*/*", TEXT + "underscores"),
        ("text/html", TEXT + "underscores"),
        (PROMETHEUS_2_42, OPEN_1 + "underscores"),
        (PROMETHEUS_3_5, OPEN_1 + "allow-utf-8"),
        ("application/vnd.google.protobuf;q=0.9;encoding=delimited," + PROMETHEUS_3_5, OPEN_1 + "allow-utf-8"),
        ("text/plain", TEXT + "underscores"),
        ("text/plain;version=0.0.4;escaping=dots", TEXT + "dots"),
        ("text/plain;version=1.0.0;escaping=values", TEXT_1 + "values"),
        ("text/plain;version=2.0.0", TEXT + "underscores"),
        ("application/openmetrics-text", OPEN_0 + "underscores"),
        ("application/openmetrics-text;version=0.0.1", OPEN_0 + "underscores"),
        ("application/openmetrics-text;version=2.0.0,text/plain;version=1.0.0;q=0.5", TEXT_1 + "underscores"),
        ("text/plain;version=0.0.4;q=0.9,application/openmetrics-text;version=1.0.0;q=0.1", TEXT + "underscores"),
        ("application/openmetrics-text;version=1.0.0;q=0", TEXT + "underscores"),
        ("application/openmetrics-text;version=1.0.0;q=high", TEXT + "underscores"),
        ("application/openmetrics-text;version=1.0.0;escaping=shouting", OPEN_1 + "underscores"),
        (" application/openmetrics-text ; version = 1.0.0 ; q=1 ", OPEN_1 + "underscores"),
        ("a/b;escaping=dots;q=0.9,text/plain;q=0.1", TEXT + "dots"),  # upstream keeps what it saw on the way
        (",,;;/,a/b/c,=", TEXT + "underscores"),
    ],
)
def test_the_answer_to_each_accept_header(accept: str, content_type: str) -> None:
    found = negotiate(accept, "", BOTH)
    assert found.content_type == content_type
    assert content_type.endswith(f"escaping={found.escaping}")
    assert content_type.startswith("text") is (found.format == "text")


def test_what_is_not_offered_gives_way_to_the_next_choice() -> None:
    assert negotiate(PROMETHEUS_3_5, "", frozenset({"text"})).content_type == TEXT_1 + "allow-utf-8"
    assert negotiate(PROMETHEUS_2_42, "", frozenset({"text"})).content_type == TEXT + "underscores"


@pytest.mark.parametrize(
    ("header", "gzip"),
    [
        ("", False),
        ("gzip", True),
        ("deflate, gzip;q=0.5", True),
        ("GZIP ; q=1", True),
        ("x-gzip", True),
        ("gzip;q=0", False),
        ("gzip; q=0.0", False),
        ("gzip;q=wrong", False),
        ("br", False),
        ("*", True),
        ("*;q=0", False),
        ("*;q=0, gzip;q=0", False),
        ("gzip;q=0, *", False),
        ("identity", False),
        ("identity;q=0", True),
        ("identity;q=0, gzip;q=0", False),
        ("identity;q=1, gzip;q=0.5", False),
        ("identity;q=0.5, gzip;q=1", True),
        ("gzip, identity", True),
    ],
)
def test_compression_follows_the_weights(header: str, *, gzip: bool) -> None:
    assert negotiate("", header).gzip is gzip


@given(st.text(), st.text())
def test_no_header_is_too_strange(accept: str, encoding: str) -> None:
    found = negotiate(accept, encoding, BOTH)
    assert isinstance(found, Negotiated)
    assert found.content_type.endswith(f"charset=utf-8; escaping={found.escaping}")


@given(st.permutations(PROMETHEUS_3_5.split(",")))
def test_weights_decide_and_not_the_order(elements: list[str]) -> None:
    assert negotiate(",".join(elements), "", BOTH).content_type == OPEN_1 + "allow-utf-8"
