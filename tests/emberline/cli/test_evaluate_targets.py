"""`emberline evaluate --targets`: the same evaluation over what the own scraper sees."""

import json
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from tests.emberline.cli.answering import answering
from tests.emberline.cli.test_list_and_check import written
from tests.program import emberline
from tests.slo.rows import PROMQL, RATIO


def shop(failed: int) -> Callable[[], tuple[int, bytes]]:
    """The page of a shop that takes a hundred orders between two scrapes, `failed` of them in vain."""
    scrapes = count(1)

    def page() -> tuple[int, bytes]:
        done = next(scrapes)
        orders = {"200": (100 - failed) * done, "500": failed * done}
        lines = [f'orders_total{{code="{code}"}} {number}\n' for code, number in orders.items()]
        return 200, f"# TYPE orders_total counter\n{''.join(lines)}".encode()

    return page


def targets(folder: Path, *urls: str) -> Path:
    path = folder / "targets.yaml"
    path.write_text("".join(f"- kind: shop\n  url: {url}\n  interval: 1s\n" for url in urls), encoding="utf-8")
    return path


@pytest.mark.parametrize(("failed", "code", "state"), [(0, 0, "met"), (20, 1, "not met")])
def test_what_was_scraped_is_evaluated(failed: int, code: int, state: str, tmp_path: Path) -> None:
    with answering(shop(failed)) as url:
        scraped = targets(tmp_path, url)
        table = written(tmp_path, RATIO, PROMQL)
        run = emberline("evaluate", "--targets", scraped, "--for", "3s", "--slos", table, "--json")
    slo, expressed = json.loads(run.stdout)["slos"]
    assert (run.returncode, slo["state"], run.stderr) == (code, state, "")
    assert slo["windows"]["5m"]["error_ratio"] == pytest.approx(failed / 100, rel=1e-12)
    assert 0 < slo["coverage"] < 0.001
    assert {expressed["state"], *(alert["state"] for alert in expressed["alerts"])} == {"needs a Prometheus"}


def test_a_target_that_is_down_is_named_and_only_all_of_them_are_fatal(tmp_path: Path) -> None:
    dead, table = "http://127.0.0.1:1/metrics", written(tmp_path, RATIO)
    with answering(shop(0)) as url:
        run = emberline("evaluate", "--targets", targets(tmp_path, url, dead), "--for", "3s", "--slos", table)
    assert (run.returncode, run.stderr.startswith(f"{dead}: ")) == (0, True)
    run = emberline("evaluate", "--targets", targets(tmp_path, dead), "--for", "1s", "--slos", table)
    assert (run.returncode, run.stdout, run.stderr.startswith(f"{dead}: ")) == (3, "", True)


def test_a_length_is_needed(tmp_path: Path) -> None:
    run = emberline("evaluate", "--targets", targets(tmp_path, "http://127.0.0.1:1"), "--for", "ages")
    assert run.returncode == 2
    assert run.stderr.startswith("--for: 'ages' is not a duration")
