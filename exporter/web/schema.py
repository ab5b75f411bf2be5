"""exporter-toolkit's `web-config.yml` (v0.17): the rim where its text is checked, key by key, as upstream does."""

import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from exporter.web import golang
from exporter.web.nodes import Word

_BCRYPT: Final = re.compile(r"\$2[abxy]?\$(?P<cost>\d\d)\$[./A-Za-z0-9]{53}")
_COSTS: Final = range(4, 32)
MOST_COST: Final = 16
"""A check at this cost takes seconds; each step doubles that."""

ClientAuth = Literal["", "NoClientCert", "VerifyClientCertIfGiven", "RequireAndVerifyClientCert"]
_INEXPRESSIBLE: Final = ("RequestClientCert", "RequireAnyClientCert", "RequireClientCert")
HEADERS: Final[dict[str, tuple[str, ...]]] = {
    "Strict-Transport-Security": (),
    "X-Content-Type-Options": ("nosniff",),
    "X-Frame-Options": ("deny", "sameorigin"),
    "X-XSS-Protection": (),
    "Content-Security-Policy": (),
}
"""The headers that can be set, with their only values where these are listed."""


def _text(value: object) -> object:
    return "" if value is None else str(value) if isinstance(value, str) else value


def _truth(value: object) -> object:
    found = value.truth if isinstance(value, Word) else False if value is None else value
    if not isinstance(found, bool):
        raise ValueError("must be true or false")  # noqa: TRY004 - pydantic reports this kind alone
    return found


def _count(value: object) -> int:
    found = value.integer if isinstance(value, Word) else None
    if found is None or not 0 <= found < 2**31:
        raise ValueError("must be a whole number, 0 or more")
    return found


def _interval(value: object) -> float:
    if not isinstance(value, str):
        raise ValueError("must be a length of time such as 1s")  # noqa: TRY004 - as above
    bare = value.integer if isinstance(value, Word) else None
    return golang.seconds(value) if bare is None else bare / 1e9


def _client_auth(value: str) -> str:
    if value in _INEXPRESSIBLE:
        raise ValueError(
            f"{value} asks for a certificate without checking it, which Python's ssl cannot: use"
            " RequireAndVerifyClientCert or VerifyClientCertIfGiven with a client_ca"
        )
    return value


def _suite(value: str) -> str:
    if value not in golang.SUITES and value not in golang.TLS13_SUITES:
        raise ValueError(f"unknown cipher: {value}")
    return value


def _curve(value: str) -> str:
    if value not in golang.CURVES:
        raise ValueError(f"unknown curve: {value}")
    return value


def _curves(value: list[str]) -> list[str]:
    if len(set(value)) > 1:
        raise ValueError("Python's ssl can be told one curve only, not several")
    return value


def _version(value: str | None) -> str | None:
    if value is None:
        return None
    if value in golang.OLD_VERSIONS:
        raise ValueError(f"{value} is not served: OpenSSL 3 refuses it at its default security level (RFC 8996)")
    if value not in golang.VERSIONS:
        raise ValueError(f"unknown TLS version: {value}")
    return value


def _headers(value: dict[str, str]) -> dict[str, str]:
    for name, text in value.items():
        if name not in HEADERS:
            raise ValueError(f"HTTP header {name!r} can not be configured")
        if HEADERS[name] and text not in HEADERS[name]:
            raise ValueError(f"invalid value for {name}: {text!r} is not {' or '.join(HEADERS[name])}")
        if not text.isascii() or not text.isprintable():
            raise ValueError(f"invalid value for {name}: it holds characters that no header can")
    return value


def _hash(value: str) -> str:
    shape = _BCRYPT.fullmatch(value)
    if shape is None or int(shape["cost"]) not in _COSTS:
        raise ValueError("not a password hashed with bcrypt, such as htpasswd -nBC 10 '' prints")
    if int(shape["cost"]) > MOST_COST:
        raise ValueError(f"a bcrypt cost above {MOST_COST} takes too long to check")
    return value


def absent(value: object) -> object:
    """The value, an empty mapping where there is none: YAML's null is no error where a mapping can stand."""
    return {} if value is None else value


def _none(value: object) -> object:
    return [] if value is None else value


Text = Annotated[str, BeforeValidator(_text)]
Truth = Annotated[bool, BeforeValidator(_truth)]
_STRICT: Final = ConfigDict(frozen=True, extra="forbid")


class TlsServer(BaseModel):
    """`tls_server_config`."""

    model_config = _STRICT

    cert: Text = ""
    cert_file: Text = ""
    key: Text = ""
    key_file: Text = ""
    client_ca: Text = ""
    client_ca_file: Text = ""
    client_auth_type: Annotated[ClientAuth, BeforeValidator(lambda value: _client_auth(str(_text(value))))] = ""
    client_allowed_sans: list[Text] | None = None
    cipher_suites: Annotated[list[Annotated[Text, AfterValidator(_suite)]], BeforeValidator(_none)] = []
    curve_preferences: Annotated[
        list[Annotated[Text, AfterValidator(_curve)]], BeforeValidator(_none), AfterValidator(_curves)
    ] = []
    min_version: Annotated[str | None, AfterValidator(_version)] = None
    max_version: Annotated[str | None, AfterValidator(_version)] = None
    prefer_server_cipher_suites: Truth = True


class HttpServer(BaseModel):
    """`http_server_config`; `http2` changes nothing, since HTTP/1.1 alone is spoken."""

    model_config = _STRICT

    http2: Truth = True
    headers: Annotated[dict[str, Text], BeforeValidator(absent), AfterValidator(_headers)] = {}


class RateLimit(BaseModel):
    """`rate_limit`: seconds between two requests in the long run, 0 for no limit, and how many may come at once."""

    model_config = _STRICT

    interval: Annotated[float, BeforeValidator(_interval)] = 0.0
    burst: Annotated[int, BeforeValidator(_count)] = 0


class Document(BaseModel):
    """The whole file."""

    model_config = _STRICT

    tls_server_config: Annotated[TlsServer, BeforeValidator(absent)] = TlsServer()
    http_server_config: Annotated[HttpServer, BeforeValidator(absent)] = HttpServer()
    rate_limit: Annotated[RateLimit, BeforeValidator(absent)] = RateLimit()
    basic_auth_users: Annotated[dict[str, Annotated[Text, AfterValidator(_hash)]], BeforeValidator(absent)] = {}
