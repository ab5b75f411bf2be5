"""Every series and label name that is recorded. Rules write them, dashboards and sources read them."""

from typing import Final

from slo.duration import Duration

SLO: Final = "slo"
"""The label that holds the row id."""
AREA: Final = "area"
"""The label that holds the area."""
SEVERITY: Final = "severity"
"""The label by which notifications are routed: critical, warning or info."""
PRIORITY: Final = "priority"
"""The label that holds the handbook's P1 to P4."""
NAMESPACE: Final = "namespace"
"""The label that holds the namespace that an alert is about."""
STATIC_LABELS: Final = frozenset({"alertname", "__name__", SLO, AREA, SEVERITY, PRIORITY})
"""Labels that rules set themselves; none of them can be an instance label."""


def bad_events(window: Duration) -> str:
    """Bad events within `window`."""
    return f"slo:bad_events:increase{window}"


def total_events(window: Duration) -> str:
    """All events within `window`."""
    return f"slo:total_events:increase{window}"


def static_bad_events(window: Duration) -> str:
    """Events within `window` that are bad by the threshold of the handbook's static alert."""
    return f"slo:static_bad_events:increase{window}"
