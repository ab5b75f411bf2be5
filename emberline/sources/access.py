"""What a page asks of whoever scrapes it: a password, and with TLS whom to trust and who we are."""

import ssl
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from exporter.stamp import Stamp, stamp
from exporter.targets.answer import Failed
from exporter.targets.credentials import read_credentials, read_secret


@dataclass(frozen=True, slots=True)
class User:
    """A user, or the file with the name, and the file with the password (basic authentication, RFC 7617)."""

    name: str | Path
    password: Path


@dataclass(frozen=True, slots=True)
class Tls:
    """Whose certificates are trusted (None: those of the machine), for which name, and our own certificate."""

    ca: Path | None = None
    server_name: str = ""
    certificate: Path | None = None
    key: Path | None = None

    def context(self) -> ssl.SSLContext:
        """What the files say now; OSError, of which ssl.SSLError is one, with the name of the file at fault."""
        at = str(self.ca)
        try:
            context = ssl.create_default_context(cafile=self.ca)
            if self.certificate is not None:
                at = f"{self.certificate} with {self.key}"
                context.load_cert_chain(self.certificate, self.key, password=_no_password)
        except (OSError, ValueError) as error:
            raise OSError(f"{at}: {getattr(error, 'strerror', None) or error}") from error
        return context

    def stamps(self) -> tuple[Stamp, ...]:
        """They differ once a file was replaced."""
        return tuple(map(stamp, (self.ca, self.certificate, self.key)))


@dataclass(frozen=True, slots=True)
class Access:
    """Everything that a page asks for: a file with a bearer token, or a user; and its way of TLS."""

    token: Path | None = None
    user: User | None = None
    tls: Tls | None = None

    def headers(self) -> dict[str, str] | Failed:
        """The header that authenticates us, read anew for each scrape because secrets rotate."""
        if self.user is None:
            return read_credentials(self.token)
        name = read_secret(self.user.name, spaces=True) if isinstance(self.user.name, Path) else self.user.name
        password = read_secret(self.user.password, spaces=True)
        for found in (name, password):
            if isinstance(found, Failed):
                return found
        return {"Authorization": f"Basic {b64encode(f'{name}:{password}'.encode()).decode()}"}

    def extensions(self) -> dict[str, str]:
        """The name that the server's certificate must bear, where it is not that of the address."""
        return {"sni_hostname": self.tls.server_name} if self.tls and self.tls.server_name else {}


OPEN: Final = Access()
"""Nothing is asked for."""


def _no_password() -> str:
    raise ValueError("an encrypted key, whose password nobody can give")
