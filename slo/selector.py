"""Which series an SLI reads: a metric name and label matchers, as in a PromQL instant selector."""

import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal, TypeAlias

import promql_parser

from slo.le import spellings

Op: TypeAlias = Literal["=", "!=", "=~", "!~"]
Labels: TypeAlias = tuple[tuple[str, str], ...]
"""Label pairs sorted by name, without `__name__`: the identity of a series or of an SLO instance."""

_OPS: Final[Mapping[str, Op]] = {
    "MatchOp.Equal": "=",
    "MatchOp.NotEqual": "!=",
    "MatchOp.Re": "=~",
    "MatchOp.NotRe": "!~",
}


@lru_cache(maxsize=4096)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.DOTALL | re.ASCII)


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition on a label; an absent label reads as "".

    Regular expressions are anchored at both ends, and their classes of letters and digits are ASCII, as in RE2.
    """

    label: str
    op: Op
    value: str

    def matches(self, value: str) -> bool:
        """Whether a series whose label has `value` passes."""
        if self.op in ("=", "!="):
            return (value == self.value) == (self.op == "=")
        return (_pattern(self.value).fullmatch(value) is not None) == (self.op == "=~")


@dataclass(frozen=True, slots=True)
class Selector:
    """The series of `metric` that pass every matcher; `le` picks one bucket of a classic histogram by its bound.

    `le` is a number in the histogram's own unit. How exporters and Prometheus versions spell it is the
    business of `le_matcher`, which printers and sources share.
    """

    metric: str
    matchers: tuple[Matcher, ...] = ()
    le: Decimal | None = None

    @property
    def conditions(self) -> tuple[Matcher, ...]:
        """Every matcher, the one on `le` last."""
        return self.matchers if self.le is None else (*self.matchers, le_matcher(self.le))

    def matches(self, metric: str, labels: Mapping[str, str]) -> bool:
        """Whether a series belongs to the selection."""
        return metric == self.metric and all(m.matches(labels.get(m.label, "")) for m in self.conditions)

    def suffixed(self, suffix: str, le: Decimal | None = None) -> "Selector":
        """The same selection on `metric` + `suffix`, as `_bucket` and `_count` of a histogram."""
        return replace(self, metric=self.metric + suffix, le=le)


@lru_cache(maxsize=4096)  # equal bounds are spelt alike, and each stands in many rules
def le_matcher(bound: Decimal) -> Matcher:
    """The matcher that finds the bucket `bound` under every spelling of it: an equality where there is but one."""
    pattern = spellings(bound)
    literal = pattern.replace(r"\.", ".")
    if re.escape(literal) == pattern:
        return Matcher("le", "=", literal)
    return Matcher("le", "=~", pattern)


def parse_selector(text: str) -> Selector:
    """Read one PromQL instant selector with a metric name; ValueError tells why it is none."""
    try:
        tree = promql_parser.parse(text)
    except ValueError as error:
        raise ValueError(f"{text!r}: {error}") from error
    if not isinstance(tree, promql_parser.VectorSelector) or tree.name is None:
        msg = f'{text!r} is not a selector such as requests_total{{code="500"}}'
        raise ValueError(msg)
    if tree.offset is not None or tree.at is not None or tree.matchers.or_matchers:
        msg = f"{text!r}: offset, @ and `or` have no place in an SLI"
        raise ValueError(msg)
    found = tuple(Matcher(m.name, _OPS[str(m.op)], m.value) for m in tree.matchers.matchers)
    try:
        _require_patterns(found)
    except (re.error, Warning) as error:
        hint = "write it as RE2 and Python both understand it"
        raise ValueError(f"{text!r}: {error} of a pattern; {hint}") from error
    return Selector(tree.name, found)


def _require_patterns(matchers: Iterable[Matcher]) -> None:
    """Nothing where Python reads every pattern as RE2 does; it warns of brackets that it reads otherwise."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for matcher in matchers:
            matcher.matches("")


def prometheus_order(metric: str, labels: Labels) -> list[tuple[str, str]]:
    """What a Prometheus sorts series by when it returns them and adds them up: the name counts as a label."""
    return sorted((*labels, ("__name__", metric)))


def grouped(labels: Iterable[Labels], by: tuple[str, ...]) -> dict[Labels, list[int]]:
    """The places of label sets that agree in their `by` labels, under those; groups ascend, and so do their places."""
    groups: dict[Labels, list[int]] = {}
    for place, each in enumerate(labels):
        groups.setdefault(tuple(pair for pair in each if pair[0] in by), []).append(place)
    return dict(sorted(groups.items()))


def labels_of(pairs: Mapping[str, str] | Iterable[tuple[str, str]]) -> Labels:
    """Label pairs in canonical order, without the metric name and without empty values."""
    items = pairs.items() if isinstance(pairs, Mapping) else pairs
    return tuple(sorted((k, v) for k, v in items if v and k != "__name__"))
