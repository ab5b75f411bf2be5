"""Every mutation changes what it says, and nothing else."""

import pytest
from mutations import mutations

CASES = {
    "a < b": {"(a <= b)"},
    "a and b": {"(a or b)"},
    "not a": {"(a)"},
    "f(3)": {"f((4))", "f((2))"},
    "a if b else c": {"a if (not b) else c"},
    "é + True": {"(é - True)", "é + (False)"},
    "x: 3": set(),
    "f'{1 < 2}'": set(),
    "def f() -> 3: return a": {"def f() -> 3: return (None)"},
}


@pytest.mark.parametrize("source", CASES)
def test_mutants_of(source: str) -> None:
    assert {mutation.applied(source) for mutation in mutations(source)} == CASES[source]


def test_a_mutation_tells_its_line() -> None:
    assert [(found.line, found.before, found.after) for found in mutations("a\nb == c")] == [(2, "b == c", "(b != c)")]
