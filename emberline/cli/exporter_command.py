"""`emberline exporter`."""

import os
from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Final

import typer

from emberline.cli import exporter_options as option
from emberline.failure import USAGE, Failure
from exporter import defaults

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
    probe_policy: option.ProbePolicy = None,
    targets_from_pods: option.TargetsFromPods = False,
    kserve: option.KServe = False,
    milvus_upkeep: option.Upkeep = False,
    namespace: option.Namespace = None,
    kubernetes_api: option.KubernetesApi = None,
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

    dcgm-exporter's options about pods (`-k`, `--kubernetes-enable-pod-labels`, ...) are taken as well: docs/pods.md.

    It runs until Ctrl-C or SIGTERM. Without a driver it says so and exports `emberline_nvml_up 0`.

    Example: `emberline exporter --listen :9400 --targets targets.yaml`
    """
    told = dict(locals())
    del told["context"]
    _serve(told, context.args)


def _serve(told: dict[str, Any], rest: Sequence[str]) -> None:
    """Start with the options by the fields of `Given` and `Words`; `rest` is what no option took."""
    from exporter.dcgm.foreign import review
    from exporter.dcgm.surface import Words
    from exporter.given import Given, interval_of
    from exporter.options import configure
    from exporter.process import main
    from exporter.web.server import CannotListenError

    told["interval"] = interval_of(told["interval"], told.pop("collect_interval"))
    words = Words(**{field.name: told.pop(field.name) for field in fields(Words)})
    try:
        settings = configure(Given(**told), words, review(rest, os.environ))
    except ValueError as error:
        raise Failure(str(error), USAGE) from error
    try:
        main(settings)
    except CannotListenError as error:
        raise Failure(str(error), USAGE) from error
