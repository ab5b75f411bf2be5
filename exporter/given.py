"""The options as they were given, in words; what they mean is the business of `exporter.options`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from exporter import defaults


@dataclass(frozen=True, slots=True)
class Given:
    """Every option that is not about the compatible series (`exporter.dcgm.surface.Words` has those)."""

    listen: str = defaults.LISTEN
    interval: str = defaults.INTERVAL
    window: str = defaults.WINDOW
    targets: Path | None = None
    simulate: bool = False
    record: Path | None = None
    replay: Path | None = None
    state_file: Path | None = None
    kmsg: Path | None = None
    release_for: str = defaults.RELEASE_FOR
    web_config: Path | None = None
    health_address: str | None = None
    max_series: int = defaults.MAX_SERIES
    probe_policy: Path | None = None
    targets_from_pods: bool = False
    kserve: bool = False
    milvus_upkeep: bool = False
    namespace: str | None = None
    kubernetes_api: str | None = None


MILLISECONDS_VARIABLE: Final = "DCGM_EXPORTER_INTERVAL"
"""The variable of `--collect-interval`, which is `--interval` in milliseconds."""

NAMES: Final = {
    "listen": ("--listen", "--address", "-a"),
    "targets": ("--targets",),
    "web_config": ("--web.config.file", "--web-config-file"),
    "health_address": ("--web.health-address",),
}
"""The option of a field, where it is not the field's name with dashes."""

VARIABLES: Final = {
    "listen": "DCGM_EXPORTER_LISTEN",
    "web_config": "DCGM_EXPORTER_WEB_CONFIG_FILE",
}
"""The environment variables that dcgm-exporter has for the same."""


def names(field: str) -> tuple[str, ...]:
    """How the option of a field is spelt on a command line."""
    return NAMES.get(field, (f"--{field.replace('_', '-')}",))


def interval_of(interval: str | None, milliseconds: object) -> str:
    """The interval that holds: `--interval` as it stands, else `--collect-interval`, else the default."""
    return interval or (defaults.INTERVAL if milliseconds is None else f"{milliseconds}ms")
