"""Selectors of a ratio that count other events than they seem to."""

from collections.abc import Iterable, Iterator

from slo.indicator import RatioIndicator
from slo.selector import Matcher, Selector
from slo.table.finding import Remark


def uncovered(ratio: RatioIndicator) -> Iterator[Remark]:
    """A side that counts events which total does not: the ratio then leaves 0 to 1."""
    for side, selectors in (("bad", ratio.bad or ()), ("good", ratio.good or ())):
        for selector in selectors:
            same = [total for total in ratio.total if total.metric == selector.metric]
            if same and not any(_covers(total, selector) for total in same):
                message = f"counts events of {selector.metric} that `total` leaves out"
                yield Remark(("indicator", side), message, f"{side} / total <= 1 is not certain")


def spelt_bounds(ratio: RatioIndicator) -> Iterator[Remark]:
    """Buckets that are picked by how their bound is spelt."""
    for side, selectors in (("total", ratio.total), ("bad", ratio.bad or ()), ("good", ratio.good or ())):
        for selector in selectors:
            for matcher in selector.matchers:
                if matcher.label == "le":
                    message = "le is spelt differently across versions; a latency row finds its bucket"
                    yield Remark(("indicator", side), message, f'le{matcher.op}"{matcher.value}" knows one spelling')


def _covers(total: Selector, side: Selector) -> bool:
    return all(_implied(matcher, side.matchers) for matcher in total.matchers)


def _implied(matcher: Matcher, given: Iterable[Matcher]) -> bool:
    """Whether `given` may imply `matcher`; of two different patterns that is not known."""
    same = [other for other in given if other.label == matcher.label]
    return any(other == matcher or other.op != "=" or matcher.matches(other.value) for other in same)
