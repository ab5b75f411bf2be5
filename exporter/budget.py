"""How much a page may hold: what is beyond is left out, always the same, and counted."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

from native.exposition import Family, Layout, Sample

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
    seen: set[tuple[str, frozenset[tuple[str, str]]]] = set()
    names = set(reserved)
    dropped: Counter[Reason] = Counter()
    kept: list[tuple[int, ...] | None] = []
    for family in families:
        if not _renders(family):
            dropped["invalid"] += len(family.samples)
            kept.append(())
            continue
        verdicts = [_fault(sample, family, seen, names, budget) for sample in family.samples]
        names.add(family.name)
        dropped.update(verdict for verdict in verdicts if verdict is not None)
        kept.append(
            tuple(index for index, verdict in enumerate(verdicts) if verdict is None) if any(verdicts) else None
        )
    return Selection(tuple(kept), +dropped)


def _fault(
    sample: Sample,
    family: Family,
    seen: set[tuple[str, frozenset[tuple[str, str]]]],
    names: set[str],
    budget: Budget,
) -> Reason | None:
    """Why a sample is left out; one that is kept is added to those seen."""
    if len(sample.labels) > budget.labels:
        return "labels"
    if any(len(value) * 4 > budget.label_bytes and _long(value, budget.label_bytes) for _, value in sample.labels):
        return "label_value"
    if not _spellable(sample, family):
        return "invalid"
    key = (sample.name, frozenset(sample.labels))
    if key in seen or family.name in names:
        return "duplicate"
    if len(seen) >= budget.series:
        return "series"
    seen.add(key)
    return None


def _long(value: str, most: int) -> bool:
    return len(value.encode("utf-8", "surrogatepass")) > most


def _spellable(sample: Sample, family: Family) -> bool:
    """Whether the renderer takes it: it knows best, so it is asked about whatever is not plainly right."""
    labels = dict(sample.labels)
    plain = len(labels) == len(sample.labels) and "" not in labels and "__name__" not in labels
    if plain and sample.name == family.name and sample.timestamp_ms is None and _clean(sample):
        return True
    return _renders(family, sample)


def _renders(family: Family, *samples: Sample) -> bool:
    """Whether there is a page of this family with these samples."""
    try:
        Layout.of((Family(family.name, family.type, family.help, samples),))
    except ValueError:
        return False
    return True


def _clean(sample: Sample) -> bool:
    return sample.name.isascii() and all(name.isascii() and value.isascii() for name, value in sample.labels)
