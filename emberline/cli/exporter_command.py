"""`emberline exporter`."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import typer

from emberline.cli import exporter_options as option
from emberline.failure import USAGE, Failure
from exporter import defaults

if TYPE_CHECKING:
    from exporter.dcgm.surface import Words
    from exporter.given import Given

CONTEXT: Final = {"allow_extra_args": True, "ignore_unknown_options": True}
"""Options of dcgm-exporter that have no effect here are looked at one by one instead of failing alike."""


def command(
    context: typer.Context,
    listen: option.Listen = defaults.LISTEN,
    interval: option.Interval = None,
    collect_interval: option.CollectInterval = None,
    window: option.Window = defaults.WINDOW,
    targets: option.Targets = None,
    simulate: option.Simulate = False,
    record: option.Record = None,
    replay: option.Replay = None,
    state_file: option.StateFile = None,
    kmsg: option.Kmsg = None,
    release_for: option.ReleaseFor = defaults.RELEASE_FOR,
    web_config: option.WebConfig = None,
    health_address: option.HealthAddress = None,
    max_series: option.MaxSeries = defaults.MAX_SERIES,
    collectors: option.Collectors = None,
    strict: option.Strict = False,
    devices: option.Devices = "f",
    metric_names: option.MetricNames = None,
    hostname_label: option.HostnameLabel = "Hostname",
    no_hostname: option.NoHostname = False,
    use_old_namespace: option.OldNamespace = False,
    replace_blanks_in_model_name: option.Dashes = False,
    xid_count_window_size: option.XidWindow = 300_000,
    clock_events_count_window_size: option.ClockWindow = 300_000,
) -> None:
    """Serve this node's GPUs, and verdicts on vLLM and Milvus servers, for Prometheus.

    It runs until Ctrl-C or SIGTERM. Without a driver it says so and exports `emberline_nvml_up 0`.

    Example: `emberline exporter --listen :9400 --targets targets.yaml`
    """
    from exporter.dcgm.surface import Words
    from exporter.given import Given

    given = Given(
        listen,
        interval or (defaults.INTERVAL if collect_interval is None else f"{collect_interval}ms"),
        window,
        targets,
        simulate,
        record,
        replay,
        state_file,
        kmsg,
        release_for,
        web_config,
        health_address,
        max_series,
    )
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
    _serve(given, words, context.args)


def _serve(given: "Given", words: "Words", rest: Sequence[str]) -> None:
    from exporter.dcgm.foreign import review
    from exporter.options import configure
    from exporter.process import main
    from exporter.web.server import CannotListenError

    try:
        settings = configure(given, words, review(rest, os.environ))
    except ValueError as error:
        raise Failure(str(error), USAGE) from error
    try:
        main(settings)
    except CannotListenError as error:
        raise Failure(str(error), USAGE) from error
