"""Thousands of random cases in a real Prometheus and here: equal in every bit, absent and NaN told apart.

`--soak` tries a million of each version, ten thousand at a time.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from native.ranges import PROM_2_42, PROM_3_5, PROM_3_14, Profile, twin
from slo.samples import Rows
from slo.selector import Labels
from tests.integration.exact.answers import answer, differences
from tests.integration.exact.engine import Engine, Held, Kernel
from tests.integration.exact.faults import FAULTS
from tests.integration.exact.features import features
from tests.integration.exact.population import Population, population
from tests.integration.exact.questions import Question, questions
from tests.remote_write import RECEIVER, remote_write
from tests.servers import PrometheusServer

PROFILES: Final = {"2.42": PROM_2_42, "3.5": PROM_3_5, "3.14": PROM_3_14}
CASES: Final = 2_300
SEEDS: Final = 5
PARTS: Final = 100
TOGETHER: Final = 2_000
"""Series that are written at once."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The parts of a million cases, or the first of them."""
    if "part" in metafunc.fixturenames:
        metafunc.parametrize("part", range(PARTS if metafunc.config.getoption("soak") else 1))


def case_of(labels: Labels) -> str:
    return dict(labels)["case"]


def load(server: PrometheusServer, cases: Population) -> None:
    tracks = [track for tracks in cases.tracks.values() for track in tracks]
    for first in range(0, len(tracks), TOGETHER):
        remote_write(server.url, tracks[first : first + TOGETHER])


@pytest.mark.timeout(600)
@pytest.mark.parametrize("version", PROFILES)
def test_ten_thousand_cases_are_equal_in_every_bit(version: str, part: int, tmp_path: Path) -> None:
    """Cases without any value, such as slices behind a gate that is always closed, count as none."""
    profile = PROFILES[version]
    answered = 0
    with PrometheusServer.running(tmp_path / "server", series=version, arguments=(RECEIVER,)) as server:
        for seed in range(part * SEEDS, part * SEEDS + SEEDS):
            cases = population(seed, CASES)
            load(server, cases)
            held = Held.of(cases, profile)
            known: set[str] = set()
            for question in questions(cases, seed):
                mine = question.answer(Engine(held, question.grid, profile))
                theirs = answer(server, question.text, question.grid)
                found = differences(mine, theirs, question.grid, question.tolerance)
                assert not found, f"{question.text}: {len(found)} points, {found[:3]}"
                assert 0 < mine.present.mean() < 1, f"{question.text} tells no absence from presence"
                known |= {case_of(mine.labels[row]) for row in np.flatnonzero(mine.present.any(axis=1))}
            answered += len(known)
    assert answered >= 10_000


def test_each_feature_is_in_five_hundred_cases() -> None:
    found: Counter[str] = Counter()
    for seed in range(SEEDS):
        found.update({name: len(cases) for name, cases in features(population(seed, CASES)).items()})
    assert len(found) == 16
    assert min(found.values()) >= 500, found


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[tuple[Question, Rows]]]:
    """The answers of Prometheus 3.5 about a few cases."""
    cases = population(0, 400)
    folder = tmp_path_factory.mktemp("faults") / "server"
    with PrometheusServer.running(folder, arguments=(RECEIVER,)) as server:
        load(server, cases)
        yield [(each, answer(server, each.text, each.grid)) for each in questions(cases, 0)]


def wrong(asked: list[tuple[Question, Rows]], kernel: Kernel, profile: Profile) -> Iterator[str]:
    held = Held.of(population(0, 400), PROM_3_5)
    for question, theirs in asked:
        mine = question.answer(Engine(held, question.grid, profile, kernel))
        yield from differences(mine, theirs, question.grid, question.tolerance)


TWIN: Final = Kernel(twin.increase, twin.rate, twin.over_time, twin.latest, twin.aggregate, twin.sum_over_time)


@pytest.mark.parametrize("kernel", [pytest.param(Kernel(), id="in use"), pytest.param(TWIN, id="twin")])
def test_right_kernel_passes_the_comparison(asked: list[tuple[Question, Rows]], kernel: Kernel) -> None:
    assert not list(wrong(asked, kernel, PROM_3_5))


@pytest.mark.parametrize("fault", FAULTS)
def test_comparison_tells_a_wrong_kernel(asked: list[tuple[Question, Rows]], fault: str) -> None:
    assert next(wrong(asked, *FAULTS[fault](Kernel(), PROM_3_5)), None)
