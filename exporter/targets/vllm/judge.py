"""One vLLM server: its probes, its memory, and the verdict as points."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from exporter.metric import Point
from exporter.targets import catalog
from exporter.targets.answer import Script
from exporter.targets.answer import Verdict as Found
from exporter.targets.judge import HEALTH
from exporter.targets.target import Target
from exporter.targets.vllm.canary import Sung, canary, may_sing, outcome
from exporter.targets.vllm.endpoints import Models, Unwell, health, models, version
from exporter.targets.vllm.load import Load, metrics
from exporter.targets.vllm.memory import Canaries, Memory, Outcome, Pod, Trial
from exporter.targets.vllm.verdict import Judgement, Patience, Verdict, judge
from native.exposition import Exposition, Labels

VERSION_EVERY: Final = 60.0


class VllmJudge:
    """What is known of one server; `began` is when the watch began, on the clock of all later times."""

    def __init__(self, target: Target, began: float) -> None:
        self._target = target
        self._patience = Patience(target.stalled_after, target.starting_for, 2 * target.interval + target.timeout)
        self._memory = Memory(began)
        self._model = None if target.canary is None else target.canary.model
        self._sent = self._ended = self._ended_before_page = 0
        self._sent_at: float | None = None
        self._version_at: float | None = None
        self._shown: Exposition | None = None
        self._outcomes = Counter(dict.fromkeys(Outcome, 0))
        self._tokens = Counter(prompt=0, completion=0)

    def scripts(self) -> Mapping[str, Callable[[], Script]]:
        """The endpoints, and the canary where it is wanted."""
        url = self._target.url
        probes: dict[str, Callable[[], Script]] = {
            HEALTH: partial(health, url),
            "models": partial(models, url),
            "version": partial(version, url),
            "metrics": self._page,
        }
        return probes if self._target.canary is None else probes | {"canary": self._sing}

    def deadline(self, endpoint: str) -> float:
        """The canary's own, or the target's."""
        wanted = self._target.canary
        return wanted.timeout if endpoint == "canary" and wanted is not None else self._target.timeout

    def due(self, endpoint: str, now: float) -> bool:
        """A canary must be affordable: one an interval, one at a time, and nobody waits behind it."""
        wanted = self._target.canary
        if endpoint == "version":
            return self._asks_version(now)
        if endpoint != "canary" or wanted is None:
            return True
        if self._model is None or (self._sent_at is not None and now - self._sent_at < wanted.interval):
            return False
        if not may_sing(self._memory, now, self._patience.page_age):
            return False
        self._sent_at = now
        return True

    def learn(self, endpoint: str, verdict: Found, began: float, ended: float) -> None:
        """Take a verdict into the memory."""
        if endpoint == HEALTH:
            self._memory = self._memory.after_health(ended, verdict.failure, unwell=isinstance(verdict, Unwell))
        elif endpoint == "canary":
            self._count(verdict, began)
        elif isinstance(verdict, Load):
            self._shown = verdict.page
            canaries = Canaries(self._sent, self._ended_before_page)
            self._memory = self._memory.after_page(ended, replace(verdict, page=None), canaries)
        elif isinstance(verdict, Models) and self._target.canary is not None:
            self._model = self._target.canary.model or next(iter(verdict.base or verdict.ids), None)

    def place(self, pod: Pod) -> None:
        """What Kubernetes says of the server's pod from now on."""
        self._memory = replace(self._memory, pod=pod)

    def judgement(self, now: float) -> Judgement | None:
        """The verdict."""
        return judge(self._memory, now, self._patience)

    def points(self, target: Labels, now: float) -> Iterator[Point]:
        """The verdict, one series for each that there is, what it rests on, and what the canary has cost."""
        found = self.judgement(now)
        if found is not None:
            for verdict in Verdict:
                yield catalog.VLLM_VERDICT.at((*target, ("verdict", verdict)), verdict is found.verdict)
            why = (("verdict", found.verdict), ("evidence", found.evidence))
            yield catalog.VLLM_EVIDENCE.at((*target, *why), 1)
        if self._target.canary is not None:
            for end, count in self._outcomes.items():
                yield catalog.VLLM_CANARIES.at((*target, ("outcome", end)), count)
            for kind, count in self._tokens.items():
                yield catalog.VLLM_CANARY_TOKENS.at((*target, ("type", kind)), count)

    def _asks_version(self, now: float) -> bool:
        """It changes with the process alone: once a minute, and when /health has come back since."""
        health, asked = self._memory.health, self._version_at
        back = health is not None and health.failure is None and asked is not None and health.since > asked
        if asked is not None and now - asked < VERSION_EVERY and not back:
            return False
        self._version_at = now
        return True

    def _page(self) -> Script:
        self._ended_before_page = self._ended
        return metrics(self._target.url, self._shown)

    def _sing(self) -> Script:
        self._sent += 1
        return canary(self._target.url, self._model or "")

    def _count(self, verdict: Found, began: float) -> None:
        self._ended = self._sent
        end = outcome(verdict)
        self._memory = self._memory.after_canary(Trial(began, end))
        self._outcomes[end] += 1
        if isinstance(verdict, Sung):
            self._tokens["prompt"] += verdict.prompt
            self._tokens["completion"] += verdict.completion
