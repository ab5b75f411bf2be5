"""How much a page may hold: what is beyond is left out, always the same, and counted."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

from native.exposition import Family, Labels, Layout, Sample

Reason = Literal["duplicate", "invalid", "label_value", "labels", "series"]
REASONS: Final[tuple[Reason, ...]] = get_args(Reason)


@dataclass(frozen=True, slots=True)
class Budget:
    """Bounds of a page, its own metrics aside; a series or label at a bound is kept, one beyond it is not."""

    series: int = 50_000
    labels: int = 64
    """Of one series."""
    label_bytes: int = 2048
    """Of one value, in UTF-8."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which samples of each family are kept, None for all; and how many are not, by reason."""

    kept: tuple[tuple[int, ...] | None, ...]
    dropped: Counter[Reason]

    def of(self, families: Sequence[Family]) -> tuple[Family, ...]:
        """The kept samples of families that have the shape which was selected from; emptied families are left out."""
        return tuple(
            family if kept is None else _only(family, kept)
            for family, kept in zip(families, self.kept, strict=True)
            if kept != ()
        )


def _only(family: Family, kept: tuple[int, ...]) -> Family:
    return Family(family.name, family.type, family.help, tuple(family.samples[index] for index in kept))


def select(families: Sequence[Family], budget: Budget, reserved: Collection[str] = ()) -> Selection:
    """What a page of these families may hold; names and labels decide, never values.

    Families come in their order of importance: when there are too many series, the last ones go. The names in
    `reserved` stand on the page anyway, so that a family of such a name would be there twice.
    """
    selecting = _Selecting(budget, set(reserved))
    kept = tuple(selecting.kept(family) for family in families)
    return Selection(kept, +selecting.dropped)


@dataclass(frozen=True, slots=True)
class _Judged:
    """Labels as they count: why no series may have them, whether any page can hold them, and which set they are."""

    fault: Reason | None
    plain: bool
    key: frozenset[tuple[str, str]]


class _Selecting:
    """What was kept so far; many series have the very same labels, which are judged once."""

    def __init__(self, budget: Budget, names: set[str]) -> None:
        self.dropped: Counter[Reason] = Counter()
        self._budget = budget
        self._names = names
        self._seen: set[tuple[str, frozenset[tuple[str, str]]]] = set()
        self._labels: dict[Labels, _Judged] = {}

    def kept(self, family: Family) -> tuple[int, ...] | None:
        """The places of the kept samples, None for all."""
        if not _renders(family):
            self.dropped["invalid"] += len(family.samples)
            return ()
        faults = [self._fault(sample, family) for sample in family.samples]
        self._names.add(family.name)
        if not any(faults):
            return None
        self.dropped.update(fault for fault in faults if fault is not None)
        return tuple(place for place, fault in enumerate(faults) if fault is None)

    def _fault(self, sample: Sample, family: Family) -> Reason | None:
        """Why a sample is left out; one that is kept is added to those seen."""
        judged = self._labels.get(sample.labels)
        if judged is None:
            judged = self._labels[sample.labels] = _judge(sample.labels, self._budget)
        if judged.fault is not None:
            return judged.fault
        usual = judged.plain and sample.name == family.name and sample.timestamp_ms is None
        if not usual and not _renders(family, sample):
            return "invalid"
        key = (sample.name, judged.key)
        if key in self._seen or family.name in self._names:
            return "duplicate"
        if len(self._seen) >= self._budget.series:
            return "series"
        self._seen.add(key)
        return None


def _judge(labels: Labels, budget: Budget) -> _Judged:
    names = {name for name, _ in labels}
    clean = all(name.isascii() and value.isascii() for name, value in labels)
    plain = clean and len(names) == len(labels) and not names & {"", "__name__"}
    fault: Reason | None = None
    if len(labels) > budget.labels:
        fault = "labels"
    elif any(len(value.encode("utf-8", "surrogatepass")) > budget.label_bytes for _, value in labels):
        fault = "label_value"
    return _Judged(fault, plain, frozenset(labels))


def _renders(family: Family, *samples: Sample) -> bool:
    """Whether there is a page of this family with these samples: the renderer knows best, so it is asked."""
    try:
        Layout.of((Family(family.name, family.type, family.help, samples),))
    except ValueError:
        return False
    return True
