"""D11, Open Banking Overview: are the APIs there, do consents go through, and are third parties still welcome."""

from typing import Final

from dashboards.board import Board, Row
from dashboards.choices import choices
from dashboards.panels import from_above, from_below, lines, stat, table
from dashboards.promised import Promised, firing
from dashboards.quantity import Quantity
from dashboards.scope import Scope

_AT: Final = Scope.of("cluster", "job", "instance")
_API: Final = 'envoy_cluster_name=~".*cilium-gateway-.*/open-banking_.*"'
_FLOW: Final = 'realm="open-banking",event=~"grant_consent|code_to_token"'
_GOOD: Final = 'error=~"|rejected_by_user|consent_denied"'
_OF: Final = "envoy_cluster_name"


def board(promised: Promised) -> Board:
    """The handbook's D11."""
    return Board(
        id="D11",
        uid="emberline-open-banking",
        title="Open Banking Overview",
        description="Calls of the account, payment and consent APIs, the consent flow of customers, the quota check in "
        "front, and the certificates of third parties.",
        tags=("emberline", "banking"),
        variables=choices(_AT, "envoy_cluster_upstream_rq_xx", "keycloak_user_events_total", "x509_cert_not_after"),
        rows=(_glance(promised), _apis(promised), _consents(promised), _gate()),
        alerts=firing("banking"),
        links=promised.details("banking"),
    )


def _answers(*by: str) -> Quantity:
    return _AT.rate(f"envoy_cluster_upstream_rq_xx{{{_API}}}", *by)


def _failed(*by: str) -> Quantity:
    return _AT.rate(f'envoy_cluster_upstream_rq_xx{{{_API},envoy_response_code_class="5"}}', *by)


def _glance(promised: Promised) -> Row:
    flow = _AT.rate(f"keycloak_user_events_total{{{_FLOW}}}")
    good = _AT.rate(f"keycloak_user_events_total{{{_FLOW},{_GOOD}}}")
    return Row(
        "Are the APIs there?",
        (
            stat("API calls", "A second, over all APIs.", _answers()),
            stat(
                "Share of server errors",
                "Orange: B2 misses its objective at this pace; red: its static alert.",
                _failed().share_of(_answers()),
                marks=promised.marks("B2"),
            ),
            stat(
                "p95 latency",
                "Of the backends.",
                _AT.quantile("0.95", f"envoy_cluster_upstream_rq_time{{{_API}}}"),
                marks=from_above(0.5, 1),
            ),
            stat(
                "Failing consents",
                "Consents and tokens that end in our error; a customer's no is none.",
                (good / flow).rest(),
                marks=promised.marks("B3"),
            ),
            stat(
                "Quota check fails",
                "Calls for which the quota service gave no answer, a second.",
                _AT.rate("envoy_http_ext_authz_error"),
                marks=from_above(0.01, 0.1),
            ),
            stat(
                "Next certificate ends in",
                "Of a third party. TPPCertExpiring fires at 30 days.",
                _AT.left("x509_cert_not_after"),
                marks=from_below(604_800, 2_592_000),
            ),
        ),
    )


def _apis(promised: Promised) -> Row:
    return Row(
        "Which API?",
        (
            lines("Calls by API", "Accounts follow the day; payments the end of the month.", _answers(_OF), width=8),
            lines(
                "Share of server errors by API",
                "One API: its backend. All: the gateway.",
                _failed(_OF).share_of(_answers(_OF)),
                width=8,
                marks=promised.marks("B2"),
            ),
            lines(
                "Answers by class",
                "401 and 403 in 4xx: a third party with an old consent or certificate.",
                _answers("envoy_response_code_class").named("{{envoy_response_code_class}}xx"),
                width=8,
                stacked=True,
            ),
            lines(
                "p95 latency by API",
                "Of the backend.",
                _AT.quantile("0.95", f"envoy_cluster_upstream_rq_time{{{_API}}}", _OF),
            ),
            lines(
                "Healthy members by API",
                "One: the next roll-out is an outage.",
                _AT.level(f"envoy_cluster_membership_healthy{{{_API}}}", _OF),
                marks=from_below(1, 2),
                steady="a state",
            ),
        ),
    )


def _consents(promised: Promised) -> Row:
    consent = 'keycloak_user_events_total{realm="open-banking",event="grant_consent"'
    total = _AT.rate(f"keycloak_user_events_total{{{_FLOW}}}", "event")
    good = _AT.rate(f"keycloak_user_events_total{{{_FLOW},{_GOOD}}}", "event")
    return Row(
        "Do consents go through?",
        (
            lines(
                "Share of failing steps",
                "By step of the flow. Orange misses B3's objective.",
                (good / total).rest(),
                width=8,
                marks=promised.marks("B3"),
            ),
            lines(
                "Consents",
                "Granted, refused by the customer, and failed.",
                _AT.rate(consent + ',error=""}').named("granted"),
                _AT.rate(consent + ',error=~"rejected_by_user|consent_denied"}').named("refused by the customer"),
                _AT.rate(consent + ',error!~"|rejected_by_user|consent_denied"}').named("failed"),
                width=8,
                steady="failures are rare, and there may be none for minutes",
            ),
            lines(
                "Errors by event",
                "What went wrong, in Keycloak's words.",
                _AT.rate('keycloak_user_events_total{realm="open-banking",error!=""}', "event", "error"),
                width=8,
            ),
        ),
    )


def _gate() -> Row:
    verdicts = (_AT.rate(f"envoy_http_ext_authz_{verdict}").named(verdict) for verdict in ("ok", "denied", "error"))
    return Row(
        "Are third parties still welcome?",
        (
            lines(
                "Quota check",
                "denied: over quota. error: the service is down, and calls fail or pass unchecked.",
                *verdicts,
            ),
            table(
                "Certificates of third parties",
                "Who must renew next.",
                ("subject_CN",),
                _AT.left("x509_cert_not_after", "subject_CN").column("Ends in", from_below(604_800, 2_592_000).steps),
                width=12,
            ),
        ),
    )
