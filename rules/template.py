"""Pieces of the Go templates that Prometheus fills annotations in with.

    {{ with query `…` }}{{ . | first | value | humanizePercentage }}{{ else }}…{{ end }}

Queries are PromQL trees. `instance_matchers` pick the instance of the alert in them; the template fills its values in,
quoted as Go and PromQL both quote strings.
"""

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

from rules.promql import Expr, quoted, text
from slo.selector import Matcher

Format: TypeAlias = Literal["humanize", "humanizePercentage", "humanizeDuration", 'printf "%.1f%%"']

_BRACES: Final = '{{ "{{" }}'
_QUOTED: Final = "%[{}]q"


def literal(words: str) -> str:
    """Text that the template leaves as it is."""
    return words.replace("{{", _BRACES)


def unescaped(words: str) -> str:
    """What the template makes of a literal."""
    return words.replace(_BRACES, "{{")


def label(name: str) -> str:
    """The value of a label of the alert."""
    return f"{{{{ $labels.{name} }}}}"


def shown(form: Format) -> str:
    """The value of the alert."""
    return f"{{{{ $value | {form} }}}}"


def instance_matchers(by: Sequence[str]) -> tuple[Matcher, ...]:
    """Matchers that pick the alert's own instance in a query."""
    return tuple(Matcher(name, "=", _QUOTED.format(place)) for place, name in enumerate(by, start=1))


def first(query: Expr, by: Sequence[str], form: Format, before: str, after: str, otherwise: str = "") -> str:
    """The first value that a query of the alert's instance yields, between two texts; without one, `otherwise`."""
    value = f"{{{{ . | first | value | {form} }}}}"
    end = f"{{{{ else }}}}{otherwise}{{{{ end }}}}" if otherwise else "{{ end }}"
    return f"{{{{ with {_asked(query, by)} }}}}{before}{value}{after}{end}"


def listed(query: Expr, labels: Sequence[str], form: Format) -> str:
    """Every series that a query yields, as `label label value`, with commas between."""
    known = " ".join(f"{{{{ .Labels.{name} }}}}" for name in labels)
    comma = "{{ if $index }}, {{ end }}"
    return f"{{{{ range $index, $each := {_asked(query, ())} }}}}{comma}{known} {{{{ .Value | {form} }}}}{{{{ end }}}}"


def _asked(query: Expr, by: Sequence[str]) -> str:
    # A raw string in backquotes: no row can hold one in a label value or an id.
    promql = text(query)
    if not by:
        return f"query `{promql}`"
    for matcher in instance_matchers(by):
        promql = promql.replace(quoted(matcher.value), matcher.value)
    values = " ".join(f"$labels.{name}" for name in by)
    return f"printf `{promql}` {values} | query"
