"""A relayed page stands on ours as Prometheus would have it, bounded, and takes no name of ours."""

from collections import Counter
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from exporter.targets import relay
from exporter.targets.relay import Passing, Relay, labelled, passing
from exporter.targets.target import Target
from native.exposition import parse
from tests.exporter.targets.asked import captured


@dataclass
class Source:
    """A target with a page."""

    target: Target
    page: Passing | None


def source(name: str, body: bytes | None) -> Source:
    return Source(Target("vllm", name, "", "", 1, 1), None if body is None else passing(name, parse(body)))


def counts(relayed: Relay, name: str) -> dict[str, float]:
    """What the relay says of a target: "" passed, the others by reason."""
    points = [point for point in relayed.points() if point.labels[0] == ("target", name)]
    return {point.labels[1][1] if point.labels[1:] else "": point.value for point in points}


def series(body: bytes) -> list[tuple[str, frozenset[tuple[str, str]], float]]:
    return [(one.name, frozenset(one.labels), one.value) for one in parse(body).samples()]


@pytest.mark.parametrize("page", ["vllm/after_load_metrics.prom", "milvus/after_load_metrics.prom"])
def test_a_captured_page_passes_whole_with_its_target_on_every_series(page: str) -> None:
    body = captured(page)
    found = Relay((source("t", body),)).body()
    plain = [(name, {one for one in labels if one[1]}, value) for name, labels, value in series(body)]
    theirs = [(name, frozenset(labels | {("target", "t")}), value) for name, labels, value in plain]
    assert Counter(series(found)) == Counter(theirs)
    spans = {(span.name, span.type, span.help) for span in parse(body).families if span.count}
    assert {(span.name, span.type, span.help) for span in parse(found).families} == spans


def test_the_same_family_of_two_targets_stands_once() -> None:
    body = captured("vllm/during_load_02.prom")
    relayed = Relay((source("a", body), source("b", body)))
    found = relayed.body()
    names = [line for line in found.splitlines() if line.startswith(b"# TYPE ")]
    assert len(names) == len(set(names))
    assert len(parse(found)) == 2 * len(parse(body))
    assert counts(relayed, "b")[""] == len(parse(body))


def test_the_same_name_with_another_type_is_left_out_and_counted() -> None:
    relayed = Relay((source("a", b"# TYPE x counter\nx 1\n"), source("b", b'# TYPE x gauge\nx 2\nx{y="1"} 3\n')))
    assert relayed.body() == b'# TYPE x counter\nx{target="a"} 1\n'
    assert counts(relayed, "b") == {"": 0, "name": 0, "type": 2, "duplicate": 0, "limit": 0}


def test_a_family_that_does_not_fit_its_type_is_left_out_and_counted() -> None:
    relayed = Relay([source("a", b"# TYPE a histogram\na_count 0\n# TYPE a counter\nb 1\n")])
    assert [name for name, _, _ in series(relayed.body())] == ["b"]
    assert counts(relayed, "a") == {"": 1, "name": 0, "type": 1, "duplicate": 0, "limit": 0}


@pytest.mark.parametrize("name", ["emberline_target_up", "DCGM_FI_DEV_GPU_UTIL", "process_start_time_seconds"])
def test_no_name_of_ours_passes(name: str) -> None:
    relayed = Relay((source("a", f"# TYPE {name} gauge\n{name} 1\nother 1\n".encode()),))
    assert relayed.body(frozenset({"process_start_time_seconds"})) == b'# TYPE other untyped\nother{target="a"} 1\n'
    assert counts(relayed, "a")["name"] == 1


def test_a_sample_that_has_our_name_does_not_pass_under_another_family() -> None:
    relayed = Relay((source("a", b"# TYPE process histogram\nprocess_count 1\n"),))
    assert relayed.body(frozenset({"process_count"})) == b""
    assert counts(relayed, "a")["name"] == 1


def test_a_label_of_our_name_becomes_what_prometheus_would_call_it() -> None:
    assert labelled("t", (("target", "x"), ("a", ""))) == (("target", "t"), ("exported_target", "x"))
    twice = labelled("t", (("target", "x"), ("exported_target", "y")))
    assert twice == (("target", "t"), ("exported_exported_target", "x"), ("exported_target", "y"))


