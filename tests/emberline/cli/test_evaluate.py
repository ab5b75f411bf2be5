"""`emberline evaluate` as a shell sees it, beside a real Prometheus that answers the same questions in PromQL."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emberline.cli.app import main
from tests.emberline.cli.answering import answering
from tests.emberline.cli.test_list_and_check import written
from tests.integration.telemetry import START, Held, Scraper, buckets, openmetrics
from tests.program import emberline
from tests.servers import PrometheusServer
from tests.slo.rows import LATENCY, PROMQL, RATIO, SLICE, changed

HOURS = 8.0
AT = START // 1000 + 3600 * 8
MOMENT = "2023-11-15T06:13:00Z"
BY_SHOP = changed(RATIO, ("    namespace: shop", "    by: [shop]\n    namespace: shop"))
FAILED, TAKEN = (f"sum by (shop) (increase(orders_total{matcher}[$window]))" for matcher in ('{code="500"}', ""))
EXPRESSED = changed(
    PROMQL,
    ("objective: 99%", "objective: 99.9%\n    by: [shop]"),
    (
        "sum(rate(stale[$window])) / sum(rate(prices[$window]))",
        f"({FAILED} or 0 * {TAKEN}) / {TAKEN}",
    ),
    ("errors_above: 10%", "errors_above: 0.5%"),
)
BUSY = changed(
    SLICE,
    ("    namespace: shop", "    by: [shop]\n    namespace: shop"),
    ("metric: staff\n      reduce: min", "metric: orders_total\n      rate: 5m\n      reduce: sum"),
    ('      gate: {metric: customers, reduce: sum, when: "> 0"}\n', ""),
    ('"> 3"', '"> 0.6"'),
)


def _telemetry() -> Held:
    scraper = Scraper.of(7, HOURS)
    counters = [
        scraper.counter("orders_total", rate=rate, resets=1, shop=shop, code=code)
        for shop, code, rate in (("oslo", "200", 30.0), ("oslo", "500", 3.0), ("rome", "200", 9.0))
    ]
    count = scraper.counter("order_seconds_count", rate=12.0, resets=0, shop="oslo")
    return Held((*counters, *buckets(count, (("2.5", 0.99), ("1.0", 0.99), ("0.5", 0.99)), scraper)))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrometheusServer]:
    """A Prometheus with eight hours of orders."""
    folder = tmp_path_factory.mktemp("evaluate") / "server"
    with PrometheusServer.running(folder, backfill=openmetrics(_telemetry().tracks)) as running:
        yield running


def evaluated(server: PrometheusServer, table: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    run = emberline("evaluate", "--prometheus", server.url, "--at", MOMENT, "--slos", table, "--json", *arguments)
    assert not run.stderr
    document: dict[str, Any] = json.loads(run.stdout)
    return run.returncode, document


def asked(server: PrometheusServer, expression: str) -> dict[str, float]:
    return {s["metric"].get("shop", ""): float(s["value"][1]) for s in server.query(expression, at=AT)}


def test_windows_are_what_prometheus_computes(server: PrometheusServer, tmp_path: Path) -> None:
    code, document = evaluated(server, written(tmp_path, BY_SHOP))
    assert (code, document["at"]) == (1, MOMENT)
    oslo, rome = document["slos"]
    assert (oslo["id"], oslo["labels"], rome["labels"]) == ("S1", {"shop": "oslo"}, {"shop": "rome"})
    for window in ("5m", "1h", "6h"):
        bad, total = (
            asked(server, f"sum by (shop) (increase(orders_total{selector}[{window}]))")
            for selector in ('{code="500"}', "")
        )
        ratio = bad["oslo"] / total["oslo"]
        assert oslo["windows"][window] == {"error_ratio": ratio, "burn_rate": ratio / 0.001}
        assert rome["windows"][window] == {"error_ratio": 0.0, "burn_rate": 0.0}


def test_budget_and_coverage_are_those_of_the_measured_part(server: PrometheusServer, tmp_path: Path) -> None:
    _, document = evaluated(server, written(tmp_path, BY_SHOP))
    oslo, rome = document["slos"]
    bad, total = (
        asked(server, f"sum_over_time(sum by (shop) (increase(orders_total{selector}[5m]))[1d:1m])")
        for selector in ('{code="500"}', "")
    )
    assert oslo["error_budget_remaining"] == 1 - bad["oslo"] / total["oslo"] / 0.001
    slots = asked(server, "count_over_time(sum by (shop) (increase(orders_total[5m]))[1d:1m])")
    assert oslo["coverage"] == slots["oslo"] / 43_200
    assert [slo["state"] for slo in (oslo, rome)] == ["not met", "met"]


def test_alerts_of_a_burning_instance_fire(server: PrometheusServer, tmp_path: Path) -> None:
    _, document = evaluated(server, written(tmp_path, BY_SHOP))
    oslo, rome = ({alert["name"]: alert for alert in slo["alerts"]} for slo in document["slos"])
    assert oslo.pop("ShopAvailabilityNoData")["state"] == "inactive"
    assert {alert["state"] for alert in oslo.values()} == {"firing"}
    assert {(alert["state"], alert["active_at"]) for alert in rome.values()} == {("inactive", None)}
    assert oslo["ShopAvailabilityErrorBudgetExhausted"]["active_at"] == "2023-11-15T05:43:00Z"
    assert oslo["OrdersFailing"]["active_at"] >= "2023-11-15T00:08:00Z", "the replay begins 6 h and 5 m before"


def test_met_rows_end_with_zero(server: PrometheusServer, tmp_path: Path) -> None:
    code, document = evaluated(server, written(tmp_path, LATENCY))
    assert (code, [slo["state"] for slo in document["slos"]]) == (0, ["met"])


def test_rows_without_a_verdict_say_why(server: PrometheusServer, tmp_path: Path) -> None:
    nobody = RATIO.replace("orders_total", "nobodys_total")
    code, document = evaluated(server, written(tmp_path, nobody, SLICE, PROMQL))
    assert (code, [slo["id"] for slo in document["slos"]]) == (1, ["S1", "S3", "S4"])
    for silent in document["slos"]:
        assert (silent["state"], silent["note"]) == ("no data", "switch on nothing")
        assert (silent["windows"], silent["error_budget_remaining"], silent["coverage"]) == ({}, None, None)
        states = {alert["name"].removeprefix("Shop"): alert["state"] for alert in silent["alerts"]}
        assert [name.endswith("NoData") for name, state in states.items() if state == "firing"] == [True]


def test_an_expression_is_what_the_server_makes_of_it(server: PrometheusServer, tmp_path: Path) -> None:
    """Written out, the formula of the counted row has the same windows and alerts."""
    _, document = evaluated(server, written(tmp_path, BY_SHOP, EXPRESSED))
    counted, expressed = document["slos"][:2], document["slos"][2:]
    assert [slo["labels"] for slo in expressed] == [{"shop": "oslo"}, {"shop": "rome"}]
    for one, other in zip(counted, expressed, strict=True):
        short = [window for window in one["windows"] if window != "30d"]
        assert [other["windows"][window] for window in short] == [one["windows"][window] for window in short]
        ends = [[(alert["state"], alert["active_at"]) for alert in slo["alerts"]] for slo in (one, other)]
        assert ends[0] == ends[1]
        assert other["windows"]["30d"]["error_ratio"] == pytest.approx(one["windows"]["30d"]["error_ratio"], rel=0.1)
        assert (other["state"], other["coverage"]) == (one["state"], None)


def test_slices_are_judged_at_every_evaluation(server: PrometheusServer, tmp_path: Path) -> None:
    _, document = evaluated(server, written(tmp_path, BUSY))
    oslo, rome = document["slos"]
    verdicts = "(sum by (shop) (rate(orders_total[5m])) > bool 0.6)"
    for window, slices in (("5m", 5), ("1h", 60), ("6h", 360)):
        span = f"({verdicts}[{window}:1m])"
        bad = asked(server, f"count_over_time{span} - sum_over_time{span}")
        assert oslo["windows"][window]["error_ratio"] == bad["oslo"] / slices
        assert rome["windows"][window]["error_ratio"] == bad["rome"] / slices
    measured, good = (asked(server, f"{what}_over_time({verdicts}[1d:1m])") for what in ("count", "avg"))
    assert rome["windows"]["30d"]["error_ratio"] == pytest.approx(1 - good["rome"])
    assert rome["coverage"] == measured["rome"] / 43_200
    assert 0 < rome["windows"]["6h"]["error_ratio"] < 1


def test_before_the_data_began_there_is_none(server: PrometheusServer, tmp_path: Path) -> None:
    table = written(tmp_path, RATIO)
    run = emberline("evaluate", "--prometheus", server.url, "--at", "1600000000", "--slos", table, "--json")
    assert [slo["state"] for slo in json.loads(run.stdout)["slos"]] == ["no data"]


def test_table_names_instances_and_alerts(server: PrometheusServer, tmp_path: Path) -> None:
    table = written(tmp_path, BY_SHOP, SLICE)
    run = emberline("evaluate", "--prometheus", server.url, "--at", str(AT), "--slos", table)
    assert run.returncode == 1
    oslo, rome = (line for line in run.stdout.splitlines() if "shop=" in line)
    assert "not met" in oslo
    assert "page firing" in oslo
    assert " met " in rome
    assert "firing" not in rome
    assert "S3 no data: switch on nothing" in run.stdout


def refused(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> object:
    """The exit code of a command in this process, which is quicker than a process of its own."""
    monkeypatch.setattr("sys.argv", ["emberline", "evaluate", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, b"Unauthorized", "HTTP status 401: Unauthorized"),
        (
            422,
            b'{"status":"error","errorType":"execution","error":"too many\\u001b samples"}',
            "422: too many  samples",
        ),
        (200, b"<html>a login page</html>", "not an answer of the Prometheus HTTP API"),
        (200, b'{"status":"success","data":{"resultType":"vector","result":[]}}', "not an answer of the Prometheus"),
    ],
)
def test_answers_that_are_no_use_end_with_three(
    status: int,
    body: bytes,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with answering(lambda: (status, body)) as url:
        assert refused(monkeypatch, "--prometheus", url, "--slos", written(tmp_path, RATIO)) == 3
    output = capsys.readouterr()
    assert not output.out
    assert said in output.err


def test_a_server_that_is_not_there_ends_with_three(tmp_path: Path) -> None:
    run = emberline("evaluate", "--prometheus", "http://127.0.0.1:1", "--slos", written(tmp_path, RATIO))
    assert (run.returncode, run.stdout) == (3, "")
    assert run.stderr.startswith("http://127.0.0.1:1: ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--prometheus", "localhost"], "--prometheus: 'localhost' is not an address"),
        (["--prometheus", "http://localhost/?tenant=a"], "'http://localhost/?tenant=a' is not an address"),
        (["--prometheus", "http://localhost#x"], "'http://localhost#x' is not an address"),
        (["--prometheus", "http://me:secret@localhost"], "credentials belong in --credentials-file"),
        (["--credentials-file", "nowhere"], "nowhere: No such file"),
        (["--at", "2026-01-31T12:00:00"], "--at: '2026-01-31T12:00:00' is neither RFC 3339"),
        (["--at", "-5"], "--at: '-5' is neither"),
        (["--at", "NaN"], "--at: 'NaN' is neither"),
        (["--at", "1e999999999"], "--at: '1e999999999' is neither"),
        (["--at", "1_700_000_000"], "--at: '1_700_000_000' is neither"),
        (["--at", "\u0661\u0667"], "is neither"),
        (["--prom-version", "2.41"], "--prom-version: '2.41' is none of 2.42, 3.5, 3.14"),
        (["--targets", "nowhere"], "nowhere:1: No such file"),
        (["--targets", "nowhere", "--prometheus", "x"], "--prometheus: no server is read with --targets"),
        (["--targets", "nowhere", "--credentials-file", "x"], "--credentials-file: no server is read with --targets"),
        (["--for", "1m"], "--for: nothing is scraped without --targets"),
        (["--targets", "nowhere", "--at", "5"], "--at: what is scraped now"),
    ],
)
def test_wrong_arguments_end_with_two(
    arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused(monkeypatch, *arguments) == 2
    output = capsys.readouterr()
    assert not output.out
    assert said in output.err
