"""What an evaluation asks of a server beforehand: each thing once, as far back as something reads it, no further."""

import pytest

from emberline.evaluation import demand, reach
from emberline.sources.keep import RETENTION
from native.ranges import PROM_2_42
from slo.duration import Duration
from slo.plan import Plan, plan
from slo.selector import parse_selector
from slo.table.load import load
from tests.rules.plans import shipped_plan, shipped_plans
from tests.slo.rows import LATENCY, PROMQL, RATIO, SLICE, table

AT = 1_700_000_040_000
MINUTE = 60_000


def row(text: str) -> Plan:
    (found,) = load({"t.yaml": table(text)})
    return plan(found)


def ago(length: str, minutes: int = 0) -> int:
    return AT - Duration.parse(length).ms - minutes * MINUTE


def test_counters_are_read_back_to_the_first_window_of_the_period() -> None:
    """The period is looked at for half an hour; its first evaluation is a minute within it."""
    found = demand([row(RATIO)], AT)
    assert found.ranges == {selector: ago("30d34m") for selector in row(RATIO).selectors}
    assert (found.instants, found.expressions) == ((), ())


def test_the_bucket_of_a_static_alert_is_read_for_its_own_window() -> None:
    """Alerts are replayed for six hours and the longest hold: here 46 minutes of missing data."""
    found = {selector.le: start for selector, start in demand([row(LATENCY)], AT).ranges.items()}
    assert {str(bound): start for bound, start in found.items()} == {
        "None": ago("30d34m"),
        "0.5": ago("30d34m"),
        "1": ago("6h51m"),
    }


def test_gauges_are_read_at_every_evaluation() -> None:
    found = demand([row(SLICE)], AT)
    assert found.ranges == {}
    assert [selector.metric for selector, _ in found.instants] == ["staff", "customers"]
    assert {(grid.end, grid.step, grid.count) for _, grid in found.instants} == {(AT, MINUTE, 43_230)}


def test_what_has_a_rate_or_is_held_is_read_raw_and_whether_it_exists_for_as_long_as_alerts_are_replayed() -> None:
    found = demand([shipped_plan("A2")], AT)
    running = parse_selector("vllm:num_requests_running")
    assert found.ranges == {selector: ago("30d34m") for selector in shipped_plan("A2").selectors}
    assert dict(found.instants)[running].count == 6 * 60 + 46 + 1


def test_expressions_are_read_at_every_evaluation_of_the_replay_and_over_the_period_for_half_an_hour() -> None:
    expressions = demand([row(PROMQL)], AT).expressions
    counts = {text.split("[")[1].split("]")[0]: grid.count for text, grid in expressions}
    assert counts.pop("30d") == 31
    assert counts == dict.fromkeys(("5m", "30m", "1h", "2h", "6h", "1d", "3d"), 6 * 60 + 11 + 1)


def test_rows_share_what_they_read() -> None:
    shared = demand(shipped_plans(), AT)
    keys = [selector for selector, _ in shared.instants]
    assert len(keys) == len(set(keys))
    longest = dict(shared.instants)[parse_selector("vllm:num_requests_running")]
    assert longest.count == 43_230, "A5 reads it for the whole period, A2 whether it exists"


@pytest.mark.parametrize("texts", [(RATIO,), (LATENCY,), (SLICE,), (RATIO, LATENCY, SLICE, PROMQL)])
def test_the_reach_of_raw_samples_is_within_what_is_kept(texts: tuple[str, ...]) -> None:
    plans = [row(text) for text in texts]
    assert Duration.parse("30d34m") <= reach(plans) <= RETENTION


def test_closed_windows_hold_one_evaluation_more() -> None:
    left, closed = (demand([row(SLICE)], AT, *profile).instants[0][1].count for profile in ((), (PROM_2_42,)))
    assert closed == left + 1
    (start, *_), (earlier, *_) = (demand([row(RATIO)], AT, *p).ranges.values() for p in ((), (PROM_2_42,)))
    assert start - earlier == MINUTE + 1
