"""Laws of what a table's texts mean: they survive printing, and a bucket is found however its bound is spelt."""

from collections.abc import Iterator
from decimal import Decimal
from math import nextafter

import promql_parser
from hypothesis import assume, example, given
from hypothesis import strategies as st

from rules.promql.printer import text
from rules.promql.tree import vector
from slo.duration import Duration
from slo.policy import WORKBOOK
from slo.selector import Matcher, Selector, le_matcher, parse_selector

UNITS = (("y", 365), ("w", 7), ("d", 1))
DAY = 86_400_000
LONGEST = (2**63 - 1) // 1_000_000

labels = st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True)
printable = st.text(max_size=20).filter(str.isprintable)
patterns = st.sampled_from(["a|b", "", ".*x.*", "2..", "a\\.b", "/r/{x}/.*", "|ok"])
matchers = st.builds(Matcher, labels, st.sampled_from(["=", "!="]), printable) | st.builds(
    Matcher, labels, st.sampled_from(["=~", "!~"]), patterns
)
selectors = st.builds(Selector, labels.map("metric:{}_total".format), st.lists(matchers, max_size=4).map(tuple))
bounds = st.floats(1e-9, 1e9) | st.integers(1, 10**9).map(float) | st.sampled_from([0.1 + 0.2, 1.5e-05, 1000 + 2e-13])


def go(value: float) -> str:
    """As Go's `%g` in its shortest form, which clients in Go and Prometheus 3 use: an `e` below -4 and from 6 on."""
    shortest = Decimal(repr(value)).normalize()
    if -4 <= shortest.adjusted() < 6:
        return f"{shortest:f}"
    mantissa = shortest.scaleb(-shortest.adjusted())
    return f"{mantissa:f}e{shortest.adjusted():+03d}"


def spellings(value: float) -> Iterator[str]:
    """Go, Prometheus 3, Python and Rust clients; a computed bound also one bit away, as another library has it."""
    computed = len(Decimal(repr(value)).normalize().as_tuple().digits) > 6 and not value.is_integer()
    for near in (value, nextafter(value, 0), nextafter(value, 2 * value)) if computed else (value,):
        yield go(near)
        yield go(near) if "e" in go(near) or "." in go(near) else f"{go(near)}.0"
        yield repr(near)
        yield f"{Decimal(repr(near)):f}"


@given(st.integers(0, LONGEST))
@example(0)
@example(LONGEST)
def test_a_duration_reads_back_as_it_prints(ms: int) -> None:
    assert Duration.parse(str(Duration(ms))) == Duration(ms)


@given(st.integers(0, 99), st.integers(0, 51), st.integers(0, 6))
def test_the_parts_of_a_duration_add_up(years: int, weeks: int, days: int) -> None:
    assume(years or weeks or days)
    counts = zip((years, weeks, days), UNITS, strict=True)
    written = "".join(f"{count}{unit}" for count, (unit, _) in counts if count)
    assert Duration.parse(written).ms == (365 * years + 7 * weeks + days) * DAY


@given(selectors)
def test_a_selector_reads_back_as_it_prints(selector: Selector) -> None:
    assert set(parse_selector(text(vector(selector))).matchers) == set(selector.matchers)


@given(bounds)
def test_a_bucket_is_found_under_every_spelling_of_its_bound(bound: float) -> None:
    matcher = le_matcher(Decimal(repr(bound)))
    assert [spelling for spelling in spellings(bound) if not matcher.matches(spelling)] == []


@given(bounds, st.floats(1e-6, 1))
def test_no_other_bucket_is_found(bound: float, apart: float) -> None:
    other = bound * (1 + apart)
    assume(not bound.is_integer() or other != bound)
    matcher = le_matcher(Decimal(repr(bound)))
    assert not any(matcher.matches(spelling) for spelling in (go(other), repr(other), "+Inf"))


@given(bounds)
def test_prometheus_takes_the_pattern_of_a_bound(bound: float) -> None:
    written = text(vector(Selector("h_bucket", le=Decimal(repr(bound)))))
    assert isinstance(promql_parser.parse(written), promql_parser.VectorSelector)


@given(st.integers(4, 400))
def test_a_pair_spends_its_share_in_its_long_window(days: int) -> None:
    period = Duration(days * DAY)
    for pair in WORKBOOK.pairs:
        spent = pair.factor(period) * pair.long.ms / period.ms
        assert abs(spent - pair.share) < Decimal("1e-25")


@given(st.integers(4, 400), st.decimals("0.5", "0.9999", places=4))
def test_a_pair_is_refused_exactly_where_a_total_failure_cannot_reach_it(days: int, objective: Decimal) -> None:
    period = Duration(days * DAY)
    reachable = all(pair.factor(period) < 1 / (1 - objective) for pair in WORKBOOK.pairs)
    try:
        WORKBOOK.require_reachable(objective, period)
    except ValueError:
        assert not reachable
    else:
        assert reachable
