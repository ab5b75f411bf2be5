"""The servers that other tests rely on are real, of the right version, and end with their test."""

import subprocess
from pathlib import Path

import httpx
import pytest

from tests.servers import PrometheusServer, StartPrometheus, until

OPENMETRICS = """# TYPE jobs counter
jobs_total{queue="a"} 1 1700000000
jobs_total{queue="a"} 4 1700000060
# EOF
"""


def test_backfilled_samples_can_be_queried(prometheus: StartPrometheus) -> None:
    found = prometheus(backfill=OPENMETRICS).query("jobs_total", at=1_700_000_060)
    assert [(sample["metric"]["queue"], sample["value"]) for sample in found] == [("a", [1700000060, "4"])]


def test_rules_are_loaded_and_targets_scraped(prometheus: StartPrometheus) -> None:
    rule = "groups: [{name: g, rules: [{record: twice, expr: 2 * up}]}]"
    scrape = "scrape_configs: [{job_name: self, scrape_interval: 1s, static_configs: [{targets: ['%s']}]}]"
    first = prometheus(rules={"r.yaml": rule})
    second = prometheus(config=scrape % first.url.removeprefix("http://"))
    assert [group["name"] for group in first.get("rules")["groups"]] == ["g"]
    until(lambda: [t for t in second.get("targets")["activeTargets"] if t["health"] == "up"], what="a scraped target")


@pytest.mark.parametrize("series", ["2.42", "3.5", "3.14"])
def test_server_is_of_the_series_asked_for(series: str, prometheus: StartPrometheus) -> None:
    assert prometheus(series=series).get("status/buildinfo")["version"].startswith(f"{series}.")


def test_server_ends_with_its_block(tmp_path_factory: pytest.TempPathFactory) -> None:
    with PrometheusServer.running(tmp_path_factory.mktemp("ended")) as server:
        assert server.get("status/config")["yaml"]
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{server.url}/-/ready", timeout=5)


def test_page_is_drawn(chromium: Path, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<!doctype html><p id=a>drawn", encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    command = [
        str(chromium),
        *options,
        f"--user-data-dir={tmp_path / 'profile'}",
        "--dump-dom",
        str(tmp_path / "page.html"),
    ]
    assert "drawn" in subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
