"""From the command line to settings, with every error at once."""

from pathlib import Path

from exporter.settings import Settings, settings
from exporter.targets.target import Target
from exporter.targets_file import read_targets


def configure(*, listen: str, interval: str, targets: Path | None, simulate: bool) -> Settings:
    """The settings; ValueError with one line per bad option and per error of the targets file."""
    faults = []
    found: tuple[Target, ...] = ()
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
    else:
        if not faults:
            return made
    raise ValueError("\n".join(faults))
