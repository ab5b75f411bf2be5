"""The error ratio of a period from raw samples, and composed of what is recorded over five minutes."""

import numpy as np
import pytest

from emberline.check import Composition, compositions
from emberline.sources.demand import Demand
from slo.samples import Track
from slo.selector import labels_of
from slo.spec import Slo
from slo.table.load import load
from slo.vector import Floats
from tests.integration.telemetry import Held
from tests.slo.rows import PROMQL, RATIO, SLICE, changed, table

MINUTE = 60_000
AT = 1_700_000_040_000
CLOCK = AT - MINUTE * np.arange(31 * 1440 - 1, -1, -1, dtype=np.int64)
BY_SHOP = changed(RATIO, ("    namespace: shop", "    by: [shop]\n    namespace: shop"))


class Server(Held):
    """A server that holds tracks, and tells whether it was asked."""

    asked = False

    def read(self, demand: Demand) -> Held:
        type(self).asked = True
        assert set(demand.ranges.values()) == {AT - 30 * 86_400_000 - 300_000}
        return self


@pytest.fixture(autouse=True)
def unasked() -> None:
    Server.asked = False


def counter(rate: Floats | float, every: int = 1, **labels: str) -> Track:
    values = 1e6 + np.cumsum(np.broadcast_to(np.asarray(rate, np.float64), CLOCK.shape))
    return Track("orders_total", labels_of(labels), CLOCK[::every], values[::every])


def compared(text: str, *tracks: Track) -> list[Composition]:
    (slo,) = load({"t.yaml": table(text)})
    return asked(slo, *tracks)


def asked(slo: Slo, *tracks: Track) -> list[Composition]:
    recent = Held(tuple(
        Track(t.metric, t.labels, t.timestamps[t.timestamps > AT - 300_000], t.values[t.timestamps > AT - 300_000])
        for t in tracks
    ))  # fmt: skip
    return list(compositions(slo, Server(tracks), recent, AT))


def test_even_errors_are_the_same_both_ways() -> None:
    (found,) = compared(RATIO, counter(999.5, code="200"), counter(0.5, code="500"))
    assert found.direct[()] == pytest.approx(0.0005)
    assert found.composed[()] == pytest.approx(0.0005)
    assert str(found) == (
        "S1: error ratio over 30d: 0.0005 direct, 0.0005 composed of 5m, "
        f"{found.differences[()]:+.2%} of the budget".replace("%", " %")
    )


def test_errors_that_evaluations_see_unevenly_differ() -> None:
    """A burst in the last minute is in one window of five minutes so far, and not yet in five of them."""
    burst = np.where(CLOCK > AT - 2 * MINUTE, 50_000.0, 0.0)
    (found,) = compared(RATIO, counter(1000.0, code="200"), counter(burst, code="500"))
    assert found.composed[()] < 0.5 * found.direct[()]
    assert found.differences[()] == pytest.approx((found.composed[()] - found.direct[()]) / 0.001)
    assert " % of the budget" in str(found)
    assert found.document["instances"] == [
        {
            "labels": {},
            "direct": found.direct[()],
            "composed": found.composed[()],
            "difference": found.differences[()],
        }
    ]


def test_the_instance_for_which_it_matters_most_is_told() -> None:
    burst = np.where(CLOCK > AT - 2 * MINUTE, 50_000.0, 0.0)
    taken = [counter(1000.0, code="200", shop=shop) for shop in ("oslo", "rome")]
    failed = [counter(0.1, code="500", shop="oslo"), counter(burst, code="500", shop="rome")]
    (found,) = compared(BY_SHOP, *taken, *failed)
    assert list(found.direct) == [(("shop", "oslo"),), (("shop", "rome"),)]
    assert str(found).endswith(" of the budget for shop=rome and 1 more")


@pytest.mark.parametrize("text", [SLICE, PROMQL])
def test_rows_that_count_no_events_are_not_compared(text: str) -> None:
    assert compared(text, counter(1.0, code="200")) == []
    assert not Server.asked


@pytest.mark.parametrize("tracks", [(), (counter(0.0, code="200"),)], ids=["no series", "no events"])
def test_without_events_there_is_nothing_to_compare(tracks: tuple[Track, ...]) -> None:
    assert compared(RATIO, *tracks) == []


def test_a_row_of_too_many_samples_is_not_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    tracks = counter(999.5, code="200"), counter(0.5, code="500")
    read = 3 * 5 * 8640  # the failed orders are read twice, as bad ones and in the total
    for most, told in ((read - 1, True), (read, False)):
        monkeypatch.setattr("emberline.check.composition.MOST_SAMPLES", most)
        (found,) = compared(RATIO, *tracks)
        assert (found.direct == {}, Server.asked) == (told, not told)
        assert str(found).endswith(f"not compared, they read about {read} samples") == told
