"""Which calls a crash is blamed on: those that were out and had just begun."""

import time
from collections.abc import Iterator

import pytest

from exporter.nvml.crumbs import TOGETHER_SECONDS, Crumbs


@pytest.fixture
def crumbs() -> Iterator[Crumbs]:
    made = Crumbs.create()
    yield made
    made.close()


def test_calls_that_were_out_are_told_once(crumbs: Crumbs) -> None:
    crumbs.marker(0)("power")
    crumbs.marker(1)("fields")
    crumbs.marker(2)("memory")
    crumbs.marker(2)("")
    crumbs.marker(64)("memory")
    assert crumbs.take() == {0: "power", 1: "fields"}
    assert crumbs.take() == {}


def test_a_call_that_had_hung_for_long_is_not_what_crashed(crumbs: Crumbs, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    for gpu, (family, ago) in enumerate({"power": 1.0, "fields": TOGETHER_SECONDS / 2, "memory": 0.0}.items()):
        monkeypatch.setattr(time, "monotonic", lambda ago=ago: now - ago)
        crumbs.marker(gpu)(family)
    assert crumbs.take() == {1: "fields", 2: "memory"}
