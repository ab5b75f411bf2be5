"""What is remembered of an endpoint between two pages."""

from dataclasses import dataclass

from exporter.metric import Point
from exporter.targets.answer import Failed


@dataclass(frozen=True, slots=True)
class Reading:
    """One verdict as the page shows it: when it was reached (Unix seconds) and how long that took (seconds)."""

    at: float
    duration: float
    failure: Failed | None
    points: tuple[Point, ...] = ()

    @property
    def up(self) -> bool:
        """Whether the endpoint answered well."""
        return self.failure is None


@dataclass(frozen=True, slots=True)
class Observation:
    """The newest reading, and the last one before it that was up."""

    previous: Reading | None
    current: Reading

    def then(self, reading: Reading) -> "Observation":
        """What is remembered after one more reading."""
        return Observation(self.current if self.current.up else self.previous, reading)

    @property
    def last_success(self) -> float | None:
        """Unix seconds of the newest reading that was up."""
        if self.current.up:
            return self.current.at
        return None if self.previous is None else self.previous.at
