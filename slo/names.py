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
ACTION: Final = "action"
"""The label that holds the id of the handbook's automatic action, where there is one."""
PROMISE: Final = "promise"
"""The label that holds the id of the handbook's promise that an alert watches."""
SIGNAL: Final = "signal"
"""The label that tells apart the signals of one alert."""
STATIC_LABELS: Final = frozenset({"alertname", "__name__", SLO, AREA, SEVERITY, PRIORITY, ACTION, PROMISE, SIGNAL})
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


SLICE_GOOD: Final = "slo:slice_good:bool"
"""The verdict of a time slice at every evaluation: 1 good, 0 bad, absent where it is not measured."""
OBJECTIVE: Final = "slo:objective:ratio"
"""The objective of a row."""
ERROR_BUDGET: Final = "slo:error_budget:ratio"
"""The error ratio that the objective of a row allows."""
PERIOD: Final = "slo:period:seconds"
"""The period over which the objective of a row is promised."""
INFO: Final = "slo:info"
"""1 for each row, with what tables and links need as labels."""


def error_ratio(window: Duration) -> str:
    """The error ratio of a row that is written as an expression: the only ratio that is recorded."""
    return f"slo:error_ratio:window{window}"
