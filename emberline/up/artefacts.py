"""The artefacts of all SLOs, below one folder."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from dashboards.files import files as dashboards
from emberline.artefacts import write
from emberline.catalogue import rows
from emberline.compilation import rules
from rules.files import test_texts
from rules.formats import rendered
from slo.plan import plan


def write_all(folder: Path, tables: Sequence[Path], area: str | None) -> Mapping[str, int]:
    """How many files of which kind were written: rules with their tests, and dashboards."""
    files, tests = rules(tables, area)
    made = {
        "rules": rendered(files, "prometheus") | test_texts(tests),
        "dashboards": dashboards(tuple(map(plan, rows(tables)))),
    }
    return {kind: len(write(folder / kind, texts)) for kind, texts in made.items()}
