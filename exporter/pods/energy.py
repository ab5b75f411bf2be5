"""Joules by device and party since the start: counters that add up to the device's exactly."""

from collections.abc import Hashable, Mapping
from math import fsum
from typing import Final, Generic, TypeVar

from exporter.pods.sharing import REMAINDER, Party

QUANTUM: Final = 2.0**-13
"""Joules, 0.12 mJ: NVML counts mJ, and sums of such numbers stay exact for 50 years at 700 W."""

Device = TypeVar("Device", bound=Hashable)


class Energy(Generic[Device]):
    """Counters in whole quanta. What an interval has beyond a whole quantum is carried into the next one."""

    def __init__(self) -> None:
        self._counted: dict[Device, dict[Party, int]] = {}
        self._carried: dict[Device, float] = {}

    def add(self, device: Device, parts: Mapping[Party, float]) -> None:
        """Count the parts of one interval (joules, as `sharing.split` gives them)."""
        if not parts:
            return
        counted = self._counted.setdefault(device, {REMAINDER: 0})
        joules = fsum((*parts.values(), self._carried.get(device, 0.0)))
        whole = int(joules / QUANTUM)
        self._carried[device] = joules - whole * QUANTUM
        for party, part in parts.items():
            if party != REMAINDER:
                quanta = min(whole, int(part / QUANTUM))
                counted[party] = counted.get(party, 0) + quanta
                whole -= quanta
        counted[REMAINDER] += whole

    def totals(self, device: Device) -> dict[Party, float]:
        """Joules of each party that ever had a part, the remainder included: none before the first interval."""
        return {party: quanta * QUANTUM for party, quanta in self._counted.get(device, {}).items()}

    def keep(self, device: Device, pods: set[tuple[str, str]]) -> None:
        """Forget the parties of pods that are no more; their joules leave the sum with them."""
        counted = self._counted.get(device, {})
        for party in [it for it in counted if it != REMAINDER and (it.namespace, it.pod) not in pods]:
            del counted[party]
