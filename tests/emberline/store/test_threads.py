"""A store that one thread writes while another one reads it."""

from threading import Event, Thread

import numpy as np

from emberline.sources.store import Store
from native.ranges import PROM_3_5

COUNT = 20_000


def test_windows_may_be_laid_while_samples_come() -> None:
    store = Store()
    series = [store.series("x_total", (("n", str(number)),)) for number in range(40)]
    numbers = [one for one in series if one is not None]
    falling = np.tile(np.arange(COUNT) % 7.0, (len(numbers), 1))
    store.extend(numbers, np.arange(COUNT), falling)
    stop, newest = Event(), COUNT

    def write() -> None:
        nonlocal newest
        while not stop.is_set():
            store.append(numbers, newest, [newest % 7.0] * len(numbers))
            newest += 1

    writer = Thread(target=write)
    writer.start()
    laid = [store.moving(np.array([one]), np.array([0]), np.array([1000]), PROM_3_5) for one in numbers]
    stop.set()
    writer.join()
    afterwards = store.moving(np.array(numbers), np.array([0]), np.array([1000]), PROM_3_5)
    raised = np.concatenate([windows.increase(newest)[0] for windows in laid], axis=1)
    np.testing.assert_array_equal(raised, afterwards.increase(newest)[0])
    assert (raised > 800).all()
