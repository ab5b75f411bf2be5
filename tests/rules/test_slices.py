"""The unit tests of slices, which promtool runs: whatever is reduced, and on whichever side of zero its bounds are."""

from pathlib import Path

import pytest

from emberline.artefacts import write
from rules.files import compiled
from tests.rules.plans import planned, rule_files
from tests.rules.promtool import passes
from tests.slo.rows import SLICE, changed

REDUCED = [
    ("min", "> 5", ">= 0", "< 3", ""),
    ("max", "< 80", "<= 100", "> 90", ""),
    ("max", "< 80", ">= -273.15", "> 100", ""),
    ("max", "> -70", "", "< -80", ""),
    ("max", "< -18", "", "> -10", ""),
    ("min", "> -70", ">= -100", "< -80", ""),
    ("sum", "< 80", "<= 1000", "> 100", ""),
    ("avg", "< 80", "<= 100", "> 90", ""),
    ("avg", "> 0.5", "<= 1", "< 0.2", ""),
    ("sum", "> 50", "", "<= 0", "5m"),
    ("sum", "> 50", "", "< 10", "5m"),
]
"""Reduction, good, valid, alert and rate of a slice."""


@pytest.mark.parametrize(("reduce", "good", "valid", "value", "rate"), REDUCED)
def test_slices_of_any_reduction_sign_and_bounds_pass(
    reduce: str, good: str, valid: str, value: str, rate: str, promtool: Path, tmp_path: Path
) -> None:
    row = changed(
        SLICE,
        ("reduce: min", f"reduce: {reduce}" + (f"\n      rate: {rate}" if rate else "")),
        ('      valid: ">= 0"\n', f'      valid: "{valid}"\n' if valid else ""),
        ('good: "> 3"', f'good: "{good}"'),
        ('      gate: {metric: customers, reduce: sum, when: "> 0"}\n', ""),
        ('value: "< 2"', f'value: "{value}"'),
    )
    found = rule_files(planned(row))
    short = {name: text for name, text in found.items() if "_page_" not in name and "_ticket_" not in name}
    assert any("_static_test" in name for name in short)
    write(tmp_path, short)
    passes(promtool, tmp_path)


def test_a_rate_below_zero_is_told_to_be_untested() -> None:
    row = changed(
        SLICE,
        ("reduce: min", "reduce: sum\n      rate: 5m"),
        ('      valid: ">= 0"\n', ""),
        ('      gate: {metric: customers, reduce: sum, when: "> 0"}\n', ""),
        ('good: "> 3"', 'good: "> -5"'),
    )
    told = {test.untested for test in compiled(planned(row))[1] if test.name == "S3_static_test"}
    assert told == {"a rate is never negative"}
