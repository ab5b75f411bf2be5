"""Families of questions in whose calls the child crashed: the next one does not ask them for a while."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from exporter.nvml.breaker import Breaker
from exporter.nvml.reading import Reading


@dataclass(frozen=True, slots=True)
class Suspects:
    """A breaker for each GPU and family that was in a call when a child crashed; `rest` is the first rest."""

    rest: float
    breakers: Mapping[tuple[int, str], Breaker] = field(default_factory=dict)

    def after_crash(self, calls: Mapping[int, str], at: float) -> "Suspects":
        """With the families that were in a call then; `at` in monotonic seconds."""
        opened = {call: self.breakers.get(call, Breaker(self.rest)).overrun(at) for call in calls.items()}
        return Suspects(self.rest, {**self.breakers, **opened})

    def after(self, reading: Reading) -> "Suspects":
        """Without those that have answered since."""
        cleared = {(gpu.index, family) for gpu in reading.gpus for family in gpu.groups}
        cleared |= {(gpu.index, "identity") for gpu in reading.gpus if gpu.identity}
        if not cleared & self.breakers.keys():
            return self
        return Suspects(self.rest, {call: breaker for call, breaker in self.breakers.items() if call not in cleared})

    def resting(self, at: float) -> dict[int, dict[str, float]]:
        """For how many seconds each family of each GPU is not to be asked."""
        found: dict[int, dict[str, float]] = {}
        for (gpu, family), breaker in self.breakers.items():
            found.setdefault(gpu, {})[family] = breaker.remaining(at)
        return found
