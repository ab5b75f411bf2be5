"""`emberline check --prometheus` against a real server."""

import json
import subprocess
import time
from pathlib import Path

import pytest

from emberline.catalogue import shipped
from tests.program import emberline
from tests.servers import StartPrometheus
from tests.slo.rows import LATENCY, RATIO, table


def check(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return emberline("check", *arguments)


def page(*buckets: str) -> str:
    now = int(time.time()) - 60
    lines = ["# TYPE orders counter", f'orders_total{{code="200"}} 5 {now}', "# TYPE order_seconds histogram"]
    lines += [f'order_seconds_bucket{{shop="a",le="{le}"}} 3 {now}' for le in buckets]
    return "\n".join(
        (*lines, f'order_seconds_count{{shop="a"}} 3 {now}', f'order_seconds_sum{{shop="a"}} 3 {now}', "# EOF\n")
    )


@pytest.mark.parametrize(
    ("buckets", "code", "last"),
    [
        (("0.1", "0.5", "1.0", "2.5", "+Inf"), 0, "2 SLOs, 0 findings"),
        (("0.1", "1.0", "+Inf"), 1, "2 SLOs, 1 findings"),
    ],
    ids=["all there", "buckets missing"],
)
def test_what_the_server_has_is_compared(
    buckets: tuple[str, ...], code: int, last: str, prometheus: StartPrometheus, tmp_path: Path
) -> None:
    server = prometheus(backfill=page(*buckets))
    (tmp_path / "t.yaml").write_bytes(table(RATIO, LATENCY))
    run = check(tmp_path, "--prometheus", server.url)
    assert (run.returncode, run.stderr) == (code, "")
    assert run.stdout.splitlines()[-1] == last
    found = "slos[1].indicator.buckets: S2: order_seconds_bucket has no bucket 0.5, 2.5: 0 series with le = 0.5, 2.5\n"
    assert (f"{tmp_path / 't.yaml'}:34: {found}" in run.stdout) == (code == 1)


def test_every_shipped_row_can_be_asked(prometheus: StartPrometheus) -> None:
    run = check("--prometheus", prometheus().url, "--json")
    assert (run.returncode, run.stderr) == (1, "")
    told = json.loads(run.stdout)
    assert {found["row"] for found in told["findings"]} == {slo.id for slo in shipped()}
    assert {found["formula"] for found in told["findings"]} == {"0 series picked"}


def test_a_server_that_is_not_there_ends_with_three() -> None:
    run = check("--prometheus", "http://127.0.0.1:9")
    assert (run.returncode, run.stdout) == (3, "")
    assert run.stderr.startswith("http://127.0.0.1:9: ")


def test_an_address_that_is_none_ends_with_two() -> None:
    run = check("--prometheus", "localhost")
    assert (run.returncode, run.stderr.count("\n")) == (2, 1)
