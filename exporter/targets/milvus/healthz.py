"""Milvus: /healthz (M1) and /metrics on the management port, as verdicts; collections are in `collections`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from exporter.metric import Point
from exporter.targets import catalog
from exporter.targets.answer import Answer, Failed, Reason, Request, Script, Unknown, expect
from exporter.targets.document import PAGE_BYTES, is_name, read_json, read_page, total
from native.exposition import Labels

COMPONENTS_NAMED: Final = 32
_WELL: Final = (1, 3)
"""Healthy and StandBy of `commonpb.StateCode`: what Milvus itself counts as healthy."""
_AS_JSON: Final = (("Content-Type", "application/json"),)
"""This header of the *request* makes /healthz answer in JSON."""


@dataclass(frozen=True, slots=True)
class Healthz:
    """Each component with whether it is well, and why the whole is not."""

    components: tuple[tuple[str, bool], ...]
    failure: Failed | None = None

    def points(self, target: Labels) -> Iterator[Point]:
        """One value per component."""
        for name, well in self.components:
            yield catalog.MILVUS_COMPONENT.at((*target, ("component", name)), well)


@dataclass(frozen=True, slots=True)
class Storage:
    """Rows that the metrics page counts; None when it has no such series."""

    rows: float | None
    failure: None = None

    def points(self, target: Labels) -> Iterator[Point]:
        """The rows, if known."""
        if self.rows is not None:
            yield catalog.MILVUS_STORED_ROWS.at(target, self.rows)


def health(url: str) -> Script:
    """Ask /healthz; a server that answers in plain text is understood too."""
    answer = yield Request(f"{url}/healthz", headers=_AS_JSON, trusted=False)
    if isinstance(answer, Failed):
        return Unknown(answer)
    if answer.body.strip() == b"OK":
        return Healthz((), _status(answer))
    document = read_json(answer.body)
    if isinstance(document, Failed):
        return Unknown(_status(answer) or document)
    return _healthz(answer, document)


def metrics(url: str) -> Script:
    """Ask /metrics for the rows stored."""
    body = expect((yield Request(f"{url}/metrics", limit=PAGE_BYTES, trusted=False)))
    page = body if isinstance(body, Failed) else read_page(body)
    if isinstance(page, Failed):
        return Unknown(page)
    return Storage(total(page, "milvus_datacoord_stored_rows_num"))


def _healthz(answer: Answer, document: dict[str, Any]) -> Healthz | Unknown:
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
        return Healthz(components)
    reason = _status(answer)
    return Healthz(components, Failed(reason.reason if reason else Reason.REPORTED, state[:200]))


def _status(answer: Answer) -> Failed | None:
    verdict = expect(answer)
    return verdict if isinstance(verdict, Failed) else None
