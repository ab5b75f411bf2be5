"""Which series a store holds: identities by number, and what selectors pick of them."""

from collections.abc import ItemsView, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slo.selector import Labels, Selector, prometheus_order


@dataclass(frozen=True, slots=True)
class Entry:
    """The identity of a series, and how long its samples are held."""

    metric: str
    labels: Labels
    retention_ms: int


class Catalog:
    """Series by number, and by metric and labels. `version` changes whenever one comes or goes."""

    def __init__(self) -> None:
        self.version = 0
        self._entries: dict[int, Entry] = {}
        self._numbers: dict[tuple[str, Labels], int] = {}
        self._metrics: dict[str, dict[int, Entry]] = {}
        self._picked: dict[str, dict[Selector, tuple[int, ...]]] = {}
        self._by_label: dict[str, dict[tuple[str, str], list[int]]] = {}
        self._all: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        """Number of series."""
        return len(self._entries)

    def __contains__(self, number: int) -> bool:
        """Whether a series has this number."""
        return number in self._entries

    def __getitem__(self, number: int) -> Entry:
        """The series of a number."""
        return self._entries[number]

    def items(self) -> ItemsView[int, Entry]:
        """Every series with its number."""
        return self._entries.items()

    def find(self, metric: str, labels: Labels) -> int | None:
        """The number of a series; None where there is none."""
        return self._numbers.get((metric, labels))

    def add(self, number: int, entry: Entry) -> None:
        """Take a new series."""
        self._entries[number] = entry
        self._numbers[entry.metric, entry.labels] = number
        self._metrics.setdefault(entry.metric, {})[number] = entry
        self._changed(entry.metric)

    def remove(self, number: int) -> None:
        """Let go of a series."""
        entry = self._entries.pop(number)
        del self._numbers[entry.metric, entry.labels]
        del self._metrics[entry.metric][number]
        self._changed(entry.metric)

    def _changed(self, metric: str) -> None:
        self._picked.pop(metric, None)
        self._by_label.pop(metric, None)
        self._all = None
        self.version += 1

    def numbers(self) -> NDArray[np.int64]:
        """The numbers of all series."""
        if self._all is None:
            self._all = np.fromiter(self._entries, np.int64, len(self._entries))
        return self._all

    def by_retention(self) -> dict[int, NDArray[np.int64]]:
        """The numbers of all series by how long their samples are held, in ms."""
        found: dict[int, list[int]] = {}
        for number, entry in self._entries.items():
            found.setdefault(entry.retention_ms, []).append(number)
        return {retention: np.array(numbers, np.int64) for retention, numbers in found.items()}

    def pick(self, selector: Selector) -> tuple[int, ...]:
        """The series of a selector, resolved once and remembered until series of its metric come or go."""
        cache = self._picked.setdefault(selector.metric, {})
        if selector not in cache:
            entries = self._metrics.get(selector.metric, {})
            likely = self._likely(selector, entries)
            metric = selector.metric
            found = [n for n in likely if selector.matches(metric, dict(entries[n].labels))]
            cache[selector] = tuple(sorted(found, key=lambda number: prometheus_order(metric, entries[number].labels)))
        return cache[selector]

    def _likely(self, selector: Selector, entries: dict[int, Entry]) -> Iterable[int]:
        """The series that have the label of some equality: thousands of rows may read one metric, each its part."""
        wanted = [(m.label, m.value) for m in selector.conditions if m.op == "=" and m.value]
        if not wanted:
            return entries
        if selector.metric not in self._by_label:
            index = self._by_label[selector.metric] = {}
            for number, entry in entries.items():
                for pair in entry.labels:
                    index.setdefault(pair, []).append(number)
        index = self._by_label[selector.metric]
        return min((index.get(pair, ()) for pair in wanted), key=len)
