"""The web configuration at work: TLS, certificates, headers, rate, and all of it changed while it runs."""

import os
import shutil
import socket
import ssl
from pathlib import Path

import httpx
import pytest

from exporter.settings import Address
from exporter.web.connections import Patience
from exporter.web.server import CannotListenError, Listening
from tests.exporter.web.site import DATA, site, trusting
from tests.servers import CLIENT, until

HASH = "$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the certificates, to be changed."""
    for path in (*DATA.glob("*.pem"), *DATA.glob("*.key")):
        shutil.copy(path, tmp_path)
    return tmp_path


def write(path: Path, text: str) -> Path:
    """As an editor or a kubelet does it: a new file takes the place of the old one."""
    new = path.with_suffix(".new")
    new.write_text(text)
    new.rename(path)
    return path


def secured(folder: Path, *lines: str) -> Path:
    text = "tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n"
    return write(folder / "web.yml", text + "".join(f"  {line}\n" for line in lines))


def test_a_bad_file_keeps_the_server_from_starting() -> None:
    path = DATA / "bad-password.yml"
    with (
        pytest.raises(CannotListenError, match=r"bad-password\.yml:1: basic_auth_users\.a: not a password"),
        site(config=path),
    ):
        pass


@pytest.mark.parametrize("name", ["tls", "tls-inline", "ciphers", "curve-x25519", "tls13-only", "tls-versions"])
def test_pages_are_served_over_tls_with_relative_paths(name: str) -> None:
    with site(config=DATA / f"good-{name}.yml") as found, trusting() as client:
        assert found.url.startswith("https://")
        assert client.get(found.url + "/metrics").status_code == 200


def negotiated(found: Listening, **chosen: ssl.TLSVersion) -> tuple[str | None, str, str | None]:
    """Version, cipher and protocol that a client agrees on with the server."""
    context = ssl.create_default_context(cafile=DATA / "ca.pem")
    context.set_alpn_protocols(["h2", "http/1.1"])
    for name, version in chosen.items():
        setattr(context, name, version)
    plain = socket.create_connection((found.address.host, found.address.port), timeout=10)
    with plain, context.wrap_socket(plain, server_hostname="localhost") as client:
        cipher = client.cipher()
        return client.version(), cipher[0] if cipher else "", client.selected_alpn_protocol()


def test_http_1_1_is_what_a_client_of_http_2_is_offered() -> None:
    with site(config=DATA / "good-tls.yml") as found:
        assert negotiated(found)[::2] == ("TLSv1.3", "http/1.1")


def test_ciphers_and_versions_are_those_that_were_chosen() -> None:
    old = ssl.TLSVersion.TLSv1_2
    with site(config=DATA / "good-ciphers.yml") as found:
        cipher = negotiated(found, maximum_version=old)[1]
        assert cipher in {"ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305"}
    with site(config=DATA / "good-tls13-only.yml") as found, pytest.raises(ssl.SSLError):
        negotiated(found, maximum_version=old)
    with site(config=DATA / "good-tls-versions.yml") as found:
        assert negotiated(found)[0] == "TLSv1.2"


@pytest.mark.parametrize(
    ("name", "certificate", "served"),
    [
        ("client-certificates", "client", True),
        ("client-certificates", "", False),
        ("client-certificates-inline", "client", True),
        ("client-certificates-optional", "client", True),
        ("client-certificates-optional", "", True),
        ("client-certificates-system", "client", False),
        ("client-certificates-none", "", True),
        ("client-sans", "client", True),
        ("client-sans", "server", False),
        ("client-sans", "", False),
        ("client-sans-empty", "client", False),
    ],
)
def test_client_certificates_are_asked_for_and_checked(name: str, certificate: str, *, served: bool) -> None:
    with site(config=DATA / f"good-{name}.yml") as found, trusting(certificate) as client:
        try:
            assert (client.get(found.url + "/metrics").status_code == 200) is served
        except httpx.TransportError:
            assert not served


@pytest.mark.parametrize("san", ["scraper.example", "::1", "spiffe://example/scraper", "scraper@example.org"])
def test_each_kind_of_alternative_name_can_be_allowed(folder: Path, san: str) -> None:
    lines = (
        "client_auth_type: RequireAndVerifyClientCert",
        "client_ca_file: ca.pem",
        f"client_allowed_sans: ['{san}']",
    )
    with site(config=secured(folder, *lines)) as found, trusting("client") as client:
        assert client.get(found.url + "/metrics").status_code == 200


