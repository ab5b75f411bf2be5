"""Alerts, incidents and promises as text for tests: one good item of each kind, and the same with words replaced."""

ALERTS = """\
alerts:
  - id: PA1
    area: shop
    alert: QueueFull
    summary: "{{ $labels.pod }} is full"
    description: "{{ $value | humanize }} orders wait"
    look_first: the till
    namespace: shop
    by: [pod]
    priority: P3
    runbook: runbooks/QueueFull.md
    origin: {component: shop, enable: nothing}
    action: {what: open another till}
    verification: {what: queue, query: orders_waiting > 10}
    signals:
      - name: waiting
        expr: max by (pod) (orders_waiting) > 10
        for: 2m
        proof:
          series:
            - series: orders_waiting{pod="till-0"}
              quiet: 9.6
              firing: 10.4
          labels: {pod: till-0}
          value: "10.4"
  - id: PA2
    area: shop
    alert: OrdersFailing
    row: S1
    action: {what: roll back}
    verification: {what: orders, query: 'orders_total{code="500"} > 0'}
incidents:
  - id: I1
    name: Shop closed
    area: shop
    priority: P1
    runbook: runbooks/I1.md
    alerts: [QueueFull, OrdersFailing]
    what: open it
"""

PROMISES = """\
promises:
  - id: X1-till
    promise: X1
    area: shop
    name: Till replication
    promised: seconds
    bound: 60s
    metric: till_lag_seconds
    source: the till
    origin: {component: shop, enable: nothing}
    alert:
      alert: TillBehind
      summary: The till is behind
      description: It is behind.
      look_first: the till
      namespace: shop
      priority: P3
      runbook: runbooks/X1.md
      signals:
        - name: lag
          expr: max(till_lag_seconds) > 60
          for: 1m
          proof:
            series:
              - {series: till_lag_seconds, quiet: 58, firing: 62}
            labels: {}
  - id: X2
    promise: X2
    area: shop
    name: Witnesses
    promised: two of three agree
    bound: 2 of 3
    origin: {component: shop, enable: nothing}
    not_observable: the witness must be asked by a probe
"""


def changed(text: str, *changes: tuple[str, str]) -> bytes:
    """The text with words replaced, each of which must be there."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text.encode()
