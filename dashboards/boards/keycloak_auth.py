"""D12, Keycloak Auth: can people log in, how fast, why not, and does the server behind it hold."""

from typing import Final

from dashboards.board import Board, Row
from dashboards.choices import choices
from dashboards.panels import from_above, from_below, lines, stat, table
from dashboards.promised import Promised, firing
from dashboards.scope import Scope

_AT: Final = Scope.of("cluster", "job", "instance")
_REALM: Final = _AT.also("realm")
_AUTH: Final = (
    'http_server_requests_seconds{uri=~"/realms/\\\\{realm\\\\}/protocol/.*|/realms/\\\\{realm\\\\}/login-actions.*"}'
)
_ALL: Final = "http_server_requests_seconds"


def board(promised: Promised) -> Board:
    """The handbook's D12."""
    return Board(
        id="D12",
        uid="emberline-keycloak-auth",
        title="Keycloak Auth",
        description="Log-ins and tokens, their latency and errors, then Keycloak's pool, caches, memory and cluster.",
        tags=("emberline", "banking", "keycloak"),
        variables=choices(_REALM, "keycloak_user_events_total", "http_server_requests_seconds_count"),
        rows=(_glance(promised), _log_ins(), _speed(promised), _server(), _java()),
        alerts=firing("banking"),
        links=promised.details("banking"),
    )


def _glance(promised: Promised) -> Row:
    login = 'keycloak_user_events_total{event="login"'
    return Row(
        "Can people log in?",
        (
            stat("Log-ins", "A second, that succeed.", _REALM.rate(login + ',error=""}')),
            stat(
                "Share of failed log-ins",
                "Wrong passwords are normal; a jump is an attack, or a broken client.",
                _REALM.rate(login + ',error!=""}').share_of(_REALM.rate(login + "}")),
                marks=from_above(0.15, 0.4),
            ),
            stat(
                "p95 of authentication",
                "Log-in pages and tokens.",
                _AT.quantile("0.95", _AUTH),
                marks=promised.marks("B1"),
            ),
            stat(
                "Share of server errors",
                "5xx over all.",
                _AT.observed(_ALL + '{outcome="SERVER_ERROR"}').share_of(_AT.observed(_ALL)),
                marks=from_above(0.001, 0.01),
            ),
            stat("In flight", "Requests without an answer yet.", _AT.level("http_server_active_requests")),
            stat(
                "Waiting for the database",
                "Threads without a connection. Above zero log-ins stand still.",
                _AT.level("agroal_awaiting_count"),
                marks=from_above(1, 5),
            ),
        ),
    )


def _log_ins() -> Row:
    return Row(
        "What do users do, and what goes wrong?",
        (
            lines("Events", "What succeeds.", _REALM.rate('keycloak_user_events_total{error=""}', "event"), width=8),
            lines(
                "Errors by event",
                "invalid_user_credentials is a person; invalid_client a deployment.",
                _REALM.rate('keycloak_user_events_total{error!=""}', "event", "error"),
                width=8,
            ),
            lines(
                "Events by realm",
                "One realm alone: its identity provider or its clients.",
                _REALM.rate("keycloak_user_events_total", "realm"),
                width=8,
            ),
            lines(
                "Password checks",
                "They cost processor time on purpose: the limit of log-ins a second.",
                _REALM.rate("keycloak_credentials_password_hashing_validations_total", "outcome"),
            ),
            table(
                "Errors in the time range",
                "What to mend first.",
                ("realm", "event", "error"),
                _REALM.total('keycloak_user_events_total{error!=""}', "realm", "event", "error").column("Events"),
                width=12,
            ),
        ),
    )


def _speed(promised: Promised) -> Row:
    return Row(
        "How fast?",
        (
            lines(
                "p95 by page",
                "Between the buckets that `http-metrics-slos` configures.",
                _AT.quantile("0.95", _AUTH, "uri"),
                width=8,
                marks=promised.marks("B1"),
            ),
            lines(
                "Share within 200 ms",
                "What B1 counts: 95 % of requests.",
                _AT.within(_AUTH, "0.2"),
                width=8,
                maximum=1,
                marks=from_below(0.9, 0.95),
            ),
            lines("Mean by page", "Where an average moves that no bucket shows.", _AT.mean(_ALL, "uri"), width=8),
            lines("Requests by page", "The load.", _AT.observed(_ALL, "uri")),
            lines(
                "Requests by outcome",
                "REDIRECTION is the usual end of a log-in.",
                _AT.observed(_ALL, "outcome"),
                stacked=True,
            ),
        ),
    )


def _server() -> Row:
    return Row(
        "Does the server hold?",
        (
            lines(
                "Database connections",
                "All in use and threads waiting: the pool is the limit.",
                _AT.level("agroal_active_count").named("in use"),
                _AT.level("agroal_available_count").named("idle"),
                _AT.level("agroal_awaiting_count").named("waiting threads"),
                width=8,
            ),
            lines(
                "Members that each node sees",
                "Different numbers: the cluster is split, and sessions are lost.",
                _AT.level("vendor_cluster_size", "instance", reduce="max"),
                width=8,
                steady="a state",
            ),
            lines(
                "Entries of caches",
                "Sessions follow the day.",
                _AT.level("vendor_statistics_approximate_entries", "cache"),
                width=8,
            ),
            lines(
                "Hits of caches",
                "Low for users or realms: the cache is too small, and the database works.",
                _AT.level("vendor_statistics_hit_ratio", "cache", reduce="avg"),
                width=8,
                maximum=1,
            ),
            lines(
                "Requests in flight by node",
                "One above the others: the balancer or the node.",
                _AT.level("http_server_active_requests", "instance"),
                width=8,
            ),
            lines(
                "Processor by node",
                "Password checks live here.",
                _AT.level("process_cpu_usage", "instance", reduce="max"),
                width=8,
                maximum=1,
                marks=from_above(0.8, 0.95),
            ),
        ),
    )


def _java() -> Row:
    used, most = (_AT.level(f'jvm_memory_{what}_bytes{{area="heap"}}', "instance") for what in ("used", "max"))
    return Row(
        "Does the JVM hold?",
        (
            lines("Heap", "A floor that climbs after each collection is a leak.", used, width=8),
            lines(
                "Heap against its limit",
                "Above 90 % collections take over.",
                used / most,
                width=8,
                maximum=1,
                marks=from_above(0.8, 0.9),
            ),
            lines(
                "Time in collections",
                "Share of time in which the JVM stood still.",
                _AT.rate("jvm_gc_pause_seconds_sum", "instance"),
                width=8,
                marks=from_above(0.02, 0.1),
            ),
        ),
    )
