"""Matchers judge label values as Prometheus does."""

import pytest

from slo.selector import Matcher


@pytest.mark.parametrize(
    ("pattern", "passing", "failing"),
    [
        ("5..", "500", "5000"),
        ("a.c", "a\nc", "ac"),
        ("|ok", "", "o"),
        (r"\d+", "500", "\N{ARABIC-INDIC DIGIT FIVE}"),
        (r"\w+", "size", "Größe"),
        (r"caf\W", "café", "cafe"),
    ],
)
def test_a_pattern_is_anchored_and_its_classes_are_those_of_ascii(pattern: str, passing: str, failing: str) -> None:
    assert [Matcher("code", "=~", pattern).matches(value) for value in (passing, failing)] == [True, False]
    assert [Matcher("code", "!~", pattern).matches(value) for value in (passing, failing)] == [False, True]


def test_an_absent_label_reads_as_empty() -> None:
    assert Matcher("code", "=", "").matches("")
    assert not Matcher("code", "!=", "").matches("")
