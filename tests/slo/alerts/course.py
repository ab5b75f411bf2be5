"""One alert through evaluations, as text: `1` where the condition holds and `x` where nobody knows, `p` and `F`."""

from collections.abc import Iterable, Iterator

from slo.alerts import INACTIVE, State, Terms, Verdict, step
from slo.duration import Duration

LETTERS = {"inactive": ".", "pending": "p", "firing": "F"}
VERDICTS: dict[str, Verdict] = {"1": True, ".": False, "x": None}


def terms(hold: str, keep_firing_for: str = "0s") -> Terms:
    """The terms of a rule."""
    return Terms(Duration.parse(hold), Duration.parse(keep_firing_for))


def course(verdicts: Iterable[Verdict], at: Iterable[int], rule: Terms) -> Iterator[State]:
    """The states after each evaluation."""
    state = INACTIVE
    for verdict, time in zip(verdicts, at, strict=False):
        state = step(state, verdict, time, rule)
        yield state


def shown(states: Iterable[State]) -> str:
    """Their statuses, a letter each."""
    return "".join(LETTERS[state.status] for state in states)
