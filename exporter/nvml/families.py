"""How each family of questions is put to one GPU, and what its answers are worth in quantities."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from exporter.nvml.ask import GPU_IS_LOST, REOPEN, RESET_REQUIRED, Answer, Argument, DriverError
from exporter.nvml.quantities import QUANTITIES, believable
from exporter.nvml.questions import FIELDS, METRICS, QUESTIONS_OF
from exporter.nvml.reading import Instance, Process, State
from exporter.nvml.ring import Ring, Summary

GONE: Final[dict[int, State]] = {GPU_IS_LOST: "lost", RESET_REQUIRED: "reset_required"}
"""Return codes after which no other question about this GPU can be answered."""

_LIST_SECONDS: Final = 10.0

Put = Callable[..., Answer]
"""Puts a question about this GPU: the function and its arguments, with `device` where one of its instances is meant."""


@dataclass(slots=True)
class Found:
    """What a family's answers came to."""

    values: dict[str, float] = field(default_factory=dict)
    counts: dict[str, float] = field(default_factory=dict)
    gaps: dict[str, str] = field(default_factory=dict)
    instances: tuple[Instance, ...] | None = None
    processes: tuple[Process, ...] | None = None

    def take(self, pairs: Iterable[tuple[str, float | None]]) -> None:
        """Keep what can be true."""
        pairs = list(pairs)
        kept = believable((name, value) for name, value in pairs if value is not None)
        self.values |= kept
        self.gaps |= {name: "the driver gave no believable value" for name, _ in pairs if name not in kept}

    def refuse(self, names: Iterable[str], error: DriverError) -> None:
        """Note why there is nothing; a GPU or a driver that is gone ends the turn."""
        if error.code in GONE or error.code in REOPEN:
            raise error
        self.gaps |= dict.fromkeys(names, str(error))


class Families:
    """The families of one GPU, with what must be remembered from turn to turn; `window` in seconds."""

    def __init__(self, window: float) -> None:
        self._rings = {kind: Ring(window) for kind in ("gpu", "memory", "power")}
        self._special: dict[str, Callable[[Put, float], Found]] = {
            "fields": _fields,
            "samples": self._samples,
            "profiling": _profiling,
            "instances": self._instances,
            "processes": self._processes,
        }
        self._used_until = 0
        self._listed: list[dict[str, Any]] = []
        self._list_again = float("-inf")

    def read(self, family: str, put: Put, at: float) -> Found:
        """The family's answers at `at` (monotonic seconds); DriverError when the GPU is gone."""
        special = self._special.get(family)
        return _plain(family, put) if special is None else special(put, at)

    def _samples(self, put: Put, at: float) -> Found:
        found = Found()
        for kind, ring in self._rings.items():
            try:
                drained = ring.drain(_believed(kind, put("samples", kind, ring.since(at))), at)
            except DriverError as error:
                found.refuse(_RING_QUANTITIES[kind], error)
                continue
            summary = ring.summary(at)
            if summary is not None:
                found.take(_SUMMARIES[kind](summary))
            if kind in _BUSY:
                found.counts[_BUSY[kind]] = drained.weighted_seconds / 100
            if kind == "gpu":
                found.counts["samples_lost"] = drained.lost
        return found

    def _processes(self, put: Put, _: float) -> Found:
        """Who holds the GPU; utilisation is the mean over the sampling periods since the last turn."""
        found = Found()
        try:
            held = dict(put("processes"))
        except DriverError as error:
            found.refuse((), error)
            return found
        try:
            used = put("uses", self._used_until)
        except DriverError as error:
            found.refuse((), error)
            used = None
        percents = _percents(used, self._used_until) if used is not None else {}
        idle = 0.0 if used is not None and self._used_until else None
        self._used_until = max([self._used_until, *(time for time, _, _ in used or ())])
        pids = sorted({*held, *percents})
        found.processes = tuple(Process(pid, percents.get(pid, idle), held.get(pid)) for pid in pids)
        return found

    def _instances(self, put: Put, at: float) -> Found:
        """Which instances there are costs many calls and changes seldom; one that is gone has them listed anew."""
        found = Found()
        if at >= self._list_again:
            try:
                self._listed, self._list_again = put("instances"), at + _LIST_SECONDS
            except DriverError as error:
                found.refuse((), error)
                self._listed = []
        # What can be told is told of a GPU instance, whichever of its compute instances is asked.
        instances = [_instance(put, entry) for entry in {it["gpu_instance"]: it for it in self._listed}.values()]
        if any(not instance.values for instance in instances):
            self._list_again = at
        found.instances = tuple(instance for instance in instances if instance.values)
        return found


