"""A bad document of the handbook: every fault at once, each at its file, line and path."""

import pytest

from slo.handbook.load import load_alerts, load_promises
from slo.table.fault import Invalid
from tests.slo.handbook.documents import ALERTS, PROMISES, changed

EXPR = "expr: max by (pod) (orders_waiting) > 10"
SERIES = 'series: orders_waiting{pod="till-0"}'
COURSE = "is none of a number, +number (a counter), now-seconds (a timestamp) and absent"
SIGNALS = "h.yaml:15: alerts[0].signals: "
SIGNAL = "      - name: waiting\n"
ONE_SERIES = "one series is needed: every label has one value, written with ="
NAMESPACE = "is needed exactly where `by` does not hold it"
SOURCE = "is needed exactly where there is a metric"
ONE = "exactly one of `alert` and `not_observable` is needed"
VALUE = "waiting: its proof needs `value` exactly where the description shows $value"
TWICE = (
    f"{SIGNAL}        expr: up > 0\n        for: 0s\n        proof: {{series: [{{series: up, quiet: 0, firing: 1}}], "
)

ALERT_FAULTS = [
    ("    area: shop\n    alert: QueueFull", "    alert: QueueFull", ["h.yaml:2: alerts[0].area: is missing"]),
    ("P3", "P5", ["h.yaml:10: alerts[0].priority: is none of 'P1', 'P2', 'P3' or 'P4'"]),
    ("priority:", "priorty:", [
        "h.yaml:2: alerts[0].priority: is missing",
        "h.yaml:10: alerts[0].priorty: unknown key; did you mean priority?",
    ]),
    ("    namespace: shop\n", "", [f"h.yaml:2: alerts[0].namespace: {NAMESPACE}"]),
    ("by: [pod]", "by: [pod, namespace]", [
        f"h.yaml:8: alerts[0].namespace: {NAMESPACE}",
        f"{SIGNALS}waiting: the labels of its proof lack namespace",
    ]),
    ("by: [pod]", "by: [pod, le]", ["h.yaml:9: alerts[0].by: `le` is the bound of a bucket, no instance"]),
    ("by: [pod]", "by: [priority]", [
        "h.yaml:9: alerts[0].by: 'priority' is set by every rule: it cannot tell instances apart",
    ]),
    ("by: [pod]", "by: []", ["h.yaml:5: alerts[0].summary: shows labels that are not in `by`: pod"]),
    ("id: PA2", "id: PA1", ["h.yaml:26: alerts[1].id: 'PA1' is taken by line 2"]),
    ("alert: OrdersFailing", "alert: QueueFull", ["h.yaml:28: alerts[1].alert: 'QueueFull' is taken by line 4"]),
    ("id: PA1", "id: one", ["h.yaml:2: alerts[0].id: does not match ^[A-Z]A[0-9]+$"]),
    ("row: S1", "row: S1\n    priority: P1", ["h.yaml:30: alerts[1].priority: does not belong here"]),
    (EXPR, "expr: max(", ["h.yaml:17: alerts[0].signals[0].expr: unclosed left parenthesis"]),
    (EXPR, "expr: orders_waiting[5m]", [
        "h.yaml:17: alerts[0].signals[0].expr: expected type vector in aggregation expression, got matrix",
    ]),
    (EXPR, "expr: 5 > bool 3", [
        "h.yaml:17: alerts[0].signals[0].expr: expected type vector in aggregation expression, got scalar",
    ]),
    (EXPR, "expr: max by (pod) (orders) > 10", [
        f"{SIGNALS}waiting: no expression reads orders_waiting, which its proof holds",
    ]),
    ("query: orders_waiting > 10", "query: rate(orders_waiting)", [
        "h.yaml:14: alerts[0].verification.query: expected type matrix in call to function 'rate', got vector",
    ]),
    ("for: 2m", "for: soon", [
        "h.yaml:18: alerts[0].signals[0].for: 'soon' is not a duration such as 30s, 5m, 6h, 1d or 1h30m",
    ]),
    ("quiet: 9.6", "quiet: many", [f"h.yaml:22: alerts[0].signals[0].proof.series[0].quiet: 'many' {COURSE}"]),
    ("quiet: 9.6", "quiet: now-1h", [f"h.yaml:22: alerts[0].signals[0].proof.series[0].quiet: 'now-1h' {COURSE}"]),
    (SERIES, 'series: orders_waiting{pod=~"till-.*"}', [
        f"h.yaml:21: alerts[0].signals[0].proof.series[0].series: {ONE_SERIES}",
    ]),
    ('          value: "10.4"\n', "", [f"{SIGNALS}{VALUE}"]),
    ("{{ $value | humanize }}", "Ten", [f"{SIGNALS}{VALUE}"]),
    ("{{ $value | humanize }}", "{{ $value | title }}", [
        "h.yaml:6: alerts[0].description: {{ $value | title }} is neither {{ $labels.x }} nor {{ $value | humanize }}",
    ]),
    ("{{ $value | humanize }}", "{{ $value", ["h.yaml:6: alerts[0].description: {{ is never closed"]),
    ("{{ $labels.pod }}", "{{ $value }}", ["h.yaml:5: alerts[0].summary: only the description may show $value"]),
    ("labels: {pod: till-0}", "labels: {}", [f"{SIGNALS}waiting: the labels of its proof lack pod"]),
    ("labels: {pod: till-0}", "labels: []", ["h.yaml:24: alerts[0].signals[0].proof.labels: must be a mapping"]),
    (SIGNAL, f"{SIGNAL}        name: again\n", [
        "h.yaml:17: alerts[0].signals[0].name: the key stands at line 16 already",
    ]),
    (SIGNAL, f"{TWICE}labels: {{pod: till-1}}, value: 1}}\n{SIGNAL}", [f"{SIGNALS}waiting is listed twice"]),
    ("[QueueFull, OrdersFailing]", "[]", ["h.yaml:38: incidents[0].alerts: needs at least 1"]),
    ("incidents:", "incident:", ["h.yaml:32: incident: unknown key; did you mean incidents?"]),
    ("alerts:\n", "alerts: none\nsignals:\n", [
        "h.yaml:1: alerts: must be a list",
        "h.yaml:2: signals: does not belong here",
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), ALERT_FAULTS)
def test_a_fault_of_an_alert_is_named_at_its_place(old: str, new: str, expected: list[str]) -> None:
    with pytest.raises(Invalid) as invalid:
        load_alerts("h.yaml", changed(ALERTS, (old, new)))
    assert [str(fault) for fault in invalid.value.faults] == expected


PROMISE_FAULTS = [
    ("id: X1-till", "id: X2-till", ["h.yaml:2: promises[0].id: starts with the promise it belongs to, X1"]),
    ("promise: X2", "promise: Y2", ["h.yaml:28: promises[1].promise: does not match ^[XM][0-9]+$"]),
    ("    source: the till\n", "", [f"h.yaml:2: promises[0].source: {SOURCE}"]),
    ("    metric: till_lag_seconds\n", "", [f"h.yaml:8: promises[0].source: {SOURCE}"]),
    ("metric: till_lag_seconds", "metric: till_delay", ["h.yaml:11: promises[0].alert: no signal reads till_delay"]),
    ("    not_observable: the witness must be asked by a probe\n", "", [
        f"h.yaml:27: promises[1].not_observable: {ONE}",
    ]),
    ("bound: 60s", "bound: 60s\n    not_observable: never", [f"h.yaml:8: promises[0].not_observable: {ONE}"]),
    ("P3", "none", ["h.yaml:17: promises[0].alert.priority: is none of 'P1', 'P2', 'P3' or 'P4'"]),
    ("promises:", "promises: []\nother:", ["h.yaml:1: promises: needs at least 1", "h.yaml:2: other: unknown key"]),
    ("  - id: X2\n    promise: X2", "  - id: X1-till\n    promise: X1", [
        "h.yaml:27: promises[1].id: 'X1-till' is taken by line 2",
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), PROMISE_FAULTS)
def test_a_fault_of_a_promise_is_named_at_its_place(old: str, new: str, expected: list[str]) -> None:
    with pytest.raises(Invalid) as invalid:
        load_promises("h.yaml", changed(PROMISES, (old, new)))
    assert [str(fault) for fault in invalid.value.faults] == expected


def test_faults_of_all_items_are_told_at_once() -> None:
    changes = (("P3", "high"), ("for: 2m", "for: soon"), ("row: S1", "row: ''"), ("name: Shop closed", "name: ''"))
    with pytest.raises(Invalid) as invalid:
        load_alerts("h.yaml", changed(ALERTS, *changes))
    assert [(fault.line, fault.path) for fault in invalid.value.faults] == [
        (10, "alerts[0].priority"),
        (18, "alerts[0].signals[0].for"),
        (29, "alerts[1].row"),
        (34, "incidents[0].name"),
    ]


@pytest.mark.parametrize("load", [load_alerts, load_promises])
@pytest.mark.parametrize(("content", "message"), [(b"", "the file is empty"), (b"\xff", "not UTF-8")])
def test_what_is_no_document_is_told(load: object, content: bytes, message: str) -> None:
    assert callable(load)
    with pytest.raises(Invalid) as invalid:
        load("h.yaml", content)
    assert str(invalid.value) == f"h.yaml:1: {message}"


def test_good_documents_load_in_their_order() -> None:
    handbook = load_alerts("h.yaml", ALERTS.encode())
    assert [alert.id for alert in handbook.alerts] == ["PA1", "PA2"]
    assert [alert.id for alert in handbook.own] == ["PA1"]
    assert [incident.id for incident in handbook.incidents] == ["I1"]
    assert [promise.id for promise in load_promises("h.yaml", PROMISES.encode())] == ["X1-till", "X2"]
