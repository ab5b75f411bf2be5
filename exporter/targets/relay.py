"""`relay: true`: the pages of targets as part of ours, each series with a label `target`.

What passes is bounded and cannot be mistaken for ours: names of our own page are left out, one family stands once
whichever targets have it, and what does not fit (another type for the same name, a name that text format 0.0.4 cannot
spell, a series that comes twice, more series than a target or all of them may have) is left out whole and counted.

A page may be large, and what is done for each of its series takes long: `passing` belongs into a thread. What is left
for the moment of a scrape is a few steps for each family.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from exporter.metric import Point
from exporter.targets import catalog
from exporter.targets.target import Target
from native.exposition import Exposition, Family, FamilySpan, FamilyType, Labels, Sample, encode

SERIES: Final = 20_000
"""Of one target."""
_OURS: Final = ("emberline_", "DCGM_FI_")
_NAME: Final = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL: Final = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_REASONS: Final = ("name", "type", "duplicate", "limit")


@dataclass(frozen=True, slots=True)
class Lines:
    """A family as it can be written: what stands above its samples, and those."""

    type: FamilyType
    head: bytes
    samples: bytes
    series: int
    names: frozenset[str]
    """Of the samples."""


@dataclass(frozen=True, slots=True)
class Passing:
    """What of a target's page may pass, by name of the family; how many series may not, by reason."""

    families: Mapping[str, Lines]
    dropped: Mapping[str, int]


class Relayed(Protocol):
    """A target whose page may pass."""

    @property
    def target(self) -> Target:
        """Which one."""

    @property
    def page(self) -> Passing | None:
        """What passes of its newest page, if it may and was had at the last look."""


def passing(target: str, page: Exposition) -> Passing:
    """What of a page may pass, with the target's name on each series."""
    found = _Page(target)
    for span in page.families:
        found.add(page, span)
    return found.written()


@dataclass(slots=True)
class _Page:
    """Families of a page under their names, in the order in which they came."""

    target: str
    counts: Counter[str] = field(default_factory=Counter)
    families: dict[str, tuple[FamilyType, str, list[Sample]]] = field(default_factory=dict)
    seen: set[tuple[str, Labels]] = field(default_factory=set)

    def add(self, page: Exposition, span: FamilySpan) -> None:
        """Take one family, or count why not."""
        reason = self._objection(span)
        if reason is not None:
            self.counts[reason] += span.count
        elif span.count:
            _, _, samples = self.families.setdefault(span.name, (span.type, span.help, []))
            for index in range(span.first, span.first + span.count):
                self.counts[self._take(page.sample(index), samples)] += 1

    def written(self) -> Passing:
        """The families as lines, but for those whose samples do not fit their type, as when a page gives it twice."""
        lines = {}
        for name, (kind, text, samples) in self.families.items():
            try:
                body = encode([Family(name, kind, text, tuple(samples))])
            except ValueError:
                self.counts["type"] += len(samples)
                continue
            end = _head(body)
            names = frozenset(sample.name for sample in samples)
            lines[name] = Lines(kind, body[:end], body[end:], len(samples), names)
        return Passing(lines, {reason: self.counts[reason] for reason in _REASONS})

    def _objection(self, span: FamilySpan) -> str | None:
        if not _NAME.fullmatch(span.name) or span.name.startswith(_OURS):
            return "name"
        if span.name in self.families and self.families[span.name][0] != span.type:
            return "type"
        return "limit" if self.counts[""] + span.count > SERIES else None

    def _take(self, sample: Sample, kept: list[Sample]) -> str:
        """Keep a sample under its new labels; "" if that could be done, else why not."""
        labels = labelled(self.target, sample.labels)
        if labels is None:
            return "name"
        key = (sample.name, tuple(sorted(labels)))
        if key in self.seen:
            return "duplicate"
        self.seen.add(key)
        kept.append(Sample(sample.name, labels, sample.value, sample.timestamp_ms))
        return ""


def _head(body: bytes) -> int:
    """Where the comments above the samples of a family end."""
    end = 0
    while body.startswith(b"#", end):
        end = body.index(b"\n", end) + 1
    return end


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
    """The pages of some targets in one of at most so many series, made anew only when one of them is new."""

    def __init__(self, watches: Sequence[Relayed], most: int = SERIES) -> None:
        self._watches = watches
        self._most = most
        self._made_of: list[object] = []
        self._pages: list[Passing | None] = []  # held, so that no other page can get the id of one of them
        self._body = b""
        self._counts: dict[str, Counter[str]] = {}

    def body(self, taken: frozenset[str] = frozenset()) -> bytes:
        """The families that pass, in text format 0.0.4; they follow our own, whose names are `taken`, on the page."""
        pages = [watch.page for watch in self._watches]
        made_of = [taken, *map(id, pages)]
        if made_of != self._made_of:
            names = [watch.target.name for watch in self._watches]
            merged = _Merged(taken, self._most)
            self._counts = {name: merged.add(page) for name, page in zip(names, pages, strict=True) if page is not None}
            self._body = b"".join(map(b"".join, merged.families.values()))
            self._made_of, self._pages = made_of, pages
        return self._body

    def points(self) -> Iterator[Point]:
        """What passed and what did not, for the body made last."""
        for name, counts in self._counts.items():
            yield catalog.RELAYED.at((("target", name),), counts[""])
            for reason in _REASONS:
                yield catalog.RELAY_DROPPED.at((("target", name), ("reason", reason)), counts[reason])


@dataclass(slots=True)
class _Merged:
    """Families of several pages, the lines of each under what stands above those that came first."""

    taken: frozenset[str]
    room: int
    types: dict[str, FamilyType] = field(default_factory=dict)
    families: dict[str, list[bytes]] = field(default_factory=dict)

    def add(self, page: Passing) -> Counter[str]:
        """Take a page; how many series passed (under "") and how many did not, by reason."""
        counts = Counter({"": 0, **page.dropped})
        for name, lines in page.families.items():
            reason = self._objection(name, lines)
            counts[reason] += lines.series
            if not reason:
                self.room -= lines.series
                self.types[name] = lines.type
                self.families.setdefault(name, [lines.head]).append(lines.samples)
        return counts

    def _objection(self, name: str, lines: Lines) -> str:
        if name in self.taken or lines.names & self.taken:
            return "name"
        if self.types.get(name, lines.type) != lines.type:
            return "type"
        return "limit" if lines.series > self.room else ""
