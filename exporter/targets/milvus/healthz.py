"""Milvus' /healthz (M1) on the management port, as a verdict.

A Milvus that finds 9091 taken, which may be by its own past, uses the next port and says nothing: where 9091 was
written and no Milvus answers there, the next two are asked too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from exporter.metric import Point
from exporter.targets import catalog
from exporter.targets.answer import Answer, Failed, Reason, Request, Script, Unknown, expect
from exporter.targets.document import is_name, read_json
from native.exposition import Labels

COMPONENTS_NAMED: Final = 32
_WELL: Final = (1, 3)
"""Healthy and StandBy of `commonpb.StateCode`: what Milvus itself counts as healthy."""
MANAGEMENT_PORT: Final = 9091
_ELSEWHERE: Final = (Reason.REFUSED, Reason.HTTP_STATUS, Reason.GARBAGE, Reason.PROTOCOL, Reason.REDIRECT)
"""Failures that a stranger on the port has too; one that is silent is waited for."""
_ABNORMAL: Final = re.compile(rb"component (\w{1,64}) state is \w{1,64}")
_AS_JSON: Final = (("Content-Type", "application/json"),)
"""This header of the *request* makes /healthz answer in JSON."""


@dataclass(frozen=True, slots=True)
class Healthz:
    """Each component with whether it is well, and why the whole is not."""

    components: tuple[tuple[str, bool], ...]
    failure: Failed | None = None
    url: str = ""
    """Where it was found."""

    def points(self, target: Labels) -> Iterator[Point]:
        """One value per component, and the port."""
        port = urlsplit(self.url).port
        if port is not None:
            yield catalog.MILVUS_PORT.at(target, port)
        for name, well in self.components:
            yield catalog.MILVUS_COMPONENT.at((*target, ("component", name)), well)


def places(url: str) -> tuple[str, ...]:
    """Where the management port of a server may be: as written, or moved up from the default one."""
    parts = urlsplit(url)
    if parts.port != MANAGEMENT_PORT:
        return (url,)
    host = parts.netloc.rpartition(":")[0]
    moved = (urlunsplit((parts.scheme, f"{host}:{MANAGEMENT_PORT + up}", parts.path, "", "")) for up in (1, 2))
    return (url, *moved)


def health(urls: tuple[str, ...]) -> Script:
    """Ask /healthz at each place until a Milvus answers; one that answers in plain text is understood too."""
    first: Healthz | Unknown | None = None
    for url in urls:
        answer = yield Request(f"{url}/healthz", headers=_AS_JSON, trusted=False)
        found = _verdict(url, answer)
        if first is None and (isinstance(found, Healthz) or found.failure.reason not in _ELSEWHERE):
            return found
        if isinstance(found, Healthz) and found.components:  # many a server says OK: a stranger names no components
            return found
        first = first or found
    return first or Unknown(Failed(Reason.INTERNAL, "nowhere to ask"))


def _verdict(url: str, answer: Answer | Failed) -> Healthz | Unknown:
    if isinstance(answer, Failed):
        return Unknown(answer)
    if answer.body.strip() == b"OK":
        return Healthz((), _status(answer), url)
    abnormal = _ABNORMAL.fullmatch(answer.body.strip())
    if abnormal is not None:
        reason = _status(answer)
        state = Failed(Reason.REPORTED if reason is None else reason.reason, abnormal[0].decode())
        return Healthz(((abnormal[1].decode(), False),), state, url)
    document = read_json(answer.body)
    if isinstance(document, Failed):
        return Unknown(_status(answer) or document)
    return _healthz(url, answer, document)


def _healthz(url: str, answer: Answer, document: dict[str, Any]) -> Healthz | Unknown:
    detail = document.get("detail")
    entries = [entry for entry in detail if isinstance(entry, dict)] if isinstance(detail, list) else []
    wells: dict[str, bool] = {}
    for entry in entries[:COMPONENTS_NAMED]:
        if is_name(entry.get("name")):  # a name that comes twice is well if both are
            wells[entry["name"]] = entry.get("code") in _WELL and wells.get(entry["name"], True)
    components = tuple(wells.items())
    state = document.get("state")
    if not isinstance(state, str):
        return Unknown(_status(answer) or Failed(Reason.GARBAGE, "/healthz lacks its text `state`"))
    if answer.status == 200 and state == "OK" and all(well for _, well in components):  # noqa: PLR2004 - HTTP OK
        return Healthz(components, None, url)
    reason = _status(answer)
    return Healthz(components, Failed(reason.reason if reason else Reason.REPORTED, state[:200]), url)


def _status(answer: Answer) -> Failed | None:
    verdict = expect(answer)
    return verdict if isinstance(verdict, Failed) else None
