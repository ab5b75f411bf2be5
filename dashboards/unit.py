"""Units in which metrics arrive, and what Grafana shows for them: always base units."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final


@dataclass(frozen=True, slots=True)
class Unit:
    """The Grafana unit of a value and of its rise per second, and the factor that turns values into base units."""

    level: str
    rate: str = "short"
    factor: Decimal = Decimal(1)


UNITS: Final[Mapping[str, Unit]] = {
    "requests": Unit("short", "reqps"),
    "events": Unit("short", "eps"),
    "operations": Unit("short", "ops"),
    "messages": Unit("short", "mps"),
    "packets": Unit("short", "pps"),
    "rows": Unit("short", "rowsps"),
    "tokens": Unit("short", "cps"),
    "count": Unit("short", "cps"),
    "state": Unit("short"),
    "ratio": Unit("percentunit"),
    "percent": Unit("percent"),
    "seconds": Unit("s", "percentunit"),
    "milliseconds": Unit("s", "percentunit", Decimal("0.001")),
    "cores": Unit("s", "short"),
    "timestamp": Unit("s"),
    "bytes": Unit("bytes", "Bps"),
    "mebibytes": Unit("bytes", "Bps", Decimal(2**20)),
    "celsius": Unit("celsius"),
    "watts": Unit("watt"),
    "joules": Unit("joule", "watt"),
    "millijoules": Unit("joule", "watt", Decimal("0.001")),
    "megahertz": Unit("hertz", factor=Decimal(1_000_000)),
    "dollars": Unit("currencyUSD", "currencyUSD"),
}
"""By the word that the metric catalogue uses. The rise of a duration is a share of time, that of energy a power."""
