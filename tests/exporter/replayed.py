"""A vLLM that replays the captures, state by state."""

import json
import re
from dataclasses import dataclass, field
from typing import Final

from tests.exporter.faulty import VLLM, Behaviour, Handler
from tests.exporter.targets.asked import captured

COUNTERS: Final = re.compile(
    rb"(?m)^(vllm:(?:(?:prompt|generation)_tokens_total|request_success_total\{.*length)\S*) (\S+)$"
)
COMPLETED: Final = json.dumps({"usage": {"prompt_tokens": 2, "completion_tokens": 1}}).encode()


@dataclass
class Replayed:
    """A vLLM whose page is a capture; while it `works`, each page has more tokens and requests than the one before."""

    page: bytes = captured("vllm/cold_metrics.prom")
    works: bool = False
    health: int = 200
    completions: Behaviour | None = None
    tokens: int = 0
    asked: list[dict[str, object]] = field(default_factory=list)

    def __call__(self, handler: Handler) -> None:
        if handler.path == "/metrics":
            self.tokens += 10 * self.works
            handler.reply(200, COUNTERS.sub(self._advanced, self.page))
        elif handler.path == "/health":
            handler.reply(self.health, b"")
        elif handler.path == "/v1/completions":
            self._complete(handler)
        elif handler.path == "/version":
            handler.reply(200, b'{"version":"0.32.0"}')
        else:
            handler.reply(*VLLM.get(handler.path, (404, b"")))

    def _advanced(self, line: re.Match[bytes]) -> bytes:
        return b"%s %r" % (line[1], float(line[2]) + self.tokens)

    def _complete(self, handler: Handler) -> None:
        self.asked.append({"key": handler.headers.get("Authorization"), "working": self.works})
        if self.completions is None:
            handler.reply(200, COMPLETED)
        else:
            self.completions(handler)
