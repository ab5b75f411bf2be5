"""What `up` says at the terminal: names and label values as they are, whatever they hold."""

import io
from dataclasses import replace

from rich.console import Console

from emberline.up.screen import Screen
from tests.emberline.live.made import AT, PLANS, measured, snapshot

NASTY = "[/red] [bold] :ok:"


def shown(*, terminal: bool = False) -> str:
    row = PLANS["A1"]
    named = replace(row, slo=row.slo.model_copy(update={"name": f"Latency {NASTY}"}))
    results = (measured(named, (("model_name", NASTY),), {}, -1.0, "not met", "page"),)
    output = io.StringIO()
    console = Console(file=output, width=200, force_terminal=terminal)
    facts = replace(snapshot(), at=AT, results=results, notices=(f"targets.yaml: {NASTY}",))
    Screen(console).started("http://127.0.0.1:9500", "http://127.0.0.1:9400/metrics", facts)
    return output.getvalue()


def test_names_and_label_values_are_shown_as_they_are() -> None:
    lines = shown().splitlines()
    assert lines[0] == f"targets.yaml: {NASTY}"
    assert any(line.startswith(f" A1 Latency {NASTY} ") for line in lines)
    assert any(line.startswith("firing: ") and line.endswith(NASTY) for line in lines)


def test_a_missed_objective_is_red_at_a_terminal() -> None:
    assert "\x1b[31mnot met" in shown(terminal=True)
