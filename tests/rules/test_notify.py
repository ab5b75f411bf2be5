"""Routing as Alertmanager does it, and the faults that keep a configuration from being written."""

from dataclasses import replace
from decimal import Decimal

import pytest

from rules.notify.checks import blemishes, intended, misdirections
from rules.notify.inhibition import CAUSES, Inhibition, inhibitions, mutes
from rules.notify.labels import ALERTNAME, static_labels
from rules.notify.route import Route, positions, receivers, unreachable
from rules.notify.tree import tree
from rules.promql import Number
from rules.rule import Alerting
from slo.duration import Duration
from slo.selector import Matcher
from tests.rules.notified import INSTANCE_LABELS, shipped_alerts, shipped_tree

A, B, HOT = Matcher("team", "=", "a"), Matcher("team", "!=", "a"), Matcher("heat", "=~", "h.*")
LEAVES = Route("root", routes=(Route("a", (A,), routes=(Route("hot", (HOT,)),)), Route("b", (B,), continues=True)))
CRITICAL = {"severity": "critical", "priority": "P1"}
CRASH = {"alertname": "PodCrashLoopBackOff", "area": "platform", "action": "PA2"}
SLOW = {"alertname": "VLLMHighLatency", "area": "ai-hub", "action": "AA1"}
LOGIN = {"alertname": "KeycloakHighLatency", "area": "banking", "action": "BA1"}


def alert(name: str = "Down", **labels: str) -> Alerting:
    return Alerting(name, Number(Decimal(1)), Duration(0), tuple(sorted(labels.items())), ())


def muted_by_name() -> list[str]:
    return [each.alert for each in shipped_alerts() if each.alert.endswith("BurnTicket")]


def part(first: int, last: int) -> Route:
    return replace(shipped_tree(), routes=shipped_tree().routes[first:last])


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        ({"team": "a"}, ("a",)),
        ({"team": "a", "heat": "high"}, ("hot",)),
        ({"team": "a", "heat": "too high"}, ("a",)),
        ({"team": "b", "heat": "high"}, ("b",)),
        ({}, ("b",)),
    ],
)
def test_an_alert_goes_as_deep_as_it_matches(labels: dict[str, str], told: tuple[str, ...]) -> None:
    assert receivers(LEAVES, labels) == told


def test_an_alert_that_no_child_takes_stays_with_its_parent() -> None:
    assert receivers(replace(LEAVES, routes=LEAVES.routes[:1]), {"team": "b"}) == ("root",)
    assert receivers(LEAVES.routes[0], {"team": "b"}) == ()


@pytest.mark.parametrize(("continues", "told"), [(True, ("a", "b")), (False, ("a",))])
def test_later_siblings_see_what_continues(*, continues: bool, told: tuple[str, ...]) -> None:
    route = Route("root", routes=(Route("a", (A,), continues=continues), Route("b")))
    assert receivers(route, {"team": "a"}) == told


@pytest.mark.parametrize(
    ("routes", "found"),
    [
        (((A,), (B,)), ()),
        (((A,), (A, HOT)), ((1,),)),
        (((A, HOT), (A,)), ()),
        (((A,), (B,), ()), ((2,),)),
        (((), (A,)), ((1,),)),
        (((A, B),), ((0,),)),
    ],
)
def test_a_route_that_no_alert_can_reach_is_found(
    routes: tuple[tuple[Matcher, ...], ...], found: tuple[tuple[int, ...], ...]
) -> None:
    assert unreachable(Route("root", routes=tuple(Route("r", matchers) for matchers in routes))) == found


def test_children_that_their_parent_keeps_away_are_found_too() -> None:
    assert unreachable(Route("root", routes=(Route("r", (A,), routes=(Route("s", (B,)),)),))) == ((0, 0),)


@pytest.mark.parametrize(
    ("labels", "wanted"),
    [
        ({}, {"humans"}),
        ({"alertname": "Watchdog", "severity": "none"}, {"humans"}),
        (CRASH | {"namespace": "shop"}, {"gitea-actions", "humans"}),
        (CRASH | {"namespace": "ai-hub"}, {"gitea-actions", "ai-hub-humans"}),
        (LOGIN | CRITICAL, {"gitea-actions", "humans"}),
        (SLOW | {"namespace": "ai-hub"}, {"ai-hub-oncall", "ai-hub-humans"}),
        (SLOW | CRITICAL, {"ai-hub-oncall", "ai-hub-humans"}),
        ({"area": "ai-hub", "namespace": "llm", **CRITICAL}, {"ai-hub-humans"}),
        ({"area": "moon", "namespace": "moon", "priority": "P4"}, {"humans"}),
    ],
)
def test_everybody_is_told_of_what_is_theirs(labels: dict[str, str], wanted: set[str]) -> None:
    assert set(receivers(shipped_tree(), labels)) == intended(labels) == wanted


def test_an_installation_without_actions_tells_people_alone() -> None:
    found = tree([alert(area="shop"), alert("Slow", area="ai-hub")])
    assert {route.receiver for route in positions(found).values()} == {"humans", "ai-hub-humans"}
    assert unreachable(found) == ()


def test_the_actions_of_ones_own_alerts_are_dispatched() -> None:
    own = alert("OrdersFailing", area="shop", action="XA1", namespace="shop")
    assert list(misdirections(tree([own]), (), [own])) == []
    assert list(misdirections(shipped_tree(), (), [own])) == [
        "OrdersFailing: reaches humans instead of gitea-actions, humans"
    ]


