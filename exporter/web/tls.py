"""TLS contexts made from the configuration, and the names in a client's certificate."""

import ipaddress
import os
import ssl
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, Final

from exporter.apart import open_at_once
from exporter.web.config import Pem, Tls
from exporter.web.nodes import Fault, FaultsError

_PEM_BYTES: Final = 1 << 20
_MODES: Final = {
    "": ssl.CERT_NONE,
    "NoClientCert": ssl.CERT_NONE,
    "VerifyClientCertIfGiven": ssl.CERT_OPTIONAL,
    "RequireAndVerifyClientCert": ssl.CERT_REQUIRED,
}


def server_context(tls: Tls) -> ssl.SSLContext:
    """The context for one server; it reads the certificates, so it belongs into a thread. FaultsError if it cannot."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version, context.maximum_version = tls.minimum, tls.maximum
    context.verify_mode = _MODES[tls.client_auth]
    context.set_alpn_protocols(["http/1.1"])
    if tls.ciphers:
        context.set_ciphers(":".join(tls.ciphers))
    if tls.curve is not None:
        context.set_ecdh_curve(tls.curve)
    if not tls.prefer_server:
        context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
    _identify(context, tls)
    if tls.client_ca is not None:
        _trust(context, tls.client_ca)
    elif tls.client_auth != "NoClientCert":
        context.load_default_certs(ssl.Purpose.CLIENT_AUTH)
    return context


def alternative_names(certificate: Mapping[str, Any]) -> Iterator[str]:
    """DNS names, e-mail addresses, IP addresses and URIs of `SSLSocket.getpeercert()`, spelt as Go does."""
    for kind, name in certificate.get("subjectAltName", ()):
        if kind in {"DNS", "email", "URI"}:
            yield name
        elif kind == "IP Address":
            address = ipaddress.ip_address(name.strip())
            yield str(getattr(address, "ipv4_mapped", None) or address)


def _identify(context: ssl.SSLContext, tls: Tls) -> None:
    faults: list[Fault] = []
    cert, key = (_bytes(pem, faults) for pem in (tls.cert, tls.private_key))
    if faults:
        raise FaultsError(faults)
    with _in_memory(cert, key) as (cert_path, key_path):
        try:
            context.load_cert_chain(cert_path, key_path, password=_no_password)
        except (ssl.SSLError, OSError, ValueError) as error:
            pem = tls.private_key if _loads(cert_path) else tls.cert
            raise FaultsError([Fault(pem.line, pem.key, f"cannot be used: {_reason(error)}")]) from error


def _trust(context: ssl.SSLContext, pem: Pem) -> None:
    faults: list[Fault] = []
    data = _bytes(pem, faults)
    if faults:
        raise FaultsError(faults)
    try:
        context.load_verify_locations(cadata=data.decode("ascii"))
    except (ssl.SSLError, ValueError) as error:
        raise FaultsError([Fault(pem.line, pem.key, f"holds no certificates: {_reason(error)}")]) from error


def _loads(path: str) -> bool:
    """Whether the certificate by itself is one, so that the fault is the key's."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except (ssl.SSLError, OSError):
        return False
    return True


def _bytes(pem: Pem, faults: list[Fault]) -> bytes:
    if pem.path is None:
        return pem.text.encode()
    try:
        with open_at_once(pem.path) as file:
            data = file.read(_PEM_BYTES + 1)
    except OSError as error:
        faults.append(Fault(pem.line, pem.key, f"{pem.path} cannot be read: {error.strerror}"))
        return b""
    if len(data) > _PEM_BYTES:
        faults.append(Fault(pem.line, pem.key, f"{pem.path} is larger than {_PEM_BYTES} bytes"))
    return data


@contextmanager
def _in_memory(*contents: bytes) -> Iterator[list[str]]:
    """Paths of files that exist in memory alone: ssl reads certificates from files, and keys belong on no disk."""
    with ExitStack() as stack:
        paths = []
        for content in contents:
            descriptor = os.memfd_create("pem")
            file = stack.enter_context(os.fdopen(descriptor, "wb"))
            file.write(content)
            file.flush()
            paths.append(f"/proc/self/fd/{descriptor}")
        yield paths


def _no_password() -> str:
    raise ValueError("the private key is encrypted")


def _reason(error: Exception) -> str:
    return getattr(error, "reason", None) or str(error)
