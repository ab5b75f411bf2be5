"""YAML as rule files need it, written quickly: the bytes of PyYAML's dumper in a small part of its time.

A document is made of mappings, lists, texts, finite numbers, truth values and nothing; keys are texts. A text stands
plain where every reader of YAML 1.1 and 1.2 takes it for a text, in single quotes where one might not, on lines of its
own where it has several, and in double quotes where it needs escapes.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from math import isfinite
from typing import Any, Final, TypeAlias

Content: TypeAlias = Mapping[str, Any] | list[Any] | tuple[Any, ...] | str | float | None
"""What can be written; mappings and lists hold the same."""

_UNPRINTABLE: Final = r"[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
_SPECIAL: Final = re.compile(_UNPRINTABLE)
_ESCAPED: Final = re.compile(rf'{_UNPRINTABLE}|["\\]')
_SHORT: Final = {"\n": r"\n", "\t": r"\t", '"': r"\"", "\\": r"\\"}
_NO_BLOCK: Final = re.compile(rf"\A[ \n]|(?!\n){_UNPRINTABLE}| (?:\n|\Z)")
_NOT_PLAIN: Final = re.compile(r"""\A(?:[-?:,\[\]{}#&*!|>'"%@` ]|\.\.\.|\Z)|: | #|[: ]\Z""")
_TYPED: Final = re.compile(
    r"""
    (?i: ~ | null | true | false | yes | no | on | off | y | n | [-+]?\.inf | \.nan ) | = | <<
    | [-+]? (?: \.[0-9_]+ | [0-9][0-9_]* (?: :[0-5]?[0-9] )* (?: \.[0-9_]* )? ) (?: [eE][-+]?[0-9]+ )?
    | [-+]? 0 (?i: [box] ) [0-9a-fA-F_]+
    | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2} (?: [Tt ] .* )?
    """,
    re.VERBOSE,
)
"""What some reader takes for nothing, a truth value, a number or a time."""


def emitted(content: Mapping[str, Any]) -> str:
    """A YAML document in block style, keys in their order; TypeError for values of other kinds."""
    lines: list[str] = []
    _entries(content, "", "", lines)
    return "\n".join([*lines, ""]) if lines else "{}\n"


@lru_cache(maxsize=1 << 14)  # names, labels and intervals come over and over
def inline(text: str) -> str:
    """A text on one line, as a key or a value."""
    if _SPECIAL.search(text):
        return f'"{_ESCAPED.sub(_escape, text)}"'
    if _NOT_PLAIN.search(text) or _TYPED.fullmatch(text):
        return "'" + text.replace("'", "''") + "'"
    return text


def _entries(content: Mapping[str, Any], first: str, indent: str, lines: list[str]) -> None:
    """Add the lines of a mapping; `first` stands before its first key, `indent` before the others."""
    for key, value in content.items():
        _write(value, f"{first}{inline(key)}:", f"{indent}  ", lines)
        first = indent


def _write(value: Content, lead: str, indent: str, lines: list[str]) -> None:
    """Add the lines of a value; `lead` stands before it, `indent` before what goes to lines of its own."""
    if isinstance(value, str):
        lines.append(f"{lead} {_block(value, indent)}" if "\n" in value else f"{lead} {inline(value)}")
    elif isinstance(value, Mapping) and value:
        _entries(value, _first(lead, indent, lines), indent, lines)
    elif isinstance(value, list | tuple) and value:
        first = _first(lead, indent, lines)
        for each in value:
            _write(each, f"{first}-", f"{indent}  ", lines)
            first = indent
    else:
        lines.append(f"{lead} {_atom(value)}")


def _first(lead: str, indent: str, lines: list[str]) -> str:
    """What stands before the first part of a value: parts of a list's item begin behind its dash."""
    if lead.endswith("-"):
        return f"{lead} "
    lines.append(lead)
    return indent


def _block(text: str, indent: str) -> str:
    if _NO_BLOCK.search(text):
        return inline(text)
    end = "-" if not text.endswith("\n") else "+" if text.endswith("\n\n") else ""
    body = text.removesuffix("\n").split("\n")
    return "\n".join([f"|{end}", *(f"{indent}{line}" if line else "" for line in body)])


def _atom(value: Content) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float() if isfinite(value):
            plain = f"{Decimal(repr(value)):f}"  # an exponent without a point is text to YAML 1.1
            return plain if "." in plain else f"{plain}.0"
        case list() | tuple():
            return "[]"
        case Mapping():
            return "{}"
        case _:
            raise TypeError(f"{value!r} has no place in a rule file")


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    code = ord(character)
    return _SHORT.get(character) or (f"\\u{code:04x}" if code < 1 << 16 else f"\\U{code:08x}")
