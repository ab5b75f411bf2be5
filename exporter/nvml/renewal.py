"""When a new process is worth a try for GPUs that are in trouble while others answer: rarely, and ever more rarely."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from exporter.nvml.latest import Seen

LONGEST: Final = 900.0


@dataclass(frozen=True, slots=True)
class Renewal:
    """Tries so far, and when the last one was; `patience` is the first pause. All in monotonic seconds."""

    patience: float
    tries: int = 0
    last: float = float("-inf")

    def due(self, gpus: Iterable[Seen], at: float) -> bool:
        """Whether some GPU has been without answers for longer than the pause, which doubles with every try."""
        troubled = [max(gpu.since, self.last) for gpu in gpus if not gpu.up]
        pause = min(LONGEST, self.patience * 2.0 ** min(self.tries, 16))
        return bool(troubled) and at - min(troubled) >= pause

    def tried(self, at: float) -> "Renewal":
        """After one more try."""
        return Renewal(self.patience, self.tries + 1, at)

    def after(self, gpus: Iterable[Seen]) -> "Renewal":
        """Once all GPUs answer, the next trouble is met with the first pause again."""
        return Renewal(self.patience) if self.tries and all(gpu.up for gpu in gpus) else self
