"""Keycloak: rows B1 and B3, with `http-metrics-slos=200,500,1000` and `event-metrics-user-enabled=true`."""

from collections.abc import Iterator
from typing import Final

from emberline.demo.component import Component, Metric, Terms, assemble
from emberline.demo.driver import Bad, Good, Rate
from emberline.demo.estate.draw import Draw
from emberline.demo.metrics import Spread, counter, gauge, histogram, labelled
from emberline.demo.script import Script
from native.exposition import Labels

_OUTCOMES: Final = {"2": "SUCCESS", "3": "REDIRECTION", "5": "SERVER_ERROR"}


def identity(script: Script) -> Component:
    """One Keycloak for all realms."""
    token = script.traffic("token", 5, 0.018)
    login = script.traffic("login", 0.8, 0.03)
    quick, slow = Spread(0.045, 0.45), Spread(0.33, 0.3)
    uris = {
        _request("POST", "/realms/{realm}/protocol/{protocol}/token", "200"): (
            (Good(token), quick),
            (Bad(token), slow),
        ),
        _request("POST", "/realms/{realm}/login-actions/authenticate", "302"): (
            (Good(login), quick),
            (Bad(login), slow),
        ),
        _request("GET", "/realms/{realm}/.well-known/{alias}", "200"): ((Good(login), Spread(0.004, 0.5)),),
        _request("GET", "/admin/realms/{realm}/users", "500"): ((Bad(login), Spread(0.02, 0.5)),),
    }
    return assemble(
        "keycloak",
        "keycloak.platform:9000",
        (
            histogram("http_server_requests_seconds", "", ("0.2", "0.5", "1.0"), uris),
            gauge("http_server_active_requests", "", {(): ((Rate(token.flow), 8.0),)}, whole=True),
            counter("keycloak_user_events_total", "Keycloak user events", _events(script)),
            *_server(Draw(script, "keycloak")),
        ),
    )


def _server(draw: Draw) -> Iterator[Metric]:
    """What Quarkus, Agroal, the JVM and Infinispan tell."""
    hashing = {labelled(algorithm="argon2", outcome=outcome, realm="open-banking"): rate
               for outcome, rate in (("valid", 0.7), ("invalid", 0.04))}  # fmt: skip
    yield draw.counters("keycloak_credentials_password_hashing_validations_total", "Password validations", hashing)
    for what, level in (("active", 7.0), ("available", 13.0), ("awaiting", 0.3)):
        yield draw.levels(f"agroal_{what}_count", "", {labelled(datasource="default"): level})
    yield draw.levels("jvm_memory_used_bytes", "", {labelled(area="heap", id="G1 Old Gen"): 420e6}, whole=True)
    yield draw.states("jvm_memory_max_bytes", "", {labelled(area="heap", id="G1 Old Gen"): 1.4e9})
    pause = {labelled(action="end of minor GC", cause="G1 Evacuation Pause"): 0.3}
    yield draw.amounts("jvm_gc_pause_seconds_sum", "", pause, 0.012)
    yield draw.levels("process_cpu_usage", "", {(): 0.18})
    cache = labelled(cache="sessions", cache_manager="keycloak")
    yield draw.states("vendor_cluster_size", "", {labelled(cache_manager="keycloak"): 3})
    yield draw.levels("vendor_statistics_approximate_entries", "", {cache: 5200.0}, whole=True)
    yield draw.levels("vendor_statistics_hit_ratio", "", {cache: 0.6})


def _request(method: str, uri: str, status: str) -> Labels:
    outcome = _OUTCOMES[status[0]]
    return labelled(method=method, outcome=outcome, status=status, uri=uri)


def _events(script: Script) -> dict[Labels, Terms]:
    """An event without an error has the label with nothing in it; a refused consent is no failure of ours."""
    consent, exchange = script.traffic("consent", 0.22, 0.004), script.traffic("code to token", 0.25, 0.003)
    logins = script.traffic("login events", 0.8, 0.05)
    rows: tuple[tuple[str, str, Terms], ...] = (
        ("grant_consent", "", ((Good(consent), 0.93),)),
        ("grant_consent", "rejected_by_user", ((Good(consent), 0.07),)),
        ("grant_consent", "invalid_request", ((Bad(consent), 1.0),)),
        ("code_to_token", "", ((Good(exchange), 1.0),)),
        ("code_to_token", "invalid_code", ((Bad(exchange), 1.0),)),
        ("login", "", ((Good(logins), 1.0),)),
        ("login", "invalid_user_credentials", ((Bad(logins), 1.0),)),
    )
    return {labelled(error=error, event=event, realm="open-banking"): terms for event, error, terms in rows}
