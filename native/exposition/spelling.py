"""Text as it stands on the wire: escapes, quoted names, keys of series, numbers."""

import re
from math import copysign, inf, isfinite, nextafter

from native.exposition.model import Labels

METRIC = re.compile(rb"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL = re.compile(rb"[a-zA-Z_][a-zA-Z0-9_]*")
QUOTED = re.compile(rb'"((?:[^"\\\n]|\\[^\n])*)"')

_TERM = re.compile(
    rb'(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[a-zA-Z_][a-zA-Z0-9_]*))'
    rb'(?:[ \t]*=[ \t]*"(?P<value>(?:[^"\\]|\\.)*)")?',
    re.DOTALL,
)
_ESCAPE = re.compile(rb'\\([\\n"])')
_HELP_ESCAPE = re.compile(rb"\\([\\n])")


def _unescaped(match: re.Match[bytes]) -> bytes:
    return b"\n" if match[1] == b"n" else match[1]


def unescape(raw: bytes) -> bytes:
    r"""What stands between quotes, with `\\`, `\"` and `\n` read; any other backslash is itself, as in Prometheus."""
    return _ESCAPE.sub(_unescaped, raw) if b"\\" in raw else raw


def unescape_help(raw: bytes) -> bytes:
    r"""A help text, with `\\` and `\n` read."""
    return _HELP_ESCAPE.sub(_unescaped, raw) if b"\\" in raw else raw


def escape(text: str) -> str:
    """A label value or a name, for between quotes."""
    return escape_help(text).replace('"', '\\"')


def escape_help(text: str) -> str:
    """A help text on one line."""
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def name_of(key: bytes) -> str:
    """The metric name in a well-formed key."""
    plain = METRIC.match(key)
    return plain[0].decode() if plain else split_key(key)[0]


def split_key(key: bytes) -> tuple[str, Labels]:
    """Metric name and labels, in wire order, of a well-formed key such as `up{job="x"}` or `{"a.b", job="x"}`."""
    plain = METRIC.match(key)
    name = plain[0] if plain else b""
    labels = []
    for term in _TERM.finditer(key, plain.end() if plain else 0):
        word = term["plain"] if term["quoted"] is None else unescape(term["quoted"])
        if term["value"] is None:
            name = word
        else:
            labels.append((word.decode(), unescape(term["value"]).decode()))
    return name.decode(), tuple(labels)


def spell_key(name: str, labels: Labels) -> str:
    """The key of a series; a metric name beyond the classic characters stands quoted inside the braces."""
    terms = [f'{_spell_label_name(label)}="{escape(value)}"' for label, value in labels]
    if METRIC.fullmatch(name.encode()):
        return f"{name}{{{','.join(terms)}}}" if terms else name
    return f"{{{','.join([spell_name(name), *terms])}}}"


def spell_name(name: str) -> str:
    """A metric name as it stands after HELP and TYPE."""
    return name if METRIC.fullmatch(name.encode()) else f'"{escape(name)}"'


def _spell_label_name(name: str) -> str:
    return name if LABEL.fullmatch(name.encode()) else f'"{escape(name)}"'


# Go's %g takes the exponent form outside these powers of ten when it prints the shortest digits.
_FIXED_POWERS = range(-4, 6)


def spell_number(value: float) -> str:
    """The shortest decimal that reads back as the same float, in the form of Go's `strconv` 'g': `1`, `0.5`, `1e+06`.

    So do Prometheus' own pages, with one exception: they print -0 as `0`, which loses the sign. A NaN
    is `NaN` whatever its payload.
    """
    if not isfinite(value):
        return "NaN" if value != value else "+Inf" if value == inf else "-Inf"  # noqa: PLR0124 - NaN test
    if value == 0:
        return repr(value)[:-2]
    sign = "-" if value < 0 else ""
    digits, power = _decimal(abs(value))
    if power not in _FIXED_POWERS:
        fraction = f".{digits[1:]}" if len(digits) > 1 else ""
        return f"{sign}{digits[0]}{fraction}e{power:+03d}"
    if power < 0:
        return f"{sign}0.{'0' * (-power - 1)}{digits}"
    whole, fraction = digits[: power + 1].ljust(power + 1, "0"), digits[power + 1 :]
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


_REAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_WORD = re.compile(r"[+-]?inf(?:inity)?|nan", re.IGNORECASE)


def canonical(text: str) -> str:
    """A bound or quantile as OpenMetrics and Prometheus 3 write it: `5` and `5.0` are `5.0`, `1000000` is `1e+06`.

    Text that Go would not read as a number stays as it is.
    """
    if not (_REAL.fullmatch(text) or _WORD.fullmatch(text)):
        return text
    number = float(text)
    if not isfinite(number):
        return spell_number(number) if _WORD.fullmatch(text) else text
    spelt = spell_number(abs(number) if number == 0 else number)
    return spelt if "." in spelt or "e" in spelt else f"{spelt}.0"


def spell_seconds(milliseconds: int) -> str | None:
    """A time in seconds that Prometheus, which multiplies by 1000 and cuts, reads back as the same millisecond.

    Where the nearest float falls short of it, the next one does. None: no float is near enough.
    """
    nearest = milliseconds / 1000
    for seconds in (nearest, nextafter(nearest, copysign(inf, milliseconds))):
        if int(seconds * 1000) == milliseconds:
            return repr(seconds)
    return None


def _decimal(value: float) -> tuple[str, int]:
    """The shortest digits of a positive number, and the power of ten of the first."""
    mantissa, _, exponent = repr(value).partition("e")
    whole, _, fraction = mantissa.partition(".")
    power = len(whole) - 1 + int(exponent or 0)
    digits = (whole + fraction).lstrip("0")
    power -= len(whole + fraction) - len(digits)
    return digits.rstrip("0"), power
