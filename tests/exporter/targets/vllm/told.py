"""A vLLM server as the verdict's tests see it: look by look, five seconds apart."""

from dataclasses import dataclass
from typing import Final

from exporter.targets.answer import Failed, Reason
from exporter.targets.vllm.load import Load
from exporter.targets.vllm.memory import Canaries, Memory, Outcome, Trial
from exporter.targets.vllm.verdict import Patience, judge
from tests.exporter.targets.vllm.pages import capture, queue, worked

PATIENCE: Final = Patience(stalled_after=30, starting_for=600, page_age=15)
REFUSED: Final = Failed(Reason.REFUSED, "")
TIMEOUT: Final = Failed(Reason.TIMEOUT, "")
STATUS_503: Final = Failed(Reason.HTTP_STATUS, "HTTP 503")


@dataclass
class Told:
    """What has been seen of a server up to now."""

    memory: Memory
    now: float = 0.0

    def look(self, health: Failed | None, page: Load | None = None, looks: int = 1, **canaries: int) -> None:
        for _ in range(looks):
            self.now += 5
            unwell = health is not None and health.reason is Reason.HTTP_STATUS
            self.memory = self.memory.after_health(self.now, health, unwell=unwell)
            if page is not None:
                self.memory = self.memory.after_page(self.now, page, Canaries(**canaries))

    def canary(self, outcome: Outcome) -> None:
        self.memory = self.memory.after_canary(Trial(self.now, outcome))

    def verdict(self) -> str:
        found = judge(self.memory, self.now, PATIENCE)
        return "none" if found is None else f"{found.verdict} by {found.evidence}"


def told() -> Told:
    return Told(Memory(0.0))


def idle() -> Told:
    """A server that has worked, and now has nothing to do."""
    server = told()
    server.look(None, capture("during_load_02"))
    server.look(None, capture("after_load_metrics"), looks=2)
    return server


def recovers(server: Told) -> None:
    """From whatever state: the engine works again, then has nothing to do."""
    page = server.memory.page or capture("cold_metrics")
    server.look(None, page)
    server.look(None, worked(page, 9))
    assert server.verdict() == "serving by tokens"
    server.look(None, queue(worked(page, 9), 0), looks=2)
    assert server.verdict().startswith("idle by ")