_BUSY: Final = {"gpu": "busy_seconds", "memory": "memory_busy_seconds"}

_RING_QUANTITIES: Final = {
    "gpu": ("gpu_average_percent", "gpu_max_percent", "gpu_p95_percent"),
    "memory": ("memory_average_percent", "memory_max_percent"),
    "power": ("power_max_milliwatts",),
}

_SUMMARIES: Final[dict[str, Callable[[Summary], list[tuple[str, float | None]]]]] = {
    "gpu": lambda found: [
        ("gpu_average_percent", found.average),
        ("gpu_max_percent", found.most),
        ("gpu_p95_percent", found.p95),
    ],
    "memory": lambda found: [("memory_average_percent", found.average), ("memory_max_percent", found.most)],
    "power": lambda found: [("power_max_milliwatts", found.most)],
}


def _believed(kind: str, samples: list[list[float]]) -> list[list[float]]:
    """The samples whose value can be true: one sentinel among them would be days of busy time."""
    quantity = QUANTITIES["power_milliwatts" if kind == "power" else "gpu_percent"]
    return [sample for sample in samples if quantity.holds(sample[1])]


def _percents(used: list[list[int]], since: int) -> dict[int, float]:
    """By process, the mean over all sampling periods; in those it was not seen in it did nothing.

    The first time nobody knows when the periods began, so nothing is said.
    """
    periods = len({time for time, _, _ in used})
    if not since or not periods:
        return {}
    percents: dict[int, float] = {}
    for _, pid, percent in used:
        percents[pid] = percents.get(pid, 0.0) + percent / periods
    return {pid: min(100.0, percent) for pid, percent in percents.items()}


def _plain(family: str, put: Put) -> Found:
    found = Found()
    for question in QUESTIONS_OF[family]:
        try:
            answer = put(question.function, *question.arguments)
        except DriverError as error:
            found.refuse(question.quantities, error)
        else:
            found.take(zip(question.quantities, answer, strict=True))
    return found


def _fields(put: Put, _: float) -> Found:
    found = Found()
    _put_coded(found, FIELDS, put, "fields", _FIELDS)
    return found


def _profiling(put: Put, _: float) -> Found:
    found = Found()
    _put_coded(found, METRICS, put, "profile", _METRICS)
    return found


_FIELDS: Final = [list(field) for field in FIELDS.values()]
_METRICS: Final = list(METRICS.values())


def _put_coded(found: Found, names: Collection[str], put: Put, function: str, *arguments: Argument) -> None:
    """Ask for answers of which each has a return code of its own; there are none at all before the second profile."""
    try:
        answers = put(function, *arguments)
    except DriverError as error:
        found.refuse(names, error)
        return
    coded = list(zip(names, answers, strict=False))
    found.gaps |= {name: f"the driver refuses it with code {code:.0f}" for name, (code, _) in coded if code}
    found.take((name, value) for name, (code, value) in coded if not code)


def _instance(put: Put, entry: dict[str, Any]) -> Instance:
    within = Found()
    memory = ("memory_total_bytes", "memory_reserved_bytes", "memory_free_bytes", "memory_used_bytes")
    try:
        within.take(zip(memory, put("memory", device=entry["device"]), strict=True))
    except DriverError as error:
        within.refuse(memory, error)
    _put_coded(within, METRICS, put, "profile", _METRICS, entry["gpu_instance"])
    return Instance(
        uuid=entry["uuid"],
        gpu_instance=entry["gpu_instance"],
        compute_instance=entry["compute_instance"],
        profile=entry["profile"],
        values=within.values,
    )
