"""vLLM: /health (V1), /v1/models (V2) and /version, as verdicts; the page (V3) is in `load`.

`/health` does not notice a frozen engine, and the page repeats the last gauges of a dead one for ever: what the other
endpoints say is exported only while health holds, and none of them alone says that an engine makes progress.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from exporter.metric import Point
from exporter.targets import catalog
from exporter.targets.answer import Answer, Failed, Reason, Request, Script, Unknown, expect
from exporter.targets.document import is_name, read_json
from native.exposition import Labels

MODELS_NAMED: Final = 64
"""Models beyond these are counted and not named."""


@dataclass(frozen=True, slots=True)
class Healthy:
    """/health answered 200; its body is empty."""

    failure: None = None

    def points(self, target: Labels) -> Iterator[Point]:
        """Nothing beyond the endpoint being up."""
        del target
        return iter(())


@dataclass(frozen=True, slots=True)
class Unwell:
    """An answer in good form with a status of its own failure (5xx): the server lives, the engine may not."""

    failure: Failed
    status: int

    def points(self, target: Labels) -> Iterator[Point]:
        """Nothing beyond the endpoint being down."""
        del target
        return iter(())


@dataclass(frozen=True, slots=True)
class Models:
    """The ids that /v1/models lists, sorted, and of those the ones that are no adapters."""

    ids: tuple[str, ...]
    base: tuple[str, ...] = ()
    failure: None = None

    def points(self, target: Labels) -> Iterator[Point]:
        """How many there are, and one info series each for the first `MODELS_NAMED`."""
        yield catalog.VLLM_MODELS.at(target, len(self.ids))
        for name in self.ids[:MODELS_NAMED]:
            yield catalog.VLLM_MODEL_INFO.at((*target, ("model_name", name)), 1)


@dataclass(frozen=True, slots=True)
class Version:
    """What /version says."""

    version: str
    failure: None = None

    def points(self, target: Labels) -> Iterator[Point]:
        """One info series."""
        yield catalog.VLLM_INFO.at((*target, ("version", self.version)), 1)


def health(url: str) -> Script:
    """Ask /health: 200 is well; the body is empty and means nothing."""
    answer = yield Request(f"{url}/health")
    body = expect(answer)
    if not isinstance(body, Failed):
        return Healthy()
    return unwell(answer, body)


def models(url: str) -> Script:
    """Ask /v1/models for the ids it lists."""
    body = expect((yield Request(f"{url}/v1/models")))
    document = body if isinstance(body, Failed) else read_json(body)
    found = document if isinstance(document, Failed) else listed(document)
    return Unknown(found) if isinstance(found, Failed) else found


def version(url: str) -> Script:
    """Ask /version."""
    body = expect((yield Request(f"{url}/version")))
    document = body if isinstance(body, Failed) else read_json(body)
    if isinstance(document, Failed):
        return Unknown(document)
    text = document.get("version")
    if not is_name(text):
        return Unknown(Failed(Reason.GARBAGE, "/version lacks its text `version`"))
    return Version(str(text))


def unwell(answer: Answer | Failed, failure: Failed) -> Unwell | Unknown:
    """The verdict on an answer that is no success: a status 5xx is kept, for it tells a death from a mistake."""
    if isinstance(answer, Answer) and 500 <= answer.status < 600:  # noqa: PLR2004 - the class of RFC 9110 §15.6
        return Unwell(failure, answer.status)
    return Unknown(failure)


def listed(document: dict[str, Any]) -> Models | Failed:
    """The models in the body of /v1/models."""
    entries = document.get("data")
    if not isinstance(entries, list):
        return Failed(Reason.GARBAGE, "/v1/models lacks its list `data`")
    ids = [entry.get("id") if isinstance(entry, dict) else None for entry in entries]
    if not all(map(is_name, ids)):
        return Failed(Reason.GARBAGE, "/v1/models holds an entry without a usable `id`")
    base = {str(entry["id"]) for entry in entries if entry.get("parent") is None}
    return Models(tuple(sorted({str(name) for name in ids})), tuple(sorted(base)))