def test_what_the_text_format_cannot_spell_does_not_pass() -> None:
    relayed = Relay((source("a", b'{"ein Name"} 1\nok{"ein Label"="1"} 1\nok{a="\\u00fc"} 1\n'),))
    assert b"ein" not in relayed.body()
    assert counts(relayed, "a") == {"": 1, "name": 2, "type": 0, "duplicate": 0, "limit": 0}


def test_a_series_that_comes_twice_passes_once() -> None:
    relayed = Relay((source("a", b'x{a="1",b="2"} 1\nx{b="2",a="1"} 2\nx{b="2",a="1",c=""} 3\n'),))
    assert relayed.body() == b'# TYPE x untyped\nx{target="a",a="1",b="2"} 1\n'
    assert counts(relayed, "a")["duplicate"] == 2


def test_a_family_beyond_the_limit_is_left_out_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "SERIES", 3)
    relayed = Relay((source("a", b'a 1\n# TYPE b gauge\nb{x="1"} 1\nb{x="2"} 1\nb{x="3"} 1\nc 1\n'),))
    assert relayed.body() == b'# TYPE a untyped\na{target="a"} 1\n# TYPE c untyped\nc{target="a"} 1\n'
    assert counts(relayed, "a")["limit"] == 3


def test_all_targets_together_have_so_much_room() -> None:
    bodies = (f'# TYPE {name} gauge\n{name}{{n="1"}} 1\n{name}{{n="2"}} 1\n'.encode() for name in "abc")
    relayed = Relay([source(str(index), body) for index, body in enumerate(bodies)], most=5)
    assert [name for name, _, _ in series(relayed.body())] == ["a", "a", "b", "b"]
    assert [counts(relayed, name)["limit"] for name in "012"] == [0, 0, 2]


def test_a_page_is_made_anew_when_it_is_new_and_gone_when_it_is_gone() -> None:
    one = source("a", b"x 1\n")
    relayed = Relay((one,))
    before = relayed.body()
    assert relayed.body() is before
    one.page = passing("a", parse(b"x 2\n"))
    assert relayed.body() == b'# TYPE x untyped\nx{target="a"} 2\n'
    one.page = None
    assert relayed.body() == b""
    assert counts(relayed, "a") == {}


NAMES = st.sampled_from(["a", "a_count", "emberline_x", "process_x", "b:c", "9"])
LABELS = st.dictionaries(st.sampled_from(["target", "exported_target", "x"]), st.sampled_from(["", "1", 'q"\\'])).map(
    lambda labels: ",".join(f'{name}="{text}"' for name, text in labels.items()).replace('q"\\', 'q\\"\\\\')
)
LINES = st.one_of(
    st.builds("# TYPE {} {}".format, NAMES, st.sampled_from(["counter", "gauge", "histogram"])),
    st.builds("{}{{{}}} {}".format, NAMES, LABELS, st.integers(0, 3)),
)


@given(st.lists(st.lists(LINES, max_size=8), max_size=3))
@settings(max_examples=60)
def test_whatever_is_relayed_is_one_page_that_prometheus_can_read(pages: list[list[str]]) -> None:
    sources = []
    for index, lines in enumerate(pages):
        valid = [line for line in lines if not line.startswith("9") and " 9 " not in line]
        sources.append(source(str(index), "".join(f"{line}\n" for line in valid).encode()))
    body = Relay(sources).body(frozenset({"process_x"}))
    found = series(body)
    assert len({(name, labels) for name, labels, _ in found}) == len(found)
    assert all(("target", "0") in labels or dict(labels)["target"] in "12" for _, labels, _ in found)
    types = [line.split()[2] for line in body.decode().splitlines() if line.startswith("# TYPE ")]
    assert len(set(types)) == len(types)
    assert not {"emberline_x", "process_x"} & set(types)
    assert list(text_string_to_metric_families(body.decode())) is not None
