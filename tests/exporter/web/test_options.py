"""The options of the web server, from the command line to the running process."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from exporter.given import Given
from exporter.options import configure
from tests.exporter.web.site import DATA, trusting
from tests.servers import CLIENT, process, until

MODULE = (sys.executable, "-m", "exporter")
COMMAND = (sys.executable, "-c", "from emberline.cli.app import main; main()", "exporter")
PROGRAMS = pytest.mark.parametrize("program", [MODULE, COMMAND], ids=["module", "command"])
BAD = DATA / "bad-password.yml"
COMPLAINT = f"{BAD}:1: basic_auth_users.a: not a password hashed with bcrypt, such as htpasswd -nBC 10 '' prints"


def test_bad_options_and_a_bad_file_are_told_together() -> None:
    with pytest.raises(ValueError, match="--listen") as caught:
        configure(Given(listen="x", simulate=True, web_config=BAD, health_address="y", max_series=-1))
    assert str(caught.value).splitlines() == [
        "--listen: 'x' is not an address such as 127.0.0.1:9400, [::1]:9400 or :9400",
        "--web.health-address: 'y' is not an address such as 127.0.0.1:9400, [::1]:9400 or :9400",
        "--max-series: Input should be greater than or equal to 0",
        COMPLAINT,
    ]


@pytest.mark.parametrize(
    ("program", "option"),
    [(MODULE, "--web.config.file"), (MODULE, ""), (COMMAND, "--web-config-file"), (COMMAND, "")],
    ids=["module", "module-variable", "command", "command-variable"],
)
def test_a_bad_file_ends_the_start_with_2_and_its_faults(program: tuple[str, ...], option: str) -> None:
    options = [option, str(BAD)] if option else []
    environment = os.environ | ({} if option else {"DCGM_EXPORTER_WEB_CONFIG_FILE": str(BAD)})
    ended = subprocess.run(
        [*program, "--listen", "127.0.0.1:0", *options],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert (ended.returncode, ended.stderr.splitlines()) == (2, [COMPLAINT])


@PROGRAMS
def test_the_process_serves_tls_and_health_beside_it(program: tuple[str, ...], tmp_path: Path) -> None:
    options = ("--listen", "127.0.0.1:0", "--simulate", "--max-series", "5", "--web.health-address", "127.0.0.1:0")
    log = tmp_path / "log"
    with process([*program, *options, "--web.config.file", DATA / "good-tls.yml"], log), trusting() as client:
        pattern = r"listening on (https://\S+)/metrics(?s:.*)health on (http://\S+)/-/healthy"
        found = until(lambda: re.findall(pattern, log.read_text()), what="the addresses")[0]
        until(lambda: CLIENT.get(f"{found[1]}/-/ready").text == "ready\n", what="readiness")
        page = client.get(f"{found[0]}/metrics").text
    families = [line.partition("{")[0] for line in page.splitlines() if line.startswith("DCGM_")]
    assert len(families) == 5
    assert "\nemberline_build_info{" in page
    assert "Traceback" not in log.read_text()
