"""What the tests of notifications share: every shipped alert, and addresses."""

from functools import cache
from pathlib import Path

from emberline.catalogue import shipped_alerts as handbook_alerts
from emberline.catalogue import shipped_promises
from rules.alerting import alerting
from rules.alertmanager import alertmanager_config
from rules.handbook import handbook_files
from rules.notify.receiver import Addresses, InFile
from rules.notify.route import Route
from rules.notify.tree import tree
from rules.rule import Alerting
from tests.rules.plans import shipped_plans

RESPONDER = "http://responder.example:8080/alerts"
SECRETS = Path("/etc/alertmanager")
ADDRESSES = Addresses(
    RESPONDER,
    InFile(str(SECRETS / "gitea-token")),
    InFile(str(SECRETS / "humans-url")),
    InFile(str(SECRETS / "ai-hub-humans-url")),
)
INSTANCE_LABELS = frozenset(label for plan in shipped_plans() for label in plan.slo.by)


@cache
def shipped_alerts() -> tuple[Alerting, ...]:
    """The alerts of the handbook's rows, and its others."""
    rows = (alerting(plan, alert) for plan in shipped_plans() for alert in plan.all)
    files = handbook_files(handbook_alerts().alerts, shipped_promises())
    return *rows, *(alert for file in files for alert in file.alerts)


@cache
def shipped_tree() -> Route:
    """The routing of an installation that has them."""
    return tree(shipped_alerts())


def shipped_config(addresses: Addresses = ADDRESSES) -> str:
    """The configuration for them."""
    return alertmanager_config(shipped_alerts(), addresses, INSTANCE_LABELS)
