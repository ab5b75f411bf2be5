"""All that the parent knows of the node's GPUs, and the page that it makes of it."""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from exporter.nvml import state_file
from exporter.nvml.latest import Latest
from exporter.nvml.reading import Reading
from exporter.nvml.xids import Source, Xids

_LOG: Final = logging.getLogger(__name__)


class Known:
    """Takes in readings and Xids; `state` is the file in which the counts of Xids outlive the process."""

    def __init__(self, state: Path | None = None) -> None:
        self._state = state
        self.latest = Latest()
        self.xids = Xids() if state is None else state_file.read(state)

    def take(self, reading: Reading, at: float) -> None:
        """Take a reading in, complete at `at` (monotonic seconds), and log whose state has changed."""
        before = {gpu.key: gpu.state for gpu in self.latest.gpus}
        self.latest = self.latest.after(reading, at)
        for xid in reading.xids:
            self.tell("nvml", xid.pci_bus_id, xid.code, at)
        for gpu in self.latest.gpus:
            if gpu.state != before.get(gpu.key, "ok"):
                level = logging.INFO if gpu.state == "ok" else logging.WARNING
                _LOG.log(level, "GPU %d (%s) is %s %s", gpu.index, gpu.key, gpu.state, gpu.detail)

    def tell(self, source: Source, pci_bus_id: str, code: int, at: float) -> None:
        """Count an Xid that one source tells."""
        counts = self.xids.counts
        self.xids = self.xids.after(source, pci_bus_id, code, at)
        if self.xids.counts is not counts:
            _LOG.warning("Xid %d of the GPU at %s, told by %s", code, pci_bus_id, source)
            if self._state is not None:
                state_file.write(self._state, self.xids)

    def listener(self) -> Callable[[str, int], None]:
        """Takes what the kernel's log tells."""
        return lambda pci_bus_id, code: self.tell("kernel", pci_bus_id, code, time.monotonic())
