"""A completion of one token, which shows that the engine behind /health still makes progress.

It costs what a request costs: opt-in, at most one in flight, at most one an interval, counted, and sent only to a
server that would work on it at once.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from exporter.metric import Point
from exporter.targets.answer import Answer, Failed, Reason, Request, Script, Unknown, Verdict, expect
from exporter.targets.document import read_json
from exporter.targets.vllm.endpoints import Unwell, unwell
from exporter.targets.vllm.memory import Memory, Outcome
from native.exposition import Labels

PROMPT: Final = "Hi"
_TAKES_NO_WORK: Final = 503
_TOKENS: Final = 1_000_000
"""More than any prompt of ours can have."""


@dataclass(frozen=True, slots=True)
class Sung:
    """A canary that was answered, and the tokens that the server says it cost."""

    prompt: int
    completion: int
    failure: None = None

    def points(self, target: Labels) -> Iterator[Point]:
        """Nothing: the cost is counted where the canaries are."""
        del target
        return iter(())


def canary(url: str, model: str) -> Script:
    """Ask for one token of a model."""
    body = json.dumps({"model": model, "prompt": PROMPT, "max_tokens": 1, "temperature": 0}).encode()
    answer = yield Request(f"{url}/v1/completions", "POST", (("Content-Type", "application/json"),), body)
    return _verdict(answer)


def outcome(found: Verdict) -> Outcome:
    """What a canary's verdict says of the engine."""
    if found.failure is None:
        return Outcome.ANSWERED
    if isinstance(found, Unwell):
        return Outcome.REFUSED if found.status == _TAKES_NO_WORK else Outcome.ERROR
    return Outcome.TIMEOUT if found.failure.reason is Reason.TIMEOUT else Outcome.UNKNOWN


def may_sing(memory: Memory, now: float, page_age: float) -> bool:
    """Whether a canary would neither queue behind work nor learn what the page already shows."""
    if memory.health is None or memory.health.failure is not None or memory.pod.terminating:
        return False
    if memory.page is None or now - memory.page_at > page_age or memory.rising:
        return False
    return not any(seen.engine.busy or seen.engine.asleep for seen in memory.engines)


def _verdict(answer: Answer | Failed) -> Verdict:
    body = expect(answer)
    if isinstance(body, Failed):
        return unwell(answer, body)
    document = read_json(body)
    if isinstance(document, Failed):
        return Unknown(document)
    if "error" in document:  # vLLM has sent errors under 200 before
        return Unknown(Failed(Reason.REPORTED, f"{document['error']!r:.160}"))
    usage = document.get("usage")
    spent = usage if isinstance(usage, dict) else {}
    return Sung(_count(spent, "prompt_tokens"), _count(spent, "completion_tokens"))


def _count(usage: dict[str, Any], name: str) -> int:
    value = usage.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _TOKENS else 0
