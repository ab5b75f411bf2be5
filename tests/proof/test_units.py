"""Units as Grafana's own formatter writes them: what stands on the axes of our panels."""

import pytest

from tests.dashboards.made import BOARDS
from tests.proof.formatter import formatted

WRITTEN = {
    "Bps": (1_500_000.0, "1.50 MB/s"),
    "bytes": (40 * 2.0**30, "40 GiB"),
    "celsius": (61.0, "61 °C"),
    "cps": (1234.5, "1.23K c/s"),
    "currencyUSD": (12.5, "$12.5"),
    "eps": (3.0, "3 evt/s"),
    "hertz": (1.98e9, "1.98 GHz"),
    "joule": (512.0, "512 J"),
    "mps": (36.0, "36 msg/s"),
    "none": (14.4, "14.4"),
    "ops": (12.0, "12 ops/s"),
    "percent": (62.0, "62%"),
    "percentunit": (0.995, "99.5%"),
    "pps": (900.0, "900 p/s"),
    "reqps": (1234.5, "1.23K req/s"),
    "rowsps": (21_000.0, "21K rows/s"),
    "s": (0.0471, "47.1 ms"),
    "short": (14_000.0, "14 K"),
    "watt": (412.5, "413 W"),
}
"""A value in each unit that panels use, and how it reads."""
USED = sorted(
    {panel.unit for board in BOARDS for panel in board.panels if panel.queries}
    | {query.unit for board in BOARDS for panel in board.panels for query in panel.queries}
)


def test_every_unit_is_one_that_grafana_knows() -> None:
    """An unknown one would silently become a suffix."""
    _, known = formatted([])
    assert set(USED) <= known
    assert "count:tok/s" not in known


def test_an_objective_is_not_rounded_up_to_everything() -> None:
    assert formatted([("percentunit", 0.9995), ("percentunit", 0.9995, 2)])[0] == ["100.0%", "99.95%"]


@pytest.mark.parametrize("unit", USED)
def test_a_value_reads_as_meant(unit: str) -> None:
    value, text = WRITTEN[unit]
    assert formatted([(unit, value)])[0] == [text]
