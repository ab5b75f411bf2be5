"""How a fused evaluation grows with services and with time: one should cost what the next one costs."""

from collections.abc import Mapping
from typing import Final

from bench.runner.fleet import DAY, Fleet
from bench.runner.fused import Fused
from bench.runner.measure import Candidates, Race
from bench.runner.plot import Chart, Point

_SERVICES: Final = (1, 3, 10, 30, 100, 300, 1000)
_DAYS: Final = (3, 10, 30, 90, 180)
_FEW: Final = 8
FUSED, READ = "fused evaluation, page, ticket, static and exhausted", "the arrays read once"

Line = list[Point]


def over_services(whole: Fused, rounds: int) -> Chart:
    """Nanoseconds for each sample and window, by number of services."""
    return _chart("30 days", "SLOs", {services: whole.first(services) for services in _SERVICES}, rounds)


def over_time(rounds: int) -> Chart:
    """Nanoseconds for each sample and window, by days of history."""
    histories = {days: Fused.of(Fleet(days * DAY), _FEW) for days in _DAYS}
    return _chart(f"{_FEW} SLOs", "days at one minute", histories, rounds)


def spread(chart: Chart) -> float:
    """How much dearer the dearest point is than the cheapest."""
    values = [y for _, y in chart.lines[FUSED]]
    return max(values) / min(values)


def _chart(title: str, across: str, parts: Mapping[int, Fused], rounds: int) -> Chart:
    calls = {(label, x): call for x, part in parts.items() for label, call in _calls(part).items()}
    race = Race.run(title, {f"{label}, {x}": call for (label, x), call in calls.items()}, rounds)
    lines: dict[str, Line] = {FUSED: [], READ: []}
    for label, x in calls:
        part = parts[x]
        visits = part.fleet.minutes * len(part.series) * len(part.program.windows)
        lines[label].append((x, race.median(f"{label}, {x}") / visits * 1e9))
    return Chart(f"ns per sample and window, {title}", across, lines)


def _calls(part: Fused) -> Candidates:
    return {FUSED: part.transitions, READ: part.read}
