"""Laws of alerts: many at once, over time or at one evaluation, are each on its own, evaluation by evaluation."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from slo.alerts import INACTIVE, Batch, State, Terms, Transitions, Verdict, advance, notify, replay, step
from slo.alerts.batch import STATUSES
from slo.alerts.state import RETENTION
from slo.duration import Duration

Machine: TypeAlias = Callable[[State, Verdict, int, Terms], State]

SECOND = 1000
INTERVAL = Duration.parse("30s")
lengths = st.sampled_from([0, 1, 30, 45, 60, 61, 150, 200]).map(lambda seconds: Duration(seconds * SECOND))
terms = st.builds(Terms, lengths, lengths)
gaps = st.one_of(st.just(30 * SECOND), st.integers(1, 200 * SECOND), st.just(1000 * SECOND), st.just(RETENTION.ms))


@dataclass(frozen=True)
class Case:
    """Verdicts of some alerts at evaluations at irregular times; None where one failed."""

    at: list[int]
    terms: list[Terms]
    verdicts: list[list[Verdict]]

    @property
    def holding(self) -> NDArray[np.bool_]:
        return np.array([[bool(verdict) for verdict in row] for row in self.verdicts])

    @property
    def times(self) -> NDArray[np.int64]:
        return np.array(self.at)

    @property
    def hold(self) -> NDArray[np.int64]:
        return np.array([rule.hold.ms for rule in self.terms])

    @property
    def keep(self) -> NDArray[np.int64]:
        return np.array([rule.keep_firing_for.ms for rule in self.terms])


@st.composite
def cases(draw: st.DrawFn) -> Case:
    apart = draw(st.lists(gaps, min_size=1, max_size=30))
    at = np.cumsum(apart).tolist()
    rules = draw(st.lists(terms, min_size=1, max_size=4))
    verdict = st.sampled_from([True, True, True, False, False, None])
    runs = st.lists(verdict, min_size=len(at), max_size=len(at))
    return Case(at, rules, [draw(runs) for _ in rules])


def states(at: list[int], verdicts: Sequence[Verdict], rule: Terms, machine: Machine = step) -> Iterator[State]:
    """One alert after each evaluation."""
    state = INACTIVE
    for time, verdict in zip(at, verdicts, strict=True):
        state = machine(state, verdict, time, rule)
        yield state


def listed(transitions: Transitions) -> list[tuple[int, int, str]]:
    rows = zip(*(column.tolist() for column in (transitions.alert, transitions.time, transitions.status)), strict=True)
    return [(alert, time, STATUSES[status]) for alert, time, status in rows]


def differences(case: Case, machine: Machine = step) -> list[str]:
    """Where a replay is not what a machine says, evaluation by evaluation."""
    history = replay(case.holding, case.times, case.hold, case.keep)
    changes: list[tuple[int, int, str]] = []
    found = []
    for alert, rule in enumerate(case.terms):
        seen = list(states(case.at, case.holding[alert].tolist(), rule, machine))
        steps = enumerate(pairwise(["inactive", *(state.status for state in seen)]))
        changes += [(alert, time, new) for time, (old, new) in steps if old != new]
        statuses = [STATUSES[number] for number in history.status[alert]]
        since = np.where(history.active[alert], history.active_at[alert], -1).tolist()
        if statuses != [state.status for state in seen]:
            found.append("status")
        if since != [-1 if state.active_since is None else state.active_since for state in seen]:
            found.append("since")
        if history.final[alert] != seen[-1]:
            found.append("final")
    return found if listed(history.transitions) == changes else [*found, "transitions"]


@given(cases())
def test_a_replay_is_its_evaluations_one_by_one(case: Case) -> None:
    assert differences(case) == []


@given(cases())
def test_an_evaluation_that_failed_is_as_if_it_had_never_been(case: Case) -> None:
    for verdicts, rule in zip(case.verdicts, case.terms, strict=True):
        asked = [index for index, verdict in enumerate(verdicts) if verdict is not None]
        at = case.times[asked]
        holding = np.array([[bool(verdicts[index]) for index in asked]])
        *_, last = states(case.at, verdicts, rule)
        assert replay(holding, at, rule.hold.ms, rule.keep_firing_for.ms).final[0] == last


@given(cases())
def test_a_batch_is_its_alerts_one_by_one(case: Case) -> None:
    batch = Batch.inactive(len(case.terms))
    alone = [INACTIVE] * len(case.terms)
    for at, *verdicts in zip(case.at, *case.verdicts, strict=True):
        failed = np.array([verdict is None for verdict in verdicts])
        batch = advance(batch, np.array(verdicts, np.bool_), at, case.hold, case.keep, failed)
        asked = zip(alone, verdicts, case.terms, strict=True)
        alone = [step(state, verdict, at, rule) for state, verdict, rule in asked]
        told = [notify(state, at, INTERVAL) for state in alone]
        due = batch.due(at)
        assert due.tolist() == [message is not None for _, message in told]
        batch = batch.sent(due & ~failed, at)
        alone = [old if missed else new for old, missed, (new, _) in zip(alone, failed, told, strict=True)]
        assert [batch[alert] for alert in range(len(alone))] == alone


@given(cases())
def test_a_batch_goes_on_where_a_replay_ends(case: Case) -> None:
    half = len(case.at) // 2
    batch = replay(case.holding[:, :half], case.times[:half], case.hold, case.keep).final
    for column in range(half, len(case.at)):
        batch = advance(batch, case.holding[:, column], case.at[column], case.hold, case.keep)
    whole = replay(case.holding, case.times, case.hold, case.keep).final
    assert [batch[alert] for alert in range(len(case.terms))] == [whole[alert] for alert in range(len(case.terms))]


@given(st.lists(st.builds(State, st.sampled_from(STATUSES), *[st.none() | st.integers(0, 2**62)] * 5), max_size=5))
def test_a_batch_holds_states(given_states: list[State]) -> None:
    batch = Batch.of(given_states)
    assert [batch[alert] for alert in range(len(given_states))] == given_states


def longer(state: State, verdict: Verdict, at: int, rule: Terms) -> State:
    return step(state, verdict, at, replace(rule, hold=Duration(rule.hold.ms + 1)))


def lingering(state: State, verdict: Verdict, at: int, rule: Terms) -> State:
    return step(state, verdict, at, replace(rule, keep_firing_for=Duration(rule.keep_firing_for.ms + 1)))


def counting_on(state: State, verdict: Verdict, at: int, rule: Terms) -> State:
    """The time of the first miss stays when the condition comes back."""
    after = step(state, verdict, at, rule)
    return replace(after, keep_firing_since=state.keep_firing_since or after.keep_firing_since) if verdict else after


def unforgetting(state: State, verdict: Verdict, at: int, rule: Terms) -> State:
    after = step(state, verdict, at, rule)
    return state if after == INACTIVE and state.resolved_at is not None else after


def anew(state: State, verdict: Verdict, at: int, rule: Terms) -> State:
    """A condition that comes back while the alert keeps firing begins anew."""
    return step(INACTIVE if verdict and state.keep_firing_since is not None else state, verdict, at, rule)


@pytest.mark.parametrize("machine", [step, longer, lingering, counting_on, unforgetting, anew])
def test_the_laws_see_a_wrong_machine(machine: Machine) -> None:
    noise = np.random.default_rng(5)
    seconds = np.array([0, 30, 45, 60, 61])
    found = []
    for _ in range(100):
        at = np.cumsum(noise.choice([30, 30, 30, 17, 1000], 20) * SECOND)
        rules = [Terms(*(Duration(int(length) * SECOND) for length in noise.choice(seconds, 2))) for _ in range(3)]
        verdicts = [(noise.random(20) < share).tolist() for share in (0.3, 0.6, 0.9)]
        found += differences(Case(at.tolist(), rules, verdicts), machine)
    assert bool(found) == (machine is not step)
