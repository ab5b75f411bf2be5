"""What is known at one moment: the status page, its JSON and the terminal are readings of it."""

from dataclasses import dataclass

from emberline.evaluation import Result
from emberline.live.gpus import Gpu
from emberline.live.models import ModelServer
from emberline.sources.scraper import Health


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One evaluation and what was held beside it, at `at` (ms since the epoch).

    `notices` are what a reader must know to read the rest rightly: simulated data, a shortened history.
    """

    at: int
    results: tuple[Result, ...]
    gpus: tuple[Gpu, ...]
    targets: tuple[Health, ...]
    notices: tuple[str, ...]
    models: tuple[ModelServer, ...] = ()

    @property
    def newest(self) -> int | None:
        """Time of the newest successful scrape (ms), None before the first."""
        return max((h.at for h in self.targets if h.up and h.at is not None), default=None)
