"""What is known at one moment: the status page, its JSON and the terminal are readings of it."""

from dataclasses import dataclass

from emberline.evaluation import Result
from emberline.live.gpus import Gpu


@dataclass(frozen=True, slots=True)
class TargetState:
    """A scraped target. `up` is None before the first scrape; `scraped_at` in ms since the epoch."""

    name: str
    url: str
    up: bool | None
    error: str
    samples: int
    scraped_at: int | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One evaluation and what was held beside it, at `at` (ms since the epoch).

    `notices` are what a reader must know to read the rest rightly: simulated data, a shortened history.
    """

    at: int
    results: tuple[Result, ...]
    gpus: tuple[Gpu, ...]
    targets: tuple[TargetState, ...]
    notices: tuple[str, ...]

    @property
    def newest(self) -> int | None:
        """Time of the newest successful scrape (ms), None before the first."""
        return max((t.scraped_at for t in self.targets if t.up and t.scraped_at is not None), default=None)