def test_the_shipped_tree_leads_every_shipped_alert_right() -> None:
    found = inhibitions(shipped_alerts(), INSTANCE_LABELS)
    assert list(misdirections(shipped_tree(), found, shipped_alerts())) == []


def test_people_who_are_left_out_are_found() -> None:
    told = alert("PodCrashLoopBackOff", area="platform", action="PA2", namespace="shop")
    assert list(misdirections(part(0, -1), (), [told])) == [
        "PodCrashLoopBackOff: reaches gitea-actions instead of gitea-actions, humans"
    ]


def test_an_action_that_is_not_dispatched_is_found_whatever_the_namespace() -> None:
    told = alert("VLLMOOMKilled", area="ai-hub", action="AA2")
    fault = "VLLMOOMKilled: reaches ai-hub-humans instead of ai-hub-humans, ai-hub-oncall"
    assert list(misdirections(part(1, 5), (), [told])) == [fault] * 3


def test_shadowed_routes_are_found() -> None:
    route = replace(shipped_tree(), routes=(Route("humans"), *shipped_tree().routes))
    found = list(misdirections(route, (), []))
    assert len(found) == len(positions(shipped_tree())) - 1
    assert found[0] == "route 1 is shadowed: no alert can reach it"


def test_a_rows_own_alert_that_is_named_and_acted_upon_as_a_symptom_is_refused() -> None:
    symptom = alert("PodCrashLoopBackOff", area="platform", action="PA2")
    muted = inhibitions([alert("VLLMOOMKilled", action="AA2"), symptom], ())
    own = alert("PodCrashLoopBackOff", area="platform", action="PA2", slo="S1")
    assert list(misdirections(tree([own]), muted, [own])) == [
        "PodCrashLoopBackOff: a row's own alert that another one would mute; it needs another name"
    ]
    other = alert("PodCrashLoopBackOff", area="platform", action="XA2", slo="S1")
    assert list(misdirections(tree([symptom, other]), muted, [symptom, other])) == []


def test_a_static_alert_that_is_named_like_a_ticket_is_refused() -> None:
    rows = (("A", "S1"), ("B", "S2"))
    generated = [alert(f"{name}ErrorBudgetBurnTicket", area="shop", slo=row) for name, row in rows]
    static = replace(generated[0], alert="OrdersErrorBudgetBurnTicket")
    assert list(misdirections(tree([]), (), generated)) == []
    assert list(misdirections(tree([]), (), [*generated, static])) == [
        f"{static.alert}: a second …ErrorBudgetBurnTicket of S1, and those may be muted; it needs another name"
    ]


def test_no_static_alert_of_a_row_can_be_muted_and_every_ticket_can() -> None:
    found = inhibitions(shipped_alerts(), INSTANCE_LABELS)
    kinds = {True: set[str](), False: set[str]()}
    for each in shipped_alerts():
        labels = {ALERTNAME: each.alert, **dict(each.labels)}
        if "slo" in labels:
            kinds[any(mutes(inhibition, labels) for inhibition in found)].add(each.alert)
    assert sorted(kinds[True]) == sorted(muted_by_name())
    assert len(kinds[True]) == 21
    assert {"VLLMHighLatency", "HighLatency", "RAGHighLatency", "KeycloakHighLatency"} <= kinds[False]


def test_what_is_muted_is_never_more_urgent_than_what_mutes_it() -> None:
    known = [static_labels(each) for each in shipped_alerts()]
    found = inhibitions(shipped_alerts(), INSTANCE_LABELS)
    assert len(found) == 1 + len(CAUSES)
    for each in found:
        causes = [labels for labels in known if mutes(replace(each, target=each.source), labels)]
        symptoms = [labels for labels in known if mutes(each, labels)]
        assert max(labels["priority"] for labels in causes) <= min(labels["priority"] for labels in symptoms)


def test_causes_and_symptoms_are_shipped_alerts_with_their_actions() -> None:
    known = {(each.alert, dict(each.labels).get("action", "")) for each in shipped_alerts()}
    assert {pair for cause in CAUSES for pair in (cause.alert, *cause.symptoms)} <= known


def test_causes_without_symptoms_and_namesakes_leave_no_trace() -> None:
    killed, crashing = alert("VLLMOOMKilled", action="AA2"), alert("PodCrashLoopBackOff", action="PA2")
    for known in ([killed], [crashing], [alert("VLLMOOMKilled"), crashing], [killed, alert("PodCrashLoopBackOff")]):
        assert len(inhibitions(known, ())) == 1
    own = (Matcher(ALERTNAME, "=", "VLLMOOMKilled"), Matcher("action", "=", "AA2"))
    symptom = (Matcher(ALERTNAME, "=~", "HighMemoryUsage|PodCrashLoopBackOff"), Matcher("action", "=~", "PA1|PA2"))
    same = ("namespace", "pod", "container", "cluster")
    assert inhibitions([crashing, killed], ())[1:] == (Inhibition(own, symptom, same),)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("  url: https://<domain>/x", "url holds a placeholder"),
        ("  - url: http://x/{{ .Labels.a }}", "url holds a placeholder"),
        ("  credentials_file: /etc/<name>", "credentials_file holds a placeholder"),
        ("  - match:", "match is deprecated"),
        ("    source_match_re:", "source_match_re is deprecated"),
        ("  url: https://match:8080/match_re: ", None),
        ("    matchers:", None),
        ("# from <somewhere>", None),
    ],
)
def test_blemishes_are_named_and_their_values_are_not(line: str, found: str | None) -> None:
    assert list(blemishes(f"route:\n{line}\n")) == ([] if found is None else [f"line 2: {found}"])
