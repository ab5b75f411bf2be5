"""The same samples in the own store and in a real Prometheus have the same evaluations, stale markers and all."""

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from emberline.evaluation import demand, evaluate_all
from emberline.sources.demand import Demand
from emberline.sources.prometheus import Prometheus
from emberline.sources.source import SourceError
from emberline.sources.store import Store
from native.ranges import PROM_3_5, is_stale
from slo.samples import Rows, Track
from slo.selector import Labels, Selector
from slo.vector import Grid
from tests.integration.sliced import PLANS, TRACKS
from tests.integration.test_two_interpreters import PLANS as COUNTED
from tests.integration.test_two_interpreters import TELEMETRY
from tests.remote_write import RECEIVER, remote_write
from tests.servers import PrometheusServer

MINUTE = 60_000
BEGIN = int(time.time()) // 60 * MINUTE - 540 * MINUTE
HELD = tuple(replace(track, timestamps=track.timestamps + BEGIN) for track in (*TRACKS, *TELEMETRY.tracks))
ALL = (*PLANS, *COUNTED)
TIMES = [BEGIN + minute * MINUTE for minute in (252, 340, 430, 539)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrometheusServer]:
    """A Prometheus to which the samples were written hour by hour."""
    folder = tmp_path_factory.mktemp("agree") / "server"
    with PrometheusServer.running(folder, arguments=(RECEIVER,)) as running:
        for hour in range(9):
            remote_write(running.url, _within(BEGIN + hour * 60 * MINUTE, BEGIN + (hour + 1) * 60 * MINUTE))
        yield running


def _within(begin: int, end: int) -> Iterator[Track]:
    for track in HELD:
        cut = slice(*np.searchsorted(track.timestamps, (begin, end)))
        yield replace(track, timestamps=track.timestamps[cut], values=track.values[cut])


def stored(tracks: tuple[Track, ...]) -> Store:
    """The own store as the scraper fills it."""
    store = Store()
    for track in tracks:
        one = store.series(track.metric, track.labels)
        assert one is not None
        store.extend([one], track.timestamps, track.values[None])
    return store


STORE = stored(HELD)


def shown(rows: Rows) -> dict[Labels, tuple[list[float], list[bool]]]:
    """Values and presence of the series that are present at any time."""
    pairs = zip(rows.labels, rows.values.tolist(), rows.present.tolist(), strict=True)
    return {labels: (values, present) for labels, values, present in pairs if any(present)}


@pytest.mark.parametrize("at", TIMES)
def test_both_sources_have_the_same_answers(server: PrometheusServer, at: int) -> None:
    with Prometheus(server.url) as source:
        fetched = source.read(demand(ALL, at))
    # NaN is not equal to itself, but is written alike.
    assert repr(evaluate_all(ALL, fetched, at)) == repr(evaluate_all(ALL, STORE, at))


def test_without_stale_markers_the_answers_would_differ() -> None:
    """The twin of the test above: what a range selector over the API would tell of a gauge is not enough."""
    alive = [~is_stale(track.values) for track in HELD]
    bare = stored(tuple(
        replace(track, timestamps=track.timestamps[own], values=track.values[own])
        for track, own in zip(HELD, alive, strict=True)
    ))  # fmt: skip
    assert repr(evaluate_all(ALL, bare, TIMES[0])) != repr(evaluate_all(ALL, STORE, TIMES[0]))


def test_instant_vectors_come_in_pieces_and_end_at_stale_markers(server: PrometheusServer) -> None:
    staff, grid = Selector("staff"), Grid(BEGIN + 539 * MINUTE, 2_000, 16_000)
    with Prometheus(server.url) as source:
        fetched = source.read(Demand(grid.end, instants=((staff, grid),)))
    for part in (grid, *grid.pieces(7_000)):
        assert shown(fetched.instant(staff, part, PROM_3_5)) == shown(STORE.instant(staff, part, PROM_3_5))
    with pytest.raises(LookupError, match="times that were not fetched"):
        fetched.instant(staff, replace(grid, count=grid.count + 1), PROM_3_5)
    with pytest.raises(LookupError, match="times that were not fetched"):
        fetched.instant(staff, replace(grid, end=grid.end - 1, count=1), PROM_3_5)


def test_instant_vectors_are_samples_too(server: PrometheusServer) -> None:
    grid = Grid(BEGIN + 539 * MINUTE, MINUTE, 500)
    with Prometheus(server.url, limit=700) as source, pytest.raises(SourceError, match="more than 700 samples"):
        source.read(Demand(grid.end, instants=((Selector("staff"), grid),)))
