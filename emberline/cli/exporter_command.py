"""`emberline exporter`."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from emberline.failure import USAGE, Failure
from exporter import defaults
from exporter.dcgm.help import HELP

if TYPE_CHECKING:
    from exporter.dcgm.surface import Words

CONTEXT: Final = {"allow_extra_args": True, "ignore_unknown_options": True}
"""Options of dcgm-exporter that have no effect here are looked at one by one instead of failing alike."""

_VARIABLE: Final = "DCGM_EXPORTER_"

Collectors = Annotated[
    Path | None, typer.Option("--collectors", "-f", envvar=_VARIABLE + "COLLECTORS", help=HELP["collectors"])
]
Strict = Annotated[bool, typer.Option("--strict", help=HELP["strict"])]
Devices = Annotated[str, typer.Option("--devices", "-d", envvar=_VARIABLE + "DEVICES_STR", help=HELP["devices"])]
MetricNames = Annotated[str | None, typer.Option("--metric-names", help=HELP["metric_names"])]
HostnameLabel = Annotated[str, typer.Option("--hostname-label", help=HELP["hostname_label"])]
NoHostname = Annotated[
    bool, typer.Option("--no-hostname", "-n", envvar=_VARIABLE + "NO_HOSTNAME", help=HELP["no_hostname"])
]
OldNamespace = Annotated[
    bool,
    typer.Option("--use-old-namespace", "-o", envvar=_VARIABLE + "USE_OLD_NAMESPACE", help=HELP["use_old_namespace"]),
]
Dashes = Annotated[
    bool,
    typer.Option(
        "--replace-blanks-in-model-name",
        "--rbmn",
        envvar=_VARIABLE + "REPLACE_BLANKS_IN_MODEL_NAME",
        help=HELP["replace_blanks_in_model_name"],
    ),
]
XidWindow = Annotated[
    int,
    typer.Option(
        "--xid-count-window-size",
        "-x",
        envvar=_VARIABLE + "XID_COUNT_WINDOW_SIZE",
        help=HELP["xid_count_window_size"],
    ),
]
ClockWindow = Annotated[
    int,
    typer.Option(
        "--clock-events-count-window-size",
        envvar=_VARIABLE + "CLOCK_EVENTS_COUNT_WINDOW_SIZE",
        help=HELP["clock_events_count_window_size"],
    ),
]


def command(
    context: typer.Context,
    listen: Annotated[
        str,
        typer.Option("--listen", "--address", "-a", envvar="DCGM_EXPORTER_LISTEN", help="Where the page is served."),
    ] = defaults.LISTEN,
    interval: Annotated[
        str | None,
        typer.Option("--interval", help=f"How often GPUs are read: 500ms, 30s. [default: {defaults.INTERVAL}]"),
    ] = None,
    collect_interval: Annotated[
        int | None,
        typer.Option("--collect-interval", "-c", envvar="DCGM_EXPORTER_INTERVAL", help="The same in milliseconds."),
    ] = None,
    targets: Annotated[Path | None, typer.Option("--targets", help="YAML file of vLLM and Milvus servers.")] = None,
    simulate: Annotated[bool, typer.Option("--simulate", help="Export eight GPUs that do not exist.")] = False,
    collectors: Collectors = None,
    strict: Strict = False,
    devices: Devices = "f",
    metric_names: MetricNames = None,
    hostname_label: HostnameLabel = "Hostname",
    no_hostname: NoHostname = False,
    use_old_namespace: OldNamespace = False,
    replace_blanks_in_model_name: Dashes = False,
    xid_count_window_size: XidWindow = 300_000,
    clock_events_count_window_size: ClockWindow = 300_000,
) -> None:
    """Serve this node's GPUs, and verdicts on vLLM and Milvus servers, for Prometheus.

    It runs until Ctrl-C or SIGTERM. Without a driver it says so and exports `emberline_nvml_up 0`.

    Example: `emberline exporter --listen :9400 --targets targets.yaml`
    """
    from exporter.dcgm.surface import Words

    milliseconds = defaults.INTERVAL if collect_interval is None else f"{collect_interval}ms"
    words = Words(
        collectors,
        strict,
        devices,
        metric_names,
        hostname_label,
        no_hostname,
        use_old_namespace,
        replace_blanks_in_model_name,
        xid_count_window_size,
        clock_events_count_window_size,
    )
    _serve(words, context.args, listen=listen, interval=interval or milliseconds, targets=targets, simulate=simulate)


def _serve(
    words: "Words", rest: Sequence[str], *, listen: str, interval: str, targets: Path | None, simulate: bool
) -> None:
    from exporter.dcgm.foreign import review
    from exporter.http import CannotListenError
    from exporter.options import configure
    from exporter.process import main

    found = review(rest, os.environ)
    try:
        settings = configure(
            listen=listen, interval=interval, targets=targets, simulate=simulate, words=words, review=found
        )
    except ValueError as error:
        raise Failure(str(error), USAGE) from error
    try:
        main(settings)
    except CannotListenError as error:
        raise Failure(str(error), USAGE) from error
