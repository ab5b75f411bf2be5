"""What a watch asks of the module that knows a kind of server."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, Protocol

from exporter.metric import Point
from exporter.targets.answer import Script, Verdict
from native.exposition import Labels

HEALTH: Final = "health"
"""The endpoint that decides whether a target is up."""


class Judge(Protocol):
    """The probes of one server, and what follows from their verdicts taken together."""

    def scripts(self) -> Mapping[str, Callable[[], Script]]:
        """The probes by endpoint, `HEALTH` among them; each call starts one."""

    def deadline(self, endpoint: str) -> float:
        """Seconds that a probe of the endpoint may take."""

    def due(self, endpoint: str, now: float) -> bool:
        """Whether the endpoint may be asked at its next turn, which is now."""

    def learn(self, endpoint: str, verdict: Verdict, began: float, ended: float) -> None:
        """Remember what a probe found out between two moments."""

    def points(self, target: Labels, now: float) -> Iterator[Point]:
        """What follows from all that was learnt."""
