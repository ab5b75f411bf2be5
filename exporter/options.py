"""From the command line to settings, with every error at once."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Final, TypeVar

from exporter.dcgm.foreign import Review
from exporter.dcgm.surface import Words, surface
from exporter.given import Given
from exporter.nvml.replay import Replay
from exporter.settings import Settings, settings
from exporter.targets.target import Target
from exporter.targets_file import read_targets
from exporter.web.reload import BrokenConfigError, load

_NOTHING: Final = Review((), ())
_WORDS: Final = Words()
_Made = TypeVar("_Made")


def configure(given: Given, words: Words = _WORDS, review: Review = _NOTHING) -> Settings:
    """The settings; ValueError with one line per bad option and per error of a file.

    `words` are the options of the compatible series, `review` what was found among those of dcgm-exporter that have no
    effect here.
    """
    of_files: list[str] = []
    targets = _tried(of_files, lambda: _targets(given.targets)) or ()
    _tried(of_files, lambda: _look_at_files(given))
    dcgm = _tried(of_files, lambda: surface(words))
    faults: list[str] = []
    made = _tried(faults, lambda: settings({**asdict(given), "targets": targets}))
    faults += [*review.errors, *of_files]
    if made is None or dcgm is None or faults:
        raise ValueError("\n".join(faults))
    return made.model_copy(update={"dcgm": dcgm, "warnings": review.warnings})


def _tried(faults: list[str], make: Callable[[], _Made]) -> _Made | None:
    try:
        return make()
    except (ValueError, BrokenConfigError) as error:
        faults.append(str(error))
        return None


def _targets(path: Path | None) -> tuple[Target, ...]:
    try:
        return () if path is None else read_targets(path)
    except OSError as error:
        raise ValueError(f"{path}:1: cannot be read: {error.strerror}") from error


def _look_at_files(given: Given) -> None:
    """Find out now what would otherwise be found out by a process that cannot say it."""
    if given.web_config is not None:
        load(given.web_config)
    if given.replay is not None:
        try:
            Replay(given.replay)
        except OSError as error:
            raise ValueError(f"{given.replay}:1: cannot be read: {error.strerror}") from error
