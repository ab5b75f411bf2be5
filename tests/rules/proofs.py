"""The shipped alerts and promises with the unit tests that their proofs become, as files for promtool."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias, TypeVar

from emberline.catalogue import shipped_alerts, shipped_promises
from rules.files import test_texts as unit_tests
from rules.handbook import Duty, duties, handbook_files, promised
from rules.render import rule_file
from rules.unit_tests.handbook import handbook_tests
from slo.handbook.alert import Alert, Watch
from slo.handbook.promise import Promise
from slo.handbook.signal import Signal

W = TypeVar("W", bound=Watch)
Key: TypeAlias = tuple[str, str]
"""A signal: the names of its alert and of itself."""
Files: TypeAlias = dict[str, str]
"""Texts by relative name."""

DATA: Final = Path(__file__).parents[1] / "data/promtool"
FURTHER: Final[dict[Key, Files]] = {
    ("LLMGatewayQuotaExhausted", "refused"): {
        "tests/first_refusal_test.yaml": (DATA / "first_refusal_test.yaml").read_text(encoding="utf-8")
    },
    ("MetricsNotStored", "lag"): {"tests/senders_test.yaml": (DATA / "senders_test.yaml").read_text(encoding="utf-8")},
}
"""Unit tests beside those of the proof."""


def texts(alerts: Sequence[Alert], promises: Sequence[Promise]) -> Files:
    """Rules and tests of these alone."""
    rules = {f"{file.name}.yaml": rule_file(file.groups) for file in handbook_files(alerts, promises)}
    return rules | unit_tests(handbook_tests(alerts, promises))


@cache
def shipped(which: str) -> dict[str, Files]:
    """Rules and tests of each of the shipped `alerts` or `promises` alone, by alert."""
    if which == "alerts":
        return {alert.alert: texts((alert,), ()) for alert in shipped_alerts().own}
    return {promise.alert.alert: texts((), (promise,)) for promise in shipped_promises() if promise.alert}


@cache
def signals(which: str) -> dict[Key, Signal]:
    """Each signal of the shipped `alerts` or `promises`."""
    found: Iterable[Duty] = duties(shipped_alerts().alerts) if which == "alerts" else promised(shipped_promises())
    return {(duty.watch.alert, signal.name): signal for duty in found for signal in duty.watch.signals}


@cache
def alone(which: str) -> dict[Key, Files]:
    """Rules and tests of each signal as if its alert had no other."""
    if which == "alerts":
        apart = {_key(each): texts((each,), ()) for alert in shipped_alerts().own for each in _apart(alert)}
    else:
        watched = ((promise, promise.alert) for promise in shipped_promises() if promise.alert)
        apart = {
            _key(each): texts((), (promise.model_copy(update={"alert": each}),))
            for promise, watch in watched
            for each in _apart(watch)
        }
    return {key: own | FURTHER.get(key, {}) for key, own in apart.items()}


def _apart(watch: W) -> Iterator[W]:
    for signal in watch.signals:
        yield watch.model_copy(update={"signals": (signal,)})


def _key(watch: Watch) -> Key:
    return watch.alert, watch.signals[0].name
