"""The artefacts of all SLOs, below one folder."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from dashboards.catalogue import files as dashboards
from emberline.artefacts import write
from rules.files import rule_files
from slo.plan import Plan


def write_all(folder: Path, plans: Iterable[Plan]) -> Mapping[str, int]:
    """How many files of which kind were written: rules with their tests, and dashboards."""
    made = {"rules": rule_files(plans), "dashboards": dashboards()}
    return {kind: len(write(folder / kind, texts)) for kind, texts in made.items()}
