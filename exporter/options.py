"""From the command line to settings, with every error at once."""

from pathlib import Path
from typing import Final

from exporter.dcgm.foreign import Review
from exporter.dcgm.surface import Words, surface
from exporter.settings import Settings, settings
from exporter.targets.target import Target
from exporter.targets_file import read_targets

_NOTHING: Final = Review((), ())


def configure(
    *,
    listen: str,
    interval: str,
    targets: Path | None,
    simulate: bool,
    words: Words = Words(),  # noqa: B008 - frozen
    review: Review = _NOTHING,
) -> Settings:
    """The settings; ValueError with one line per bad option and per error of the targets and counters files.

    `words` are the options of the compatible series, `review` what was found among those of dcgm-exporter that have no
    effect here.
    """
    faults = list(review.errors)
    found: tuple[Target, ...] = ()
    made: Settings | None = None
    try:
        found = () if targets is None else read_targets(targets)
    except OSError as error:
        faults.append(f"{targets}:1: cannot be read: {error.strerror}")
    except ValueError as error:
        faults.append(str(error))
    try:
        made = settings({"listen": listen, "interval": interval, "simulate": simulate}, found)
    except ValueError as error:
        faults.insert(0, str(error))
    try:
        dcgm = surface(words)
    except ValueError as error:
        faults.append(str(error))
    else:
        if made is not None and not faults:
            return made.model_copy(update={"dcgm": dcgm, "warnings": review.warnings})
    raise ValueError("\n".join(faults))
