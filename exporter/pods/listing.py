"""The kubelet's map of pods, asked for every now and then; on errors the last good one stays, and its age tells."""

import asyncio
import logging
import time
from collections import Counter
from pathlib import Path
from typing import Final

from exporter.pods.kubelet import SOCKET, Kubelet, NoAnswerError, Outcome
from exporter.pods.resources import Pod
from exporter.pods.wire import WireError, decode_list

_LOG: Final = logging.getLogger(__name__)


class Listing:
    """What the kubelet said last; `interval` and `deadline` of a question are in seconds.

    A map stays for as long as the kubelet does not answer: without a kubelet no pod begins.
    """

    def __init__(self, socket: Path = SOCKET, interval: float = 10.0, deadline: float = 10.0) -> None:
        self.pods: tuple[Pod, ...] = ()
        self.requests = Counter(dict.fromkeys(Outcome, 0))
        self._socket = socket
        self._interval = interval
        self._deadline = deadline
        self._body: bytes | None = None
        self._at: float | None = None
        self._last: Outcome | None = None

    @property
    def settled(self) -> bool:
        """Whether the kubelet has answered or failed once."""
        return self._last is not None

    @property
    def version(self) -> int:
        """Grows with every question that has ended."""
        return self.requests.total()

    def age(self, at: float) -> float | None:
        """Seconds since the kubelet confirmed the map, at `at` (monotonic); None before the first answer."""
        return None if self._at is None else at - self._at

    async def run(self) -> None:
        """Ask until cancelled."""
        async with Kubelet(self._socket, self._deadline) as kubelet:
            while True:
                began = time.monotonic()
                self._note(*await self._ask(kubelet))
                await asyncio.sleep(max(0.0, began + self._interval - time.monotonic()))

    async def _ask(self, kubelet: Kubelet) -> tuple[Outcome, str]:
        """An answer is decoded in a thread, and only if it differs from the one that is held."""
        try:
            body = await kubelet.list()
            if body != self._body:
                self.pods = await asyncio.to_thread(decode_list, body)
                self._body = body
        except NoAnswerError as error:
            return error.outcome, str(error)
        except WireError as error:
            return Outcome.GARBAGE, f"{Outcome.GARBAGE}: {error}"
        self._at = time.monotonic()
        return Outcome.OK, "pods are listed"

    def _note(self, outcome: Outcome, detail: str) -> None:
        self.requests[outcome] += 1
        if outcome is not self._last:
            _LOG.log(logging.INFO if outcome is Outcome.OK else logging.WARNING, "kubelet: %s", detail)
            self._last = outcome
