"""The receivers, and where Alertmanager finds what is secret about them."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

from rules.notify.tree import ACTIONS, AI_HUB_ACTIONS, AI_HUB_HUMANS, HUMANS


@dataclass(frozen=True, slots=True)
class InFile:
    """A secret in a file on Alertmanager's machine, read there at each notification."""

    path: str


@dataclass(frozen=True, slots=True)
class Inline:
    """A secret that stands in the configuration: Mimir's Alertmanager reads no files."""

    text: str = field(repr=False)


Secret: TypeAlias = InFile | Inline


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where notifications go: actions to `responder`, with `token` as bearer; people by the webhooks of their own.

    `time_zone` is that of the working hours, by its IANA name.
    """

    responder: str
    token: Secret
    humans: Secret
    ai_hub_humans: Secret
    time_zone: str = "UTC"

    @property
    def redacted(self) -> "Addresses":
        """The same without what is secret."""
        token, humans, ai_hub_humans = map(_redacted, (self.token, self.humans, self.ai_hub_humans))
        return replace(self, token=token, humans=humans, ai_hub_humans=ai_hub_humans)


RECEIVERS: Final = (ACTIONS, AI_HUB_ACTIONS, HUMANS, AI_HUB_HUMANS)


def written_receivers(addresses: Addresses) -> Iterator[dict[str, Any]]:
    """The receivers as Alertmanager reads them; each is told of resolved alerts too."""
    authorization = {"type": "Bearer", **_written("credentials", addresses.token)}
    machine = {"url": addresses.responder, "http_config": {"authorization": authorization}}
    for name in (ACTIONS, AI_HUB_ACTIONS):
        yield _receiver(name, machine)
    for name, address in ((HUMANS, addresses.humans), (AI_HUB_HUMANS, addresses.ai_hub_humans)):
        yield _receiver(name, _written("url", address))


def _receiver(name: str, webhook: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "webhook_configs": [{"send_resolved": True, **webhook}]}


def _redacted(secret: Secret) -> Secret:
    return secret if isinstance(secret, InFile) else Inline("secret")


def _written(key: str, secret: Secret) -> dict[str, str]:
    return {f"{key}_file": secret.path} if isinstance(secret, InFile) else {key: secret.text}
