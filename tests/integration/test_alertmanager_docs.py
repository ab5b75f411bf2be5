"""The worked examples of docs/alertmanager.md, typed into a shell."""

import os
import re
import subprocess
import sys
from pathlib import Path

from rules.notify.inhibition import CAUSES
from rules.notify.receiver import RECEIVERS

PAGE = (Path(__file__).resolve().parents[2] / "docs/alertmanager.md").read_text(encoding="utf-8")


def test_examples_do_what_the_page_says(amtool: Path, tmp_path: Path) -> None:
    examples = "\n".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL))
    path = os.pathsep.join([str(Path(sys.executable).parent), str(amtool.parent), os.environ["PATH"]])
    command = ["bash", "-euo", "pipefail", "-c", examples]
    environment = os.environ | {"PATH": path}
    run = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stderr
    (said,) = re.findall(r"The last line prints `(.*)`", PAGE)
    assert said in run.stdout.splitlines()
    assert {"am.yml", "mimir.yml"} <= {each.name for each in tmp_path.iterdir()}


def test_receivers_and_causes_are_on_the_page() -> None:
    muted = [f"| `{cause.alert[0]}` |" for cause in CAUSES]
    told = [f"| `{name}` |" for name in RECEIVERS]
    assert [row for row in (*muted, *told) if row not in PAGE] == []
