"""The handbook's routing, mended: actions to machines and every alert to people.

The routes to machines continue, those to people do not, and the last of those takes everything. Machines are told of
alerts that are compiled here and of no other: `action` is a common word, and others label their alerts with it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from rules.notify.labels import ALERTNAME, CLUSTER, among, named, static_labels
from rules.notify.route import Route
from rules.rule import Alerting
from slo import names
from slo.duration import Duration
from slo.selector import Matcher

ACTIONS: Final = "gitea-actions"
"""Runs the actions of every area but AI Hub."""
AI_HUB_ACTIONS: Final = "ai-hub-oncall"
"""Runs those of AI Hub. The name is the handbook's; it is no person."""
HUMANS: Final = "humans"
"""The people who are told of whatever is nobody else's."""
AI_HUB_HUMANS: Final = "ai-hub-humans"
"""The people of AI Hub."""
WORKING_HOURS: Final = "working-hours"
"""The time interval that P4 waits for."""
AI_HUB: Final = "ai-hub"
"""The area, and the namespace, that has receivers of its own."""
CRITICAL: Final = "critical"

_GROUPS: Final = (ALERTNAME, names.NAMESPACE, CLUSTER)
"""The handbook's, and the cluster: the trouble of a second one is news, and does not wait as an addition would."""
_AI_HUB_GROUPS: Final = (*_GROUPS, "model_name")
"""The handbook's `model`: the label is `model_name` in what vLLM exports."""
_SOON: Final = Duration.parse("10s")
_IN_AI_HUB: Final = Matcher(names.AREA, "=", AI_HUB)


def tree(alerts: Iterable[Alerting]) -> Route:
    """The routing of an installation that has these alerts; whatever else it has reaches people alone."""
    acting = [labels for labels in map(static_labels, alerts) if names.ACTION in labels]
    return Route(
        HUMANS,
        group_by=_GROUPS,
        group_wait=Duration.parse("30s"),
        group_interval=Duration.parse("5m"),
        repeat_interval=Duration.parse("4h"),  # when a response to P3 is due
        routes=(
            *_machine(AI_HUB_ACTIONS, [each for each in acting if each[names.AREA] == AI_HUB], _AI_HUB_GROUPS),
            *_machine(ACTIONS, [each for each in acting if each[names.AREA] != AI_HUB], ()),
            _people(AI_HUB_HUMANS, (_IN_AI_HUB,), _AI_HUB_GROUPS),
            # What happens there concerns them, whichever area looks: a pod that crashes, a certificate.
            _people(AI_HUB_HUMANS, (Matcher(names.NAMESPACE, "=", AI_HUB),), _AI_HUB_GROUPS),
            _people(HUMANS, (), ()),
        ),
    )


def _machine(receiver: str, acting: Collection[Mapping[str, str]], group_by: tuple[str, ...]) -> Iterator[Route]:
    """No route where there is nothing to do."""
    if not acting:
        return
    whose = among(names.AREA, (labels[names.AREA] for labels in acting))
    what = named((labels[ALERTNAME], labels[names.ACTION]) for labels in acting)
    yield Route(
        receiver,
        (whose, *what),
        group_by,
        group_interval=Duration.parse("1m"),  # an instance that joins a group needs its action as much as the first
        repeat_interval=Duration.parse("15m"),  # an action that failed, or was not begun, is due again before P1 is
        continues=True,
        routes=(Route(receiver, (_severity(CRITICAL),), group_wait=_SOON),),
    )


def _people(receiver: str, matchers: tuple[Matcher, ...], group_by: tuple[str, ...]) -> Route:
    """Told again whenever the time to respond is over: the repetition of each priority is its response time."""
    p1 = Route(receiver, (_priority("P1"),), repeat_interval=Duration.parse("15m"))
    critical = Route(
        receiver, (_severity(CRITICAL),), group_wait=_SOON, repeat_interval=Duration.parse("1h"), routes=(p1,)
    )
    p4 = Route(receiver, (_priority("P4"),), repeat_interval=Duration.parse("1d"), active=WORKING_HOURS)
    return Route(receiver, matchers, group_by, routes=(critical, p4))


def _severity(value: str) -> Matcher:
    return Matcher(names.SEVERITY, "=", value)


def _priority(value: str) -> Matcher:
    return Matcher(names.PRIORITY, "=", value)
