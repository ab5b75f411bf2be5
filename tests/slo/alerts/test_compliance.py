"""The scenarios of Prometheus' alert-generator compliance suite, in virtual time.

Source: alert_generator/cases of prometheus/compliance: four rule groups that are evaluated every 30 s over samples 15 s
apart. The suite allows a group interval of tolerance, since groups begin when they like; here they begin at known
times, every change has its one evaluation, and every message too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

import numpy as np
import pytest

from slo.alerts import INACTIVE, Notification, State, Terms, notify, replay, step
from slo.alerts.batch import STATUSES
from slo.duration import Duration
from tests.slo.alerts.course import terms

SECOND = 1000
SAMPLE, GROUP, LOOKBACK = 15 * SECOND, 30 * SECOND, 300 * SECOND
OFFSETS = (0, 1, 7 * SECOND, 15 * SECOND, 29_999)
"""When a group begins, in ms after the first sample."""


def samples(script: str) -> list[float]:
    """A value each word, and `0xN` for N more of it."""

    def read(found: list[float], word: str) -> list[float]:
        return [*found, *found[-1:] * int(word[2:])] if word.startswith("0x") else [*found, float(word)]

    return reduce(read, script.split(), list[float]())


@dataclass(frozen=True, slots=True)
class Scenario:
    """A series, its rule, the samples with which the status changes, and how many samples long it is watched."""

    script: str
    above: float
    rule: Terms
    changes: tuple[tuple[int, str], ...]
    watched: int = 240

    def evaluations(self, offset: int) -> list[int]:
        return list(range(offset, self.watched * SAMPLE, GROUP))

    def verdicts(self, offset: int) -> list[bool]:
        """Whether the newest sample, not older than five minutes, is above the threshold."""
        values = samples(self.script)
        newest = [(at, min(at // SAMPLE, len(values) - 1)) for at in self.evaluations(offset)]
        return [at - place * SAMPLE < LOOKBACK and values[place] > self.above for at, place in newest]

    def expected(self, offset: int) -> list[tuple[int, str]]:
        """The changes with the evaluations that find them: the first that sees the sample."""
        return [(found_at(sample, offset), status) for sample, status in self.changes]


def found_at(sample: int, offset: int) -> int:
    return offset - (offset - sample * SAMPLE) // GROUP * GROUP


SIMPLE = Scenario(
    "3 5 0x2 9 0x3 11 0x12 15 0x11 0x20 19 0x15 9 0x19 15 0x24 0x20 8 0x15",
    10,
    terms("6m"),
    ((8, "pending"), (32, "firing"), (69, "inactive"), (89, "pending"), (113, "firing"), (134, "inactive")),
)
_BRIEF = "3 5 0x2 9 0x3 11 0x10 9"
_TWICE = "3 5 0x2 9 0x3 15 0x12 9 0x71 11 0x12 9"
ONE = Scenario("1 0x7 11 0x64 9 0x20", 10, terms("3m"), ((8, "pending"), (20, "firing"), (73, "inactive")))
TWO = Scenario("1 0x31 11 0x32 9 0x20", 10, terms("3m"), ((32, "pending"), (44, "firing"), (65, "inactive")))
SCENARIOS = {
    "PendingAndFiringAndResolved": SIMPLE,
    "PendingAndResolved": Scenario(_BRIEF, 10, terms("3m"), ((8, "pending"), (19, "inactive"))),
    "AlwaysInactive": Scenario(_BRIEF, 99, terms("3m"), ()),
    "ZeroFor": Scenario(_TWICE, 10, terms("0s"), ((8, "firing"), (21, "inactive"), (93, "firing"), (106, "inactive"))),
    "SmallFor": Scenario(_TWICE, 13, terms("15s"), ((8, "pending"), (10, "firing"), (21, "inactive"))),
    "NewAlerts, variant one": ONE,
    "NewAlerts, variant two": TWO,
    "no more data while firing": Scenario("1 11 0x3", 10, terms("0s"), ((1, "firing"), (24, "inactive"))),
    "no more data while pending": Scenario("1 11 0x3", 10, terms("30m"), ((1, "pending"), (24, "inactive"))),
}


def changes(at: list[int], statuses: list[str]) -> list[tuple[int, str]]:
    before = ["inactive", *statuses]
    return [(time, new) for time, old, new in zip(at, before, statuses, strict=False) if old != new]


def messages(at: list[int], verdicts: list[bool], rule: Terms) -> Iterator[tuple[int, State, Notification | None]]:
    state = INACTIVE
    for time, verdict in zip(at, verdicts, strict=True):
        state, message = notify(step(state, verdict, time, rule), time, Duration(GROUP))
        yield time, state, message


@pytest.mark.parametrize("offset", OFFSETS)
@pytest.mark.parametrize("name", SCENARIOS)
def test_states_change_with_the_samples(name: str, offset: int) -> None:
    scenario = SCENARIOS[name]
    at, verdicts = scenario.evaluations(offset), scenario.verdicts(offset)
    stepped = [state.status for _, state, _ in messages(at, verdicts, scenario.rule)]
    assert changes(at, list(stepped)) == scenario.expected(offset)
    replayed = replay(np.array([verdicts]), np.array(at), scenario.rule.hold.ms).status[0]
    assert [STATUSES[number] for number in replayed] == stepped


@pytest.mark.parametrize("offset", OFFSETS)
def test_a_rule_reads_the_alerts_of_the_one_before_it(offset: int) -> None:
    """The second rule of NewAlerts_OrderCheck holds while both variants of the first fire, in the same evaluation."""
    at = ONE.evaluations(offset)
    fire = [replay(np.array([each.verdicts(offset)]), np.array(at), each.rule.hold.ms).firing[0] for each in (ONE, TWO)]
    states = [state.status for _, state, _ in messages(at, (fire[0] & fire[1]).tolist(), Terms())]
    assert changes(at, list(states)) == [(found_at(44, offset), "firing"), (found_at(65, offset), "inactive")]


@pytest.mark.parametrize("offset", OFFSETS)
@pytest.mark.parametrize("name", SCENARIOS)
def test_messages_are_those_that_are_due(name: str, offset: int) -> None:
    """Firing and resolved at once, then every 90 s: the first evaluation more than a minute later."""
    scenario = SCENARIOS[name]
    at = scenario.evaluations(offset)
    found = [(time, message) for time, _, message in messages(at, scenario.verdicts(offset), scenario.rule) if message]
    assert found == list(_due(scenario, offset))
    assert bool(found) == any(status == "firing" for _, status in scenario.changes)


def _due(scenario: Scenario, offset: int) -> Iterator[tuple[int, Notification]]:
    expected = [*scenario.expected(offset), (scenario.evaluations(offset)[-1] + GROUP, "end")]
    fired = None
    for (begin, status), (end, _) in pairwise(expected):
        if status == "pending":
            fired = None
        elif status == "firing":
            fired = begin
            yield from ((at, Notification(fired, at + 240 * SECOND)) for at in range(begin, end, 90 * SECOND))
        elif fired is not None:
            last = min(end, begin + 900 * SECOND + 1)
            yield from ((at, Notification(fired, begin)) for at in range(begin, last, 90 * SECOND))
