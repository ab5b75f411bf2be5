"""Series and events for an SLI: as bad as asked for when its own selectors count them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.unit_tests.series import Counter
from rules.unit_tests.traffic import Event, traffic
from slo.plan import Plan
from slo.selector import Selector, labels_of
from slo.sli import Counted, Events, Interpolated, Remainder
from tests.rules.plans import event_plans, events, planned
from tests.slo.rows import RATIO, changed


def side(selectors: tuple[Selector, ...], event: Event) -> Fraction:
    """What `sum` over selectors would count."""
    found = [
        share
        for each in selectors
        for counter, share in event.items()
        if each.matches(counter.metric, dict(counter.labels))
    ]
    return sum(found, Fraction(0))


def error_ratio(sli: Events, event: Event) -> Fraction:
    """A twin of the recording rules, in rational numbers."""
    total = side(sli.total, event)
    match sli.bad:
        case Counted(bad):
            return side(bad, event) / total
        case Remainder(good):
            return (total - side(good, event)) / total
        case Interpolated(lower, upper, weight):
            below, within = side((lower,), event), side((upper,), event)
            return (total - (below + (within - below) * Fraction(weight))) / total


MEASURES = [
    pytest.param(sli, id=f"{plan.slo.id}-{kind}")
    for plan in event_plans()
    for kind, sli in (("own", plan.sli), ("static", plan.static))
    if isinstance(sli, Events)
]


@pytest.mark.parametrize("sli", MEASURES)
@given(ratio=st.fractions(0, 1, max_denominator=1000))
def test_traffic_is_as_bad_as_asked_for(sli: Events, ratio: Fraction) -> None:
    event = traffic(sli).event(ratio)
    assert error_ratio(sli, event) == ratio
    assert side(sli.total, event) == 1
    assert min(event.values()) >= 0


@pytest.mark.parametrize("plan", event_plans(), ids=lambda plan: plan.slo.id)
def test_instance_has_every_label_that_tells_instances_apart(plan: Plan) -> None:
    assert tuple(name for name, _ in traffic(events(plan)).instance) == tuple(sorted(plan.slo.by))


def test_every_spelling_of_a_bound_is_a_series_of_its_own() -> None:
    (sli,) = (events(plan) for plan in event_plans() if plan.slo.id == "A1")
    bounds = {dict(counter.labels).get("le") for counter in traffic(sli).good}
    assert bounds == {None, "5", "5.0"}


def test_events_inside_a_bucket_count_in_part() -> None:
    (sli,) = (events(plan) for plan in event_plans() if plan.slo.id == "A6")
    found = traffic(sli)
    assert found.partly not in (found.bad, found.good)
    assert found.weight == 1 - Fraction("0.5625")  # 50 ms between 32 and 64


def test_counters_of_other_metrics_move_together() -> None:
    (plan,) = planned(changed(RATIO, ('bad: orders_total{code="500"}', "bad: errors_total")))
    found = traffic(events(plan))
    errors, orders = Counter("errors_total", ()), Counter("orders_total", ())
    one = Fraction(1)
    assert (found.bad, found.good) == ({errors: one, orders: one}, {orders: one})


def test_an_empty_label_is_no_label() -> None:
    (plan,) = planned(changed(RATIO, ('bad: orders_total{code="500"}', 'good: orders_total{error=~"|declined"}')))
    found = traffic(events(plan))
    assert list(found.good) == [Counter("orders_total", ())]
    assert list(found.bad) == [Counter("orders_total", labels_of({"error": "other"}))]


@pytest.mark.parametrize(
    "sides",
    [
        ("orders_total", "orders_total"),
        ('orders_total{code=~"5..",code!~".*"}', "orders_total"),
    ],
)
def test_selectors_that_cannot_tell_good_from_bad_are_refused(sides: tuple[str, str]) -> None:
    bad, total = sides
    row = changed(
        RATIO, ('bad: orders_total{code="500"}', f"bad: '{bad}'"), ("total: orders_total", f"total: '{total}'")
    )
    (plan,) = planned(row)
    with pytest.raises(ValueError, match="good and a bad event"):
        traffic(events(plan))
