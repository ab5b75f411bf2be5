"""The options of `emberline exporter`, one type each."""

from pathlib import Path
from typing import Annotated, Final

import typer

from exporter.dcgm.help import HELP as DCGM
from exporter.defaults import HELP

_VARIABLE: Final = "DCGM_EXPORTER_"

Collectors = Annotated[
    Path | None, typer.Option("--collectors", "-f", envvar=_VARIABLE + "COLLECTORS", help=DCGM["collectors"])
]
Strict = Annotated[bool, typer.Option("--strict", help=DCGM["strict"])]
Devices = Annotated[str, typer.Option("--devices", "-d", envvar=_VARIABLE + "DEVICES_STR", help=DCGM["devices"])]
MetricNames = Annotated[str | None, typer.Option("--metric-names", help=DCGM["metric_names"])]
HostnameLabel = Annotated[str, typer.Option("--hostname-label", help=DCGM["hostname_label"])]
NoHostname = Annotated[
    bool, typer.Option("--no-hostname", "-n", envvar=_VARIABLE + "NO_HOSTNAME", help=DCGM["no_hostname"])
]
OldNamespace = Annotated[
    bool,
    typer.Option("--use-old-namespace", "-o", envvar=_VARIABLE + "USE_OLD_NAMESPACE", help=DCGM["use_old_namespace"]),
]
Dashes = Annotated[
    bool,
    typer.Option(
        "--replace-blanks-in-model-name",
        "--rbmn",
        envvar=_VARIABLE + "REPLACE_BLANKS_IN_MODEL_NAME",
        help=DCGM["replace_blanks_in_model_name"],
    ),
]
XidWindow = Annotated[
    int,
    typer.Option(
        "--xid-count-window-size",
        "-x",
        envvar=_VARIABLE + "XID_COUNT_WINDOW_SIZE",
        help=DCGM["xid_count_window_size"],
    ),
]
ClockWindow = Annotated[
    int,
    typer.Option(
        "--clock-events-count-window-size",
        envvar=_VARIABLE + "CLOCK_EVENTS_COUNT_WINDOW_SIZE",
        help=DCGM["clock_events_count_window_size"],
    ),
]

Listen = Annotated[str, typer.Option("--listen", "--address", "-a", envvar=_VARIABLE + "LISTEN", help=HELP["listen"])]
Interval = Annotated[str | None, typer.Option("--interval", help=HELP["interval"] + " [default: 1s]")]
CollectInterval = Annotated[
    int | None,
    typer.Option("--collect-interval", "-c", envvar=_VARIABLE + "INTERVAL", help="The same in milliseconds."),
]
Window = Annotated[str, typer.Option("--window", help=HELP["window"])]
Targets = Annotated[Path | None, typer.Option("--targets", help=HELP["targets"])]
Simulate = Annotated[bool, typer.Option("--simulate", help=HELP["simulate"])]
Record = Annotated[Path | None, typer.Option("--record", help=HELP["record"])]
Replay = Annotated[Path | None, typer.Option("--replay", help=HELP["replay"])]
StateFile = Annotated[Path | None, typer.Option("--state-file", help=HELP["state_file"])]
Kmsg = Annotated[Path | None, typer.Option("--kmsg", help=HELP["kmsg"])]
ReleaseFor = Annotated[str, typer.Option("--release-for", help=HELP["release_for"])]
WebConfig = Annotated[
    Path | None,
    typer.Option(
        "--web.config.file", "--web-config-file", envvar=_VARIABLE + "WEB_CONFIG_FILE", help=HELP["web_config"]
    ),
]
HealthAddress = Annotated[str | None, typer.Option("--web.health-address", help=HELP["health_address"])]
MaxSeries = Annotated[int, typer.Option("--max-series", help=HELP["max_series"])]
ProbePolicy = Annotated[Path | None, typer.Option("--probe-policy", help=HELP["probe_policy"])]
TargetsFromPods = Annotated[bool, typer.Option("--targets-from-pods", help=HELP["targets_from_pods"])]
KServe = Annotated[bool, typer.Option("--kserve", help=HELP["kserve"])]
Upkeep = Annotated[bool, typer.Option("--milvus-upkeep", help=HELP["milvus_upkeep"])]
Namespace = Annotated[str | None, typer.Option("--namespace", help=HELP["namespace"])]
KubernetesApi = Annotated[str | None, typer.Option("--kubernetes-api", help=HELP["kubernetes_api"])]
