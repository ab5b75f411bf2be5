"""What is known of the GPUs after every reading so far: a fold without clock or I/O."""

from dataclasses import dataclass, replace

from exporter.nvml.reading import Gpu, Identity, Reading, State


@dataclass(frozen=True, slots=True)
class Seen:
    """One GPU: its newest state, and the values of its newest complete reading with the moment they are from.

    A GPU that was seen once stays, as "lost", when the driver no longer lists it. `at` is None before the first
    complete reading.
    """

    index: int
    identity: Identity | None
    state: State
    detail: str
    values: dict[str, float]
    at: float | None

    @property
    def key(self) -> str:
        """What recognises the GPU when its index changes."""
        return self.identity.uuid if self.identity else f"#{self.index}"


@dataclass(frozen=True, slots=True)
class Latest:
    """The node: driver version, every GPU ever seen, and the moment of the newest reading without error.

    Moments are monotonic seconds.
    """

    driver: str = ""
    gpus: tuple[Seen, ...] = ()
    at: float | None = None

    def after(self, reading: Reading, at: float) -> "Latest":
        """What is known once this reading, complete at `at`, is taken in."""
        if reading.error:
            return self
        named = {gpu.identity.uuid for gpu in reading.gpus if gpu.identity}
        now = [self._seen(gpu, at, named) for gpu in reading.gpus]
        keys = {seen.key for seen in now}
        missing = [
            replace(seen, state="lost", detail="the driver no longer lists it")
            for seen in self.gpus
            if seen.identity and seen.key not in keys
        ]
        return Latest(reading.driver, tuple(sorted(now + missing, key=lambda seen: (seen.index, seen.key))), at)

    def _seen(self, gpu: Gpu, at: float, named: set[str]) -> Seen:
        if gpu.state == "ok":
            return Seen(gpu.index, gpu.identity, gpu.state, gpu.detail, gpu.values, at)
        before = self._before(gpu, named)
        if before is None:
            return Seen(gpu.index, gpu.identity, gpu.state, gpu.detail, {}, None)
        return replace(before, index=gpu.index, state=gpu.state, detail=gpu.detail)

    def _before(self, gpu: Gpu, named: set[str]) -> Seen | None:
        """The same GPU earlier; one without identity counts as the last one at its index, if that is free."""
        for seen in self.gpus:
            if seen.identity == gpu.identity if gpu.identity else seen.index == gpu.index and seen.key not in named:
                return seen
        return None
