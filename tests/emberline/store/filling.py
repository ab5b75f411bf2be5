"""A store with a few samples in it, and what it gives back of them."""

from emberline.sources.store import Store
from slo.selector import Labels, Selector

HOUR = 3_600_000
A = (("job", "a"),)
B = (("job", "b"),)
ALL = Selector("x_total")


def filled(store: Store, labels: Labels, *samples: tuple[int, float], metric: str = "x_total") -> int:
    series = store.series(metric, labels)
    assert series is not None
    for at, value in samples:
        store.append((series,), at, (value,))
    return series


def held(store: Store, selector: Selector = ALL) -> list[tuple[Labels, list[int], list[float]]]:
    return [(t.labels, t.timestamps.tolist(), t.values.tolist()) for t in store.select(selector)]
