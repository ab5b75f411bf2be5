"""The runbooks to which the status page links are installed with it."""

from pathlib import Path

from emberline.catalogue import shipped
from emberline.live.server import RUNBOOKS


def test_each_row_has_its_runbook() -> None:
    named = {Path(slo.runbook).name for slo in shipped()}
    assert named
    assert named - {path.name for path in RUNBOOKS.iterdir()} == set()
