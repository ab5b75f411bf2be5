"""Where raw samples come from when they are not in this process."""

from collections.abc import Iterable
from typing import Protocol

from slo.samples import Selecting
from slo.selector import Selector


class SourceError(Exception):
    """A server that could not be reached, or whose answer is no use; the message names it and says why."""


class Source(Protocol):
    """A server that holds samples."""

    def fetch(self, selectors: Iterable[Selector], start: int, end: int) -> Selecting:
        """Every sample of the selectors in (start, end], in ms since the epoch, with exact timestamps.

        SourceError when they cannot be had whole.
        """
        ...
