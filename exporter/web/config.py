"""The web configuration as frozen values, every error of the file at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from ssl import TLSVersion
from typing import Final

import yaml
from pydantic import ValidationError

from exporter.apart import open_at_once
from exporter.web import golang
from exporter.web.nodes import FILE_BYTES, Fault, FaultsError, compose, value_of
from exporter.web.schema import ClientAuth, Document, TlsServer, absent
from exporter.yaml_file import plain
from exporter.yaml_place import Place, line_of, spell

_TLS: Final = "tls_server_config"


@dataclass(frozen=True, slots=True)
class Pem:
    """PEM from the file at `path`, else `text` from the configuration; `line` is where that says so."""

    key: str
    line: int
    path: Path | None
    text: str


@dataclass(frozen=True, slots=True)
class Tls:
    """What the TLS server does; ciphers are OpenSSL's names for TLS 1.2, the curve is None for any."""

    cert: Pem
    private_key: Pem
    client_ca: Pem | None
    client_auth: ClientAuth
    allowed_sans: frozenset[str] | None
    ciphers: tuple[str, ...]
    curve: str | None
    minimum: TLSVersion
    maximum: TLSVersion
    prefer_server: bool


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `burst` requests at once, one more every `interval` seconds; no limit unless `interval` is above 0."""

    interval: float
    burst: int


_UNLIMITED: Final = Rate(0.0, 0)


@dataclass(frozen=True, slots=True)
class WebConfig:
    """Everything that the file says. Without users everybody is let in, with no `tls` the server speaks plain HTTP."""

    tls: Tls | None = None
    headers: tuple[tuple[str, str], ...] = ()
    users: tuple[tuple[str, str], ...] = ()
    rate: Rate = _UNLIMITED

    def files(self) -> tuple[Path, ...]:
        """The other files that it names."""
        if self.tls is None:
            return ()
        pems = (self.tls.cert, self.tls.private_key, self.tls.client_ca)
        return tuple(pem.path for pem in pems if pem is not None and pem.path is not None)


def read(path: Path) -> WebConfig:
    """The configuration; OSError if it cannot be read, FaultsError if it is bad. Paths start at the file's folder."""
    with open_at_once(path) as file:
        return parse(file.read(FILE_BYTES + 1), path.parent)


def parse(data: bytes, folder: Path) -> WebConfig:
    """The configuration in these bytes; FaultsError names everything that is wrong with it."""
    node = compose(data)
    try:
        document = Document.model_validate(absent(None if node is None else value_of(node)))
    except ValidationError as error:
        faults = [
            _fault(node, loc, plain(fault["msg"]))
            for fault in error.errors()
            for loc in [tuple(step for step in fault["loc"] if step != "[key]")]
        ]
        raise FaultsError(faults) from error
    faults = list(_contradictions(node, document))
    if faults:
        raise FaultsError(faults)
    headers = tuple((name, text) for name, text in document.http_server_config.headers.items() if text)
    rate = Rate(document.rate_limit.interval, document.rate_limit.burst)
    tls = _tls(node, document.tls_server_config, folder) if _enabled(document.tls_server_config) else None
    return WebConfig(tls, headers, tuple(document.basic_auth_users.items()), rate)


def _enabled(tls: TlsServer) -> bool:
    """As upstream: some field that only makes sense with TLS is set; the others alone leave the server plain."""
    texts = (tls.cert, tls.cert_file, tls.key, tls.key_file, tls.client_ca, tls.client_ca_file, tls.client_auth_type)
    return any(texts)


def _contradictions(node: yaml.Node | None, document: Document) -> Iterator[Fault]:
    rate = document.rate_limit
    if rate.interval > 0 and rate.burst == 0:
        yield _fault(node, ("rate_limit", "burst"), "a burst of 0 refuses every request")
    if _enabled(document.tls_server_config):
        yield from (_fault(node, (_TLS, *loc), text) for loc, text in _of_tls(document.tls_server_config))


def _of_tls(tls: TlsServer) -> Iterator[tuple[Place, str]]:
    if not (tls.cert or tls.cert_file):
        yield (), "missing one of cert or cert_file"
    if not (tls.key or tls.key_file):
        yield (), "missing one of key or key_file"
    if (tls.client_ca or tls.client_ca_file) and tls.client_auth_type in {"", "NoClientCert"}:
        yield (), "client CA's have been configured without a Client Auth Policy"
    if tls.client_allowed_sans is not None and tls.client_auth_type != "RequireAndVerifyClientCert":
        yield ("client_allowed_sans",), "requires client_auth_type to be RequireAndVerifyClientCert"
    least, most = _versions(tls)
    if least > most:
        yield ("min_version",), f"{tls.min_version} is above max_version {tls.max_version}: no client could connect"
    if not _suites(tls) and most == TLSVersion.TLSv1_2:
        yield ("cipher_suites",), "none of them belongs to TLS12: no client could connect"


def _fault(node: yaml.Node | None, loc: Place, message: str) -> Fault:
    return Fault(line_of(node, loc), spell(loc), message)


def _versions(tls: TlsServer) -> tuple[TLSVersion, TLSVersion]:
    return golang.VERSIONS[tls.min_version or "TLS12"], golang.VERSIONS[tls.max_version or "TLS13"]


def _suites(tls: TlsServer) -> tuple[str, ...]:
    """OpenSSL's names; those of Go's defaults if none are chosen."""
    chosen = tls.cipher_suites or golang.SUITES
    return tuple(golang.SUITES[name] for name in dict.fromkeys(chosen) if name in golang.SUITES)


def _tls(node: yaml.Node | None, tls: TlsServer, folder: Path) -> Tls:
    def pem(name: str) -> Pem:
        file, text = (str(getattr(tls, key)) for key in (f"{name}_file", name))
        key = f"{name}_file" if file else name
        return Pem(f"{_TLS}.{key}", line_of(node, (_TLS, key)), folder / file if file else None, text)

    sans = tls.client_allowed_sans
    suites = _suites(tls)
    minimum, maximum = _versions(tls)
    return Tls(
        cert=pem("cert"),
        private_key=pem("key"),
        client_ca=pem("client_ca") if tls.client_ca or tls.client_ca_file else None,
        client_auth=tls.client_auth_type or "NoClientCert",
        allowed_sans=None if sans is None else frozenset(sans),
        ciphers=suites,
        curve=golang.CURVES[tls.curve_preferences[0]] if tls.curve_preferences else None,
        minimum=minimum if suites else TLSVersion.TLSv1_3,
        maximum=maximum,
        prefer_server=tls.prefer_server_cipher_suites,
    )
