"""`relay: true`: the pages of targets as part of ours, each series with a label `target`.

What passes is bounded and cannot be mistaken for ours: names of our own page are left out, one family stands once
whichever targets have it, and what does not fit (another type for the same name, a name that text format 0.0.4 cannot
spell, a series that comes twice, more series than a target may have) is left out whole and counted.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from exporter.metric import Point
from exporter.targets import catalog
from exporter.targets.target import Target
from native.exposition import Exposition, Family, FamilyType, Labels, Sample, encode

SERIES: Final = 20_000
"""Of one target."""
_OURS: Final = ("emberline_", "DCGM_FI_")
_NAME: Final = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL: Final = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_REASONS: Final = ("name", "type", "duplicate", "limit")


class Relayed(Protocol):
    """A target whose page may pass."""

    @property
    def target(self) -> Target:
        """Which one."""

    @property
    def page(self) -> Exposition | None:
        """Its newest page, if it may pass and was had at the last look."""


@dataclass(slots=True)
class _Merged:
    """Families of several pages under their names, in the order in which they came."""

    taken: frozenset[str]
    types: dict[str, FamilyType] = field(default_factory=dict)
    helps: dict[str, str] = field(default_factory=dict)
    samples: dict[str, list[Sample]] = field(default_factory=dict)

    def add(self, target: str, page: Exposition) -> Counter[str]:
        """Take a page; how many series passed (under "") and how many did not, by reason."""
        counts = Counter(dict.fromkeys(("", *_REASONS), 0))
        seen: set[tuple[str, Labels]] = set()
        for span in page.families:
            reason = self._objection(span.name, span.type)
            if reason is None and counts[""] + span.count > SERIES:
                reason = "limit"
            if reason is not None:
                counts[reason] += span.count
            elif span.count:
                self.types.setdefault(span.name, span.type)
                self.helps.setdefault(span.name, span.help)
                for index in range(span.first, span.first + span.count):
                    counts[self._take(target, span.name, page.sample(index), seen)] += 1
        return counts

    def _take(self, target: str, family: str, sample: Sample, seen: set[tuple[str, Labels]]) -> str:
        """Keep a sample under its new labels; "" if that could be done, else why not."""
        labels = labelled(target, sample.labels)
        if labels is None or sample.name in self.taken:
            return "name"
        key = (sample.name, tuple(sorted(labels)))
        if key in seen:
            return "duplicate"
        seen.add(key)
        self.samples.setdefault(family, []).append(Sample(sample.name, labels, sample.value, sample.timestamp_ms))
        return ""

    def _objection(self, name: str, kind: FamilyType) -> str | None:
        if not _NAME.fullmatch(name) or name.startswith(_OURS) or name in self.taken:
            return "name"
        return "type" if self.types.get(name, kind) != kind else None

    def families(self) -> Iterator[Family]:
        """Everything that passed."""
        for name, samples in self.samples.items():
            yield Family(name, self.types[name], self.helps[name], tuple(samples))


def labelled(target: str, labels: Labels) -> Labels | None:
    """The labels with ours in front; one that has our name is `exported_target`, as Prometheus would call it.

    None if the text format cannot spell a name. Labels without a value are none.
    """
    kept = [(name, value) for name, value in labels if value]
    names = {name for name, _ in kept}
    if not all(map(_LABEL.fullmatch, names)):
        return None
    if "target" in names:
        other = "exported_target"
        while other in names:
            other = f"exported_{other}"
        kept = [(other if name == "target" else name, value) for name, value in kept]
    return (("target", target), *kept)


class Relay:
    """The pages of some targets in one, made anew only when one of them is new."""

    def __init__(self, watches: Sequence[Relayed]) -> None:
        self._watches = watches
        self._made_of: list[object] = []
        self._pages: list[Exposition | None] = []  # held, so that no other page can get the id of one of them
        self._body = b""
        self._counts: dict[str, Counter[str]] = {}

    def body(self, taken: frozenset[str] = frozenset()) -> bytes:
        """The families that pass, in text format 0.0.4; they follow our own, whose names are `taken`, on the page."""
        pages = [watch.page for watch in self._watches]
        made_of = [taken, *map(id, pages)]
        if made_of != self._made_of:
            self._make(pages, taken)
            self._made_of, self._pages = made_of, pages
        return self._body

    def points(self) -> Iterator[Point]:
        """What passed and what did not, for the body made last."""
        for name, counts in self._counts.items():
            yield catalog.RELAYED.at((("target", name),), counts[""])
            for reason in _REASONS:
                yield catalog.RELAY_DROPPED.at((("target", name), ("reason", reason)), counts[reason])

    def _make(self, pages: list[Exposition | None], taken: frozenset[str]) -> None:
        merged = _Merged(taken)
        names = [watch.target.name for watch in self._watches]
        self._counts = {
            name: merged.add(name, page) for name, page in zip(names, pages, strict=True) if page is not None
        }
        self._body = b"".join(self._spelt(family) for family in merged.families())

    def _spelt(self, family: Family) -> bytes:
        """A family's lines; none where its samples do not fit its type, as when a page gives the type twice."""
        try:
            return encode([family])
        except ValueError:
            for sample in family.samples:
                counts = self._counts[dict(sample.labels)["target"]]
                counts[""] -= 1
                counts["type"] += 1
            return b""