def test_without_a_certificate_a_kubelet_asks_at_the_address_for_health() -> None:
    path = DATA / "good-client-certificates.yml"
    with site(config=path, health=Address("127.0.0.1", 0)) as found:
        assert CLIENT.get(f"http://{found.health}/-/ready").text == "ready\n"


def test_headers_are_added_to_every_answer() -> None:
    with site(config=DATA / "good-headers.yml") as found:
        for path in ("/", "/metrics", "/-/healthy", "/nothing"):
            headers = CLIENT.get(found.url + path).headers
            assert headers["X-Frame-Options"] == "sameorigin"
            assert headers["Content-Security-Policy"] == "frame-ancestors 'self'"


def test_requests_beyond_the_rate_are_refused_but_never_health(folder: Path) -> None:
    path = write(folder / "web.yml", "rate_limit: {interval: 1h, burst: 3}\n")
    with site(config=path) as found:
        assert [CLIENT.get(found.url + "/metrics").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
        assert CLIENT.get(found.url + "/-/healthy").status_code == 200


def test_the_file_is_read_anew_and_refused_while_broken(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = write(folder / "web.yml", "")
    with site(config=path) as found:

        def becomes(status: int) -> None:
            until(lambda: CLIENT.get(found.url + "/metrics").status_code == status, what=str(status))

        becomes(200)
        write(path, f"basic_auth_users: {{a: '{HASH}'}}\n")
        becomes(401)
        write(path, "basic_auth_users: {a: secret}\n")
        becomes(500)
        assert CLIENT.get(found.url + "/-/healthy").status_code == 200
        path.unlink()
        becomes(500)
        write(path, "http_server_config: {headers: {X-Frame-Options: deny}}\n")
        becomes(200)
        assert CLIENT.get(found.url + "/metrics").headers["X-Frame-Options"] == "deny"
    errors = [record.message for record in caplog.records if record.levelname == "ERROR"]
    assert len(errors) in {1, 2}, "each trouble is told once, however many requests it refuses"
    assert "web.yml:1: basic_auth_users.a: not a password" in errors[0]


def serial(found: Listening) -> str:
    host, port = found.address.host, found.address.port
    return ssl.get_server_certificate((host, port), timeout=10)


def test_a_renewed_certificate_is_used_by_the_next_connection(folder: Path) -> None:
    with site(config=secured(folder)) as found:
        before = serial(found)
        shutil.copy(folder / "renewed.key", folder / "server.key")
        shutil.copy(folder / "renewed.pem", folder / "server.pem")
        until(lambda: try_serial(found) not in {before, ""}, what="the renewed certificate")
        assert serial(found) == (DATA / "renewed.pem").read_text()


def try_serial(found: Listening) -> str:
    try:
        return serial(found)
    except OSError:
        return ""  # key and certificate did not belong together for a moment


def test_tls_cannot_be_switched_off_by_a_slip(folder: Path) -> None:
    path = secured(folder)
    with site(config=path, patience=Patience(first=2)) as found, trusting() as client:
        assert client.get(found.url + "/metrics").status_code == 200
        write(path, "")
        until(lambda: try_serial(found) == "", what="the end of handshakes")
        assert client.get(found.url + "/-/healthy").status_code == 200, "the connection that is there asks for health"
        secured(folder)
        until(lambda: try_serial(found) != "", what="handshakes again")


def test_a_file_system_that_hangs_leaves_in_force_what_was_held(folder: Path) -> None:
    """A pipe that somebody holds open stands for it; the look goes on once it answers."""
    path = secured(folder)
    with site(config=path) as found, trusting() as client:
        assert client.get(found.url + "/metrics").status_code == 200
        os.mkfifo(folder / "pipe")
        writer = os.open(folder / "pipe", os.O_RDWR)
        (folder / "pipe").rename(path)
        until(lambda: waited(client.get(found.url + "/metrics")), what="a look that does not come back")
        assert client.get(found.url + "/metrics").status_code == 200
        os.close(writer)
        until(
            lambda: client.get(found.url + "/metrics").status_code == 500, what="what the pipe held, which is nothing"
        )
        secured(folder)
        until(lambda: client.get(found.url + "/metrics").status_code == 200, what="the file again")


def waited(answer: httpx.Response) -> bool:
    """Whether a request was answered after it had waited for the look."""
    assert answer.status_code == 200
    return answer.elapsed.total_seconds() > 0.5
