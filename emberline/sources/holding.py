"""What a store holds and what it could not take."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Dropped:
    """Samples that were not taken, by reason; a series refused for lack of memory counts once in `over_limit`."""

    duplicate: int = 0
    out_of_order: int = 0
    over_limit: int = 0


@dataclass(frozen=True, slots=True)
class Holding:
    """What a store holds. `shortened_to` tells from when on, had the memory limit forced older samples out."""

    series: int
    samples: int
    bytes: int
    limit_bytes: int
    oldest_ms: int | None
    shortened_to: int | None
    dropped: Dropped = field(default_factory=Dropped)
