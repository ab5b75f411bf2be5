"""Write the layouts of the demo fleet from captured pages: `python scripts/derive_layouts.py`, at the repository root.

A layout holds what a page looks like (names, types, help, labels, buckets) and the captured numbers, whose
proportions the demo keeps. One family a line.
"""

import json
from pathlib import Path

from native.exposition import Exposition, FamilySpan, Sample, parse

CAPTURES = Path("tests/data/captures")
LAYOUTS = Path("emberline/demo/layouts")


def main() -> None:
    """Derive both."""
    for name in ("vllm", "milvus"):
        page = parse((CAPTURES / name / "after_load_metrics.prom").read_bytes())
        (LAYOUTS / f"{name}.jsonl").write_text(derived(page))


def derived(page: Exposition) -> str:
    """The layout of a page, a JSON object a line."""
    samples = tuple(page.samples())
    return "".join(f"{json.dumps(_family(span, samples), separators=(',', ':'))}\n" for span in page.families)


def _family(span: FamilySpan, samples: tuple[Sample, ...]) -> dict[str, object]:
    mine = samples[span.first : span.first + span.count]
    head = {"name": span.name, "type": span.type, "help": span.help}
    if span.type != "histogram":
        return {**head, "series": [[s.name[len(span.name) :], dict(s.labels), s.value] for s in mine]}
    groups: dict[tuple[tuple[str, str], ...], list[Sample]] = {}
    for sample in mine:
        labels = tuple(pair for pair in sample.labels if pair[0] != "le")
        groups.setdefault(labels, []).append(sample)
    return {**head, "series": [_distribution(dict(labels), group) for labels, group in groups.items()]}


def _distribution(labels: dict[str, str], group: list[Sample]) -> list[object]:
    buckets = [s for s in group if s.name.endswith("_bucket")]
    rest = {s.name.rsplit("_", 1)[1]: s.value for s in group if not s.name.endswith("_bucket")}
    bounds = {dict(s.labels)["le"]: s.value for s in buckets}
    return [labels, bounds, rest["sum"], rest["count"]]


if __name__ == "__main__":
    main()
