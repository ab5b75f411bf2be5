"""From the command line to settings, with every error at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Final

from exporter.dcgm.foreign import Review
from exporter.dcgm.surface import Surface, Words, surface
from exporter.given import Given
from exporter.nvml.replay import Replay
from exporter.settings import Settings, settings
from exporter.targets.target import Target
from exporter.targets_file import read_targets
from exporter.web.reload import BrokenConfigError, load

_NOTHING: Final = Review((), ())
_WORDS: Final = Words()


def configure(given: Given, words: Words = _WORDS, review: Review = _NOTHING) -> Settings:
    """The settings; ValueError with one line per bad option and per error of a file.

    `words` are the options of the compatible series, `review` what was found among those of dcgm-exporter that have no
    effect here.
    """
    faults: list[str] = []
    options = asdict(given)
    targets, dcgm = _targets(given.targets, faults), _surface(words, faults)
    made: Settings | None = None
    with _collecting(faults, first=True):
        made = settings({**options, "targets": targets})
    with _collecting(faults):
        _look_at_files(given)
    faults += review.errors
    if made is None or dcgm is None or faults:
        raise ValueError("\n".join(faults))
    return made.model_copy(update={"dcgm": dcgm, "warnings": review.warnings})


@contextmanager
def _collecting(faults: list[str], *, first: bool = False) -> Iterator[None]:
    try:
        yield
    except (ValueError, BrokenConfigError) as error:
        faults.insert(0 if first else len(faults), str(error))


def _targets(path: Path | None, faults: list[str]) -> tuple[Target, ...]:
    found: tuple[Target, ...] = ()
    with _collecting(faults):
        try:
            found = () if path is None else read_targets(path)
        except OSError as error:
            raise ValueError(f"{path}:1: cannot be read: {error.strerror}") from error
    return found


def _surface(words: Words, faults: list[str]) -> Surface | None:
    with _collecting(faults):
        return surface(words)
    return None


def _look_at_files(given: Given) -> None:
    """Find out now what would otherwise be found out by a process that cannot say it."""
    if given.web_config is not None:
        load(given.web_config)
    if given.replay is not None:
        try:
            Replay(given.replay)
        except OSError as error:
            raise ValueError(f"{given.replay}:1: cannot be read: {error.strerror}") from error
