"""All that the parent knows of the node's GPUs: a reading at a time, an error event at a time."""

import logging
from collections.abc import Hashable
from pathlib import Path
from typing import Final

from exporter.dcgm.events import EventLog
from exporter.nvml.latest import Latest, Seen
from exporter.nvml.reading import Reading
from exporter.nvml.state_file import StateFile
from exporter.nvml.xids import Source, Xids, bus_id

_LOG: Final = logging.getLogger(__name__)
_WINDOW_MS: Final = 300_000


class Known:
    """Takes in readings and Xids; `state` is the file in which the counts of Xids outlive the process.

    `logs` hold, by GPU, what dcgm-exporter counts in sliding windows of so many milliseconds.
    """

    def __init__(
        self, state: Path | None = None, *, xid_window_ms: int = _WINDOW_MS, clock_event_window_ms: int = _WINDOW_MS
    ) -> None:
        self._state = None if state is None else StateFile(state)
        self._windows = xid_window_ms, clock_event_window_ms
        self.latest = Latest()
        self.xids = Xids() if self._state is None else self._state.read()
        self.logs: dict[str, EventLog] = {}
        self._events = 0

    @property
    def version(self) -> Hashable:
        """Differs from what it was once something new is known."""
        return self.latest.at, self._events

    def take(self, reading: Reading, at: float) -> None:
        """Take a reading in, complete at `at` (monotonic seconds), and log whose state has changed."""
        before = {gpu.key: gpu.state for gpu in self.latest.gpus}
        self.latest = self.latest.after(reading, at)
        for gpu in self.latest.gpus:
            self._note_clocks(gpu, at)
            if gpu.state != before.get(gpu.key, "ok"):
                level = logging.INFO if gpu.state == "ok" else logging.WARNING
                _LOG.log(level, "GPU %d (%s) is %s %s", gpu.index, gpu.key, gpu.state, gpu.detail)
        for xid in reading.xids:
            self.tell("nvml", xid.pci_bus_id, xid.code, at if xid.at is None else xid.at)

    def tell(self, source: Source, pci_bus_id: str, code: int, at: float) -> None:
        """Count an Xid that one source tells at `at` (monotonic seconds)."""
        counts = self.xids.counts
        self.xids = self.xids.after(source, pci_bus_id, code, at)
        if self.xids.counts is counts:
            return
        self._events += 1
        _LOG.warning("Xid %d of the GPU at %s, told by %s", code, pci_bus_id, source)
        for gpu in self.latest.gpus:
            if gpu.identity and bus_id(gpu.identity.pci_bus_id) == bus_id(pci_bus_id):
                self._log(gpu).xid(at, code)
        if self._state is not None:
            self._state.keep(self.xids)

    def kept(self, within: float) -> bool:
        """Whether the state file holds every count, at the latest after so many seconds."""
        return self._state is None or self._state.written(within)

    def _note_clocks(self, gpu: Seen, at: float) -> None:
        log, group = self._log(gpu), gpu.groups.get("clocks")
        if group and group.at == at and "clocks_event_reasons" in group.values:
            log.clocks(at, group.values["clocks_event_reasons"])

    def _log(self, gpu: Seen) -> EventLog:
        return self.logs.setdefault(gpu.key, EventLog(*self._windows))
