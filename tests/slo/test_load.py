"""A bad table: every fault at once, each at its file, line and path."""

import pytest

from slo.table.fault import Invalid
from slo.table.load import load
from tests.slo.rows import LATENCY, PROMQL, RATIO, SLICE, changed, table


def faults(**files: bytes) -> list[str]:
    with pytest.raises(Invalid) as invalid:
        load({f"{name}.yaml": content for name, content in files.items()})
    return [str(fault) for fault in invalid.value.faults]


def test_good_rows_of_every_kind_load_in_their_order() -> None:
    found = load({"a.yaml": table(SLICE, RATIO), "b.yaml": table(LATENCY, PROMQL)})
    assert [slo.id for slo in found] == ["S3", "S1", "S2", "S4"]
    assert {slo.area for slo in found} == {"shop"}


NEVER = "could never fire: f·b = 14.4 · 0.07 = 1.008 >= 1"
EXAMPLE = 'requests_total{code="500"}'
PATTERN = "of a pattern; write it as RE2 and Python both understand it"
BOUNDS = "`below` or `errors_above`"
CHOOSE = "choose `at: below`, above or between"
RATIO_FAULTS = [
    ("    objective:", "    objectiv:", [
        "t.yaml:3: slos[0].objective: is missing",
        "t.yaml:6: slos[0].objectiv: unknown key; did you mean objective?",
    ]),
    ("99.9%\n", "99.9%\n    colour: red\n", ["t.yaml:7: slos[0].colour: unknown key"]),
    ("99.9%\n", "99.9%\n    b c: red\n", ["t.yaml:7: slos[0]['b c']: unknown key"]),
    ("99.9%", "99.9", ["t.yaml:6: slos[0].objective: 99.9 is not between 0 and 1, both excluded: 99.9% perhaps?"]),
    ("99.9%", "1.0", ["t.yaml:6: slos[0].objective: 1.0 is not between 0 and 1, both excluded: 1.0% perhaps?"]),
    ("99.9%", "0", ["t.yaml:6: slos[0].objective: 0 is not between 0 and 1, both excluded"]),
    ("99.9%", "100%", ["t.yaml:6: slos[0].objective: 100% is not between 0 and 1, both excluded"]),
    ("99.9%", "high", ["t.yaml:6: slos[0].objective: 'high' is not a number"]),
    ("99.9%", "nan", ["t.yaml:6: slos[0].objective: 'nan' is not a number"]),
    ("99.9%", "93%", [
        f"t.yaml:6: slos[0].objective: the page over 1h and 5m {NEVER}",
    ]),
    ("99.9%\n", "99.9%\n    window: 30 days\n", [
        "t.yaml:7: slos[0].window: '30 days' is not a duration such as 30s, 5m, 6h, 1d or 1h30m",
    ]),
    ("99.9%\n", "99.9%\n    window: 3d\n", ["t.yaml:7: slos[0].window: 3d is too short: alerts look back 3d"]),
    ("99.9%\n", "99.9%\n    window: 400y\n", ["t.yaml:7: slos[0].window: 400y is longer than Prometheus can count"]),
    ("for: 5m", "for: 5", [
        "t.yaml:18: slos[0].alert.for: '5' is not a duration such as 30s, 5m, 6h, 1d or 1h30m",
    ]),
    ("for: 5m", "for: 5m\n      window: 0s", ["t.yaml:19: slos[0].alert.window: must be longer than zero"]),
    ("for: 5m", "for: 5m\n      window: 30d", [
        "t.yaml:19: slos[0].alert.window: 30d is not shorter than the period 30d",
    ]),
    ("99.9%\n", "99.9%\n    by: [code, le]\n", ["t.yaml:7: slos[0].by: `le` is the bound of a bucket, no instance"]),
    ("99.9%\n", "99.9%\n    by: [code, code]\n", ["t.yaml:7: slos[0].by: a label is listed twice"]),
    ("99.9%\n", "99.9%\n    by: [a-b]\n", ["t.yaml:7: slos[0].by: 'a-b' is not a label name"]),
    ("99.9%\n", "99.9%\n    by: [Inf]\n", [
        "t.yaml:7: slos[0].by: 'Inf' is a word of PromQL, by which nothing can be grouped",
    ]),
    ("99.9%\n", "99.9%\n    by: [without]\n", [
        "t.yaml:7: slos[0].by: 'without' is a word of PromQL, by which nothing can be grouped",
    ]),
    ("99.9%\n", "99.9%\n    by: [severity]\n", [
        "t.yaml:7: slos[0].by: 'severity' is set by every rule: it cannot tell instances apart",
    ]),
    ("99.9%\n", "99.9%\n    by: code\n", ["t.yaml:7: slos[0].by: must be a list"]),
    ('bad: orders_total{code="500"}', "bad: orders_total{code=}", [
        "t.yaml:13: slos[0].indicator.bad: 'orders_total{code=}': invalid promql query",
    ]),
    ('bad: orders_total{code="500"}', "bad: [orders_failed, 'rate(orders[5m])']", [
        "t.yaml:13: slos[0].indicator.bad[1]: 'rate(orders[5m])' is not a selector such as " + EXAMPLE,
    ]),
    ("total: orders_total", "total: orders_total offset 5m", [
        "t.yaml:14: slos[0].indicator.total: 'orders_total offset 5m': offset, @ and `or` have no place in an SLI",
    ]),
    ('      bad: orders_total{code="500"}\n', "", [
        "t.yaml:11: slos[0].indicator: exactly one of `bad` and `good` is needed beside `total`",
    ]),
    ("total: orders_total", "total: orders_total\n      good: orders_taken", [
        "t.yaml:11: slos[0].indicator: exactly one of `bad` and `good` is needed beside `total`",
    ]),
    ("kind: ratio", "kind: ration", [
        "t.yaml:11: slos[0].indicator: kind 'ration' is none of 'ratio', 'latency', 'slice', 'promql'",
    ]),
    ("      kind: ratio\n", "", ["t.yaml:11: slos[0].indicator: `kind` is missing: ratio, latency, slice or promql"]),
    ("total: orders_total", "total: []", ["t.yaml:14: slos[0].indicator.total: needs at least 1"]),
    ('bad: orders_total{code="500"}', "bad: []", ["t.yaml:13: slos[0].indicator.bad: needs at least 1"]),
    ("total: orders_total", "total: ['rate(orders[5m])']", [
        "t.yaml:14: slos[0].indicator.total[0]: 'rate(orders[5m])' is not a selector such as " + EXAMPLE,
    ]),
    ("namespace: shop", "namespace: shop\n    for: 5m", ["t.yaml:8: slos[0].for: does not belong here"]),
    ("namespace: shop", "namespace: shop\n    version: 1", ["t.yaml:8: slos[0].version: unknown key"]),
    ('bad: orders_total{code="500"}', "bad: [lost, late, lost]", [
        "t.yaml:13: slos[0].indicator.bad: lists a selector twice: its events would count double",
    ]),
    ("total: orders_total", r'total: orders_total{code=~"\\pN"}', [
        r"""t.yaml:14: slos[0].indicator.total: 'orders_total{code=~"\\\\pN"}': bad escape \p at position 0 """
        + PATTERN,
    ]),
    ("total: orders_total", "total: orders_total{code=~'[[:digit:]]'}", [
        "t.yaml:14: slos[0].indicator.total: \"orders_total{code=~'[[:digit:]]'}\": Possible nested set at position 1 "
        + PATTERN,
    ]),
    ("total: orders_total", "total: {code: 500}", [
        "t.yaml:14: slos[0].indicator.total: must be text, not a list or mapping",
    ]),
    ("99.9%\n", "[99.9%]\n    window: {a: b}\n", [
        "t.yaml:6: slos[0].objective: must be text, not a list or mapping",
        "t.yaml:7: slos[0].window: must be text, not a list or mapping",
    ]),
    ("    namespace: shop\n", "    namespace: shop\n    area: moon\n", [
        "t.yaml:8: slos[0].area: belongs at the head of the table, for all its rows",
    ]),
    ("below: 99.5%", 'below: 99.5%\n      action: "PA1|.*"', [
        "t.yaml:18: slos[0].alert.action: does not match ^[A-Z]+[0-9]+$",
    ]),
    ("namespace: shop", "namespace: '{{ x'", [
        "t.yaml:7: slos[0].namespace: does not match ^[a-z0-9]([a-z0-9-]*[a-z0-9])?$",
    ]),
    ("below: 99.5%", "slower_than: 1s", [
        "t.yaml:15: slos[0].alert: exactly one bound is needed: `below` or `errors_above`",
        f"t.yaml:17: slos[0].alert.slower_than: does not belong to a ratio row, whose alert has {BOUNDS}",
    ]),
    ("below: 99.5%", "below: 99.5%\n      errors_above: 1%", [
        "t.yaml:15: slos[0].alert: exactly one bound is needed: `below` or `errors_above`",
    ]),
    ("below: 99.5%", "below: 99.5%\n      gated: true", ["t.yaml:18: slos[0].alert.gated: the row has no gate"]),
    ("below: 99.5%", "below: 99.5%\n      gated: perhaps", ["t.yaml:18: slos[0].alert.gated: must be true or false"]),
    ("OrdersFailing", "orders_failing", ["t.yaml:16: slos[0].alert.name: does not match ^[A-Z][A-Za-z0-9]*$"]),
    ("priority: P1", "priority: P3", ["t.yaml:8: slos[0].priority: is none of 'P1' or 'P2'"]),
    ("Orders that are taken.", '""', ["t.yaml:5: slos[0].description: is empty"]),
    ("    name: Availability\n", "    name: Availability\n    name: Latency\n", [
        "t.yaml:5: slos[0].name: the key stands at line 4 already",
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), RATIO_FAULTS, ids=lambda value: str(value).strip()[:30])
def test_a_fault_of_a_ratio_row_is_named_at_its_place(old: str, new: str, expected: list[str]) -> None:
    assert faults(t=table(changed(RATIO, (old, new)))) == expected


BEYOND = "is not below the last finite bucket 2.5: slower events cannot be told apart"
LATENCY_FAULTS = [
    ("threshold: 500ms", "threshold: 2500ms", [f"t.yaml:16: slos[0].indicator.threshold: 2.5 {BEYOND}"]),
    ("threshold: 500ms", "threshold: 3s", [f"t.yaml:16: slos[0].indicator.threshold: 3 {BEYOND}"]),
    ("slower_than: 1s", "slower_than: 2500ms", [f"t.yaml:20: slos[0].alert.slower_than: 2.5 {BEYOND}"]),
    ("threshold: 500ms", "threshold: 300ms", [
        "t.yaml:16: slos[0].indicator.threshold: 0.3 lies between the buckets 0.1 and 0.5: " + CHOOSE,
    ]),
    ("slower_than: 1s", "slower_than: 2s", [
        "t.yaml:20: slos[0].alert.slower_than: 2 lies between the buckets 1 and 2.5: " + CHOOSE,
    ]),
    ("threshold: 500ms", "threshold: 50ms\n      at: between", [
        "t.yaml:16: slos[0].indicator.threshold: 0.05 lies below the first bucket 0.1: only `at: above` is possible",
    ]),
    ("[0.1, 0.5, 1, 2.5]", "[0.1, 1, 0.5]", ["t.yaml:17: slos[0].indicator.buckets: bounds must ascend"]),
    ("[0.1, 0.5, 1, 2.5]", "[0.1, Inf]", ["t.yaml:17: slos[0].indicator.buckets[1]: 'Inf' is not a number"]),
    ("[0.1, 0.5, 1, 2.5]", "[0.1, 0.1, 1]", ["t.yaml:17: slos[0].indicator.buckets: bounds must ascend"]),
    ("[0.1, 0.5, 1, 2.5]", "[[0.1]]", [
        "t.yaml:17: slos[0].indicator.buckets[0]: must be text, not a list or mapping",
    ]),
    ("[0.1, 0.5, 1, 2.5]", "[]", ["t.yaml:17: slos[0].indicator.buckets: needs at least 1"]),
    ("order_seconds", "order_seconds_bucket", [
        "t.yaml:14: slos[0].indicator.histogram: name the histogram itself, order_seconds",
    ]),
    ("order_seconds", 'order_seconds{le="0.5"}', [
        "t.yaml:14: slos[0].indicator.histogram: `threshold` picks the bucket, not a matcher on le",
    ]),
    ("unit: s", "unit: us", ["t.yaml:15: slos[0].indicator.unit: is none of 's' or 'ms'"]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), LATENCY_FAULTS, ids=lambda value: str(value).strip()[:30])
def test_a_fault_of_a_latency_row_is_named_at_its_place(old: str, new: str, expected: list[str]) -> None:
    assert faults(t=table(changed(LATENCY, (old, new)))) == expected
