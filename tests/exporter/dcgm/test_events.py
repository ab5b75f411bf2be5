"""Xids and clock events in windows, against a twin that keeps everything."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.dcgm import events as module
from exporter.dcgm.events import CLOCK_EVENTS, EventLog, Window, reasons

STEPS = st.lists(st.tuples(st.integers(0, 5), st.lists(st.sampled_from("abc"), max_size=3)), max_size=40)


@given(STEPS, st.integers(1, 10))
def test_a_window_counts_what_a_list_of_everything_counts(steps: list[tuple[int, list[str]]], seconds: int) -> None:
    window: Window[str] = Window(seconds)
    everything: list[tuple[int, str]] = []
    now = 0
    for wait, kinds in steps:
        now += wait
        window.add(now, kinds)
        everything += [(now, kind) for kind in kinds]
        assert window.counts(now) == Counter(kind for at, kind in everything if at > now - seconds)


def test_a_window_falls_while_a_total_never_does() -> None:
    """Weak point 6: upstream calls the former a counter."""
    log = EventLog(xid_window_ms=10_000, clock_event_window_ms=10_000)
    log.xid(0, 31)
    log.xid(1, 31)
    log.xid(2, 79)
    early, late = log.events(3), log.events(11.5)
    assert (early.xids, late.xids) == ({31: 2, 79: 1}, {79: 1})
    assert early.xid_totals == late.xid_totals == {31: 2, 79: 1}
    assert log.last_xid == 79
    assert log.events(100).xids == {}


def test_the_same_xid_twice_is_seen_twice() -> None:
    log = EventLog(10_000, 10_000)
    log.xid(0, 13)
    log.xid(0, 13)
    assert log.events(0).xid_totals == {13: 2}


def test_a_reason_counts_per_reading_in_the_window_and_per_beginning_in_all() -> None:
    log = EventLog(10_000, 10_000)
    for at, mask in enumerate((0, 4, 4, 4 | 32, 32, 4)):
        log.clocks(at, mask)
    found = log.events(5)
    assert found.clock_events == {"power_cap": 4, "sw_thermal": 2}
    assert found.clock_event_totals == {"power_cap": 2, "sw_thermal": 1}
    assert (found.xid_window_ms, found.clock_event_window_ms) == (10_000, 10_000)


@pytest.mark.parametrize(
    ("mask", "names"),
    [(0, []), (1, ["gpu_idle"]), (4 | 64, ["power_cap", "hw_thermal"]), (256, ["display_clocks"]), (2**20, [])],
)
def test_bits_have_upstreams_names(mask: int, names: list[str]) -> None:
    assert list(reasons(mask)) == names
    assert len(CLOCK_EVENTS) == 9


def test_a_window_is_bounded_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OBSERVATIONS", 3)
    window: Window[int] = Window(1e9)
    window.add(0, range(10))
    assert window.counts(0) == {7: 1, 8: 1, 9: 1}
