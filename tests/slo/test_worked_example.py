"""The worked example of docs/slos.md says what it says it does."""

import re
from decimal import Decimal
from pathlib import Path

from slo.condition import All, Any, Burning
from slo.plan import plan
from slo.sli import Events, Interpolated
from slo.table.linting import lint
from slo.table.load import load
from slo.wording import static_bound

PAGE = (Path(__file__).resolve().parents[2] / "docs/slos.md").read_text(encoding="utf-8")


ROW, PERIOD = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def example() -> bytes:
    return str(ROW).encode()


def test_the_worked_example_means_what_the_page_says() -> None:
    (slo,) = load({"example.yaml": example()})
    found = plan(slo)
    assert list(lint(slo)) == []
    assert isinstance(found.sli, Events)
    assert isinstance(found.sli.bad, Interpolated)
    assert (found.sli.bad.lower.le, found.sli.bad.upper.le) == (Decimal("0.25"), Decimal("0.5"))
    assert f"· {found.sli.bad.weight})" in PAGE
    assert static_bound(slo) == "p95 > 1s"
    for alert in found.alerts:
        assert f"`{alert.name}`" in PAGE
    lengths = [str(window.length) for window in found.windows]
    assert f"windows of {', '.join(lengths[:-1])}, and the period of {lengths[-1]}" in PAGE


def test_the_page_tells_the_factors_and_windows_of_the_plan() -> None:
    (slo,) = load({"example.yaml": example()})
    for alert in plan(slo).alerts[:2]:
        assert isinstance(alert.condition, Any)
        for pair in alert.condition.parts:
            assert isinstance(pair, All)
            short, long = pair.parts
            assert isinstance(long, Burning)
            assert isinstance(short, Burning)
            told = rf"{long.factor:f}\s+over\s+{long.window.length}\s+and\s+{short.window.length}"
            assert re.search(told.replace(".", r"\."), PAGE)


def test_the_page_shows_a_calendar_and_corrections_that_such_a_row_can_have() -> None:
    (slo,) = load({"example.yaml": ROW.replace("    indicator:", f"{PERIOD}    indicator:").encode()})
    assert slo.calendar is not None
    assert (slo.calendar.unit, str(slo.calendar.time_zone), str(slo.window)) == ("month", "Europe/Berlin", "30d")
    first, second = slo.corrections
    assert (first.to - first.from_, second.to - second.from_) == (4 * 3_600_000, 45 * 60_000)
