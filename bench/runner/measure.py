"""Peers timed side by side on a machine that is never quiet."""

import argparse
import json
import platform
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from time import thread_time
from typing import Self

OUTPUT = Path("out/bench")

Candidates = Mapping[str, Callable[[], object]]
Clock = Callable[[], float]

# A quick candidate is repeated until its turn lasts so long, in seconds.
TURN = 0.02


@dataclass(frozen=True, slots=True)
class Race:
    """Seconds per call of each candidate, one number a round.

    The candidates of a round ran one after the other in one process. By default it is the thread's processor time: what
    other processes took is not in it.
    """

    name: str
    seconds: Mapping[str, tuple[float, ...]]

    @classmethod
    def run(cls, name: str, candidates: Candidates, rounds: int, clock: Clock = thread_time) -> Self:
        """Time every candidate once a round."""
        repeats = {label: _repeats(call, clock) for label, call in candidates.items()}
        turns: dict[str, list[float]] = {label: [] for label in candidates}
        for _ in range(rounds):
            for label, call in candidates.items():
                turns[label].append(_turn(call, repeats[label], clock) / repeats[label])
        return cls(name, {label: tuple(seconds) for label, seconds in turns.items()})

    def median(self, label: str) -> float:
        """Seconds per call."""
        return median(self.seconds[label])

    def ratio(self, slow: str, fast: str) -> float:
        """How many times faster: the median over the rounds, so that a disturbance hits both."""
        return median(s / f for s, f in zip(self.seconds[slow], self.seconds[fast], strict=True))


def _turn(call: Callable[[], object], repeats: int, clock: Clock) -> float:
    start = clock()
    for _ in range(repeats):
        call()
    return clock() - start


def _repeats(call: Callable[[], object], clock: Clock) -> int:
    call()
    return max(1, round(TURN / _turn(call, 1, clock)))


@dataclass(frozen=True, slots=True)
class Floor:
    """A promise: `measured` times a peer, at least `floor` times; `aim` is what we would like."""

    what: str
    measured: float
    floor: float
    aim: float

    @property
    def kept(self) -> bool:
        """Whether the promise holds."""
        return self.measured >= self.floor

    def line(self) -> str:
        """One line for people."""
        verdict = "ok" if self.measured >= self.aim else "under the aim" if self.kept else "UNDER THE FLOOR"
        return f"  {self.what:<58} {self.measured:8.4g} x  (floor {self.floor:.3g}, aim {self.aim:.3g})  {verdict}"


@dataclass(slots=True)
class Report:
    """What a benchmark found, printed as it grows and written as JSON at the end."""

    name: str
    floors: list[Floor] = field(default_factory=list)
    races: list[Race] = field(default_factory=list)
    facts: dict[str, float] = field(default_factory=dict)

    def race(self, race: Race, size: int) -> None:
        """Show the candidates of a race over so many bytes."""
        self.races.append(race)
        print(f"{race.name}: {size} bytes")
        for label in race.seconds:
            seconds = race.median(label)
            print(f"  {label:<58} {seconds * 1e6:10.2f} us {size / seconds / 1e9:8.3f} GB/s")

    def fact(self, what: str, value: float, unit: str) -> None:
        """Show a number without a floor."""
        self.facts[f"{what} [{unit}]"] = value
        print(f"  {what:<58} {value:10.3f} {unit}")

    def floor(self, floor: Floor) -> None:
        """Show a promise."""
        self.floors.append(floor)
        print(floor.line())

    def close(self, path: Path) -> int:
        """Write the JSON; 0 where every floor was kept, else 1."""
        path.parent.mkdir(parents=True, exist_ok=True)
        document = {
            "name": self.name,
            "machine": platform.machine(),
            "python": platform.python_version(),
            "floors": [asdict(floor) for floor in self.floors],
            "facts": self.facts,
            "medians": {race.name: {label: race.median(label) for label in race.seconds} for race in self.races},
        }
        path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
        return 0 if all(floor.kept for floor in self.floors) else 1


def arguments(name: str, rounds: int = 15, *, plots: bool = False) -> argparse.Namespace:
    """`--json PATH` and `--rounds N`, and `--plot PATH` where a benchmark draws."""
    parser = argparse.ArgumentParser(prog=f"python -m bench.{name}")
    parser.add_argument("--json", type=Path, default=OUTPUT / f"{name}.json", help="where the numbers are written")
    parser.add_argument("--rounds", type=int, default=rounds, help="rounds, each with one turn of every candidate")
    if plots:
        parser.add_argument("--plot", type=Path, help="where a drawing of the growth is written, as SVG")
    return parser.parse_args()
