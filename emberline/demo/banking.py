"""Keycloak: rows B1 and B3, with `http-metrics-slos=200,500,1000` and `event-metrics-user-enabled=true`."""

from emberline.demo.component import Component, Terms, assemble
from emberline.demo.driver import Bad, Good, Rate
from emberline.demo.metrics import Spread, counter, gauge, histogram, labelled
from emberline.demo.script import Script
from native.exposition import Labels


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
    }
    return assemble(
        "keycloak",
        "keycloak.platform:9000",
        (
            histogram("http_server_requests_seconds", "", ("0.2", "0.5", "1.0"), uris),
            gauge("http_server_active_requests", "", {(): ((Rate(token.flow), 0.1),)}, whole=True),
            counter("keycloak_user_events_total", "Keycloak user events", _events(script)),
        ),
    )


def _request(method: str, uri: str, status: str) -> Labels:
    outcome = "SUCCESS" if status.startswith("2") else "REDIRECTION"
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
