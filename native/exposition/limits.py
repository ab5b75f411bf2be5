"""How much of an untrusted page is read."""

from dataclasses import dataclass

# Columns hold offsets as unsigned 32-bit numbers.
LARGEST_BODY = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a page; a page at a bound is read, one beyond it is an error.

    `body_bytes` of the page and `line_bytes` of a line (its line break not counted), `lines` of any
    kind, `series` (sample lines), and `labels` of one series, its name not counted.
    """

    body_bytes: int = 16 * 1024 * 1024
    lines: int = 400_000
    line_bytes: int = 65_536
    series: int = 200_000
    labels: int = 64

    def __post_init__(self) -> None:
        """Refuse bounds that cannot be kept."""
        bounds = (self.body_bytes, self.lines, self.line_bytes, self.series, self.labels)
        if not all(0 <= bound <= LARGEST_BODY for bound in bounds):
            message = f"every limit must lie in 0..{LARGEST_BODY}: {self}"
            raise ValueError(message)
