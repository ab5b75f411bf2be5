"""`emberline evaluate` on budgets with corrections and calendars, beside a real Prometheus that sums the same hours."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.emberline.cli.test_evaluate import BY_SHOP, MOMENT, asked, evaluated
from tests.emberline.cli.test_list_and_check import written
from tests.integration.telemetry import Held, Scraper, openmetrics
from tests.program import emberline
from tests.servers import PrometheusServer
from tests.slo.rows import changed

Instance = dict[str, Any]

DRILL = "    corrections:\n      - {from: 2023-11-15T02:00:00Z, to: 2023-11-15T03:00:00Z, reason: drill}\n"
NEW_YORK = "    calendar: {unit: month, time_zone: America/New_York}\n"


def another(name: str, lines: str) -> str:
    """The row once more, by another name and with some lines more."""
    names = (("id: S1", f"id: {name}"), ("Availability", name), ("OrdersFailing", f"{name}Failing"))
    return changed(BY_SHOP, *names, ("    namespace", f"{lines}    namespace"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrometheusServer]:
    """A Prometheus with eight hours of orders of one shop."""
    scraper = Scraper.of(7, 8.0)
    orders = Held(
        tuple(
            scraper.counter("orders_total", rate=rate, resets=1, shop="oslo", code=code)
            for code, rate in (("200", 30.0), ("500", 3.0))
        )
    )
    folder = tmp_path_factory.mktemp("budgets") / "server"
    with PrometheusServer.running(folder, backfill=openmetrics(orders.tracks)) as running:
        yield running


@pytest.fixture(scope="module")
def budgets(server: PrometheusServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Instance]:
    """One SLI with a rolling budget, with a correction, and by the calendar."""
    rows = (BY_SHOP, another("Corrected", DRILL), another("Monthly", NEW_YORK))
    _, document = evaluated(server, written(tmp_path_factory.mktemp("budgets"), *rows))
    return {slo["id"]: slo for slo in document["slos"]}


def test_a_correction_takes_evaluations_out_of_the_budget_and_says_how_much(
    server: PrometheusServer, budgets: dict[str, Instance]
) -> None:
    """Those from 02:01 to 03:04 look at the hour; each event is seen by five of them."""
    seen: list[tuple[float, float]] = []
    for selector in ('{code="500"}', ""):
        counted = f"sum by (shop) (increase(orders_total{selector}[5m]))"
        day, hour = (f"sum_over_time({counted}{span})" for span in ("[1d:1m]", "[64m:1m] @ 1700017440"))
        seen.append((asked(server, day)["oslo"], asked(server, hour)["oslo"]))
    (all_bad, bad), (all_total, total) = seen
    (drill,) = budgets["Corrected"]["corrections"]
    assert (drill["from"], drill["to"], drill["reason"]) == ("2023-11-15T02:00:00Z", "2023-11-15T03:00:00Z", "drill")
    assert (drill["bad"], drill["total"]) == pytest.approx((bad / 5, total / 5))
    left, whole = (budgets[name]["error_budget_remaining"] for name in ("Corrected", "S1"))
    assert left == pytest.approx(1 - (all_bad - bad) / (all_total - total) / 0.001)
    assert left != pytest.approx(whole, rel=1e-3)


def test_a_correction_leaves_windows_and_alerts_as_they_are(budgets: dict[str, Instance]) -> None:
    corrected, plain = budgets["Corrected"], budgets["S1"]
    assert corrected["windows"] == plain["windows"]
    states = [[(each["state"], each["active_at"]) for each in slo["alerts"]] for slo in (corrected, plain)]
    assert states[0] == states[1]
    assert "firing" in dict(states[0])


def test_a_calendar_month_and_its_traffic_are_told(server: PrometheusServer, budgets: dict[str, Instance]) -> None:
    oslo, rolling = budgets["Monthly"], budgets["S1"]
    assert oslo["period"] == {
        "kind": "month",
        "time_zone": "America/New_York",
        "start": "2023-11-01T04:00:00Z",
        "end": "2023-12-01T05:00:00Z",
    }
    assert rolling["period"] == {"kind": "rolling", "start": "2023-10-16T06:13:00Z", "end": MOMENT}
    assert oslo["error_budget_remaining"] == pytest.approx(rolling["error_budget_remaining"], rel=1e-12)
    elapsed = 14 * 1440 + 2 * 60 + 13
    assert oslo["coverage"] == pytest.approx(rolling["coverage"] * 43_200 / elapsed)
    fast, _ = oslo["minimum_traffic"]
    total = asked(server, "sum by (shop) (increase(orders_total[1h]))")["oslo"]
    assert fast == {"windows": ["5m", "1h"], "needed": pytest.approx(69.444, abs=1e-3), "seen": total}
    assert (oslo["time_to_exhaustion_seconds"], oslo["overcounted"]) == (None, False)


def test_people_are_told_what_does_not_count(server: PrometheusServer, tmp_path: Path) -> None:
    row = another("Corrected", DRILL)
    run = emberline("evaluate", "--prometheus", server.url, "--at", MOMENT, "--slos", written(tmp_path, row))
    assert "Corrected excludes 2023-11-15T02:00:00Z to 2023-11-15T03:00:00Z: drill" in run.stdout
