"""What `up` says at the terminal."""

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from emberline.up.screen import Screen
from tests.emberline.live.made import PLANS, measured, snapshot


def test_what_others_wrote_stays_on_its_line_and_says_nothing_for_us() -> None:
    labels = (("path", "new\nfiring: Everything (critical) \u202e" + 300 * "x"),)
    burning = measured(PLANS["P1"], labels, {"5m": 20.0}, 0.5, "met", "page")
    screen = StringIO()
    Screen(Console(file=screen, width=60)).started("http://u", "http://p", replace(snapshot(), results=(burning,)))
    (told,) = (line for line in screen.getvalue().splitlines() if "firing:" in line)
    assert told.startswith("firing: PlatformAvailabilityErrorBudgetBurnPage (critical) P1 new\ufffdfiring: Everything")
    assert told.endswith("x…")
    assert "\u202e" not in screen.getvalue()


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_every_row_has_its_name_and_budget_however_narrow_the_terminal(width: int) -> None:
    screen = StringIO()
    Screen(Console(file=screen, width=width)).started("http://u", "http://p", snapshot())
    lines = [line.split() for line in screen.getvalue().splitlines()]
    names = {words[0]: words[1:] for words in lines if words and words[0] in PLANS}
    assert list(names) == list(PLANS)
    assert "-31.0" in names["P1"]
    assert "…" not in screen.getvalue()
    for row, words in names.items():
        first = PLANS[row].slo.name.split()[0]
        assert first in words or [first] in [line[:1] for line in lines], row
