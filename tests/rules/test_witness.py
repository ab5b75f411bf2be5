"""Strings for regular expressions."""

import re

import pytest

from rules.unit_tests.witness import witnesses


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("plain", ("plain",)),
        ("", ("",)),
        ("a|b|c(d|e)", ("a", "b", "cd", "ce")),
        ("|denied", ("", "denied")),
        (r"500(\.0)?", ("500", "500.0")),
        (r"1(\.0)?[eE]\+?0?6", ("1e6", "1e06", "1e+6", "1e+06", "1.0e6", "1.0e06", "1.0e+6", "1.0e+06")),
        ("5..", ("500",)),
        ("listener-.*", ("listener-", "listener-0")),
        (".+x", ("0x",)),
        (r"[^/0]+/\d{3}", ("1/000",)),
        ("(?:a|b){2,}", ("aa", "bb")),
        ("a*?b", ("b", "ab")),
        ("^a$", ("a",)),
        ("[]a-]", ("a",)),
        ("/realms/{realm}/x", ("/realms/{realm}/x",)),
    ],
)
def test_witnesses(pattern: str, expected: tuple[str, ...]) -> None:
    assert witnesses(pattern) == expected
    assert all(re.fullmatch(pattern, word) for word in expected)


@pytest.mark.parametrize("pattern", ["(?=b)a", "(?i)a", r"(a)b\1", "[^\\s\\S]"])
def test_what_is_not_understood_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(pattern))):
        witnesses(pattern)
