"""What live evaluation remembers of time slices."""

import numpy as np

from slo.rounds.verdicts import Verdicts
from slo.selector import Labels
from slo.vector import Vector


def of(pod: int) -> Labels:
    return (("pod", str(pod)),)


def verdict(*pods: int) -> Vector:
    return Vector(tuple(map(of, pods)), np.ones((len(pods), 1)), np.ones((len(pods), 1), np.bool_))


def test_instances_that_come_and_go_are_remembered_as_long_as_a_verdict_of_them_is() -> None:
    verdicts = Verdicts((), np.empty((0, 5), np.int8))
    for now in range(100):
        verdicts.record(verdict(now))
    assert verdicts.instances == tuple(map(of, range(94, 100)))
    total, good = verdicts.counts(5)
    assert total.latest(tuple(map(of, range(94, 100)))) == [None, 1, 1, 1, 1, 1]
    assert good.latest((of(95),)) == [1]


def test_an_instance_that_comes_takes_no_verdict_from_the_others() -> None:
    verdicts = Verdicts((), np.empty((0, 5), np.int8))
    verdicts.record(verdict(2))
    verdicts.record(verdict())
    verdicts.record(verdict(1))
    last = verdicts.last(3)
    assert last is not None
    assert last.instances == (of(1), of(2))
    assert last.present.tolist() == [[False, False, True], [True, False, False]]
