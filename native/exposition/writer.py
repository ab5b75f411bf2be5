"""How families stand on a page: their headings, and what surrounds the numbers of their samples."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from native.exposition.complaints import check
from native.exposition.escaping import label_names, metric_names
from native.exposition.model import OPEN_ENDINGS, OPEN_SUFFIXES, OPEN_TYPES, Family, FamilyType, Labels, Sample
from native.exposition.spelling import canonical, escape, escape_help, spell_key, spell_name, spell_seconds
from native.exposition.wire import Escaping, Format

_TEXT_TYPES: Final[dict[FamilyType, str]] = {"info": "gauge", "stateset": "gauge"}
_NUMBERS: Final[dict[FamilyType, str]] = {"histogram": "le", "gaugehistogram": "le", "summary": "quantile"}
"""The label whose value is a number, by type of family."""


class Writer:
    """The families of one page in one format; a ValueError names the first that could not be read back."""

    def __init__(self, families: Iterable[Family], page_format: Format, escaping: Escaping) -> None:
        """Find a spelling for every name of these families."""
        self._open = page_format == "openmetrics"
        self._escaping = escaping
        families = tuple(families)
        for family in families:
            check(family, page_format)
        self._names = metric_names((family.name for family in families), escaping)
        self._headed = set(self._names.values())
        self.end = "# EOF\n" if self._open else ""

    def heading(self, family: Family) -> str:
        """The HELP, TYPE and UNIT lines of a family."""
        name, kind = self._open_heading(family) if self._open else self._text_heading(family)
        spelt = spell_name(name)
        text = escape(family.help) if self._open else escape_help(family.help)
        lines = [f"# HELP {spelt} {text}\n"] if family.help else []
        lines.append(f"# TYPE {spelt} {kind}\n")
        if self._open and family.unit and name.endswith(f"_{family.unit}"):
            lines.append(f"# UNIT {spelt} {escape(family.unit)}\n")
        return "".join(lines)

    def _text_heading(self, family: Family) -> tuple[str, str]:
        return self._names[family.name], _TEXT_TYPES.get(family.type, family.type)

    def _open_heading(self, family: Family) -> tuple[str, str]:
        """The name and type in OpenMetrics; two families never get the same name."""
        name = self._names[family.name]
        ending = OPEN_ENDINGS.get(family.type)
        if ending is None:
            return name, OPEN_TYPES[family.type]
        stem = name.removesuffix(ending)
        clashes = any(stem + part in self._headed for part in OPEN_SUFFIXES[family.type] if part != ending)
        if stem in {"", name} or clashes:
            return name, "unknown"
        self._headed.add(stem)
        return stem, OPEN_TYPES[family.type]

    def samples(self, family: Family) -> Iterator[tuple[str, str]]:
        """What stands before the number of each sample, and what behind it."""
        labels = label_names(
            chain.from_iterable((name for name, _ in sample.labels) for sample in family.samples), self._escaping
        )
        number = _NUMBERS.get(family.type) if self._open else None
        for sample in family.samples:
            name = self._names[family.name] + sample.name[len(family.name) :]
            yield f"{spell_key(name, _spelt(sample.labels, labels, number))} ", self._behind(sample)

    def _behind(self, sample: Sample) -> str:
        if sample.timestamp_ms is None:
            return "\n"
        return f" {spell_seconds(sample.timestamp_ms) if self._open else sample.timestamp_ms}\n"


def _spelt(labels: Labels, names: dict[str, str], number: str | None) -> Labels:
    return tuple((names[name], canonical(value) if name == number else value) for name, value in labels)
