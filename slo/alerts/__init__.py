"""When an alert is pending, when it fires and who is told: the state machine of Prometheus' alerting rules.

`step` and what lies beside it speak of one alert instance and are the specification; `replay` says the same of many
instances over a stretch of time, and `advance` of many instances at one evaluation. Source, here and in every module:
`AlertingRule.Eval` in Prometheus' rules/alerting.go and `RestoreForState` in its rules/group.go, v3.5.
"""

from slo.alerts.batch import Batch, advance
from slo.alerts.history import History, Transitions
from slo.alerts.notification import Notification, notify
from slo.alerts.replay import replay
from slo.alerts.restoration import ForState, restored
from slo.alerts.state import INACTIVE, State, Status, Terms, Verdict, step

__all__ = [
    "INACTIVE",
    "Batch",
    "ForState",
    "History",
    "Notification",
    "State",
    "Status",
    "Terms",
    "Transitions",
    "Verdict",
    "advance",
    "notify",
    "replay",
    "restored",
    "step",
]
