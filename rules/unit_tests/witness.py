"""Strings that a regular expression matches: label values for generated series.

Understood is what label matchers are made of: alternatives, groups, classes, escapes, `.` and repetitions.
Look-around, back-references and flags are refused.
"""

import re
from string import printable
from typing import Final

from rules.unit_tests.untestable import Untestable

_LIMIT: Final = 32
_COUNTS: Final = re.compile(r"(\?|\*|\+|\{(\d+)(?:,\d*)?\})\??")
_GROUP: Final = re.compile(r"\((?:\?:|\?P?<\w+>)?(?!\?)")
_ATOM: Final = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\.")


def witnesses(pattern: str) -> tuple[str, ...]:
    """A few strings that `pattern` matches in whole, at least one of each alternative; Untestable if none is found."""
    try:
        words, end = _alternatives(pattern, 0)
        found = tuple(dict.fromkeys(word for word in words if re.fullmatch(pattern, word, re.DOTALL)))
    except re.error as error:
        raise Untestable(f"{pattern!r}: {error}") from error
    if not found or end != len(pattern):
        raise Untestable(f"{pattern!r}: no string is found that it matches")
    return found


def _alternatives(pattern: str, at: int) -> tuple[list[str], int]:
    words, at = _sequence(pattern, at)
    while pattern.startswith("|", at):
        more, at = _sequence(pattern, at + 1)
        words += more
    return words, at


def _sequence(pattern: str, at: int) -> tuple[list[str], int]:
    words = [""]
    while at < len(pattern) and pattern[at] not in "|)":
        atom, at = _atom(pattern, at)
        if counts := _COUNTS.match(pattern, at):
            atom, at = _repeated(atom, counts), counts.end()
        words = [left + right for left in words for right in atom][:_LIMIT]
    return words, at


def _repeated(atom: list[str], counts: re.Match[str]) -> list[str]:
    least = int(counts[2] or "0") if counts[2] else int(counts[1] == "+")
    return [word * least for word in atom] if least else ["", *atom]


def _atom(pattern: str, at: int) -> tuple[list[str], int]:
    if group := _GROUP.match(pattern, at):
        words, end = _alternatives(pattern, group.end())
        return words, end + 1
    if pattern[at] in "^$":
        return [""], at + 1
    if token := _ATOM.match(pattern, at):
        return [_character(token[0])], token.end()
    return [pattern[at]], at + 1


def _character(token: str) -> str:
    return next((each for each in printable if re.fullmatch(token, each, re.DOTALL)), "")
