"""What a server has right now, asked for as it is needed."""

from dataclasses import dataclass, field

from emberline.sources.source import Source
from slo.instant import LOOKBACK
from slo.samples import Track
from slo.selector import Selector


@dataclass(frozen=True, slots=True)
class Recent:
    """The samples of the five minutes up to `at`, in ms since the epoch; implements `slo.samples.Selecting`."""

    source: Source
    at: int
    _asked: dict[Selector, tuple[Track, ...]] = field(default_factory=dict, repr=False)

    def select(self, selector: Selector) -> tuple[Track, ...]:
        """Every series that the selector picks, fetched once; SourceError where the server does not tell."""
        if selector not in self._asked:
            fetched = self.source.fetch([selector], self.at - LOOKBACK.ms, self.at)
            self._asked[selector] = tuple(fetched.select(selector))
        return self._asked[selector]
