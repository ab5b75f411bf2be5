"""When a family of questions may be put again: after a rest that doubles, and at once when the call returned."""

from exporter.nvml.breaker import LONGEST_REST, Breaker
from exporter.nvml.reading import Gpu, Identity, Reading
from exporter.nvml.suspects import Suspects


def test_a_closed_breaker_allows_and_an_overrun_opens_it_for_a_rest_that_doubles() -> None:
    breaker = Breaker(rest=10)
    assert breaker.closed
    assert breaker.allows(0)
    rests = []
    for _ in range(9):
        breaker = breaker.overrun(100.0)
        assert not breaker.closed
        assert not breaker.allows(100.0)
        rests.append(breaker.remaining(100.0))
    assert rests == [10, 20, 40, 80, 160, 320, LONGEST_REST, LONGEST_REST, LONGEST_REST]
    assert breaker.allows(100.0 + LONGEST_REST)


def test_an_answer_closes_it_and_the_next_overrun_rests_as_if_it_were_the_first() -> None:
    breaker = Breaker(rest=10).overrun(0).overrun(0).answered()
    assert breaker.closed
    assert breaker.overrun(5).remaining(5) == 10


def test_a_call_that_returned_too_late_lets_the_next_through_but_closes_nothing() -> None:
    breaker = Breaker(rest=10).overrun(0).overrun(0).returned(3)
    assert breaker.allows(3)
    assert not breaker.closed
    assert breaker.overrun(3).remaining(3) == 40


def test_families_in_whose_calls_the_child_crashed_rest_until_they_answer() -> None:
    suspects = Suspects(rest=10).after_crash({0: "power", 1: "fields"}, at=100)
    assert suspects.resting(104) == {0: {"power": 6}, 1: {"fields": 6}}
    again = suspects.after_crash({0: "power"}, at=111)
    assert again.resting(111) == {0: {"power": 20}, 1: {"fields": 0}}
    answered = again.after(Reading("570", (Gpu(0, "ok", None, {"power": {}, "memory": {}}),)))
    assert answered.resting(111) == {1: {"fields": 0}}


def test_an_identity_that_was_told_is_no_suspect_any_more() -> None:
    suspects = Suspects(rest=10).after_crash({0: "identity"}, at=100)
    assert suspects.after(Reading("570", (Gpu(0, "wedged", None),))).resting(100) == {0: {"identity": 10}}
    assert suspects.after(Reading("570", (Gpu(0, "ok", Identity("GPU-1", "", "A10")),))).resting(100) == {}
