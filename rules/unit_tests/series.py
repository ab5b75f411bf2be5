"""Concrete counter series that selectors pick: label values are found in the selectors' own matchers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Final

from rules.unit_tests.witness import witnesses
from slo.selector import Labels, Selector, labels_of

_ANY: Final = "other"
"""A value for labels of which a matcher only says what they are not."""
_TRIES: Final = 4096


@dataclass(frozen=True, slots=True, order=True)
class Counter:
    """One counter series."""

    metric: str
    labels: Labels

    def counts_for(self, selector: Selector) -> bool:
        """Whether the selector picks it."""
        return selector.matches(self.metric, dict(self.labels))


def instances(selectors: Sequence[Selector], by: Sequence[str]) -> Iterator[Labels]:
    """Combinations of `by` labels that the selectors may have."""
    values = [[value for value in _values(selectors, label) if value] for label in by]
    for combination in islice(product(*values), _TRIES):
        yield labels_of(zip(by, combination, strict=True))


def counters(selector: Selector, avoid: Sequence[Selector], instance: Labels) -> tuple[Counter, ...]:
    """A series of an instance that `selector` picks and none of `avoid` does, under every spelling of its bucket bound.

    Empty where there is none.
    """
    related = [selector, *(other for other in avoid if other.metric == selector.metric)]
    names = sorted({matcher.label for each in related for matcher in each.conditions} - dict(instance).keys())
    combinations = islice(product(*(_values(related, name) for name in names)), _TRIES)
    candidates = (
        Counter(selector.metric, labels_of((*instance, *zip(names, each, strict=True)))) for each in combinations
    )
    fitting = [each for each in candidates if each.counts_for(selector) and not any(map(each.counts_for, avoid))]
    return tuple(each for each in fitting if _without_bound(each) == _without_bound(fitting[0]))


def decoys(counter: Counter, selectors: Sequence[Selector]) -> tuple[Counter, ...]:
    """Series that none of the selectors picks, each by one label: they show where a rule lost a matcher on it."""
    related = [each for each in selectors if each.metric == counter.metric]
    found: list[Counter] = []
    for label in sorted({matcher.label for each in related for matcher in each.conditions}):
        others = (
            Counter(counter.metric, labels_of({**dict(counter.labels), label: value}))
            for value in ("+Inf", *_values(related, label), "decoy")
            if value != "+Inf" or label == "le"
        )
        found += islice((each for each in others if not any(map(each.counts_for, related))), 1)
    return tuple(found)


def replicas(counter: Counter) -> tuple[Counter, Counter]:
    """The same series from two replicas."""
    name = next(each for each in ("replica", "replica_") if each not in dict(counter.labels))
    first, second = (Counter(counter.metric, labels_of({**dict(counter.labels), name: each})) for each in "ab")
    return first, second


def _without_bound(counter: Counter) -> Labels:
    return tuple(pair for pair in counter.labels if pair[0] != "le")


def _values(selectors: Sequence[Selector], label: str) -> tuple[str, ...]:
    found = [matcher for each in selectors for matcher in each.conditions if matcher.label == label]
    exact = [matcher.value for matcher in found if matcher.op in ("=", "!=")]
    matched = [word for matcher in found if matcher.op in ("=~", "!~") for word in witnesses(matcher.value)]
    return tuple(dict.fromkeys([*exact, *matched, _ANY]))
