"""What `up` says at the terminal."""

from io import StringIO

import pytest
from rich.console import Console

from emberline.up.screen import Screen
from tests.emberline.live.made import PLANS, snapshot


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
