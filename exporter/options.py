"""From the command line to settings, with every error at once."""

from pathlib import Path

from exporter import defaults
from exporter.settings import Settings, settings
from exporter.targets.target import Target
from exporter.targets_file import read_targets
from exporter.web.reload import BrokenConfigError, load


def configure(
    *,
    listen: str,
    interval: str,
    targets: Path | None,
    simulate: bool,
    web_config: Path | None = None,
    health_address: str | None = None,
    max_series: int = defaults.MAX_SERIES,
) -> Settings:
    """The settings; ValueError with one line per bad option and per error of the files."""
    faults = []
    found: tuple[Target, ...] = ()
    try:
        found = () if targets is None else read_targets(targets)
    except OSError as error:
        faults.append(f"{targets}:1: cannot be read: {error.strerror}")
    except ValueError as error:
        faults.append(str(error))
    try:
        if web_config is not None:
            load(web_config)
    except BrokenConfigError as error:
        faults.append(str(error))
    options = {"listen": listen, "interval": interval, "simulate": simulate, "max_series": max_series}
    try:
        made = settings({**options, "web_config": web_config, "health_address": health_address}, found)
    except ValueError as error:
        faults.insert(0, str(error))
    else:
        if not faults:
            return made
    raise ValueError("\n".join(faults))
