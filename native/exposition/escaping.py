"""Names beyond the classic characters, spelt with them: the escaping schemes of Prometheus' content negotiation."""

import re
from collections.abc import Iterable, Iterator

from native.exposition.spelling import LABEL, METRIC
from native.exposition.wire import Escaping

_METRIC_CHARACTER = re.compile("[a-zA-Z0-9_:]")
_LABEL_CHARACTER = re.compile("[a-zA-Z0-9_]")


def escape_name(name: str, scheme: Escaping) -> str:
    """A metric name in an escaping scheme, as `model.EscapeName` of prometheus/common spells it.

    `underscores` puts a `_` for every other character; `dots` writes `_dot_` for a dot, and `__` for an underscore and
    for any other character; `values` can be undone: `U__`, then `__` for an underscore and the code point between two
    underscores for any other character. `dots` changes the underscores of classic names too, the other two do not
    touch those.
    """
    if scheme == "allow-utf-8" or (scheme != "dots" and METRIC.fullmatch(name.encode())):
        return name
    return _escape(name, scheme, _METRIC_CHARACTER)


def _escape(name: str, scheme: Escaping, plain: re.Pattern[str]) -> str:
    prefix = "U__" if scheme == "values" and name else ""
    return prefix + "".join(_escaped(name, scheme, plain))


def _escaped(name: str, scheme: Escaping, plain: re.Pattern[str]) -> Iterator[str]:
    for at, character in enumerate(name):
        if character == "_":
            yield "_" if scheme == "underscores" else "__"
        elif character == "." and scheme == "dots":
            yield "_dot_"
        elif plain.match(character) and (at or not character.isdigit()):
            yield character
        elif scheme == "values":
            yield f"_{ord(character):x}_"
        else:
            yield "_" if scheme == "underscores" else "__"


def metric_names(names: Iterable[str], scheme: Escaping) -> dict[str, str]:
    """Each of the family names of a page in its spelling, no two alike.

    A classic name stays as it is. One that would be spelt as such a name, or as another before it, is spelt in the
    scheme `values`; a ValueError says when that is taken too.
    """
    return _distinct(names, scheme, METRIC, _METRIC_CHARACTER, set())


def label_names(names: Iterable[str], scheme: Escaping) -> dict[str, str]:
    """The same for the label names of one family, where a colon is no classic character."""
    return _distinct(names, scheme, LABEL, _LABEL_CHARACTER, {"__name__"})


def _distinct(
    names: Iterable[str], scheme: Escaping, classic: re.Pattern[bytes], plain: re.Pattern[str], reserved: set[str]
) -> dict[str, str]:
    distinct = tuple(dict.fromkeys(names))
    if scheme == "allow-utf-8":
        return dict(zip(distinct, distinct, strict=True))
    spelt = {name: name for name in distinct if classic.fullmatch(name.encode())}
    taken = reserved.union(spelt)
    for name in distinct:
        if name not in spelt:
            candidates = (_escape(name, scheme, plain), _escape(name, "values", plain))
            spelt[name] = _free(name, candidates, taken)
            taken.add(spelt[name])
    return spelt


def _free(name: str, candidates: Iterable[str], taken: set[str]) -> str:
    found = next((candidate for candidate in candidates if candidate not in taken), None)
    if found is None:
        message = f"{name!r} cannot be told from another name once it is escaped"
        raise ValueError(message)
    return found
