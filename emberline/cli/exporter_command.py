"""`emberline exporter`."""

from pathlib import Path
from typing import Annotated

import typer

from emberline.failure import USAGE, Failure
from exporter import defaults


def command(
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
    web_config: Annotated[
        Path | None,
        typer.Option(
            "--web.config.file",
            "--web-config-file",
            envvar=defaults.WEB_CONFIG_VARIABLE,
            help="exporter-toolkit's web-config.yml: TLS, client certificates, users, headers, rate limit.",
        ),
    ] = None,
    health_address: Annotated[
        str | None,
        typer.Option("--web.health-address", help="A second address for health alone, without TLS and users."),
    ] = None,
    max_series: Annotated[
        int, typer.Option("--max-series", help="Series of a page at most, those about the exporter not counted.")
    ] = defaults.MAX_SERIES,
) -> None:
    """Serve this node's GPUs, and verdicts on vLLM and Milvus servers, for Prometheus.

    It runs until Ctrl-C or SIGTERM. Without a driver it says so and exports `emberline_nvml_up 0`.

    Example: `emberline exporter --listen :9400 --targets targets.yaml`
    """
    from exporter.options import configure
    from exporter.process import main
    from exporter.web.server import CannotListenError

    milliseconds = defaults.INTERVAL if collect_interval is None else f"{collect_interval}ms"
    try:
        settings = configure(
            listen=listen,
            interval=interval or milliseconds,
            targets=targets,
            simulate=simulate,
            web_config=web_config,
            health_address=health_address,
            max_series=max_series,
        )
    except ValueError as error:
        raise Failure(str(error), USAGE) from error
    try:
        main(settings)
    except CannotListenError as error:
        raise Failure(str(error), USAGE) from error
