"""`python -m exporter`: the node process without the rest of the command line."""

import argparse
import os
import sys
from pathlib import Path
from typing import Final

from exporter import defaults
from exporter.dcgm.arguments import declare, taken
from exporter.dcgm.foreign import review
from exporter.http import CannotListenError
from exporter.options import configure
from exporter.process import main

_USAGE: Final = 2


def _options() -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        prog="python -m exporter",
        description=__doc__,
        epilog="example: python -m exporter --listen :9400 --simulate",
        allow_abbrev=False,
    )
    given = os.environ.get
    listen = given("DCGM_EXPORTER_LISTEN") or defaults.LISTEN
    parser.add_argument("--listen", "--address", "-a", default=listen, help="address (default: %(default)s)")
    milliseconds = given("DCGM_EXPORTER_INTERVAL") or None
    parser.add_argument("--interval", help=f"how often GPUs are read (default: {defaults.INTERVAL})")
    parser.add_argument("--collect-interval", "-c", type=int, default=milliseconds, help="the same in milliseconds")
    parser.add_argument("--targets", type=Path, help="YAML file of vLLM and Milvus servers to probe")
    parser.add_argument("--simulate", action="store_true", help="eight GPUs that do not exist")
    declare(parser, os.environ)
    return parser.parse_known_args()


def run() -> int:
    """Serve; the exit code is 0 after a signal and 2 for bad settings or an address that cannot be had."""
    options, rest = _options()
    words, milliseconds = taken(options), vars(options).pop("collect_interval")
    options.interval = options.interval or (defaults.INTERVAL if milliseconds is None else f"{milliseconds}ms")
    try:
        settings = configure(**vars(options), words=words, review=review(rest, os.environ))
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
