"""`python -m exporter`: the node process without the rest of the command line."""

import argparse
import os
import sys
from pathlib import Path
from typing import Final

from exporter import defaults
from exporter.options import configure
from exporter.process import main
from exporter.web.server import CannotListenError

_USAGE: Final = 2


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m exporter", description=__doc__, epilog="example: python -m exporter --listen :9400 --simulate"
    )
    parser.add_argument("--listen", default=defaults.LISTEN, help="address (default: %(default)s)")
    parser.add_argument("--interval", default=defaults.INTERVAL, help="how often GPUs are read (default: %(default)s)")
    parser.add_argument("--targets", type=Path, help="YAML file of vLLM and Milvus servers to probe")
    parser.add_argument("--simulate", action="store_true", help="eight GPUs that do not exist")
    parser.add_argument("--web.config.file", "--web-config-file", dest="web_config", type=Path, help="web-config.yml")
    parser.add_argument("--web.health-address", dest="health_address", help="address for health alone, plain HTTP")
    parser.add_argument("--max-series", type=int, default=defaults.MAX_SERIES, help="bound of the page (%(default)s)")
    options = parser.parse_args()
    named = os.environ.get(defaults.WEB_CONFIG_VARIABLE)
    options.web_config = options.web_config or (Path(named) if named else None)
    return options


def run() -> int:
    """Serve; the exit code is 0 after a signal and 2 for bad settings or an address that cannot be had."""
    options = _options()
    try:
        settings = configure(**vars(options))
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return _USAGE
    try:
        main(settings)
    except CannotListenError as error:
        sys.stderr.write(f"{error}\n")
        return _USAGE
    return 0


if __name__ == "__main__":
    sys.exit(run())
