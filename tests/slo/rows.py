"""Rows as text for tests: one good row of each kind, and the same with lines replaced."""

HEAD = "area: shop\nslos:\n"

RATIO = """\
  - id: S1
    name: Availability
    description: Orders that are taken.
    objective: 99.9%
    namespace: shop
    priority: P1
    runbook: runbooks/S1.md
    origin: {component: shop, enable: nothing}
    indicator:
      kind: ratio
      bad: orders_total{code="500"}
      total: orders_total
    alert:
      name: OrdersFailing
      below: 99.5%
      for: 5m
      priority: P1
"""

LATENCY = """\
  - id: S2
    name: Latency
    description: Orders that are taken in time.
    objective: 95%
    by: [shop]
    namespace: shop
    priority: P2
    runbook: runbooks/S2.md
    origin: {component: shop, enable: nothing}
    indicator:
      kind: latency
      histogram: order_seconds
      unit: s
      threshold: 500ms
      buckets: [0.1, 0.5, 1, 2.5]
    alert:
      name: OrdersSlow
      slower_than: 1s
      for: 5m
      priority: P2
"""

SLICE = """\
  - id: S3
    name: Staff
    description: Time with enough staff.
    objective: 95%
    namespace: shop
    priority: P2
    runbook: runbooks/S3.md
    origin: {component: shop, enable: nothing}
    indicator:
      kind: slice
      metric: staff
      reduce: min
      valid: ">= 0"
      good: "> 3"
      gate: {metric: customers, reduce: sum, when: "> 0"}
    alert:
      name: StaffMissing
      value: "< 2"
      for: 15m
      priority: P3
"""

PROMQL = """\
  - id: S4
    name: Freshness
    description: Share of prices that are fresh.
    objective: 99%
    namespace: shop
    priority: P2
    runbook: runbooks/S4.md
    origin: {component: shop, enable: nothing}
    indicator:
      kind: promql
      error_ratio: sum(rate(stale[$window])) / sum(rate(prices[$window]))
    alert:
      name: PricesStale
      errors_above: 10%
      for: 5m
      priority: P2
"""


def table(*rows: str) -> bytes:
    """A table of rows, as a file holds it."""
    return (HEAD + "".join(rows)).encode()


def changed(row: str, *changes: tuple[str, str]) -> str:
    """A row in which each first text is replaced by the second; a text that is not there is a mistake of the test."""
    for old, new in changes:
        assert old in row, old
        row = row.replace(old, new, 1)
    return row
